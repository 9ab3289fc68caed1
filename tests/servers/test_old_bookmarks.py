# SPDX-License-Identifier: GPL-3.0-or-later
"""links:install on a real Apache: old bookmarks are answered, the site stays as it was, and what a host forbids is put back."""

import pytest

from servers.place import KEY, write_as
from support import httpclient

OLD_SCRIPT = "<?php echo 'the old script';\n"


def consented(here, query):
    plan = httpclient.fetch(here.url(query)).text
    assert "-- plan only, nothing changed" in plan, plan
    return plan, httpclient.fetch(f"{here.served.base_url}?{plan.rstrip().rpartition('?')[2]}").text


@pytest.fixture
def opened(open_place, site):
    """opened(ROW, ...): the upload in the site's folder, its address in the settings; the site's .htaccess comes back."""
    file = site.root / ".htaccess"
    text, facts = file.read_text(), file.stat()
    running = []

    def begin(row, **options):
        context = open_place(row, inside=True, **options)
        here = context.__enter__()
        running.append(context)
        write_as(here.settings, f"{here.settings.read_text()}url = {here.served.url}\n")
        return here

    yield begin
    for context in running:
        context.__exit__(None, None, None)
    write_as(file, text)
    assert file.stat().st_mode == facts.st_mode


@pytest.mark.parametrize("row", ["apache-cgi", "apache-fcgid"])
def test_old_bookmarks_are_answered_and_nothing_else_changes(opened, site, row):
    here = opened(row)
    (site.root / "commands.php").write_text(OLD_SCRIPT)
    try:
        before = (site.root / ".htaccess").read_text()
        assert httpclient.fetch(f"{here.served.url}/commands.php?{KEY}").status != 200
        plan, done = consented(here, "&task=links:install")
        assert "RewriteRule ^(commands|upgrade_v3)\\.php$ unstick/unstick." in plan and "-- done: exit 0" in done, done
        text = (site.root / ".htaccess").read_text()
        assert text.startswith("# BEGIN Unstick\n") and text.endswith(before)
        for name in ("commands.php", "upgrade_v3.php"):
            assert httpclient.fetch(f"{here.served.url}/{name}").text == "The secret phrase is wrong.\n"
            assert httpclient.fetch(f"{here.served.url}/{name}?{KEY}").text.startswith("Mautic 5.1.0 in ")
        assert httpclient.fetch(f"{here.served.url}/commands.php?{KEY}&task=php").text.startswith("Executing php\n")
        assert httpclient.fetch(f"{here.served.url}/robots.txt").status == 200
        assert httpclient.fetch(f"{here.served.url}/composer.json").status == 403
        assert httpclient.fetch(f"{here.served.url}/other.php").status in (403, 404)
        assert "nothing to do" in httpclient.fetch(here.url("&task=links:install")).text
    finally:
        (site.root / "commands.php").unlink()


def test_where_it_does_not_work_the_file_is_put_back_with_the_reason(opened, site):
    here = opened("apache-cgi")
    before = (site.root / ".htaccess").read_text()
    write_as(here.settings, here.settings.read_text().replace(f"url = {here.served.url}", "url = http://127.0.0.1:1"))
    _, done = consented(here, "&task=links:install")
    assert ".htaccess is as it was" in done and "-- failed" in done
    assert (site.root / ".htaccess").read_text() == before


def test_self_remove_takes_the_lines_out_again(opened, site):
    here = opened("apache-cgi")
    before = (site.root / ".htaccess").read_text()
    consented(here, "&task=links:install")
    assert (site.root / ".htaccess").read_text() != before
    plan, done = consented(here, "&task=self:remove&backup=delete")
    assert "take this program's lines out of" in plan and "this program is gone" in done, done
    assert (site.root / ".htaccess").read_text() == before
    assert not here.served.folder.exists() and not (here.state / "jobs").exists()


def test_without_htaccess_it_says_so(opened, site):
    here = opened("apache-cgi")
    (site.root / ".htaccess").rename(site.root / "away")
    try:
        answer = httpclient.fetch(here.url("&task=links:install"))
        assert answer.status == 500 and "has no .htaccess" in answer.text
    finally:
        (site.root / "away").rename(site.root / ".htaccess")
