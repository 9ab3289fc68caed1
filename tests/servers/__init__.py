# SPDX-License-Identifier: GPL-3.0-or-later
"""The program behind real web servers, each as Debian ships it, plus the bundle's .htaccess where the server reads one.

place.py puts the bundle in place and asks for tasks; delays.py measures how late lines arrive and prints the table of
server x mode; reaper.py is a host that kills what leaves its web server. Fixtures named long_* take most of a minute each:
conftest.py sets them up first, and their clients wait in threads while the other tests run.
"""
