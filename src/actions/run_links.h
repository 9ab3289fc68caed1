// SPDX-License-Identifier: GPL-3.0-or-later
// Links that may start one task, for bookmarks and cron pages (DESIGN 3, run=TOKEN). A token is 160 random bits and is
// told once: the state folder keeps only its SHA-256, with the task, its options, when it expires, and what came of it
// last.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actions/action.h"
#include "actions/cron_lines.h"
#include "platform/clock.h"

namespace actions {

struct RunLink {
  std::string id;       // how lists name it: 12 hex digits that begin the hash, no secret
  std::string hash;     // of the token: 64 hex digits
  std::string task;
  Options options;
  platform::WallTime made{}, expires{};
  // The last result. Empty words: there was none yet.
  bool good = true;
  std::string words;
  platform::WallTime ended{};
  unsigned failures = 0;  // in a row
  std::string key;        // key_mark() of the owner's key when it was made, or kept
  std::string job;        // a job that it started and whose end is not among the results yet
  // Since the last result or start: calls that were skipped because an interrupted job holds the site.
  unsigned waits = 0;
  platform::WallTime waiting_since{};
  std::string waits_for;  // that job
};

// Throws Failure when none can be made: the key is in the program's name, say.
void need_linkable(const World& world);

// Writes it and returns its token.
std::string keep_new_link(World& world, const std::string& task, const Options& options, std::chrono::hours life);

// nullopt: unknown, revoked, expired, or its file cannot be read.
std::optional<RunLink> find_link(World& world, const std::string& token);

// Those that are there, expired ones too, the oldest first. With the results that are known now; writes nothing.
std::vector<RunLink> all_links(World& world);

// Those that were made with another key than the present one, and that work: whoever had that key may have made them.
std::vector<RunLink> links_of_former_keys(World& world);
// From now on it counts as one of the present key.
void keep_link(World& world, const RunLink& link);

// False when it was gone already. Throws Failure when it stays.
bool revoke_link(World& world, const RunLink& link);

// What came of a call, for the next one and for the page. Never throws: the task matters more than its record.
void note_link_job(World& world, const RunLink& link, const std::string& job);
void note_link_result(World& world, const RunLink& link, bool good, const std::string& words);
// A call was skipped: the site belongs to `job`, which was interrupted and goes on only when somebody says so.
void note_link_waits(World& world, const RunLink& link, const std::string& job);
// Takes the end of its job into the results, if that is over.
void settle_link(World& world, const RunLink& link);

// What a cron page is to know of this host.
Answers answers_of_host(World& world);

bool is_expired(const RunLink& link);
// "cache:clear", or with its options "doctor php=yes".
std::string words_of_task(const RunLink& link);
// "last time failed, 3 times in a row (2026-11-22 09:30:15 UTC): ..."; empty before the first result.
std::string last_result_words(const RunLink& link);
// "skipped 3 times in a row since 2026-11-22 09:30:15 UTC, because job ... was interrupted"; empty when it does not
// wait.
std::string waiting_words(const RunLink& link);

}  // namespace actions
