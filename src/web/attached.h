// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>

#include "platform/process.h"

namespace web {

// The process that takes a job further as a child of this request. It must not outlive the request, however that ends:
// this host kills what does.
class Attached {
 public:
  Attached() = default;
  explicit Attached(pid_t pid) : pid_(pid) {}
  Attached(Attached&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {}
  Attached& operator=(Attached&& other) noexcept {
    if (this != &other) wait();
    pid_ = std::exchange(other.pid_, 0);
    return *this;
  }
  ~Attached() { wait(); }

  bool is_there() const { return pid_ > 0; }
  // Whether it is still there; looks.
  bool runs() {
    if (pid_ > 0 && platform::try_wait(pid_)) pid_ = 0;
    return pid_ > 0;
  }
  void wait() {
    if (pid_ > 0) platform::wait_for(pid_);
    pid_ = 0;
  }

 private:
  pid_t pid_ = 0;
};

}  // namespace web
