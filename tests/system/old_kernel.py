# SPDX-License-Identifier: GPL-3.0-or-later
"""python3 old_kernel.py PROGRAM [ARGUMENT...]: runs the program as if the kernel were Linux 3.10.

Every system call that came later is answered ENOSYS, for the program and for all it starts. On x86-64 numbers were given in
the order of time: 313 (finit_module, Linux 3.8) is the last that 3.10 has, 314 (sched_setattr, 3.14) the first that it lacks;
calls of other kinds of program (i386, x32) are refused too. Imports nothing of the tests: an account that cannot enter their
folder gets a copy.
"""

import ctypes
import errno
import os
import struct
import sys

FIRST_LATER_CALL = 314
_X86_64 = 0xC000003E
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _FILTER = 22, 38, 2


def filter_program():
    """struct sock_filter[]: code, jump if true, jump if false, operand."""
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 0, 2, _X86_64),
        (_LOAD, 0, 0, _NUMBER), (_AT_LEAST, 0, 1, FIRST_LATER_CALL),
        (_RETURN, 0, 0, _FAIL | errno.ENOSYS),
        (_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("HBBI", *line) for line in lines), len(lines)


def forget_later_calls():
    code, length = filter_program()
    code = ctypes.create_string_buffer(code)
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", length, ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    for call in ((_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (_PR_SET_SECCOMP, _FILTER, program, 0, 0)):
        if libc.prctl(*call) != 0:
            raise OSError(ctypes.get_errno(), f"prctl {call[0]}")


if __name__ == "__main__":
    forget_later_calls()
    os.execv(sys.argv[1], sys.argv[1:])
