// SPDX-License-Identifier: GPL-3.0-or-later
// Who holds a job. Two flocks: `runner`, held by the job's process alone, and `busy`, which its children inherit
// too. Both die with their holders, so "interrupted" is a fact that the kernel tells us.
// Network homes: flock may not reach the other host, or not work at all. The lease file names host and boot, and is
// touched every 5 s; from another host, or where a lock taken twice is given twice, the job counts as alive for
// 60 s after the last touch.
#pragma once

#include <optional>
#include <string>

#include "platform/lock.h"
#include "storage/names.h"

namespace jobs {

enum class Holder {
  runner,    // the job's process lives
  children,  // it died, but a command it started still runs
  nobody,
};

struct Lease {
  base::Fd runner;
  base::Fd busy;
};

// Both locks, or nullopt when somebody holds one of them. Waits up to a second: a visitor who only looks holds a
// lock for a moment. `touch`: whoever only ends a job needs the locks, not the file that a full disk may refuse.
enum class Touch { must, if_possible };
std::optional<Lease> take_lease(platform::Disk& disk, const storage::JobNames& names, Touch touch = Touch::must);
// Writes the lease file anew: now, here.
void touch_lease(platform::Disk& disk, const storage::JobNames& names);
Holder holder_of(platform::Disk& disk, const storage::JobNames& names, platform::WallTime now);

// True when flock in this folder keeps a second descriptor out, as it should.
bool locks_work_in(const platform::Path& folder);

// "host name/boot id" of this machine as it runs now.
std::string this_boot(platform::Disk& disk);

}  // namespace jobs
