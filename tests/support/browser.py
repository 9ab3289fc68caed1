# SPDX-License-Identifier: GPL-3.0-or-later
"""Headless Chromium with a fresh profile, driven by selenium through Debian's chromedriver.

It reaches loopback only: 127.0.0.1, localhost and the names given in `hosts`; every other name does not resolve.
"""

import os

from . import process, server, tools, tree

try:
    from selenium import webdriver
    from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException, WebDriverException
    from selenium.webdriver.chrome.service import Service
except ImportError:
    webdriver = None

_FLAGS = ("--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
          "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--no-proxy-server",
          "--window-size=1200,900")


class Browser:
    """browser.driver is the selenium driver. hosts: names that lead to 127.0.0.1 (example.test). javascript=False: a
    browser with scripts switched off. flags: more Chromium flags. page_load_seconds: the limit of driver.get()."""

    name = "browser"

    def __init__(self, *, hosts=("example.test",), javascript=True, flags=(), page_load_seconds=60):
        self.hosts = tuple(hosts)
        self.javascript = javascript
        self.flags = tuple(flags)
        self.page_load_seconds = page_load_seconds
        self.driver = None
        self.folder = None

    def start(self):
        if webdriver is None:
            tools.missing("python3-selenium is not installed")
        chromedriver, chromium = tools.find("chromedriver"), tools.find("chromium")
        self.folder = tree.make_folder("browser")
        try:
            service = Service(chromedriver, log_path=str(self.folder / "chromedriver.log"))
            self.driver = webdriver.Chrome(service=service, options=self._options(chromium))
            self.driver.set_page_load_timeout(self.page_load_seconds)
        except Exception as error:
            text = self._driver_log()
            self.stop()
            raise RuntimeError(f"Chromium did not start: {error}\n{text}") from None
        server.track(self)
        return self

    def stop(self):
        """Quits; no process of the browser is left, the profile is gone. Harmless when called twice."""
        server.untrack(self)
        driver, self.driver = self.driver, None
        if driver is not None:
            pids = process.descendants(driver.service.process.pid)
            processes = {pid: process.start_time(pid) for pid in pids}
            driver.quit()
            _end(processes)
        if self.folder is not None:
            process.kill_below(self.folder)
            tree.remove(self.folder)
            self.folder = None

    def kill(self):
        """Ends all of the browser's processes at once; quitting would first wait for the page that is loading."""
        _kill({pid: process.start_time(pid) for pid in process.descendants(self.driver.service.process.pid)})

    def screenshot(self, file):
        """A PNG of the window."""
        if not self.driver.save_screenshot(str(file)):
            raise RuntimeError(f"cannot write the screenshot {file}")
        return file

    def body_text(self):
        """The page's visible text; empty while a navigation is under way."""
        try:
            return self.driver.find_element("tag name", "body").text
        except (NoSuchElementException, StaleElementReferenceException):
            return ""
        except WebDriverException as error:  # the same, where the new page comes between chromedriver's two questions
            if "does not belong to the document" not in str(error):
                raise
            return ""

    def wait_for_text(self, text, timeout=10.0):
        """Waits until the page shows the text; returns all its visible text."""
        return process.wait_until(lambda: text in (shown := self.body_text()) and shown, timeout, f"the page to show {text}")

    def is_gone(self, element):
        """Whether the page that the element was found in is no longer shown."""
        try:
            element.is_enabled()
            return False
        except StaleElementReferenceException:
            return True
        except WebDriverException as error:
            if "does not belong to the document" not in str(error):
                raise
            return True

    def console(self):
        """What the page's scripts logged since the last call, one text a message."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def log(self):
        """Address, visible text and console of the page, for reports."""
        return "\n".join([self.driver.current_url, self.body_text(), *self.console()])

    def _driver_log(self):
        file = self.folder / "chromedriver.log"
        return file.read_text(errors="replace")[-4000:] if file.exists() else ""

    def __enter__(self):
        return self if self.driver else self.start()

    def __exit__(self, kind, *_):
        server.untrack(self, failing=kind is not None)
        self.stop()

    def _options(self, chromium):
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        names = ", ".join([*(f"MAP {host} 127.0.0.1" for host in self.hosts), "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1",
                           "EXCLUDE localhost"])
        no_sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
        for flag in (*_FLAGS, *no_sandbox, f"--user-data-dir={self.folder}/profile", f"--host-resolver-rules={names}",
                     *self.flags):
            options.add_argument(flag)
        if not self.javascript:
            options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        return options


def _end(processes):
    """processes: {pid: start time}. Waits for them to go; ends those that stay."""
    def left():
        return [pid for pid, started in processes.items() if started and process.start_time(pid) == started]

    try:
        process.wait_until(lambda: not left(), 5.0)
    except TimeoutError:
        _kill({pid: processes[pid] for pid in left()})


def _kill(processes):
    for pid, started in processes.items():
        process.kill_if(pid, lambda pid: process.start_time(pid) == started)
