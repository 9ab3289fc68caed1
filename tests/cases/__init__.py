# SPDX-License-Identifier: GPL-3.0-or-later
"""The URL contract and the command line, tried on the built program without a web server: as a CGI and as FastCGI."""
