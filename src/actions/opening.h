// SPDX-License-Identifier: GPL-3.0-or-later
// What of a site is closed though no job has it closed now, and how it is opened: by the list in the state folder, and by the names of
// what waits beside stubs that no list knows. Those are left where the site was moved, where the state folder was lost, or where
// another copy of this program, with another one, is at work.
#pragma once

#include "actions/action.h"

namespace actions {

// Stubs that stand in no list of this state folder. None while a job of it runs: that has the site.
std::vector<Path> unknown_stubs(World& world);
// The same of the console and the front controllers, which says less and costs nothing.
std::vector<Path> unknown_front_stubs(World& world);

// What to do about them, for whoever may have another copy of this program.
extern const std::string kUnknownStubsWay;

struct LeftClosed {
  std::optional<std::string> by;  // the job that has left it so
  bool unreadable = false;        // nobody can tell what the list says
  std::vector<Path> unknown;      // see unknown_stubs()

  bool any() const { return by || unreadable || !unknown.empty(); }
};

// What giving up `job` (or nothing, if that is over) opens: what it closed, what a job closed that can never go on, and what no job of
// this state folder knows of. Nothing while a job of this state folder runs.
LeftClosed left_closed(World& world, const std::optional<jobs::Snapshot>& job);

// The step of a plan, and what is to be known of it; nothing where nothing is left closed.
void add_opening(Proposal& proposal, const LeftClosed& closed);

// Opens it and tells what came of it. 0: all is open, 1: not all. Throws Failure when an entrance cannot be opened. Nobody may start
// a job meanwhile (jobs::hold_starts).
int open_left_closed(World& world, const LeftClosed& closed, base::Report& report);

}  // namespace actions
