# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups and restores that go wrong at every place: the disk, the filesystem, the server, the process. See points.py."""
