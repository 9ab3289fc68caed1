# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures for every test folder; tests/ itself is on the path, so that `support` and `fixture` can be imported."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support.fixtures import *  # noqa: E402,F401,F403
