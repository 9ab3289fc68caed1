# SPDX-License-Identifier: GPL-3.0-or-later
"""`permissions:fix` on a site of an ordinary account: what it mends, what it leaves, what it asks the host for."""

import grp
import os
import pwd
import re
import stat

import pytest

from support import tools


@pytest.fixture(autouse=True)
def as_root():
    tools.need_root("to give files to other accounts")


def mode_of(path):
    return stat.S_IMODE(os.lstat(path).st_mode)


def is_ours(box, path):
    return os.lstat(path).st_uid == pwd.getpwnam(box.account).pw_uid


def make(box, name, content="x", mode=0o644, owner=None):
    """A file of the site, its folders and all: the account's, or root's."""
    path = box.site.root / name
    missing = [folder for folder in path.parents if not folder.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    for made in (*missing, path):
        box.give(made) if owner is None else os.chown(made, owner, owner)
    path.chmod(mode)
    return path


def plan(box):
    with box.nothing_changes(but=("state", "state/*", "site/unstick/unstick.ini.php")):
        return box.owner("task=permissions:fix")


def fix(box):
    """The plan's text and the answer to its consent."""
    shown = plan(box)
    assert "-- plan only, nothing changed" in shown.text, shown
    done = box.stranger(shown.lines[-1].split("?", 1)[1])
    return shown.text, box.run("job=last") if not done.lines[-1].startswith("-- done") else done


def test_a_sound_site_has_nothing_to_do(box):
    answer = plan(box)
    assert answer.status == 200 and "nothing to do: this account may read all" in answer.text, answer
    assert box.command_line("permissions:fix").returncode == 0


def test_what_shuts_the_account_out_and_what_lets_everybody_in_is_mended(box):
    root = box.site.root
    locked = make(box, "app/bundles/CoreBundle/locked.php", mode=0o000)
    script = make(box, "bin/tool", mode=0o111)
    inner = make(box, "media/files/deep/er/x.csv", mode=0o200)
    open_file, open_folder = make(box, "media/files/open.csv", mode=0o666), root / "media/images"
    secret, group = make(box, "app/config/own.php", mode=0o600), make(box, "media/files/group.csv", mode=0o664)
    open_folder.chmod(0o777)
    for folder in (inner.parent, inner.parent.parent):
        folder.chmod(0o000)
    text, done = fix(box)
    assert f"0000 -> 0644  {locked}" in text and f"0777 -> 0775  {open_folder}" in text
    assert "folders that cannot be looked into yet: 1" in text
    assert done.lines[-1].startswith("-- done: exit 0"), done
    after = {locked: 0o644, script: 0o755, inner: 0o644, inner.parent: 0o755, inner.parent.parent: 0o755, open_file: 0o664,
             open_folder: 0o775, secret: 0o600, group: 0o664}
    assert {path: mode_of(path) for path in after} == after
    assert "nothing to do" in plan(box).text
    [journal] = box.state.glob("kept/*/modes")
    lines = journal.read_text().splitlines()
    assert f"0000 0644 {locked}" in lines and f"0200 0644 {inner}" in lines and len(lines) == 7
    assert "as they were: " + str(journal) in done.text


def test_undo_gives_back_the_permissions_of_before(box):
    before = {make(box, "media/files/a/locked.csv", mode=0o000): 0o000, make(box, "media/files/open.csv", mode=0o666): 0o666,
              make(box, "media/files/later.csv", mode=0o666): 0o666}
    fix(box)
    later = box.site.root / "media/files/later.csv"
    later.chmod(0o600)  # by its owner, since
    shown = box.owner("task=undo")
    assert "gets those of before" in shown.text, shown
    box.stranger(shown.lines[-1].split("?", 1)[1])
    assert box.run("job=last").lines[-1].startswith("-- done: exit 0")
    assert {path: mode_of(path) for path in before} == {**before, later: 0o600}


def test_links_lead_nowhere(box):
    outside = box.folder / "outside"
    outside.mkdir()
    (outside / "x").write_text("x")
    for path in (outside / "x", outside):
        box.give(path)
        path.chmod(0o777)
    (box.site.root / "media/out").symlink_to(outside)
    (box.site.root / "media/x").symlink_to(outside / "x")
    assert "nothing to do" in plan(box).text
    assert box.command_line("permissions:fix", "--yes").returncode == 0
    assert mode_of(outside) == mode_of(outside / "x") == 0o777


def test_a_cache_of_roots_is_made_anew(box):
    cache = box.site.root / "var/cache/prod"
    for path in (cache, *cache.rglob("*")):
        os.chown(path, 0, 0)
    empty = box.site.root / "media/files/new"
    empty.mkdir()
    text, done = fix(box)
    assert f"make anew, as it is root's: {cache}" in text and f"make anew, as it is root's: {empty}" in text
    assert done.lines[-1].startswith("-- done: exit 0"), done
    for folder in (cache, empty):
        assert is_ours(box, folder) and mode_of(folder) == 0o755 and list(folder.iterdir()) == []
    [aside] = cache.parent.glob("prod.unstick-*")
    assert (aside / "twig/page.php").exists()
    assert sorted(line.split()[0] for line in next(box.state.glob("kept/*/modes")).read_text().splitlines()) == ["renewed"] * 2


def test_what_is_of_another_account_is_asked_of_the_host(box):
    root = box.site.root
    images = make(box, "media/images/a b/pic.png", owner=0)
    hidden = make(box, "plugins/MineBundle/Mine.php", mode=0o600)
    os.chown(hidden, 0, 0)
    make(box, "app/bundles/readable.php", owner=0)
    answer = plan(box)
    account = pwd.getpwnam(box.account)
    who = f"{account.pw_name}:{grp.getgrgid(account.pw_gid).gr_name}"
    assert f"Please run: chown -R {who} '{images.parent}'" in answer.text
    assert f"Please run: chown -R {who} {hidden}" in answer.text
    assert answer.text.count("Please run") == 2 and re.search(r"\d more belong to another account", answer.text), answer
    assert "nothing that this account could do" in answer.text
    assert not is_ours(box, images) and root.exists()


def test_where_another_account_writes_the_door_stays_open(box):
    """The arrangement in which PHP runs as the web server, and the owner let it write."""
    logs = box.site.root / "var/logs"
    logs.chmod(0o777)
    log = make(box, "var/logs/prod.php", mode=0o644)
    os.chown(log, pwd.getpwnam("www-data").pw_uid, -1)
    answer = plan(box)
    assert f"left open to everybody, as another account writes there: {logs}" in answer.text, answer
    assert "if the site's PHP runs as that one" in answer.text
    assert mode_of(logs) == 0o777


def test_our_own_folder_is_left_alone(boxes):
    box = boxes(state="site/media/secret")
    box.owner()
    make(box, "media/secret/kept.bin", mode=0o666)
    assert "nothing to do" in box.owner("task=permissions:fix").text
    assert mode_of(box.site.root / "media/secret/kept.bin") == 0o666


def test_other_findings_need_another_consent(box):
    make(box, "media/files/a.csv", mode=0o666)
    link = plan(box).lines[-1].split("?", 1)[1]
    late = make(box, "media/files/b.csv", mode=0o666)
    again = box.stranger(link)
    assert "-- plan only, nothing changed" in again.text and str(late) in again.text
    assert mode_of(late) == 0o666
    assert re.search(r"confirm=\S+", again.lines[-1])
