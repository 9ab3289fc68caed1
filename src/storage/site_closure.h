// SPDX-License-Identifier: GPL-3.0-or-later
// Closes a site while a job changes what its code runs on: each of its entrances (front controllers, the console) becomes
// a stub that says so, and the file itself waits beside it, in the same folder, under a name that nobody can guess.
//
// At every moment, also after a kill, an entrance is either the file or the stub. What is closed stands in one list in the
// state folder, written before the first entrance and deleted after the last was opened; both operations can be run again
// after an interruption, and opening can follow a closing that did not come to its end.
// A stub is taken away only where it still lies byte for byte: a newer file (an upload, an update) stays.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/names.h"

namespace storage {

struct Entrance {
  Path file;
  std::string stub;  // what it says instead
};

// Entrances that are not there, or are no plain files, are left out. Throws Failure when one cannot be closed; those
// before it are closed then. A site that another job closed is a Failure.
void close_site(platform::Disk& disk, const StateNames& state, const std::string& job, const std::vector<Entrance>& entrances);

// Opens what is closed, whoever closed it. Returns the entrances at which a newer file lay. Throws Failure when one cannot be
// opened; the others are.
std::vector<Path> open_site(platform::Disk& disk, const StateNames& state);

// The job that closed the site; nullopt when it is open.
std::optional<std::string> closed_by(platform::Disk& disk, const StateNames& state);

// Where the file of an entrance is while this job has the site closed; `file` itself otherwise.
Path behind_stub(platform::Disk& disk, const StateNames& state, const std::string& job, const Path& file);

}  // namespace storage
