# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts: throw-away ones that stand for a hosting customer, and the arrangements of customer and web server.

Only accounts whose name begins with `unstick-test` are ever made or removed. Making one needs root.
"""

import contextlib
import grp
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from . import process, tools, tree

PREFIX = "unstick-test"
# suexec: the CGI runs as the owner of the files (the shared-hosting normal). www-data: the CGI runs as the web server over
# files of the customer. mixed-cache: as suexec, but the application's cache belongs to the web server.
ARRANGEMENTS = ("suexec", "www-data", "mixed-cache")


@dataclass(frozen=True)
class User:
    name: str
    group: str
    uid: int
    gid: int
    home: Path


def is_root():
    return os.geteuid() == 0


def effective(user):
    """The user itself as root, else the caller: without root every server runs as whoever runs the tests."""
    return user if is_root() else pwd.getpwuid(os.geteuid()).pw_name


def group_of(user):
    """Name of the user's primary group."""
    return grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name


def find(name):
    """The account, KeyError when there is none."""
    entry = pwd.getpwnam(name)
    return User(name, group_of(name), entry.pw_uid, entry.pw_gid, Path(entry.pw_dir))


def ensure(name="unstick-test1", home=None):
    """The account, made when missing, with a group of its own; its home (default /home/NAME) exists, mode 0711.

    An account that exists with another home is given the one asked for.
    """
    _refuse_others(name)
    home = Path(home or f"/home/{name}")
    try:
        if find(name).home != home:
            process.run([tools.find("usermod"), "--home", home, name])
    except KeyError:
        tools.need_root(f"to make the account {name}")
        process.run([tools.find("useradd"), "--user-group", "--no-create-home", "--home-dir", home, "--shell",
                     "/usr/sbin/nologin", name])
    account = find(name)
    home.mkdir(parents=True, exist_ok=True)
    os.chown(home, account.uid, account.gid)
    home.chmod(0o711)
    return account


def remove(name):
    """Removes the account and its home; one that does not exist is no error."""
    _refuse_others(name)
    try:
        account = find(name)
    except KeyError:
        return
    process.wait_until(lambda: _is_idle(account.uid), 30.0, f"the end of the processes of {name}")
    process.run([tools.find("userdel"), name])
    if account.home.stat().st_uid == account.uid:
        tree.remove(account.home)


def _is_idle(uid):
    """No process runs as this user, also none that ended and is not waited for yet: userdel refuses while there is one.

    Our own children that ended are waited for here: a test that failed between start and wait left them so.
    """
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if f"\nUid:\t{uid}\t" in text and not _reaped(int(status.parent.name), text):
            return False
    return True


def _reaped(pid, status):
    if "\nState:\tZ" not in status or f"\nPPid:\t{os.getpid()}\n" not in status:
        return False
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    return True


@contextlib.contextmanager
def at_work(name, letter):
    """(a new folder, an account whose home lies in it; None when this is not root). Both are gone afterwards, and what still runs there."""
    folder = tree.make_folder(name)
    owner = ensure(f"{PREFIX}-{letter}{os.getpid()}", home=folder / "home") if is_root() else None
    try:
        yield folder, owner
    finally:
        process.kill_below(folder)
        if owner:
            remove(owner.name)
        tree.remove(folder)


def arrange(arrangement, docroot, account, cache=None):
    """Gives the files their owners and returns the keyword arguments for Apache() that fit.

    docroot: the tree, given to the account as a whole. cache: for mixed-cache, the folder that belongs to www-data.
    """
    if arrangement not in ARRANGEMENTS:
        raise ValueError(f"{arrangement}: not one of {ARRANGEMENTS}")
    tree.give(docroot, account.name, account.group)
    if arrangement == "mixed-cache":
        tree.give(cache, "www-data")
    return {} if arrangement == "www-data" else {"suexec": (account.name, account.group)}


def _refuse_others(name):
    if not name.startswith(PREFIX):
        raise ValueError(f"{name}: test accounts begin with {PREFIX}")
