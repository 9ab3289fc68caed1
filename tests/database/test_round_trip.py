# SPDX-License-Identifier: GPL-3.0-or-later
"""A Mautic's database of 100,000 rows, as users with rights on one database only: out by our dump, in by our restore and by
the client, and its file read by what people read such files with."""

import gzip
import hashlib
import subprocess

import pytest

from database.databases import Dumper, restore, tables_alike
from fixture.database import fill
from support import process, tools

READERS = {
    "zcat": ["zcat"],
    "gzopen of PHP": ["php", "-r", "$f = gzopen($argv[1], 'r'); while (!gzeof($f)) echo gzread($f, 1 << 20);"],
    "compress.zlib of PHP": ["php", "-r", "readfile('compress.zlib://' . $argv[1]);"],
    "gzip of Python": ["python3", "-c", "import gzip, shutil, sys; shutil.copyfileobj(gzip.open(sys.argv[1]), sys.stdout.buffer)"],
}


@pytest.fixture(scope="module")
def shop(mariadb, dump_tool):
    """The tool on a Mautic 5.2 of 100,000 rows, as a user of that database only."""
    user, password = mariadb.create_database("shop_1", "shop_1")
    fill("era52", {"socket": mariadb.socket, "user": "root", "password": "", "name": "shop_1"}, True, 33000)
    assert len(mariadb.sql("show tables", "shop_1")) > 50
    yield Dumper(dump_tool, mariadb, "shop_1", user, password)
    mariadb.sql("drop database shop_1")


def test_a_mautic_of_100000_rows_comes_back_by_our_restore_and_by_the_client(shop, mariadb, dump_tool, folder):
    manifest = shop.dump(folder / "a.sql.gz")
    assert sum(table["rows"] for table in manifest["tables"]) > 95000
    assert manifest["notes"] == []
    user, password = mariadb.create_database("shop_new", "shop_new")
    result = Dumper(dump_tool, mariadb, "shop_new", user, password).run("restore", folder / "a.sql.gz")
    assert result["skipped"] == [] and result["definers"] == []
    tables_alike(mariadb, "shop_1", "shop_new")
    assert restore(mariadb, folder / "a.sql.gz", "restored") == ""
    tables_alike(mariadb, "shop_1", "restored")
    mariadb.sql("drop database shop_new")


def test_its_file_is_read_whole_by_zcat_php_and_python(shop, folder):
    manifest = shop.dump(folder / "a.sql.gz")
    packed = (folder / "a.sql.gz").read_bytes()
    assert packed.count(b"\x1f\x8b\x08") > 10, "many members, or nothing is tried"
    whole = hashlib.sha256(gzip.decompress(packed)).hexdigest()
    for words, argv in READERS.items():
        done = subprocess.run([tools.find(argv[0]), *argv[1:], folder / "a.sql.gz"], capture_output=True, check=True,
                              env=process.plain_environment())
        assert len(done.stdout) == manifest["sql_bytes"] and done.stdout[-200:].count(b"-- Dump completed") == 1, words
        assert hashlib.sha256(done.stdout).hexdigest() == whole, words
