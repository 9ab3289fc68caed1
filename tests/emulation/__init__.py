# SPDX-License-Identifier: GPL-3.0-or-later
"""`make emulate`: a few cases of every kind on the aarch64 program, run by qemu-user. No part of CI."""
