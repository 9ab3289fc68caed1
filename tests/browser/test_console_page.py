# SPDX-License-Identifier: GPL-3.0-or-later
"""The console page as people use it: a site that is whole, one that is broken, one with a job at work; by day and by night, on a
phone, by keyboard, without JavaScript; links that are made on it; logging in and out."""

import re
import subprocess

import pytest

from browser.looks import contrast_problems, structure_problems
from browser.test_following import a_task
from browser.visit import DESK, HOSTS, PLAIN
from fixture.site import make_site
from servers.place import KEY, place
from support import axe, httpclient, process, tools, tree

NARROW = (360, 800)


@pytest.fixture(scope="session")
def axe_source():
    return axe.source()


@pytest.fixture
def visitor(visit):
    return visit()


@pytest.fixture
def broken(site):
    """The configuration's file is lost, and strangers can read a dump."""
    aside, dump = site.local_php.with_name("away"), site.root / "backup.sql"
    site.local_php.rename(aside)
    dump.write_text("-- MySQL dump\nCREATE TABLE x (y int);\n")
    yield site
    dump.unlink()
    aside.rename(site.local_php)


@pytest.fixture
def whole(mariadb, uploaded):
    """An upload beside a site that has its database."""
    tools.need_root("the web server runs as www-data")
    user, password = mariadb.create_database("whole")
    folder = tree.make_folder("whole")
    made = make_site("era5", folder, db={"name": "whole", "user": user, "password": password, "port": mariadb.port}, owner="www-data", warm=True)
    with place("apache-cgi", made, uploaded) as served:
        yield served
    process.kill_below(folder)
    tree.remove(folder)


def verdict(visitor):
    return visitor.script("return document.querySelector('.verdict h2').textContent")


def make_link(visitor, task="list", days="30"):
    visitor.open_list()
    visitor.driver.find_element("name", "for").send_keys(task)
    field = visitor.driver.find_element("name", "days")
    field.clear()
    field.send_keys(days)
    visitor.press("Make a link")
    visitor.see("What will be done")
    visitor.press("Do it")
    visitor.see("It is shown here once")


def revoke_all(visitor):
    visitor.open("task=links:revoke&link=all&pretty")
    visitor.press("Do it")
    visitor.see("is revoked")


# ---- what it says

def test_what_is_wrong_stands_at_the_top_and_its_button_leads_to_the_plan(visitor, broken):
    visitor.open_list()
    assert re.match(r"\d+ things are wrong with this site", verdict(visitor))
    first = visitor.driver.find_element("css selector", ".findings li h3").text
    assert "local.php, is missing" in first
    visitor.screenshot("console-broken")
    visitor.click("Mend it: config:fix")
    assert visitor.heading() == "config:fix"
    visitor.driver.back()
    visitor.click("Show the plan that mends it")
    assert visitor.heading() == "recover"
    visitor.screenshot("console-plan")


def test_where_nothing_is_wrong_it_says_so_in_green_and_offers_no_repair(whole, visitor):
    for name, size in (("desk", DESK), ("phone", NARROW)):
        visitor.resize(size, mobile=size == NARROW)
        visitor.driver.get(f"{whole.served.base_url}?{KEY}")
        assert verdict(visitor) == "Nothing wrong found"
        assert not visitor.driver.find_elements("link text", "Show the plan that mends it")
        visitor.screenshot(f"console-whole-{name}")


def test_a_job_that_ends_before_the_readers_eyes_can_no_longer_be_stopped(visitor):
    visitor.open_task(a_task(visitor.place, lines=4, delay=0.4), "&pretty")
    assert visitor.driver.find_elements("link text", "Stop it")
    visitor.screenshot("job-running")
    visitor.see("-- done: exit 0")
    process.wait_until(lambda: not visitor.driver.find_elements("link text", "Stop it"), 30, "the buttons of a job that is over")
    assert visitor.driver.find_elements("link text", "The output as text")
    assert not visitor.driver.find_elements("link text", "Take it back (undo)"), "undo takes no console command back"
    assert visitor.browser.console() == []
    visitor.screenshot("job-done")


def test_a_job_at_work_is_seen_followed_stopped_and_given_up_from_the_page(visitor):
    job = visitor.place.start(a_task(visitor.place, lines=200))
    visitor.open_list()
    assert verdict(visitor) == "A job is at work" and job in visitor.text()
    visitor.screenshot("console-busy")
    visitor.click("Watch it")
    process.wait_until(lambda: "line 2 of" in visitor.text(), 30, "the output")
    visitor.click("Back")
    visitor.click("Stop it")
    visitor.press("Do it")
    visitor.see("asked to stop")
    visitor.wait_for_end_of(job)
    visitor.open_list()
    assert verdict(visitor) == "A job was interrupted"
    visitor.screenshot("console-interrupted")
    visitor.click("Go on where it stopped")
    assert visitor.heading() == "job:resume"
    visitor.driver.back()
    visitor.click("Give it up")
    visitor.press("Do it")
    visitor.see("given up")


def test_a_job_that_was_interrupted_goes_on_from_the_page_to_its_end(visitor):
    job = visitor.place.start(a_task(visitor.place, lines=6, delay=0.5))
    visitor.place.stop(job)
    visitor.open_list()
    assert verdict(visitor) == "A job was interrupted"
    visitor.click("Go on where it stopped")
    assert "main" in visitor.driver.find_element("xpath", "//button[normalize-space()='Do it']").get_attribute("class")
    visitor.press("Do it")
    visitor.see("goes on")
    visitor.wait_for_end_of(job)
    visitor.open(f"job={job}&pretty")
    visitor.see("-- done: exit 0")
    assert "all lines printed" in visitor.text() and verdict(visitor.open_list()) != "A job was interrupted"


# ---- how it looks, and for whom

@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, NARROW], ids=["desk", "phone"])
def test_everybody_can_read_and_use_it(visitor, broken, axe_source, scheme, size):
    visitor.resize(size, mobile=size == NARROW)
    visitor.prefer(scheme)
    visitor.open_list()
    visitor.unfold()
    visitor.screenshot(f"console-{scheme}-{size[0]}")
    assert contrast_problems(visitor) == [] and structure_problems(visitor) == []
    assert axe.violations(visitor.driver, axe_source) == []
    width, screen = visitor.script("return [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width <= screen


@pytest.mark.parametrize("page", ["login", "plan", "job", "link", "made"])
def test_the_other_pages_can_be_used_by_everybody_too(visitor, axe_source, page):
    if page == "login":
        visitor.open()
    elif page == "plan":
        visitor.open_list().open("task=cache:purge&pretty")
    elif page == "job":
        visitor.open_task("list", "&pretty")
        visitor.see("done: exit 0")
    elif page == "link":
        visitor.open_list().open("task=links&pretty")
    else:
        make_link(visitor)
    visitor.screenshot(f"page-{page}")
    assert axe.violations(visitor.driver, axe_source) == []


@pytest.mark.parametrize("host", HOSTS)
def test_the_search_leaves_what_fits(visit, host):
    visitor = visit(host=host).open_list()
    field = visitor.driver.find_element("id", "words")
    field.send_keys("segments update")
    shown = [each.text for each in visitor.driver.find_elements("css selector", "dl.offers dt") if each.is_displayed()]
    assert "mautic:segments:update" in shown and "doctor" not in shown and all("segment" in each for each in shown)
    assert "found" in visitor.driver.find_element("id", "hits").text
    field.send_keys("\b" * 20)
    assert visitor.driver.find_element("link text", "doctor").is_displayed()


def test_by_the_keyboard_alone_the_first_button_is_reached_and_pressed(visitor, broken):
    visitor.open_list()
    for _ in range(6):
        visitor.driver.switch_to.active_element.send_keys("\ue004")
        if visitor.driver.switch_to.active_element.text == "Show the plan that mends it":
            break
    outline = visitor.script("return getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none", "nobody sees where he is"
    visitor.driver.switch_to.active_element.send_keys("\ue007")
    process.wait_until(lambda: visitor.heading() == "recover", 30, "the plan")


def test_without_javascript_it_does_all_the_same(visit, broken):
    visitor = visit(host=PLAIN, javascript=False)
    visitor.open(KEY)
    assert visitor.heading() == "Unstick" and "wrong with this site" in visitor.text()
    assert not visitor.driver.find_element("id", "search").is_displayed()
    visitor.screenshot("console-noscript")
    visitor.click("Show the plan that mends it")
    assert visitor.heading() == "recover"


# ---- in and out

@pytest.mark.parametrize("host", HOSTS)
def test_the_key_is_given_by_a_form_and_stands_in_no_address(visit, host):
    visitor = visit(host=host).open()
    assert visitor.is_asked_for_the_key()
    visitor.driver.find_element("name", "phrase").send_keys("wrong" * 5)
    visitor.press("Open")
    assert visitor.is_asked_for_the_key()
    visitor.driver.find_element("name", "phrase").send_keys(KEY)
    visitor.press("Open")
    visitor.see("All actions")
    assert KEY not in visitor.driver.current_url and ("plain HTTP" in visitor.text()) == (host == PLAIN)
    visitor.press("Log out")
    visitor.see("Logged out")
    assert visitor.cookies() == []
    assert visitor.open("format=html").is_asked_for_the_key()


def test_the_key_leaves_the_address_bar_and_a_reload_works(visitor):
    visitor.open(KEY)
    assert "format" in visitor.address() and KEY not in visitor.driver.current_url
    visitor.driver.refresh()
    assert visitor.heading() == "Unstick" and visitor.browser.console() == []


# ---- links for bookmarks and cron

@pytest.mark.parametrize("host", HOSTS)
def test_a_link_is_made_copied_used_and_revoked(visit, host):
    visitor = visit(host=host)
    make_link(visitor)
    visitor.screenshot(f"link-made-{host}")
    bookmark = visitor.driver.find_element("id", "line-1").text
    assert bookmark.startswith(f"{visitor.base}?run=") and KEY not in visitor.text()
    visitor.driver.find_element("xpath", "//button[@data-copies='line-2']").click()
    process.wait_until(lambda: visitor.script("return [...document.querySelectorAll('button')].some((each) => /Copied|Marked/.test(each.textContent))"),
                       5.0, "the button to say what it did")
    cron = re.search(r'"(http[^"]+&quiet)"', visitor.driver.find_element("id", "line-3").text)[1].replace(f"//{host}:", "//127.0.0.1:")
    answer = httpclient.fetch(cron)
    assert (answer.status, len(answer.text.splitlines())) == (200, 1)
    visitor.command("Network.clearBrowserCookies")
    visitor.driver.get(bookmark)
    visitor.see("-- done: exit 0")
    assert "Executing console list" in visitor.text() and "Back" not in visitor.text() and visitor.cookies() == []
    visitor.open_list()
    assert "Last time done" in visitor.text() and visitor.driver.find_elements("link text", "Revoke")
    revoke_all(visitor)
    visitor.driver.get(bookmark)
    visitor.see("This link is wrong, or it has expired.")


@pytest.mark.parametrize("tool", ["wget", "curl"])
def test_the_cron_lines_run_as_they_stand_there_and_their_failure_is_on_the_page(visitor, site, tool):
    make_link(visitor)
    line = visitor.driver.find_element("id", "line-2" if tool == "wget" else "line-3").text
    assert line.startswith("*/5 * * * * ")
    command = line.removeprefix("*/5 * * * * ").replace("\\%", "%")
    assert subprocess.run(["sh", "-c", command], check=False, timeout=60).returncode == 0
    aside = site.console_file.with_name("console-aside")
    site.console_file.rename(aside)
    try:
        assert subprocess.run(["sh", "-c", command], check=False, timeout=60).returncode != 0
    finally:
        aside.rename(site.console_file)
    visitor.open_list()
    warning = visitor.driver.find_element("class name", "warning").text
    assert "A link that cron or a bookmark calls fails: list" in visitor.text(), warning
    visitor.screenshot(f"console-failing-link-{tool}")
    revoke_all(visitor)
