# SPDX-License-Identifier: GPL-3.0-or-later
"""How this machine can run an aarch64 program, and whether that program can execute itself again, as a job needs.

qemu-user hands an execve on to the kernel, which must know by itself what to do with an aarch64 file: binfmt_misc. Where
nobody has told it, we do so in a user namespace of our own (Linux 6.7 and later), and the machine stays as it is.
"""

import os
import subprocess
from dataclasses import dataclass

from support import tools

MOUNT = "/proc/sys/fs/binfmt_misc"
MAGIC = r"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00"
MASK = r"\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff"  # any system's ABI
# P: argv[0] stays; O: the open file is handed over (it may be closed by exec); C: no setuid; F: qemu is opened now.
RULE = f":unstick-aarch64:M::{MAGIC}:{MASK}:{{qemu}}:POCF"


@dataclass(frozen=True)
class Way:
    """wrapper: what stands before the program. jobs: whether it can start itself again. words: for the reader."""
    wrapper: tuple
    jobs: bool
    words: str


def find_way(image, who):
    """who: keywords for subprocess that change the user."""
    if _runs((), image, who):
        return Way((), True, "the machine itself runs aarch64 programs")
    qemu = tools.find("qemu-aarch64-static")
    private = namespace(qemu)
    if _runs(private, image, who):
        return Way(private, True, "qemu-user by binfmt_misc, in a namespace of its own")
    return Way((qemu,), False, f"plain qemu-user: this kernel ({os.uname().release}) lets nobody but root of the machine "
                               "register aarch64 programs, so jobs cannot start")


def namespace(qemu):
    """The command that runs a program where aarch64 files are given to qemu."""
    rule = RULE.format(qemu=qemu)
    script = f"mount -t binfmt_misc binfmt_misc {MOUNT} && printf %s '{rule}' >{MOUNT}/register && exec \"$@\""
    return tools.find("unshare"), "--user", "--map-root-user", "--mount", "/bin/sh", "-c", script, "sh"


def _runs(wrapper, image, who):
    try:
        done = subprocess.run([*wrapper, image, "--version"], capture_output=True, text=True, check=False, cwd="/", **who)
    except OSError:
        return False
    return done.returncode == 0 and done.stdout.startswith("unstick ")
