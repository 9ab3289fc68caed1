# SPDX-License-Identifier: GPL-3.0-or-later
"""`make real MAUTIC=DIR`: a complete Mautic release from the disk, installed, served and worked on through HTTP."""
