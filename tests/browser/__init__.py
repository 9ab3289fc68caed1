# SPDX-License-Identifier: GPL-3.0-or-later
"""What people see: Chromium against the program behind real web servers. Pictures are left in build/screenshots/."""
