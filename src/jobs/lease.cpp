// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/lease.h"

#include <unistd.h>

#include <array>

#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"

namespace jobs {

namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 1s;
constexpr auto kForeignLife = 60s;

// A job of another host, or one here where locks keep nobody out: only the lease's age tells.
bool held_elsewhere(platform::Disk& disk, const storage::JobNames& names, platform::WallTime now) {
  auto lease = disk.look(names.lease());
  if (!lease || now - lease->changed >= kForeignLife) return false;
  auto owner = disk.read(names.lease(), 512);
  return owner && (base::trim(*owner) != this_boot(disk) || !locks_work_in(names.folder()));
}

}  // namespace

std::string this_boot(platform::Disk& disk) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  auto boot = disk.read("/proc/sys/kernel/random/boot_id", 64);
  return std::string(host.data()) + "/" + std::string(boot ? base::trim(*boot) : "unknown");
}

std::optional<Lease> take_lease(platform::Disk& disk, const storage::JobNames& names, Touch touch) {
  auto runner = platform::lock(names.runner(), kPatience);
  if (!runner) return std::nullopt;
  auto busy = platform::lock(names.busy(), kPatience);
  if (!busy || held_elsewhere(disk, names, platform::system_clock().now())) return std::nullopt;
  try {
    touch_lease(disk, names);
  } catch (const base::Failure&) {
    if (touch == Touch::must) throw;
  }
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
  return held_elsewhere(disk, names, now) ? Holder::runner : Holder::nobody;
}

}  // namespace jobs
