// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/lease.h"

#include <unistd.h>

#include <array>

#include "base/failure.h"
#include "base/text.h"

namespace jobs {

namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 1s;
constexpr auto kForeignLife = 60s;

bool touched_lately(const std::optional<platform::Facts>& lease, platform::WallTime now) {
  return lease && now - lease->changed < kForeignLife;
}

}  // namespace

std::string this_boot(platform::Disk& disk) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  auto boot = disk.read("/proc/sys/kernel/random/boot_id", 64);
  return std::string(host.data()) + "/" + std::string(boot ? base::trim(*boot) : "unknown");
}

std::optional<Lease> take_lease(platform::Disk& disk, const storage::JobNames& names) {
  auto runner = platform::lock(names.runner(), kPatience);
  if (!runner) return std::nullopt;
  auto busy = platform::lock(names.busy(), kPatience);
  if (!busy) return std::nullopt;
  touch_lease(disk, names);
  return Lease{std::move(*runner), std::move(*busy)};
}

void touch_lease(platform::Disk& disk, const storage::JobNames& names) {
  disk.replace(names.lease(), this_boot(disk) + "\n", 0600, platform::Sync::no);
}

bool locks_work_in(const platform::Path& folder) {
  platform::Path probe = folder / "lock-probe";
  auto first = platform::try_lock(probe);
  return first && !platform::try_lock(probe);
}

Holder holder_of(platform::Disk& disk, const storage::JobNames& names, platform::WallTime now) {
  if (platform::is_locked(names.runner())) return Holder::runner;
  if (platform::is_locked(names.busy())) return Holder::children;
  auto lease = disk.look(names.lease());
  if (!touched_lately(lease, now)) return Holder::nobody;
  auto owner = disk.read(names.lease(), 512);
  if (!owner || base::trim(*owner) == this_boot(disk)) return Holder::nobody;
  return Holder::runner;
}

}  // namespace jobs
