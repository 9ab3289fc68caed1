// SPDX-License-Identifier: GPL-3.0-or-later
// What a job's process does beside its steps: it touches the lease, and, once, tells the journal that this host lets it live.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "platform/disk.h"
#include "storage/names.h"

namespace jobs {

// While it exists. A disk that takes nothing more does not end it, nor the job: the lock still tells that the process lives.
class Heartbeat {
 public:
  Heartbeat(platform::Disk& disk, storage::JobNames names, pid_t pid);
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;
  ~Heartbeat();

 private:
  void beat();

  platform::Disk& disk_;
  storage::JobNames names_;
  pid_t pid_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool over_ = false;
  std::thread thread_;  // the last: it uses the others
};

}  // namespace jobs
