# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder that a site's own account may enter, and the database server's ways in."""
import subprocess

import pytest

from support import process, users

from .billing import Billing


@pytest.fixture
def billing(program, mariadb, database):
    """Makes WHMCS sites: see there."""
    name, user, password = database
    db = {"name": name, "user": user, "password": password, "port": mariadb.port, "host": "127.0.0.1"}
    with users.at_work("whmcs", "w") as (folder, owner):
        made = Billing(folder, program, db, owner)
        yield made
        assert password not in made.all_said


@pytest.fixture
def held(billing, mariadb):
    """held(): from now on whoever reads all tables of the database waits, until the function that it returned is called."""
    made = []

    def hold():
        holder = subprocess.Popen(["mariadb", "--no-defaults", "-S", mariadb.socket, "-uroot", billing.db["name"], "-e",
                                   "lock tables tblclients write; select sleep(600)"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        made.append(holder)
        process.wait_until(lambda: mariadb.sql("select 1 from information_schema.processlist where info like '%sleep(600)%' and id <> connection_id()"))
        return release

    def release():
        for holder, in mariadb.sql("select id from information_schema.processlist where info like '%sleep(600)%' and id <> connection_id()"):
            mariadb.sql(f"kill {holder}")
        for holder in made:
            holder.wait(timeout=60)

    yield hold
    release()
