# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder that a site's own account may enter, and the database server's ways in."""
import pytest

from support import users

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
