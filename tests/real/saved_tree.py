# SPDX-License-Identifier: GPL-3.0-or-later
"""The site's files as they were, put back as often as a case asks for it. Only what is another file now is copied: what still has
the inode and the time of change that it had when it was put there was not touched."""
import os
import shutil
import stat

from support import process, tools

OURS = "unstick"  # at the top: stays as it is


class SavedTree:
    """root: the site's folder. saved: a copy, made here."""

    def __init__(self, root, saved):
        self.root, self.saved = root, saved
        saved.mkdir()
        process.run([tools.find("cp"), "-a", f"{root}/.", saved])
        process.run([tools.find("rm"), "-rf", saved / OURS])
        self._folders = sorted(_folders(saved))
        self._untouched = {path: _identity(root / path) for path in _files(saved)}

    def put_back(self):
        self._take_away_others()
        for folder in self._folders:
            (self.root / folder).mkdir(exist_ok=True)
        for path, identity in self._untouched.items():
            if not os.path.lexists(self.root / path):
                self._copy(path)
                self._untouched[path] = _identity(self.root / path)
        for folder in reversed(self._folders):  # those within first: what is made in them changes their date
            _copy_facts(self.saved / folder, self.root / folder)
        _copy_facts(self.saved, self.root)

    def _take_away_others(self):
        known = set(self._folders)
        for parent, folders, files in os.walk(self.root):
            place = os.path.relpath(parent, self.root)
            if place == ".":
                folders.remove(OURS)
            for name in list(folders):
                path = os.path.normpath(os.path.join(place, name))
                if os.path.islink(self.root / path):
                    files.append(name)
                elif path not in known:
                    folders.remove(name)
                    shutil.rmtree(self.root / path)
            for name in files:
                path = os.path.normpath(os.path.join(place, name))
                if self._untouched.get(path) != _identity(self.root / path):
                    os.unlink(self.root / path)

    def _copy(self, path):
        shutil.copy2(self.saved / path, self.root / path, follow_symlinks=False)
        facts = os.lstat(self.saved / path)
        os.chown(self.root / path, facts.st_uid, facts.st_gid, follow_symlinks=False)


def _identity(path):
    facts = os.lstat(path)
    return facts.st_ino, facts.st_ctime_ns


def _walk(top):
    """(path, is a folder) of all below."""
    for parent, folders, files in os.walk(top):
        for name in (*folders, *files):
            path = os.path.normpath(os.path.join(os.path.relpath(parent, top), name))
            yield path, stat.S_ISDIR(os.lstat(top / path).st_mode)


def _files(top):
    return [path for path, is_folder in _walk(top) if not is_folder]


def _folders(top):
    return {path for path, is_folder in _walk(top) if is_folder}


def _copy_facts(one, other):
    facts = os.lstat(one)
    os.chown(other, facts.st_uid, facts.st_gid)
    os.chmod(other, stat.S_IMODE(facts.st_mode))
    os.utime(other, ns=(facts.st_atime_ns, facts.st_mtime_ns))
