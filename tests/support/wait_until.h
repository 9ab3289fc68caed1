// SPDX-License-Identifier: GPL-3.0-or-later
// Looking again until something holds, instead of a sleep that hopes.
#pragma once

#include <chrono>
#include <thread>

namespace support {

// True as soon as `holds()`; false when it did not within `patience`.
template <typename Condition>
bool wait_until(Condition holds, std::chrono::milliseconds patience = std::chrono::seconds(10)) {
  auto until = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace support
