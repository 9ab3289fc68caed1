# SPDX-License-Identifier: GPL-3.0-or-later
"""Downloading a release, from servers that answer as GitHub does, or as nobody should, in a network namespace of its own."""

import hashlib
import json
import os
import subprocess

import pytest

from support import tools
from support.fixtures import REPOSITORY

from .internet import ADDRESS

BODY = bytes(range(256)) * 1200
DIGEST = hashlib.sha256(BODY).hexdigest()
ASSETS = "release-assets.githubusercontent.com"
HERE = "objects.githubusercontent.com"  # listed, but its name leads to this machine
HOSTS = {"github.com": ADDRESS, "api.github.com": ADDRESS, ASSETS: ADDRESS, "elsewhere.example": ADDRESS, HERE: "127.0.0.1"}
LISTED = ["github.com", "api.github.com", HERE, ASSETS]
URL = "https://github.com/m/m/releases/download/5.2.1/5.2.1.zip"
API = "https://api.github.com/repos/m/m/releases/tags/5.2.1"
ASSET = f"https://{ASSETS}/5.2.1.zip?signature=secret"


def key(url):
    return url.removeprefix("https://")


def release(digest):
    return {"body": json.dumps({"assets": [{"name": "5.2.1.zip", "browser_download_url": URL, "digest": f"sha256:{digest}"}]})}


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """Makes certificates: ca.pem, and FILE.pem with key for names."""
    folder = tmp_path_factory.mktemp("authority")
    openssl = tools.find("openssl")

    def run(*words):
        subprocess.run([openssl, *words], cwd=folder, check=True, capture_output=True)

    def make_authority(name):
        run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-out",
            f"{name}.pem", "-subj", f"/CN={name}", "-days", "2")

    def make(file, ca, *names, days=2):
        run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{file}.key", "-out", f"{file}.csr",
            "-subj", f"/CN={names[0]}")
        (folder / "names").write_text("subjectAltName=" + ",".join(f"DNS:{name}" for name in names))
        run("x509", "-req", "-in", f"{file}.csr", "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key", "-CAcreateserial", "-days", str(days),
            "-extfile", "names", "-out", f"{file}.crt")
        (folder / f"{file}.pem").write_text((folder / f"{file}.key").read_text() + (folder / f"{file}.crt").read_text())

    make_authority("ca")
    make_authority("other")
    make("good", "ca", *HOSTS)
    make("stranger", "other", *HOSTS)
    make("misnamed", "ca", "elsewhere.example")
    (folder / "empty.pem").write_text("")
    return folder


class World:
    """A scenario that answers as GitHub does until it is told otherwise."""

    def __init__(self, folder, authority, tool):
        self.folder, self.tool, self.authority = folder, tool, authority
        self.file = folder / "packages/5.2.1.zip"
        self.partial = folder / "packages/5.2.1.zip.partial"
        (folder / "body").write_bytes(BODY)
        self.whole = {"file": str(folder / "body"), "ranges": True}
        self.routes = {key(API): release(DIGEST), key(URL): {"status": 302, "location": ASSET}, key(ASSET): self.whole}
        self.certificates = {"*": "good"}
        self.store = "ca"
        self.environment = {}
        self.api = API
        self.more = {}

    def left(self, content):
        self.partial.parent.mkdir()
        self.partial.write_bytes(content)

    def download(self, *, proxy=""):
        scenario = {"folder": str(self.folder), "hosts": HOSTS, "routes": self.routes, "store": str(self.authority / f"{self.store}.pem"),
                    "certificates": {host: str(self.authority / f"{name}.pem") for host, name in self.certificates.items()},
                    "environment": {"PATH": os.environ["PATH"], **self.environment}, **self.more}
        (self.folder / "scenario.json").write_text(json.dumps(scenario))
        done = subprocess.run([tools.find("unshare"), "-mn", "/usr/bin/python3", REPOSITORY / "tests/files/internet.py",
                               self.folder / "scenario.json", self.tool, "download", URL, self.api, self.file, proxy, *LISTED],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        self.result = json.loads(done.stdout)
        return self.result

    def succeeds(self, **options):
        result = self.download(**options)
        assert result["exit"] == 0, result
        assert self.file.read_bytes() == BODY
        assert self.file.stat().st_mode & 0o777 == 0o600
        assert not self.partial.exists()
        return result["out"]

    def fails(self, **options):
        result = self.download(**options)
        assert result["exit"] == 1, result
        assert not self.file.exists()
        return result["err"]

    def asked(self):
        return [request["url"] for request in self.result["asked"]]

    def ranges(self):
        return [request["Range"] for request in self.result["asked"] if "Range" in request]


@pytest.fixture
def world(tmp_path, authority, file_tool):
    return World(tmp_path, authority, file_tool)


def test_a_release_comes_over_githubs_redirect_and_its_digest_is_proved(world):
    assert f"its SHA-256 is the published one: {DIGEST}" in world.succeeds()
    assert world.asked() == [key(API), key(URL), key(ASSET)]
    for request in world.result["asked"]:
        assert request["User-Agent"].startswith("unstick/")
        assert not {"Cookie", "Authorization", "Range"} & set(request)


def test_environment_and_netrc_of_the_host_do_not_count(world):
    (world.folder / ".netrc").write_text("default login me password secret\n")
    world.environment = {name: "http://127.0.0.1:9" for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")}
    world.environment |= {"HOME": str(world.folder), "SSL_CERT_FILE": "/dev/null", "OPENSSL_CONF": "/dev/null/none"}
    world.succeeds()
    assert not [request for request in world.result["asked"] if "Authorization" in request]


def test_without_the_api_it_goes_on_and_says_so(world):
    world.routes[key(API)] = {"status": 403, "body": "rate limit"}
    said = world.succeeds()
    assert f"going on without the published checksum: {API} answers 403" in said
    assert "no checksum is published" in said


def test_another_file_than_the_published_one_is_deleted(world):
    world.routes[key(API)] = release("0" * 64)
    assert "is not what was published" in world.fails()
    assert not world.partial.exists()


def test_what_an_earlier_attempt_left_is_not_asked_for_again(world):
    world.left(BODY[:100_000])
    world.succeeds()
    assert world.ranges() == ["bytes=100000-"] * 2


def test_a_lost_connection_is_taken_up_where_it_broke(world):
    world.routes[key(ASSET)] = [{**world.whole, "cut_at": 120_000}, {**world.whole, "cut_at": 200_000}, world.whole]
    said = world.succeeds()
    assert said.count("going on from there") == 2
    assert "secret" not in said
    assert world.ranges() == ["bytes=120000-"] * 2 + ["bytes=200000-"] * 2


def test_a_lost_connection_that_gets_no_further_fails_and_keeps_what_there_is(world):
    world.routes[key(ASSET)] = {**world.whole, "cut_at": 120_000}
    assert "or upload 5.2.1.zip in binary mode into the site" in world.fails()
    assert world.partial.read_bytes() == BODY[:120_000]
    assert world.partial.stat().st_mode & 0o777 == 0o600


def test_a_server_without_ranges_gives_the_whole_anew(world):
    world.left(b"x" * 100_000)
    world.routes[key(ASSET)] = {**world.whole, "ranges": False}
    world.succeeds()


def test_a_part_that_is_too_long_or_already_whole_is_got_anew(world):
    world.left(b"x" * len(BODY))
    world.succeeds()


def test_another_part_than_the_one_asked_for_is_not_taken(world):
    world.left(BODY[:100_000])
    world.routes[key(ASSET)] = {**world.whole, "shift": 7}
    assert "answers another part than the one asked for" in world.fails()
    assert world.partial.read_bytes() == BODY[:100_000]


def test_more_than_the_most_is_not_taken(world):
    world.routes[key(ASSET)] = {"body": "x", "length": 1_000_001}
    assert "is larger than" in world.fails()
    assert world.partial.stat().st_size == 0


def test_a_link_in_the_place_of_the_partial_file_is_not_followed(world):
    victim = world.folder / "victim"
    victim.write_bytes(b"mine")
    world.partial.parent.mkdir()
    world.partial.symlink_to(victim)
    assert "cannot open" in world.fails()
    assert victim.read_bytes() == b"mine"


def test_a_full_disk_is_known_at_once_and_nothing_is_left_on_it(world):
    world.file.parent.mkdir()
    world.more["small_disk"] = str(world.file.parent)
    error = world.fails()
    assert "cannot reserve" in error and "No space left on device" in error
    assert world.result["left"] == []


def test_a_status_that_is_no_success_is_named(world):
    world.routes[key(ASSET)] = {"status": 404, "body": "Not Found"}
    error = world.fails()
    assert f"https://{ASSETS}/5.2.1.zip answers 404" in error
    assert "secret" not in error


@pytest.mark.parametrize("location, words", [
    (f"http://{ASSETS}/5.2.1.zip", "it is not https"),
    ("file:///etc/passwd", "it is not https"),
    ("https://elsewhere.example/5.2.1.zip", "none of the hosts"),
    ("https://127.0.0.1/5.2.1.zip", "none of the hosts"),
    (f"https://{ASSETS}:8443/5.2.1.zip", "none of the hosts"),
    (f"https://{HERE}/5.2.1.zip", "its name leads to 127.0.0.1 here"),
])
def test_a_redirect_to_anywhere_else_is_not_followed(world, location, words):
    world.routes[key(URL)] = {"status": 302, "location": location}
    for host in ("elsewhere.example", "127.0.0.1", HERE, ASSETS):
        world.routes[f"{host}/5.2.1.zip"] = world.whole
    assert words in world.fails()
    assert world.asked() == [key(API), key(URL)]


def test_redirects_come_to_an_end(world):
    world.routes[key(URL)] = {"status": 302, "location": URL}
    assert "redirects more than 5 times" in world.fails()
    assert world.asked().count(key(URL)) == 6


@pytest.mark.parametrize("certificate, words", [("stranger", "SSL certificate problem"), ("misnamed", "no alternative certificate")])
def test_a_server_that_is_not_who_it_says_gets_no_question(world, certificate, words):
    world.certificates[ASSETS] = certificate
    assert words in world.fails()
    assert world.asked() == [key(API), key(URL)]


def test_without_a_system_store_mozillas_authorities_are_believed_and_no_others(world):
    world.store = "empty"
    assert "SSL certificate problem" in world.fails()
    assert world.asked() == []


def test_a_proxy_that_does_not_answer_is_not_gone_around(world):
    assert "or upload" in world.fails(proxy="http://127.0.0.1:9")
    assert world.asked() == []


def test_through_a_proxy_the_names_are_checked_all_the_same(world):
    world.succeeds(proxy="http://127.0.0.1:3128")
    hosts = [f"CONNECT {host}:443" for host in ("api.github.com", "github.com", ASSETS)]
    assert [url for url in world.asked() if url.startswith("CONNECT")] == hosts
    world.file.unlink()
    world.routes[key(URL)] = {"status": 302, "location": "https://elsewhere.example/5.2.1.zip"}
    assert "none of the hosts" in world.fails(proxy="http://127.0.0.1:3128")
