# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person with a browser, curl or a cron page does, and the words in which a case says what it saw."""
import json
import re
from dataclasses import dataclass
from urllib.parse import quote

from support import httpclient

LAST_LINE = re.compile(r"-- (done|failed): exit (\d+) in (?:\d+ min )?\d+(?:\.\d+)? s")
STAMP = re.compile(r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] ?")  # Mautic's own, before each line it writes with -n
NAVIGATION = {"Accept": "text/html,application/xhtml+xml", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


class Wrong(Exception):
    """A promise was not kept; the text is for the person at the terminal."""


def expect(holds, what, seen=""):
    if not holds:
        raise Wrong(f"{what}\n{seen}".rstrip())


def plain(text):
    """The console's words without the time of day that Mautic puts before each line, and blanks at the ends."""
    return "\n".join(line.rstrip() for line in STAMP.sub("", text).split("\n")).strip()


@dataclass
class Ran:
    """A task followed to its end. lines: [(seconds, text)]; output: the console's own lines as one text."""
    lines: list
    done: bool
    exit: int
    parts: int

    @property
    def output(self):
        return "\n".join(text for _, text in self.lines[1:-1])

    @property
    def first_seconds(self):
        return self.lines[0][0]

    @property
    def seconds(self):
        return self.lines[-1][0]


class Visitor:
    """Every answer it got is kept in `seen`: [(what was asked, text)]."""

    def __init__(self, program_url, key):
        self.program_url = program_url
        self.key = key
        self.seen = []

    def url(self, query=""):
        return f"{self.program_url}?{self.key}" + (f"&{query}" if query else "")

    def ask(self, query="", headers=None, url=None, **options):
        """One request, nothing followed."""
        answer = httpclient.fetch(url or self.url(query), headers=headers, timeout=120, **options)
        self._keep(query or url, [answer])
        return answer

    def run(self, task, fails=None, **options):
        """The task as curl follows it, its text as the contract has it. fails: None either way, False it must be done."""
        query = "".join(f"&{name}={value}" for name, value in options.items())
        return self._follow(task, self.url("task=" + quote(task, safe=":") + query), fails)

    def agree(self, query, fails=None):
        """(the plan's text, what came of consenting to it): `query` is a task that asks first, with its options."""
        plan = self.ask("task=" + query)
        expect("-- plan only, nothing changed" in plan.text, f"{query} shows no plan", plan.text)
        return plan.text, self.consent(query, plan, fails)

    def consent(self, task, plan, fails=None):
        """The link of a plan's last line, followed as run() does."""
        return self._follow(task, self.program_url + "?" + plan.text.strip().rsplit("?", 1)[1], fails)

    def _follow(self, task, url, fails):
        followed = httpclient.follow(url, by="line", max_seconds=900, timeout=120)
        self._keep(task, followed.parts)
        text = "\n".join(followed.texts)
        expect(self.key not in text, f"the key stands in the output of {task}", text[:2000])
        expect(followed.ended and all(part.status == 200 for part in followed.parts), f"{task} was not followed to its end",
               "\n".join(map(repr, followed.parts[-2:])))
        expect(all(part.headers["Content-Type"] == "text/plain; charset=utf-8" for part in followed.parts),
               f"{task} is not plain text in UTF-8", followed.parts[-1].headers)
        last = LAST_LINE.fullmatch(followed.texts[-1])
        expect(last, f"the last line of {task} tells no ending", text[-2000:])
        ran = Ran(followed.lines, last[1] == "done", int(last[2]), len(followed.parts))
        expect(ran.done == (ran.exit == 0), f"{task} is {last[1]} with exit {last[2]}", text[-2000:])
        expect(fails is None or fails != ran.done, f"{task} {last[1]}", text[-4000:])
        return ran

    def console(self, line, runs_as=None):
        """run() of a console command that must end well; its first line must name the command as it is run."""
        ran = self.run(line, fails=False)
        expect(ran.lines[0][1] == f"Executing console {runs_as or line}", f"the first line of {line} is another",
               ran.lines[0][1])
        return ran

    def offers(self):
        """[{task, help, effect, consent, link}] of the list as machines read it."""
        answer = self.ask("format=json")
        events = [json.loads(line) for _, line in answer.lines()]
        return [event for event in events if event["event"] == "action"]

    def _keep(self, asked, answers):
        self.seen += [(asked, answer.text) for answer in answers]
