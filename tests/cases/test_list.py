# SPDX-License-Identifier: GPL-3.0-or-later
"""The list: what may be asked of this very release, as text, page and events, wherever the site and the program lie."""

import html
import re

import pytest

from cases.box import BROWSER, KEY, NAVIGATION
from fixture.site import make_old_site, make_site

LINE = re.compile(r"^(\S.*?)  -  (.+)\n    (\S+)$", re.MULTILINE)
OFFER = re.compile(r'<dt><a href="([^"]*)"')
HREF = re.compile(r'href="([^"#]*)"')

# release -> how its site is made, and words that its list has and lacks
ALWAYS = {"cache:purge", "php", "job:stop", "job:unlock", "job:resume", "cache:clear", "doctrine:migrations:migrate",
          "doctrine:migrations:status", "mautic:segments:update", "mautic:campaigns:trigger", "mautic:update:find", "list"}
NEVER = {"mautic:install:data", "doctrine:schema:update --force", "doctrine:database:drop", "doctrine:query:sql",
         "mautic:leadlists:update"}
RELEASES = {
    "2.16.5": ({"mautic:emails:send", "mautic:queue:process", "debug:swiftmailer"},
               {"messenger:consume email --time-limit=50", "doctrine:migrations:list", "about", "mautic:campaigns:summarize",
                "mautic:cache:clear"}),
    "3.3.5": ({"mautic:emails:send", "mautic:max-mind:purge", "about", "mautic:cache:clear"},
              {"messenger:consume email --time-limit=50", "doctrine:migrations:list", "mautic:campaigns:summarize"}),
    "4.4.13": ({"mautic:emails:send", "mautic:campaigns:summarize", "mautic:cache:clear"},
               {"messenger:consume email --time-limit=50", "doctrine:migrations:list", "mautic:fields:analyse"}),
    "5.1.0": ({"messenger:consume email --time-limit=50", "doctrine:migrations:list", "mautic:fields:analyse"},
              {"mautic:emails:send", "mautic:queue:process", "debug:swiftmailer", "mautic:segments:stat"}),
}
SITES = [("2.16.5", "zip"), ("3.3.5", "zip"), ("4.4.13", "zip"), ("4.4.13", "composer"), ("5.1.0", "zip"),
         ("5.1.0", "composer")]
PLACES = ("root", "sub-folder", "deep", "cgi-bin")


@pytest.fixture(scope="module")
def sites(ground):
    """(release, layout) -> a site that is only looked at."""
    made = {}

    def get(version, layout):
        if (version, layout) not in made:
            folder = ground[1] / f"list-{version}-{layout}"
            era = {"4": "era4", "5": "era5"}.get(version[0])
            made[version, layout] = (make_site(era, folder, layout, owner=ground[0], vendor="link") if era
                                     else make_old_site(version, folder, owner=ground[0]))
        return made[version, layout]

    return get


def tasks_of(answer):
    return [task for task, _, _ in LINE.findall(answer.text)]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("version, layout", SITES)
def test_the_site_is_found_from(boxes, sites, version, layout, place):
    site = sites(version, layout)
    folder = {"root": site.root, "sub-folder": site.root / "unstick", "deep": site.root / "media/files/unstick",
              "cgi-bin": site.project.parent / f"cgi-bin-{version}-{layout}"}[place]
    box = boxes(site=None, place=folder, settings=f"root = {site.root}" if place == "cgi-bin" else "")
    try:
        answer = box.owner()
        assert answer.lines[0] == f"Mautic {version} in {site.root}"
        assert not [line for line in answer.lines if line.startswith("!")]
        has, lacks = RELEASES[version]
        tasks = set(tasks_of(answer))
        assert (ALWAYS | has) <= tasks and not tasks & (lacks | NEVER)
    finally:
        box.close()
        for file in (box.program, box.settings_file):
            file.unlink()


@pytest.mark.parametrize("root", ["{project}", "{root}", "{root}/", "{root}/../{name}", ".."])
def test_the_setting_root_may_be_written_as(boxes, root):
    box = boxes()
    site = box.site
    box.write_settings("root = " + root.format(project=site.project, root=site.root, name=site.root.name), key=KEY)
    assert box.owner().lines[0] == f"Mautic 4.3.0 in {site.root}"


def test_the_setting_root_counts_more_than_where_the_program_lies(boxes, sites):
    site = sites("5.1.0", "zip")
    assert boxes(settings=f"root = {site.root}").owner().lines[0] == f"Mautic 5.1.0 in {site.root}"


def test_the_link_of_a_public_folder_leads_to_the_site(boxes, sites):
    site = sites("5.1.0", "composer")
    box = boxes(site=None)
    (box.folder / "public_html").symlink_to(site.root)
    box.write_settings(f"root = {box.folder}/public_html", key=KEY)
    assert box.owner().lines[0] == f"Mautic 5.1.0 in {site.root}"


def test_three_formats_show_the_same_tasks_with_the_same_links(shared):
    text = LINE.findall(shared.owner().text)
    events = [event for event in shared.owner("format=json").events if event["event"] == "action"]
    page = [html.unescape(link) for link in OFFER.findall(shared.owner(headers=BROWSER).text)]
    assert [(event["task"], event["help"], event["link"]) for event in events if event["link"]] == text
    assert sorted(page) == sorted("?" + link.partition("?")[2].removeprefix(f"{KEY}&") + "&pretty" for _, _, link in text)
    assert len(text) > 40


def test_a_task_that_needs_a_word_is_told_without_a_link(shared):
    answer = shared.owner().text
    assert re.search(r"^doctrine:migrations:execute .+  -  .+\n(?!    )", answer, re.MULTILINE)
    page = shared.owner(headers=BROWSER).text
    assert "doctrine:migrations:execute" in page and "task=doctrine%3Amigrations%3Aexecute" not in page + answer


def test_every_link_contains_an_equals_sign_and_leads_where_it_says(shared):
    for task, help_text, link in LINE.findall(shared.owner().text):
        address, _, query = link.partition("?")
        assert address == f"http://example.test/unstick/{shared.program.name}"
        assert query.startswith(f"{KEY}&task=") and " " not in query and help_text
    page = shared.owner(headers=NAVIGATION)
    assert all("=" in link for link in HREF.findall(page.text)) and page.type == "text/html; charset=utf-8"
    cookie = page.cookie()
    links = HREF.findall(shared.stranger(headers={**NAVIGATION, "Cookie": cookie}).text)
    assert links and KEY not in page.text and all(link.startswith(("?task=", "?job=")) for link in links)


def test_every_link_of_the_list_is_answered(shared):
    """Asked by HEAD, which starts nothing: 405 says that the key was accepted and the task was read."""
    for _, _, link in LINE.findall(shared.owner().text)[:10]:
        assert shared.stranger(link.partition("?")[2], method="HEAD").status == 405


@pytest.mark.parametrize("headers, kind",
                         [({}, "text/plain"), ({"Accept": "*/*"}, "text/plain"), ({"Accept": ""}, "text/plain"),
                                           ({"Accept": "application/json"}, "text/plain"), (BROWSER, "text/html"),
                          (NAVIGATION, "text/html")])
def test_browsers_get_the_page_and_others_the_text(shared, headers, kind):
    assert shared.owner(headers=headers).type == f"{kind}; charset=utf-8"


def test_events_tell_effect_and_consent(shared):
    events = {event["task"]: event for event in shared.owner("format=json").events if event["event"] == "action"}
    assert (events["cache:purge"]["effect"], events["cache:purge"]["consent"]) == ("files", "at once")
    assert events["job:stop"]["consent"] == "plan first"
    assert events["mautic:segments:update"]["effect"] == "routine"
    assert events["php"]["effect"] == "reads"


def test_the_page_loads_nothing_from_elsewhere(shared):
    page = shared.owner(headers=NAVIGATION)
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy and page.headers["X-Frame-Options"] == "DENY"
    assert not re.search(r'(src|href)="(https?:)?//', page.text)
    nonces = set(re.findall(r"'nonce-([^']+)'", policy))
    assert len(nonces) == 1 and nonces != set(re.findall(r"'nonce-([^']+)'",
                                                         shared.owner(headers=NAVIGATION).headers["Content-Security-Policy"]))


def test_the_page_says_what_the_site_is_and_what_is_wrong_with_it_and_leads_to_what_mends_it(boxes):
    box = boxes()
    lock = box.var / "cache" / "run" / "sf.mautic-segments-update.lock"
    page = box.owner(headers=NAVIGATION).text
    assert "Mautic 4.3.0, zip layout" in page and str(box.site.root) in page
    (box.site.root / "app/bundles/CoreBundle").mkdir(parents=True, exist_ok=True)
    (box.site.root / "config/local.php").unlink(missing_ok=True)
    box.site.local_php.unlink()
    page = box.owner(headers=NAVIGATION).text
    told = box.owner("task=doctor").text
    assert "local.php, is missing" in told and "local.php, is missing" in page and lock.name not in page
    assert 'href="?task=config%3Afix&amp;pretty"' in page and 'href="?task=recover&amp;pretty"' in page
    found = len(re.findall(r"^\d+\. ", told, re.MULTILINE))
    assert f"{found} thing" in page and page.count("<h3>") > found


def test_the_page_changes_nothing(box):
    cookie = box.owner(headers=NAVIGATION).cookie()
    with box.nothing_changes():
        box.stranger("format=html", headers={**NAVIGATION, "Cookie": cookie})


def test_a_job_at_work_and_one_that_was_interrupted_stand_at_the_top_with_what_can_be_done(box):
    box.start_held()
    page = box.owner(headers=NAVIGATION).text
    assert "A job is at work" in page and "task=job%3Astop&amp;job=" in page and "job%3Aresume&amp;job" not in page
    box.stop()
    page = box.owner(headers=NAVIGATION).text
    assert "A job was interrupted" in page and page.index("A job was interrupted") < page.index('id="findings"')
    for task in ("resume", "unlock"):
        assert f"task=job%3A{task}&amp;job=" in page
    box.release()


def test_lines_of_the_settings_are_offered_too(boxes):
    box = boxes(settings="command = fixture:slow --lines=10\ncommand = fixture:<b>")
    assert "fixture:slow --lines=10" in tasks_of(box.owner())
    page = box.owner(headers=BROWSER).text
    assert "fixture:&lt;b&gt;" in page and "fixture:<b>" not in page


@pytest.mark.parametrize("problem", ["no equals sign", "unknwon = 1", "<script>alert(1)</script> = x", "sleep_days = soon"])
def test_a_settings_line_that_is_not_understood_is_told_to_the_owner_without_its_value(boxes, problem):
    box = boxes(settings=f"{problem}\ndb_password = secret-of-the-database")
    answer = box.owner()
    assert any(line.startswith("! settings: ") for line in answer.lines)
    page = box.owner(headers=BROWSER).text
    assert 'class="warning"' in page and "<script>alert" not in page
    for shown in (answer.text, page, box.stranger().text):
        assert "secret-of-the-database" not in shown


def test_without_an_application_the_list_says_so_and_offers_what_needs_none(boxes):
    answer = boxes(site=None).owner()
    assert answer.status == 200 and answer.lines[0].startswith("no application that we know was found in ")
    assert "php" in tasks_of(answer) and "cache:clear" not in tasks_of(answer)


def test_a_release_that_cannot_be_read_is_said(boxes):
    box = boxes()
    (box.site.root / "app/release_metadata.json").write_text("{ broken")
    answer = box.owner()
    assert answer.status == 200 and answer.lines[0].startswith("Mautic ") and "cache:clear" in tasks_of(answer)
    assert "4.3.0" not in answer.lines[0]
