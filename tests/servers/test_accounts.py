# SPDX-License-Identifier: GPL-3.0-or-later
"""Who owns the files and who the program runs as: the shared-hosting normal (suEXEC), a program that runs as the web server
over files of an FTP user, and a cache of the web server under a program that runs as the user."""

import os
from contextlib import contextmanager

import pytest

from servers.place import site_of
from support import httpclient, process, tree, users


@pytest.fixture(scope="module")
def owner():
    made = users.ensure("unstick-test-owner")
    yield made
    users.remove(made.name)


@pytest.fixture(scope="module")
def kept_site(owner):
    """A site in the owner's ~/public_html, readable by the web server."""
    with site_of(owner.name, owner.home / "public_html") as made:
        process.run(["chmod", "-R", "a+rX", made.root])
        yield made


@pytest.fixture
def their_site(kept_site, owner):
    """That site; what a test does to its var/, and our state folders, are gone afterwards."""
    untouched = owner.home / "untouched-var"
    process.run(["cp", "-a", kept_site.var, untouched])
    yield kept_site
    for folder in (kept_site.var, *owner.home.glob(".unstick-*")):
        tree.remove(folder)
    untouched.rename(kept_site.var)


@pytest.fixture
def serve(open_place, their_site, owner):
    """serve(suexec=..., settings=...): the bundle inside the owner's site, uploaded by the owner."""
    @contextmanager
    def served(suexec, **settings):
        options = {"suexec": (owner.name, owner.group)} if suexec else {}
        with open_place("apache-cgi", another_site=their_site, inside=True, state=False, owner=None, settings=settings,
                        **options) as here:
            tree.give(here.served.folder, owner.name, owner.group)
            yield here
    return served


def _run(here, task):
    return "\n".join(httpclient.follow(here.task(task)).texts) + "\n"


def _let_go(here, purged):
    """Nobody could ask this site, so its old cache was kept: now the owner lets it go, and consents to the plan."""
    job = purged.split("kept:delete with job=")[1].split()[0]
    plan = httpclient.fetch(here.task("kept:delete", f"&job={job}")).text
    return "\n".join(httpclient.follow(plan.strip().rsplit(" ", 1)[1]).texts) + "\n"


def _owner_of(path):
    return path.stat().st_uid


# ---- the program runs as the owner of the files

def test_under_suexec_all_is_the_owners_and_the_state_lies_in_the_home_closed_to_others(serve, their_site, owner):
    with serve(suexec=True) as here:
        text = _run(here, "cache:clear")
    assert "-- done: exit 0 in " in text
    state, = owner.home.glob(".unstick-*")
    assert (state.stat().st_mode & 0o777, _owner_of(state)) == (0o700, owner.uid)
    strangers = [path for top in (state, their_site.root) for path in top.rglob("*") if path.lstat().st_uid != owner.uid]
    assert strangers == []
    open_files = [path for path in state.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    assert open_files == []


def test_under_suexec_the_cache_is_purged_and_gone_from_the_disk(serve, their_site, owner):
    assert their_site.cache.exists()
    with serve(suexec=True) as here:
        text = _run(here, "cache:purge")
        assert "-- done: exit 0 in " in _let_go(here, text)
    assert f"emptied {their_site.cache}\n" in text
    assert "-- done: exit 0 in " in text
    assert not their_site.cache.exists()
    assert [path for top in (owner.home.glob(".unstick-*")) for path in (top / "kept").rglob("*") if path.is_file()] == []


# ---- the program runs as the web server over the owner's files

def test_where_nothing_can_be_written_every_task_says_so_and_what_to_do(serve):
    with serve(suexec=False) as here:
        listed = httpclient.fetch(here.url())
        asked = httpclient.fetch(here.task("cache:clear"))
    assert listed.status == 200, "looking needs no place of our own"
    assert asked.status == 500
    for text in (listed.text, asked.text):
        assert "there is no place for our own data: " in text
        assert "make one of these folders writable for the account, or name a writable folder outside the document root " \
               "as state = in the settings file" in text
    assert asked.text.count("\n") == 1


def _closed_to_strangers(here, folder):
    return httpclient.fetch(f"{here.served.url}/{folder.relative_to(here.served.docroot)}/secret").status == 403


def test_where_only_the_sites_own_var_can_be_written_the_state_hides_there(serve, their_site):
    """The arrangement in which Mautic itself works: the web server owns var/."""
    tree.give(their_site.var, "www-data")
    with serve(suexec=False) as here:
        text = _run(here, "cache:clear")
        state, = their_site.var.glob(".unstick-*")
        assert "-- done: exit 0 in " in text
        assert len(state.name) == len(".unstick-") + 32, "a name that nobody can guess"
        assert state.stat().st_mode & 0o777 == 0o700
        assert _closed_to_strangers(here, state)
        again = _run(here, "cache:purge")
        assert "-- done: exit 0 in " in again
        assert [state] == list(their_site.var.glob(".unstick-*")), "the second request found the same folder"
    assert not their_site.cache.exists()


@pytest.fixture
def servers_folder(owner):
    """A folder that the web server may write, as a host or the owner can make one."""
    folder = owner.home / "unstick-data"
    folder.mkdir()
    tree.give(folder, "www-data")
    yield folder
    tree.remove(folder)


def test_a_cache_that_the_web_server_may_not_touch_is_named_with_the_reason(serve, their_site, servers_folder):
    with serve(suexec=False, state=servers_folder) as here:
        purged, cleared = _run(here, "cache:purge"), _run(here, "cache:clear")
    assert f"cannot rename {their_site.cache}" in purged
    assert "Permission denied" in purged
    assert "-- failed: exit 1 in " in purged
    assert "-- failed: exit " in cleared
    assert str(their_site.cache) in cleared
    assert any(their_site.cache.iterdir())


# ---- the program runs as the owner, the cache belongs to the web server

@pytest.fixture
def mixed(their_site, owner):
    """The web server made the cache, in a folder that the owner had opened to all."""
    os.chmod(their_site.var / "cache", 0o777)
    tree.give(their_site.cache, "www-data")
    return their_site


def test_a_cache_of_the_web_server_is_emptied_for_the_site_and_what_stays_is_told(serve, mixed, owner):
    files = sum(path.is_file() for path in mixed.cache.rglob("*"))
    with serve(suexec=True) as here:
        text = _run(here, "cache:purge")
        let_go = _let_go(here, text)
    assert f"emptied {mixed.cache}\n" in text
    assert "-- done: exit 0 in " in text
    assert not mixed.cache.exists()
    assert "could not be deleted; the first: " in let_go
    assert "Permission denied" in let_go
    [waits] = mixed.cache.parent.glob("prod.unstick-*")
    assert sum(path.is_file() for path in waits.rglob("*")) == files


def test_cache_clear_over_a_cache_of_the_web_server_fails_with_the_consoles_own_words_until_it_was_purged(serve, mixed):
    with serve(suexec=True) as here:
        refused = _run(here, "cache:clear")
        _run(here, "cache:purge")
        second = _run(here, "cache:clear --no-warmup")
    assert "-- failed: exit " in refused
    assert str(mixed.cache) in refused
    assert "-- done: exit 0 in " in second
