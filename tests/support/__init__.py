# SPDX-License-Identifier: GPL-3.0-or-later
"""Real servers, real clients and a real browser for the tests: all on loopback, all from Debian packages.

Each server is a class with start(), stop(), restart(), log() and `with`; it lives in a temporary folder of its own, its
processes are remembered by pid, and a failing start raises with the logs in the message. Import one module at a time:
`from support.apache import Apache`. matrix.serve() is the short way to "the program behind each kind of server".
"""
