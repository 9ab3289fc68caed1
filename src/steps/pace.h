// SPDX-License-Identifier: GPL-3.0-or-later
// Progress lines: one every few seconds, none for what is over before that.
#pragma once

#include <chrono>

namespace steps {

class Pace {
 public:
  bool is_due() {
    auto now = std::chrono::steady_clock::now();
    if (now - last_ < std::chrono::seconds(3)) return false;
    last_ = now;
    return true;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace steps
