# SPDX-License-Identifier: GPL-3.0-or-later
"""The program and the machine it runs on: what is shipped, an empty chroot, an old kernel, and what it opens of the host."""
