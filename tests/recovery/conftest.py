# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder that a site's own account may enter, and the database server's ways in."""
import pytest

from support import users

from .patient import Patient


@pytest.fixture
def patient(program, mariadb, database):
    """Makes Patients: see there."""
    name, user, password = database
    db = {"name": name, "user": user, "password": password, "port": mariadb.port, "prefix": "mt_"}
    with users.at_work("recovery", "r") as (folder, owner):
        yield Patient(folder, program, db, owner)
