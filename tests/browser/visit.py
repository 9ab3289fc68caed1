# SPDX-License-Identifier: GPL-3.0-or-later
"""One visitor: a browser window, and the addresses of one upload by the host name under which it is visited.

Under 127.0.0.1 Chromium sees a secure context and sends Sec-Fetch headers; under example.test on plain HTTP it sends none.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from servers.place import KEY, Place
from support import process
from support.browser import Browser

SECURE, PLAIN = "127.0.0.1", "example.test"
HOSTS = (SECURE, PLAIN)
PHONE = (375, 667)
DESK = (1200, 900)
# In every document from now on: whenever what is painted has changed, it is written down, over all pages of the window.
_RECORDER = """
(() => {
  let last = "";
  const look = () => {
    const text = document.body ? document.body.innerText : "";
    if (text !== last && location.protocol === "http:") {
      last = text;
      const seen = JSON.parse(sessionStorage.seen || "[]");
      seen.push([Date.now() / 1000, text]);
      sessionStorage.seen = JSON.stringify(seen);
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""
_SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"


@dataclass
class Visit:
    browser: Browser
    place: Place
    host: str

    @property
    def driver(self):
        return self.browser.driver

    @property
    def base(self):
        return self.place.served.base_url.replace("//127.0.0.1:", f"//{self.host}:")

    # ---- going somewhere

    def open(self, query=""):
        self.driver.get(f"{self.base}?{query}" if query else self.base)
        return self

    def open_list(self):
        self.open(KEY)
        assert self.heading() == "Unstick", self.text()
        return self

    def open_task(self, line, more=""):
        """With the key in the address, as a bookmark."""
        return self.open(f"{KEY}&task={quote(line, safe='')}{more}")

    def unfold(self):
        """Opens all that is folded, as somebody who looks for something does."""
        self.script("for (const each of document.querySelectorAll('details')) each.open = true")

    def click_task(self, line):
        self.unfold()
        self.click(line)

    def click(self, words):
        """The link with these words."""
        self._leave_by(self.driver.find_element("link text", words))

    def press(self, words):
        """The button of a form."""
        self._leave_by(self.driver.find_element("xpath", f"//button[normalize-space()='{words}']"))

    def _leave_by(self, element):
        """Clicks it and waits until its page is gone; the driver alone does not always, and looks at the old page then."""
        element.click()
        process.wait_until(lambda: self.browser.is_gone(element), 30, "the next page")

    # ---- looking

    def heading(self):
        return self.script("return document.querySelector('h1')?.textContent ?? ''")

    def is_asked_for_the_key(self):
        return self.heading() == "The secret phrase is wrong." and "Mautic" not in self.text()

    def links(self):
        """{words: address} of the list page."""
        self.unfold()
        return {link.text: link.get_attribute("href") for link in self.driver.find_elements("css selector", "dt a")}

    def text(self):
        return self.browser.body_text()

    def see(self, text, timeout=20.0):
        """Waits for the text; all that the page shows then."""
        return self.browser.wait_for_text(text, timeout)

    def address(self):
        """The address's query, as a dict of lists; a word without a value has ''."""
        return parse_qs(urlsplit(self.driver.current_url).query, keep_blank_values=True)

    def script(self, code, *arguments):
        return self.driver.execute_script(code, *arguments)

    def command(self, name, **arguments):
        """A command of Chromium's own protocol."""
        return self.driver.execute_cdp_cmd(name, arguments)

    def cookies(self):
        return self.command("Network.getAllCookies")["cookies"]

    def screenshot(self, name):
        _SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        return self.browser.screenshot(_SCREENSHOTS / f"{name}.png")

    # ---- what the eyes saw, which a driver that waits for whole pages does not

    def record(self):
        """From the next page on; seen() tells."""
        self._recorder = self.command("Page.addScriptToEvaluateOnNewDocument", source=_RECORDER)["identifier"]

    def seen(self):
        """[(time.time(), text of the page)] of every change that was painted; ends the recording."""
        self.command("Page.removeScriptToEvaluateOnNewDocument", identifier=self._recorder)
        return self.script("return JSON.parse(sessionStorage.seen || '[]')")

    # ---- the window

    def resize(self, size, mobile=False):
        self.command("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1, mobile=mobile)

    def prefer(self, scheme):
        """light or dark, as the system's setting would say."""
        self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def forget(self):
        """As new: no cookie, no cache, a plain window."""
        self.driver.get("about:blank")
        self.command("Network.clearBrowserCookies")
        self.command("Network.clearBrowserCache")
        self.command("Emulation.clearDeviceMetricsOverride")
        self.prefer("")
        self.browser.console()

    # ---- what lies on the server

    def jobs(self):
        """Ids of all jobs in the state folder, oldest first."""
        folder = self.place.state / "jobs"
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []

    def events(self, job):
        """{name: time.time()} of the job's journal; of several events of a name the last."""
        text = (self.place.state / "jobs" / job / "journal").read_bytes().decode("utf-8", "replace")
        events = [json.loads(line.split("\t")[0]) for line in text.split("\n") if "\t" in line]
        return {event["e"]: event["t"] / 1000 for event in events}

    def wait_for_end_of(self, job):
        """Until the job's own process is gone."""
        process.wait_until(lambda: self.place.runner(job) is None, 30.0, f"the end of job {job}")
