// SPDX-License-Identifier: GPL-3.0-or-later
// Plans that exchange files of the site, shared by files:replace, update:finish, files:rollback and undo.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actions/action.h"
#include "actions/safety_backup.h"
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

// What makes half or mixed files whole: the package that the options name, or else the rest of the application's own update, or else
// the package at hand that fits best. nullopt: `proposal` has a preparation, or there is none: mending_package() says what to upload.
std::optional<Source> mending_source(World& world, const Options& options, Proposal& proposal);
std::string mending_package(const apps::Site& site);

// A full package whose version `fits`: the one that the options name, or else the newest at hand. nullopt: `proposal` has a preparation
// that fetches the one named, or there is none.
std::optional<Source> package_leading_to(World& world, const Options& options, bool (*fits)(const base::Version&), Proposal& proposal);

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
  std::vector<std::string> afterwards{};  // what is left to the owner: said at the end
  Path console{};  // where there is none now: the one that comes, which must not run beside half of the files
};
// The console that runs now, or comes where there is none; then the places where other releases have theirs.
std::vector<Path> consoles_of(const apps::Site& site, const Path& coming);
void add_around(World& world, Proposal& proposal, Around around);

// The parts of a replacement, for plans that do more around it. What brings `source` in:
void add_files(World& world, Proposal& proposal, Around& around, const Source& source);
// What the host or this program itself has put into the site's folder, which nothing may exchange; then the others' rules.
std::vector<storage::OwnerRule> rules_around_us(World& world, std::vector<storage::OwnerRule> others);
// The step that swaps what lies in `folder` of the site (empty: what was unpacked) into its place, as `rules` say.
base::Step swap_step(World& world, std::string title, const Path& folder, std::string_view deleted_list,
                     const std::vector<storage::OwnerRule>& rules);
// The site as it is with these files.
apps::Site after(World& world, const Source& source);
// A backup before all that was added so far, and the application's database step behind it, run by the console of `next`. Returns
// what the owner does instead where no PHP fits: then nothing was added; empty otherwise.
std::string add_database_step(World& world, Proposal& proposal, Around& around, const apps::Site& next, const Options& options);
// Keeps a copy of the configuration, for going back.
base::Step keep_configuration_step(World& world);
// Says at the end, and in the plan, that the database is still behind.
void add_database_advice(Proposal& proposal, const std::string& next_step);
// The backup alone; once.
void add_backup(World& world, Proposal& proposal, Around& around, const Options& options, Reuse reuse = Reuse::allowed);

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

// Why the files that this job replaced do not fit any more: the database is of a newer release by now. Empty: nothing speaks against them.
std::string problem_with_former_files(World& world, const std::string& job);

// Whether its action shows a plan first: `undo` takes back no other.
bool asked_first(const jobs::Snapshot& job);

}  // namespace actions
