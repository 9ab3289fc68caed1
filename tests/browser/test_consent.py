# SPDX-License-Identifier: GPL-3.0-or-later
"""What changes a site needs a deed: the key in the address, or a button on the plan's page. A cookie alone is none."""

import pytest

from browser.test_following import a_task
from browser.visit import HOSTS, PLAIN, SECURE
from support import process

PRESS_TWICE = """
const form = document.querySelector("form"), done = arguments[arguments.length - 1];
const post = () => fetch(form.action, {method: "POST", body: new URLSearchParams(new FormData(form)), headers: {Accept: "text/plain"}});
Promise.all([post(), post(), post()]).then((all) => Promise.all(all.map((each) => each.text())).then(done), (error) => done([String(error)]));
"""


@pytest.fixture
def cache(visit, site):
    """Something to purge, in a purge of its own: not the one that ran within the last minute. The warm cache comes back."""
    aside = site.var / "cache-aside"
    process.run(["cp", "-a", site.cache, aside])
    for path in (visit().place.state / "starts").glob("*"):
        path.unlink()
    yield site.cache
    process.run(["rm", "-rf", site.cache])
    aside.rename(site.cache)


@pytest.mark.parametrize("host", HOSTS)
def test_by_the_cookie_a_changing_task_only_shows_its_plan_and_the_button_does_it(visit, cache, host):
    visitor = visit(host=host)
    jobs = visitor.open_list().jobs()
    visitor.open("task=cache:purge")
    assert visitor.heading() == "cache:purge" and str(cache) in visitor.text()
    assert "Nothing was changed yet" in visitor.text()
    visitor.screenshot(f"plan-{host}")
    assert visitor.jobs() == jobs and any(cache.iterdir())
    visitor.press("Do it")
    visitor.see("-- done: exit 0")
    assert len(visitor.jobs()) == len(jobs) + 1 and not (cache.exists() and any(cache.iterdir()))
    assert "view" in visitor.address(), "a reload of this page would send the form again"
    visitor.driver.refresh()
    visitor.see("-- done: exit 0")
    assert len(visitor.jobs()) == len(jobs) + 1


def test_the_same_button_pressed_three_times_at_once_starts_one_job(visit, cache):
    visitor = visit()
    jobs = visitor.open_list().jobs()
    visitor.open("task=cache:purge")
    visitor.driver.set_script_timeout(30)
    answers = visitor.driver.execute_async_script(PRESS_TWICE)
    assert all("Executing cache:purge" in answer for answer in answers), answers
    assert len(visitor.jobs()) == len(jobs) + 1


@pytest.mark.parametrize("host", HOSTS)
def test_a_link_on_another_site_gets_nothing_by_the_cookie(visit, cache, host):
    visitor = visit(host=host)
    jobs = visitor.open_list().jobs()
    visitor.driver.get(f'data:text/html,<a href="{visitor.base}?task=cache:purge">look</a>')
    visitor.click("look")
    visitor.see("secret phrase")
    assert visitor.is_asked_for_the_key()
    assert visitor.jobs() == jobs


@pytest.mark.parametrize("host", HOSTS)
def test_the_plan_of_job_stop_names_the_running_job_and_its_button_stops_it(visit, host):
    visitor = visit(host=host)
    line = a_task(visitor.place, lines=100)
    job = visitor.place.start(line)
    visitor.open_list()
    visitor.click_task("job:stop")
    assert visitor.heading() == "job:stop" and job in visitor.text() and line in visitor.text()
    visitor.screenshot(f"plan-stop-{host}")
    assert visitor.place.runner(job) is not None
    visitor.press("Do it")
    visitor.see("asked to stop")
    visitor.screenshot(f"stopped-{host}")
    visitor.wait_for_end_of(job)
    assert "stopped" in visitor.events(job)
    visitor.open_list()
    assert job in visitor.text() and "interrupted" in visitor.text()
    visitor.screenshot(f"list-interrupted-{host}")
    visitor.click_task("job:unlock")
    visitor.press("Do it")
    visitor.see("given up")


def test_with_nothing_running_job_stop_says_so_and_has_no_button(visit):
    visitor = visit("nginx-fastcgi", PLAIN).open_list()
    visitor.click_task("job:stop")
    assert "nothing to do" in visitor.text()
    assert visitor.driver.find_elements("tag name", "button") == []
    visitor.click("Back")
    visitor.see("All actions")
    assert visitor.heading() == "Unstick"


def test_a_bookmark_with_the_key_of_a_plan_first_task_shows_its_plan_too(visit):
    visitor = visit(host=SECURE)
    job = visitor.place.start(a_task(visitor.place, lines=100))
    visitor.open_task("job:stop")
    assert job in visitor.text() and visitor.place.runner(job) is not None
    visitor.press("Do it")
    visitor.see("asked to stop")
    visitor.wait_for_end_of(job)
    visitor.open_task("job:unlock")
    visitor.press("Do it")
    visitor.see("given up")
