# SPDX-License-Identifier: GPL-3.0-or-later
"""self:remove behind every web server, from the page as its owner does it: what runs is what goes."""

import re

import pytest

from servers.place import KEY
from support import httpclient, matrix, process

BROWSER = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}
CONFIRM = re.compile(r'name="confirm" value="([^"]+)"')


@pytest.mark.parametrize("row, backup", [*((row, "delete") for row in matrix.NAMES), ("apache-cgi", "keep"), ("nginx-fastcgi", "keep")])
def test_the_owner_removes_it_from_the_page_and_nothing_answers_any_more(open_place, row, backup):
    with open_place(row) as here:
        assert httpclient.fetch(here.task("files:backup-own", "&quiet&wait=120")).status == 200
        page = httpclient.fetch(here.task("self:remove", f"&backup={backup}&pretty"), headers=BROWSER)
        cookie = page.headers["Set-Cookie"].split(";")[0]
        fields = {"confirm": CONFIRM.search(page.text)[1], "backup": backup, "pretty": "1"}
        done = httpclient.fetch(f"{here.served.base_url}?task=self%3Aremove", "POST", {**BROWSER, "Cookie": cookie}, fields)
        assert done.status == 200 and "this program is gone" in done.text, done
        assert not (here.served.folder / here.served.base_url.rpartition("/")[2]).exists()
        assert not here.settings.exists() and not (here.state / "jobs").exists()
        assert bool(list(here.state.glob("backups/*.zip"))) == (backup == "keep")
        process.wait_until(lambda: not process.running_below(here.served.folder), 30, "the end of the program")
        assert httpclient.fetch(f"{here.served.base_url}?{KEY}").status >= 400
