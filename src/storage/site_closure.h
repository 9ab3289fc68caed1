// SPDX-License-Identifier: GPL-3.0-or-later
// Closes a site while a job changes what its code runs on: each of its entrances (front controllers, the console) becomes
// a stub that says so, and the file itself waits beside it, in the same folder, under a name that nobody can guess.
//
// At every moment, also after a kill, an entrance is either the file, whole, or the stub, and what waits beside is whole. What is closed stands in one list in the
// state folder, written before the first entrance and deleted after the last was opened; both operations can be run again
// after an interruption, and opening can follow a closing that did not come to its end.
// A stub is taken away only where it still lies byte for byte: whatever else is there by then (an upload, an update, an edited
// stub) stays, and the former file is kept beside it; also where the site is closed once more over what was uploaded. Nothing is ever
// deleted but stubs, second names and whole copies of what is there.
//
// While the site is closed a swap of files can exchange what waits beside: an entrance's name there is the same each time
// (a keyed hash of its path), so a later job can take that swap back.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/names.h"

namespace storage {

struct Entrance {
  Path file;
  std::string stub;  // what it says instead
};

// What each stub must hold, so that nobody takes it for the application's file: whoever closes a site that was closed from
// another state folder gets a Failure.
constexpr std::string_view kStubMark = "Unstick has closed this site for the job ";

// Whether a stub lies there, of whatever job and state folder.
bool is_any_stub(platform::Disk& disk, const Path& file);
// The job that it names; empty: no stub lies there, or it names none.
std::string job_of_stub(platform::Disk& disk, const Path& stub);

// The file that waits beside this stub, of whatever job and state folder, the newest of several; nullopt: no stub lies there, or
// nothing waits.
std::optional<Path> file_behind(platform::Disk& disk, const Path& stub);

// Closes these, and once more what this job closed before. Returns the entrances that are closed now, each place once, whatever
// names lead to it; those that are not there, or are neither files nor links, stay as they are. What waited already while something else was put over its stub is kept: open_site tells it. Throws
// Failure when one cannot be closed; those before it are closed then. A site that another job closed is a Failure.
std::vector<Path> close_site(platform::Disk& disk, const StateNames& state, const std::string& job, const std::vector<Entrance>& entrances);

// An entrance and where its file waits; also of one that was not there when this job closed the site.
struct Waiting {
  Path file, aside;
};
std::vector<Waiting> waiting(platform::Disk& disk, const StateNames& state, const std::string& job);

// How many of its entrances are stubs, and at how many something else was put over the stub meanwhile.
struct Standing {
  size_t stubs = 0, replaced = 0;
};
Standing standing(platform::Disk& disk, const StateNames& state, const std::string& job);

// That nothing waits beside an entrance is right from now on: a swap took its file away. It will be gone when the site is open.
void settle_entrances(platform::Disk& disk, const StateNames& state, const std::string& job);

// An entrance at which something else lay than the stub, and where its former file is kept; one entrance may have several.
struct Taken {
  Path file, former;
};
// Opens what this job closed. Throws Failure when an entrance cannot be opened (the others are), or when all folders in which it
// closed something are gone: the site was moved.
std::vector<Taken> open_site(platform::Disk& disk, const StateNames& state, const std::string& job);

// False: there is a list of what is closed, and nobody can tell what it says.
bool is_list_readable(platform::Disk& disk, const StateNames& state);
// Whatever a list says, and of whatever job and state folder: each of these that is a stub becomes the file that waits beside it.
// Returns those, and the stubs beside which none waits. The list is deleted when all that it tells is open, or nobody can tell what it
// says and no stub is left. Throws Failure when one cannot be opened; the others are.
struct OpenedByNames {
  std::vector<Path> files, left;
};
OpenedByNames open_by_names(platform::Disk& disk, const StateNames& state, const std::vector<Path>& entrances);

// The job that closed the site; nullopt when it is open.
std::optional<std::string> closed_by(platform::Disk& disk, const StateNames& state);

// Where the file of an entrance is while this job has the site closed; `file` itself otherwise.
Path behind_stub(platform::Disk& disk, const StateNames& state, const std::string& job, const Path& file);

}  // namespace storage
