// SPDX-License-Identifier: GPL-3.0-or-later
// A program that was forgotten on a server must not be a door for ever: when nobody presented the owner's key for
// `sleep_days` (30; 0: never), the key opens nothing any more. Links go on until they expire, and jobs to their end. It
// wakes when the owner writes the settings file anew, which nobody can do from outside; with the key in the program's
// name, when he uploads that again.
#pragma once

#include "actions/world.h"

namespace actions {

bool is_asleep(World& world);
// What to tell somebody who knows the key: a sentence without its full stop.
std::string sleep_words(const World& world);

// The key was presented just now. Never throws: where it cannot be written down, the settings file's own time counts.
void note_owner(World& world);

}  // namespace actions
