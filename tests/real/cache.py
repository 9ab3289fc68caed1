# SPDX-License-Identifier: GPL-3.0-or-later
"""cache:clear by the console and cache:purge by us, as curl, a machine and a browser see them; what waits meanwhile."""
import json
import re
import time
from datetime import datetime, timezone
from urllib.parse import quote, urljoin

from support import httpclient, process

from .catalogue import case, note
from .first_contact import expect_the_site_answers
from .visitor import NAVIGATION, expect

CLEARING = "Clearing the cache for the prod environment"
CLEARED = "was successfully cleared"
MOST_LATE_SECONDS = 2.0


def lateness(lines, began):
    """The longest time between the stamp that Mautic put on a line (whole seconds, UTC) and its arrival. began: time.time()."""
    late = [0.0]
    for seconds, text in lines:
        for stamp in re.findall(r"\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\]", text):
            written = datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc).timestamp()
            late.append(began + seconds - written - 1)
    return max(late)


@case
def cache_clear_is_followed_from_its_first_line_to_its_last(release, visitor):
    began = time.time()
    ran = visitor.console("cache:clear")
    expect(ran.first_seconds <= MOST_LATE_SECONDS, f"the first line came after {ran.first_seconds:.1f} s")
    expect(CLEARING in ran.output and CLEARED in ran.output, "its own words are missing", ran.output)
    late = lateness(ran.lines, began)
    expect(late <= MOST_LATE_SECONDS, f"a line came {late:.1f} s after it was written", ran.lines)
    expect((release.root / "var/cache/prod").is_dir(), "there is no cache afterwards")
    note(f"first line {ran.first_seconds:.2f} s, last {ran.seconds:.1f} s, {ran.parts} parts, at most {late:.1f} s late")


class Streamed:
    """A task's events as they come; wait_for() reads on until one holds the text."""

    def __init__(self, visitor, task):
        self.began = time.time()
        self.request = httpclient.Request(visitor.url(f"task={quote(task)}&format=json"), timeout=120).begin()
        self.chunks = self.request.chunks()

    def wait_for(self, text):
        while text not in self.request.answer.text:
            if next(self.chunks, None) is None:
                return False
        return True

    def to_the_end(self):
        for _ in self.chunks:
            pass
        self.request.close()
        return [(seconds, json.loads(line)) for seconds, line in self.request.answer.lines()]


@case
def while_a_command_changes_the_site_others_wait_and_reading_goes_on(_release, visitor):
    task = "cache:clear --no-optional-warmers"
    stream = Streamed(visitor, task)
    expect(stream.wait_for(CLEARING), "the stream ended without its words", stream.request.answer.text)
    held = visitor.ask("task=cache:purge")
    expect(held.status == 409 and held.text.startswith("-- skipped: the site belongs to job ") and task in held.text,
           "another changing task is not held off", repr(held))
    statuses = [visitor.ask(f"task=cache:purge&{more}").status for more in ("quiet", "quiet&strict")]
    expect(statuses == [202, 409], "cron is told another status", statuses)
    visitor.console("--version")
    joined = visitor.run(task, fails=False)
    events = stream.to_the_end()
    expect(events[-1][1]["event"] == "end" and events[-1][1]["state"] == "done", "the stream has no good end", events[-3:])
    first = events[0]
    expect(first[0] <= 1 and first[1]["text"] == f"Executing console {task}\n", "its first event is late or another", first)
    told = "".join(event["text"] for _, event in events if event["event"] == "output").splitlines()
    expect(told == [text for _, text in joined.lines], "who asked again saw another output", f"{told}\n{joined.lines}")
    note(f"ndjson on Apache CGI: first event {first[0] * 1000:.0f} ms, all {events[-1][0]:.1f} s")


@case
def a_browsers_navigation_lands_on_the_job_and_asking_again_joins_it(release, visitor):
    task = "cache:clear --no-warmup"
    answer = visitor.ask(f"task={quote(task)}", headers=NAVIGATION)
    link = answer.headers.get("Location", "")
    expect(answer.status == 303 and re.fullmatch(r"\?view=[\w.~-]+&from=0", link), "it is not sent to the job's address",
           f"{answer!r} {link}")
    expect("HttpOnly" in answer.headers.get("Set-Cookie", "") and release.key not in answer.headers["Set-Cookie"],
           "no session, or one that holds the key", answer.headers.get("Set-Cookie"))
    again = visitor.ask(f"task={quote(task)}", headers=NAVIGATION)
    expect(again.status == 303, "the same bookmark opened again is not sent on", repr(again))
    links = [urljoin(visitor.program_url, one) for one in (link, again.headers["Location"])]
    shown, joined = (httpclient.follow(one, headers=NAVIGATION, by="refresh").texts for one in links)
    expect(shown[0] == f"Executing console {task}" and shown[-1].startswith("-- done: exit 0 in "), "not the job's output",
           shown)
    expect(joined == shown, "the same bookmark opened again is another job", f"{shown}\n{joined}")
    release.shown = links[0], shown


@case
def a_reload_of_the_jobs_page_shows_the_same_text(release, _visitor):
    url, shown = release.shown
    reloaded = httpclient.follow(url, headers=NAVIGATION, by="refresh").texts
    expect(reloaded == shown, "it reads otherwise", reloaded)


@case
def cache_purge_empties_the_cache_and_the_site_builds_it_anew(release, visitor):
    caches = release.root / "var/cache"
    expect_the_site_answers(release)
    release.console("cache:warmup", "--env=prod", "--no-debug")
    (caches / "prod/of-before").touch()
    before = {path.name for path in caches.iterdir()}
    ran = visitor.run("cache:purge", fails=False)
    expect(ran.lines[0][1] == "Executing cache:purge", "the first line is another", ran.lines[0][1])
    after = {path.name for path in caches.iterdir()}
    expect(not (caches / "prod/of-before").exists(), "the old cache is still there", after)
    expect(after - {"prod"} == before - {"prod"}, "more or less than the compiled cache is gone", f"{before}\n{after}")
    note(f"purged in {ran.seconds:.1f} s: " + " | ".join(text for _, text in ran.lines))
    kept = [path for state in release.states() for path in state.glob("kept/*")]
    expect(not kept, "the old cache still takes space", kept)
    expect_the_site_answers(release)
    if release.php_fits():
        expect((caches / "prod").is_dir(), "the site has no new cache")


@case
def a_purge_of_no_cache_says_so(release, visitor):
    process.run(["rm", "-rf", *(release.root / name for name in ("var/cache/prod", "var/tmp"))])
    answer = visitor.ask("task=cache:purge")
    expect(answer.status == 200 and "nothing to do" in answer.text, "another answer", repr(answer))
    note(answer.text.strip())
