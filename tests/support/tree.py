# SPDX-License-Identifier: GPL-3.0-or-later
"""Temporary folders that a web server's user can enter, and putting the bundle in place.

Set UNSTICK_KEEP=1 to keep every folder for a look.
"""

import contextlib
import grp
import os
import pwd
import shutil
import stat
import tempfile
from pathlib import Path

PROGRAM_NAMES = ("unstick.cgi", "unstick.fcgi")


def make_folder(label="test", below=None):
    """A new folder, mode 0755, in `below` (default: /tmp, or /var/tmp where /tmp is closed to others)."""
    parent = Path(below) if below else next(path for path in (Path("/tmp"), Path("/var/tmp")) if traversable(path))
    folder = Path(tempfile.mkdtemp(prefix=f"unstick-{label}-", dir=parent))
    folder.chmod(0o755)
    return folder


def remove(folder):
    """Removes the tree whatever its modes; one that is gone is no error."""
    if not os.environ.get("UNSTICK_KEEP"):
        shutil.rmtree(folder, ignore_errors=True)


def traversable(folder):
    """Whether any user can reach the folder: the x bit for others on it and on all its parents."""
    folder = Path(folder).resolve()
    return all(path.stat().st_mode & stat.S_IXOTH for path in (folder, *folder.parents))


def need_traversable(folder):
    if not traversable(folder):
        raise ValueError(f"{folder} cannot be entered by other users: a web server would answer 403")


def install_program(program, folder, names=PROGRAM_NAMES):
    """Copies the program into the folder under each name, mode 0755, as an upload and a chmod would leave it."""
    for name in names:
        target = Path(folder) / name
        staged = target.with_name(name + ".new")
        shutil.copyfile(program, staged)
        staged.chmod(0o755)
        staged.rename(target)


def install_bundle(bundle, folder):
    """Fills the folder: `bundle` is a folder to copy, a callable that gets the folder, or None for an empty one."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if callable(bundle):
        bundle(folder)
    elif bundle is not None:
        shutil.copytree(bundle, folder, dirs_exist_ok=True, symlinks=True)


def give(path, user, group=None):
    """chown -R without following links; names of user and group, group None for the user's own.

    What a program takes away meanwhile is passed over.
    """
    account = pwd.getpwnam(user)
    gid = grp.getgrnam(group).gr_gid if group else account.pw_gid
    os.chown(path, account.pw_uid, gid, follow_symlinks=False)
    for parent, folders, files in os.walk(path):
        for name in folders + files:
            with contextlib.suppress(FileNotFoundError):
                os.chown(os.path.join(parent, name), account.pw_uid, gid, follow_symlinks=False)
