# SPDX-License-Identifier: GPL-3.0-or-later
"""What a page of the site tells doctor with php=yes. A web server of the test's own answers in the site's place, with the screens as
WHMCS and the ionCube Loader give them out, each with the status of a good page and with that of an error."""
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

NEW, OLD = "8.13.0-release.1", "8.6.2-release.1"
NO_LOADER = "the command line's PHP has no ionCube Loader"  # of the tests
TITLE = "the website's PHP can run the files"
STYLE = "<style>\nbody { font-family: sans-serif; margin: 3em }\n" + ".box { border: 1px solid #ccc }\n" * 300 + "</style>"


def screen(body, head=STYLE):
    return f"<!DOCTYPE html>\n<html>\n<head><meta charset='utf-8'>{head}</head>\n<body>\n{body}\n</body>\n</html>\n"


def fatal(words):
    return f"<br />\n<b>Fatal error</b>:  {words} in <b>Unknown</b> on line <b>0</b><br />\n"


OOPS = ("<div class='error-container'><h1>Oops!</h1><p>Something went wrong and we couldn&#039;t process your request.</p>"
        "<p>Please go back to the previous page and try again.</p></div>")
MAINTENANCE = ("<h1>Down for Maintenance{nothing} (Err {number})</h1><p>An upgrade is currently in progress... Please come back soon...</p>")
WELCOME = ("<h1>Welcome to WHMCS!</h1>\n<p>Before you can begin using WHMCS you need to perform the installation procedure. "
           "<a href='install/install.php'>Click here to begin...</a></p>")

# What comes, and what is found.
SCREENS = {
    "err 2": (screen(MAINTENANCE.format(number=2, nothing="")), 'pages show "Down for Maintenance"'),
    "err 3": (screen(MAINTENANCE.format(number=3, nothing="<br>")), 'pages show "Down for Maintenance"'),
    "oops": (screen(OOPS), 'pages end with WHMCS\'s "Oops! Something went wrong"'),
    "oops with what went before": (screen(OOPS + "<pre>" + "#1 /home/u/site/vendor/x.php(3): run()\n" * 200 + "</pre>"),
                                   'pages end with WHMCS\'s "Oops! Something went wrong"'),
    "welcome": (screen(WELCOME), "WHMCS takes itself for not installed"),
    "no loader": (screen("Site error: the <a href='https://www.ioncube.com'>ionCube</a> PHP Loader needs to be installed. This is a widely used "
                         "PHP extension for running ionCube protected PHP code, website security and malware blocking.", ""),
                  "a PHP without the ionCube Loader ran WHMCS's files"),
    "no loader, as on the command line": ("Script error: the ionCube Loader for PHP needs to be installed.\n",
                                          "a PHP without the ionCube Loader ran WHMCS's files"),
    "old loader": (fatal("The file <b>/home/u/site/cart.php</b> encoded as type [1/71] cannot be decoded by this version of the ionCube "
                         "Loader."),
                   "the ionCube Loader is older than what the files were encoded with"),
    "another php": (fatal("The file <b>/home/u/site/modules/addons/x/x.php</b> cannot be run by the ionCube Loader. Please use an\nencoded file "
                          "that can run on your version of PHP, 7.4."), "an encoded file carries nothing for the PHP that ran it"),
    "corrupted": (fatal("The file <b>/home/u/site/init.php</b> is corrupted."), "an encoded file is damaged"),
    "corrupted, in the middle of a page": ("<!DOCTYPE html><html><body><nav>" + "<a href='x'>Store</a>\n" * 200 + "</nav><form></form>"
                                           + fatal("The file <b>/home/u/site/modules/addons/x/x.php</b> is corrupted."),
                                           "an encoded file is damaged"),
    "memory": (fatal("Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes)"), "PHP ran out of memory"),
    "nothing": ("", "the site's pages are empty"),
    "no word": (screen(""), "the site's pages are empty"),
}

MENU = "".join(f"<li><a href='/{name.lower()}'>{name}</a></li>" for name in ("Home", "Store", "Announcements", "Knowledgebase", "Contact"))
LOGIN = "<form method='post' action='/login'><input name='username'><input name='password' type='password'></form>"
QUOTES = ("<h3>Solved: \"Down for Maintenance (Err 2)\"</h3><p>Some saw \"Oops! Something went wrong and we couldn't process your request\", or "
          "\"The file init.php is corrupted.\", or that the ionCube Loader for PHP needs to be installed.</p>")
TEXT = "<p>We host your sites since 2009, and answer within the hour on every day of the year.</p>\n" * 60
HEALTHY = {
    "a page of a theme": screen(f"<nav><ul>{MENU}</ul></nav><h1>Login</h1>{LOGIN}"),
    "one with an announcement of it": screen(f"<nav><ul>{MENU}</ul></nav>{QUOTES}<h1>Login</h1>{LOGIN}{TEXT}"),
    "a short one with an announcement of it": screen(f"{QUOTES}{LOGIN}", ""),
    "a long one without a form": screen(f"<title>Client Area - Example Hosting</title><div><ul>{MENU}</ul></div>{TEXT}{QUOTES}{TEXT}"),
}


class Front(ThreadingHTTPServer):
    """Answers every path with `status`, `page` and `headers`, or as answer(path) says: three of these."""

    daemon_threads = True

    def __init__(self):
        self.asked = []
        self.answer = lambda path: (404, "", {})
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        status, page, headers = self.server.answer(self.path)
        body = page.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def front():
    server = Front()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def asked(billing, front):
    """asked(status, page): what doctor finds when the site answers so, but for the PHP of the tests."""
    def ask(status, page, headers=None, **site):
        billing.admit(NEW, url=front.address + "/billing", **site)
        front.answer = lambda path: (status, page, headers or {})
        found = billing.doctor("--php=yes")
        assert front.asked == ["/billing/clientarea.php"]
        return [one for one in found if one != NO_LOADER]
    return ask


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_that_is_given_out_as_a_good_page_is_broken(asked, billing, name):
    page, finding = SCREENS[name]
    assert asked(200, page) == [finding], billing.said
    assert not billing.in_order(TITLE)
    assert "/billing/clientarea.php answers 200" in billing.finding(finding)["seen"][0]


@pytest.mark.parametrize("name", [name for name in SCREENS if not name.startswith("no")] + ["no loader"])
def test_a_screen_that_is_given_out_as_an_error_is_the_same(asked, billing, name):
    page, finding = SCREENS[name]
    assert asked(500, page) == [finding], billing.said


@pytest.mark.parametrize("name", HEALTHY)
def test_a_page_that_works_is_in_order_whatever_it_quotes(asked, billing, name):
    assert asked(200, HEALTHY[name]) == [], billing.said
    assert billing.in_order(TITLE) and "/billing/clientarea.php answers 200\n" in billing.said


def test_maintenance_is_no_finding_of_its_own_where_the_versions_explain_it(asked, billing):
    page, _ = SCREENS["err 2"]
    found = asked(200, page, database=OLD)
    assert found == ["the database is behind the files: the upgrade was not run, or did not come to its end"], billing.said
    assert "answers 200: Down for Maintenance (Err 2)" in billing.said


def test_an_error_that_nobody_knows_is_not_called_in_order(asked, billing):
    assert asked(500, screen("<h1>Internal Server Error</h1>", "")) == []
    assert billing.not_looked(TITLE) and "answers 500: Internal Server Error" in billing.said


def test_redirects_within_the_site_are_followed(billing, front):
    billing.admit(NEW, url=front.address + "/billing/")
    front.answer = lambda path: (200, screen(OOPS), {}) if path == "/billing/login?x=1" else (302, "", {"Location": "login?x=1"})
    assert SCREENS["oops"][1] in billing.doctor("--php=yes"), billing.said
    assert front.asked == ["/billing/clientarea.php", "/billing/login?x=1"]
    front.answer = lambda path: (200, HEALTHY["a page of a theme"], {}) if path == "/billing/login" else (302, "", {"Location": "/billing/login"})
    assert billing.doctor("--php=yes") == [NO_LOADER] and billing.in_order(TITLE), billing.said


def test_a_redirect_that_leads_elsewhere_or_nowhere_proves_nothing(asked, billing, front):
    assert asked(302, "", {"Location": "http://localhost:1/"}) == []
    assert billing.not_looked(TITLE) and "answers 302 and leads to http://localhost:1/" in billing.said
    front.asked.clear()
    front.answer = lambda path: (302, "", {"Location": "/billing/clientarea.php"})
    billing.doctor("--php=yes")
    assert billing.not_looked(TITLE) and len(front.asked) == 4
