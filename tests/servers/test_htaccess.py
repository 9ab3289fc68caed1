# SPDX-License-Identifier: GPL-3.0-or-later
"""The bundle's folder below a site with Mautic's own rules: what answers, what nobody may read, what a host may forbid."""

import pytest

from servers.place import KEY
from support import apache, httpclient

PRIVATE = ("unstick.ini.php", ".htaccess", "README.txt", "evil.php", "unstick.cgi.new", "sub/file.txt", "nothing-there")


@pytest.fixture(scope="module", params=("apache-cgi", "apache-cgid", "apache-fcgid"))
def here(request, open_place):
    with open_place(request.param, inside=True) as made:
        yield made


def _url(here, path):
    return f"{here.served.url}/unstick/{path}"


def _upload_more(here):
    """Files that somebody else may have put there."""
    folder = here.served.folder
    (folder / "evil.php").write_text("<?php echo 'executed';\n")
    (folder / "unstick.cgi.new").write_text("half an upload\n")
    (folder / "sub").mkdir(exist_ok=True)
    (folder / "sub" / "file.txt").write_text("a file\n")


def test_the_applications_rules_are_in_force_around_the_folder(here):
    assert httpclient.fetch(f"{here.served.url}/robots.txt").status == 200
    assert httpclient.fetch(f"{here.served.url}/composer.json").status == 403


def test_the_folder_and_the_program_answer(here):
    page = httpclient.fetch(_url(here, ""))
    assert page.status == 200 and "Unstick" in page.text and page.headers["Content-Type"].startswith("text/html")
    assert httpclient.fetch(_url(here, "index.html")).body == page.body
    listed = httpclient.fetch(here.url())
    assert listed.status == 200 and listed.text.startswith("Mautic 5.1.0 in ")


@pytest.mark.parametrize("path", PRIVATE)
def test_nothing_else_can_be_read(here, path):
    _upload_more(here)
    answer = httpclient.fetch(_url(here, path))
    assert answer.status == 403
    assert KEY not in answer.text


def test_the_key_may_come_in_the_authorization_header(here):
    answer = httpclient.fetch(here.served.base_url, headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status == 200 and answer.text.startswith("Mautic 5.1.0 in ")


# What hosts allow beside each other; a folder whose .htaccess has a line of another class answers 500 as a whole.
HOSTS = {
    "all": ("All", True),
    "only FileInfo": ("FileInfo", True),
    "FileInfo and Limit": ("FileInfo Limit", True),
    "all but Options": ("FileInfo AuthConfig Limit Indexes", True),
    "no ExecCGI": ("All", False),
    "no mod_rewrite": ("All", True),
    "no .htaccess at all": ("None", True),
}


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("row", ("apache-cgi", "apache-fcgid"))
def test_whatever_the_host_allows_in_htaccess_no_answer_is_an_error(open_place, monkeypatch, host, row):
    override, exec_cgi = HOSTS[host]
    if host == "no mod_rewrite":
        monkeypatch.setattr(apache, "STOCK_MODULES", [name for name in apache.STOCK_MODULES if name != "rewrite"])
    # In a document root of its own: the application's .htaccess may need more than this host allows.
    with open_place(row, allow_override=override, exec_cgi=exec_cgi) as here:
        _upload_more(here)
        answers = {path: httpclient.fetch(_url(here, path)) for path in ("", "index.html", *PRIVATE)}
        program = httpclient.fetch(here.url())
    assert {path: answer.status for path, answer in answers.items() if answer.status >= 500} == {}
    assert program.status < 500
    assert answers["index.html"].status == 200, "the page of first contact says what is missing"
    if host == "no .htaccess at all":
        # No handler and no deny: the page of first contact finds both; Debian's own rule for .ht* holds.
        assert answers[".htaccess"].status == 403
        return
    assert {path: answers[path].status for path in PRIVATE} == dict.fromkeys(PRIVATE, 403)
    assert program.status == (200 if exec_cgi else 403)
    assert answers[""].status == 200
