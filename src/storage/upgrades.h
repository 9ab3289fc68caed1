// SPDX-License-Identifier: GPL-3.0-or-later
// The upgrades of the database that an application's own installer made, or tried, in jobs of ours: kept apart from the jobs, which are
// pruned long before somebody has put right what one of them left half changed.
//
// On disk: STATE/upgrades.json, a list, the oldest first. One is settled that came to its end, or whose backup was put back, or that failed
// before it changed anything. Of those that are settled only the newest stays, and those whose backup was put back: what was there before
// that can be brought in again.
#pragma once

#include <string>
#include <vector>

#include "platform/disk.h"
#include "storage/names.h"

namespace storage {

struct Upgrade {
  std::string job;                  // its backup has the same id
  platform::WallTime began{};
  platform::WallTime ended{};       // the epoch: nobody saw it end
  std::string question;             // to the database, see storage/answer.h
  std::vector<std::string> wanted;  // values that are its end
  std::string mark_before, mark_after;  // of the answers right before, and at its end; empty: nobody saw that
  std::string structure_before, contents_before;  // storage/answer.h, right before; empty: nobody saw that
  std::string structure_after;      // where it failed
  bool by_owner = false;            // in a browser: the job only waited
  bool failed = false;              // it ended, and the database did not say what was wanted
  bool settled = false;
  std::string put_back;             // when its backup was put back: a job id of that moment; empty: it was not
};

// Whether a database that answers so is at its end, or beyond.
bool is_reached(const Upgrade& upgrade, const std::string& answer);

// Whether the backup of this job is from right before one that is not settled: it is kept for that.
bool is_way_back(const std::vector<Upgrade>& all, const std::string& backup);

// Throws Failure when the list is there and cannot be read.
std::vector<Upgrade> upgrades(platform::Disk& disk, const StateNames& state);

// Adds it, or replaces that of the same job. Throws Failure; the list is then as before.
void note_upgrade(platform::Disk& disk, const StateNames& state, const Upgrade& upgrade);

// The newest came to its end: all are settled. Both throw Failure as note_upgrade.
void settle_upgrades(platform::Disk& disk, const StateNames& state);
// The database is as it was in this backup of ours, whose id tells when: those from then on are settled, and what a way back had settled
// that came later than this backup is open again, half changed as it is in there.
void put_back_to(platform::Disk& disk, const StateNames& state, const std::string& backup);

}  // namespace storage
