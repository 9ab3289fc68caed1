# SPDX-License-Identifier: GPL-3.0-or-later
"""The licence agreement in the browser, as text, quietly and as events: whoever did not accept it gets no way to consent."""
import re

import pytest

from cases.box import NAVIGATION, Box

NEW, OLD = "8.13.0-release.1", "8.6.2-release.1"
VERSION = "select value from tblconfiguration where setting = 'Version'"
AGREEMENT = "https://www.whmcs.com/license/"


@pytest.fixture
def box(billing):
    site = billing.admit(NEW, database=OLD)
    site.add_installer(NEW, steps=[0])
    billing.start("--version").communicate()  # from now on all of it is the account's
    made = Box(billing.folder, "cgi", billing.owner.name if billing.owner else None, billing.program, site=site)
    billing.start("--version").communicate()
    return made


def followed(box, text):
    """All that a job says."""
    while link := re.search(r"^-- still running: [^?]*\?(\S+)\n\Z", text, re.MULTILINE):
        text = text[: link.start()] + box.stranger(link[1]).text
    return text


def test_the_text_ends_with_the_link_to_the_plan_that_has_it(box, billing):
    plan = box.owner("task=recover")
    assert plan.status == 200 and "confirm=" not in plan.text
    last = plan.lines[-1]
    assert last.startswith(f"-- plan only, nothing changed; it needs that you accept the licence agreement, {AGREEMENT}; the plan with it: ")
    link = last.split()[-1].partition("?")[2]
    assert link.endswith("task=recover&eula=yes")
    accepted = box.stranger(link)
    confirm = re.search(r"-- plan only, nothing changed; to do it: \S*\?(\S*confirm=\S+)$", accepted.lines[-1])[1]
    assert billing.sql(VERSION) == [OLD]
    text = followed(box, box.stranger(confirm).text)
    assert f"{AGREEMENT}, was accepted (eula=yes) on 20" in text and "-- done: exit 0" in text, text
    assert billing.sql(VERSION) == [NEW]


def test_quiet_and_events_give_no_code_either(box):
    quiet = box.owner("task=recover&quiet")
    assert quiet.status == 409 and "confirm=" not in quiet.text and "eula=yes" in quiet.text
    event, = box.owner("task=recover&format=json").events
    assert event["agreement"] == {"option": "eula", "address": AGREEMENT} and "confirm" not in event
    event, = box.owner("task=recover&eula=yes&format=json").events
    assert event["confirm"] and "agreement" not in event


def test_the_page_has_an_unticked_box_that_its_button_requires(box, billing):
    page = box.owner("task=recover", headers=NAVIGATION)
    assert '<input type="checkbox" name="eula" value="yes" required>' in page.text and "checked" not in page.text
    assert f'href="{AGREEMENT}"' in page.text
    code = re.search(r'name="confirm" value="([^"]+)"', page.text)[1]
    # Whoever leaves the box out, by hand, is shown the plan again.
    for query in (f"task=recover&confirm={code}", f"task=recover&confirm={code}&quiet"):
        assert "Executing" not in box.owner(query).text
    headers = {**NAVIGATION, "Cookie": page.cookie(), "Origin": "http://example.test", "Sec-Fetch-Site": "same-origin"}
    shown = box.stranger("task=recover", form={"confirm": code}, headers=headers)
    assert shown.status in (200, 403) and billing.sql(VERSION) == [OLD]
    sent = box.stranger("task=recover", form={"confirm": code, "eula": "yes"}, headers=headers)
    assert sent.status == 303, sent.text
    text = followed(box, box.stranger(sent.headers["Location"].partition("?")[2]).text)
    assert billing.sql(VERSION) == [NEW], text


def test_a_page_of_a_plan_that_has_it_has_no_box(box):
    page = box.owner("task=recover&eula=yes", headers=NAVIGATION)
    assert "checkbox" not in page.text and '<input type="hidden" name="eula" value="yes">' in page.text
