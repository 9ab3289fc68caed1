// SPDX-License-Identifier: GPL-3.0-or-later
// Plans that exchange files of the site, shared by files:replace, update:finish, files:rollback and undo.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actions/action.h"
#include "storage/zip_package.h"

namespace actions {

// What new files come from.
struct Source {
  Path file;                // a package; empty: they lie in `folder`
  platform::Facts facts;    // of it
  Path folder;              // of the site
  apps::Release release;
  uint64_t bytes = 0, files = 0;  // on the disk, when they are unpacked first
};

// Throws Failure when it is no package of this application.
Source source_of(World& world, const Path& package, const platform::Facts& facts);

// "5.2.1, full, 65 MB, /home/example/public_html/5.2.1.zip"
std::string words_of(const Source& source);

enum class DatabaseStep { none, run };

// Throws Failure where the layout is not one of zips, and when the state folder lies on another disk.
void need_replaceable(World& world);

// The steps and notes that bring `source` into the site, with the application's database step before it is opened.
void add_replacement(World& world, Proposal& proposal, const Source& source, DatabaseStep database, const Options& options);

// The steps around taking something back or bringing it in: ask, close, `inner`, purge the caches, open, judge. `judging`: the
// first word of judge-site, empty for no judgement.
struct Around {
  std::vector<base::Step> first;  // before the site is closed
  std::vector<base::Step> inner;
  std::vector<base::Step> after;  // behind the caches, the site still closed
  std::string judging;
  Path console{};  // where there is none now: the one that comes, which must not run beside half of the files
};
void add_around(World& world, Proposal& proposal, Around around);

// A job that exchanged files, and how it stands.
struct Exchanged {
  std::string job;
  std::string task;
  bool in_place = false;     // the new files are in the site; else they were taken back
  bool lost = false;         // in place, but what it replaced is not all there any more
  bool partly = false;       // neither: it was interrupted
  bool on_database = false;  // it, or a later job, began a step on the database
};
// Newest first.
std::vector<Exchanged> exchanges(World& world);

// Whether old and new files lie beside each other, because a job was interrupted: nobody may open that.
bool left_mixture(World& world);

// A proposal of this name, with its options in the task's name.
Proposal begin_proposal(std::string_view name, const Options& options, Effect effect);

// Whether this job began a step that changes something of the site.
bool began_change(const jobs::Snapshot& job);
bool began_on_database(const jobs::Snapshot& job);

}  // namespace actions
