# SPDX-License-Identifier: GPL-3.0-or-later
import pytest

from recovery.conftest import patient  # noqa: F401: a fixture

from .two import TwoSite


@pytest.fixture
def two(patient):  # noqa: F811
    """A Mautic 2.16.5 with its database, and the package of 3.0.2 beside it."""
    return TwoSite(patient)
