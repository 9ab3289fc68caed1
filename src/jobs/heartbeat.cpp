// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/heartbeat.h"

#include <chrono>

#include "base/failure.h"
#include "jobs/journal.h"
#include "jobs/lease.h"

namespace jobs {

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr auto kLeaseInterval = 5s;
constexpr auto kProvenAfter = 15s;  // a host that lets a process live this long lets it live

}  // namespace

Heartbeat::Heartbeat(platform::Disk& disk, storage::JobNames names, pid_t pid)
    : disk_(disk), names_(std::move(names)), pid_(pid), thread_([this] { beat(); }) {}

Heartbeat::~Heartbeat() {
  {
    std::lock_guard lock(mutex_);
    over_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Heartbeat::beat() {
  auto began = SteadyClock::now();
  bool told = false;
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kLeaseInterval, [this] { return over_; })) {
    try {
      touch_lease(disk_, names_);
      if (told || SteadyClock::now() - began < kProvenAfter) continue;
      append(names_.journal(), {.what = What::alive, .pid = pid_});
      told = true;
    } catch (const base::Failure&) {
    }
  }
}

}  // namespace jobs
