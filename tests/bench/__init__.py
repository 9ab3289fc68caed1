# SPDX-License-Identifier: GPL-3.0-or-later
"""Our figures and the peers', as ratios in one run on one machine: see run."""
