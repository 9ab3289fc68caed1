// SPDX-License-Identifier: GPL-3.0-or-later
// The action `doctor`: every check of the application is done and told, with what it found, what that means and what mends it.
// `recover`, `report` and the proof at the end of a repair rest on the same examination.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "actions/action.h"
#include "apps/examination.h"

namespace actions {

struct Diagnosis {
  struct Row {
    const apps::Check* check = nullptr;
    apps::Looked looked;
  };
  std::vector<Row> rows;  // in the order of the tables
  bool left_out = false;  // some that somebody did not ask for

  std::vector<const apps::Finding*> findings() const;  // the worst first
  // Some check that needs no PHP could not look, or not everywhere.
  bool is_incomplete() const;
  // Some check was left away that needs PHP.
  bool php_not_asked() const;
};

// Everything that is asked but PHP itself; `php`: PHP too. Errors in logs count from `since` on; the default: since the last job of
// ours that changed the site. Throws Failure when there is no site.
Diagnosis diagnose(World& world, apps::Needs most = apps::Needs::nothing, platform::WallTime since = {});

// What a finding can be mended with, the best first; empty: nothing of ours.
std::vector<apps::Remedy> remedies_for(const apps::Site& site, const apps::Finding& finding);
// The same in words: "job:resume or job:unlock", "db:restore with backup=20261121-101500123-x7k2p9".
std::string remedy_words(const apps::Site& site, const apps::Finding& finding);

// "broken", "in the way", "open to strangers".
std::string_view word(apps::Weight weight);

// Whether `recover` mends something of this.
bool recover_mends(const Diagnosis& diagnosis);
// Others have an action of their own, or are the owner's to do.
bool recover_mends(apps::Mend mend);

// Tells all of it, for people and as events. Returns how many things are wrong.
int tell_diagnosis(World& world, const Diagnosis& diagnosis, base::Report& report);

// The last step of a repair: the site is examined again. What was wrong before and is not mended counts no more than before;
// `only_seen`: neither do checks that could not look then.
base::Step proof_step(World& world, const Diagnosis& before, const std::function<bool(apps::Mend)>& is_mended, bool only_seen);

// For the process of a job in that state folder, as a proof: tells what is wrong with the site in `root` now, also why this job's own
// upgrade failed. Returns how many things are, without those of the `known` checks. Throws nothing: a site that cannot be looked at
// counts as wrong.
int examine_site(Program& program, const Path& root, const Path& state, const std::set<std::string>& known, platform::WallTime since,
                 base::Report& report);

}  // namespace actions
