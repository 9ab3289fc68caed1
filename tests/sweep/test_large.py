# SPDX-License-Identifier: GPL-3.0-or-later
"""A Mautic of 1.5 million rows, out and in again as users of one database only. `make sweep` alone runs this."""

from database.databases import Dumper, tables_alike
from fixture.database import fill

CONTACTS = 520000


def test_a_mautic_of_1500000_rows_comes_back(mariadb, dump_tool, folder):
    user, password = mariadb.create_database("large_1", "large_1")
    fill("era52", {"socket": mariadb.socket, "user": "root", "password": "", "name": "large_1"}, True, CONTACTS)
    manifest = Dumper(dump_tool, mariadb, "large_1", user, password).dump(folder / "a.sql.gz")
    assert sum(table["rows"] for table in manifest["tables"]) >= 1500000
    assert manifest["notes"] == []
    user, password = mariadb.create_database("large_2", "large_2")
    result = Dumper(dump_tool, mariadb, "large_2", user, password).run("restore", folder / "a.sql.gz")
    assert result["skipped"] == [] and result["definers"] == []
    tables_alike(mariadb, "large_1", "large_2")
    mariadb.sql("drop database large_1; drop database large_2")
