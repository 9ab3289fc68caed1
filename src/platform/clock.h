// SPDX-License-Identifier: GPL-3.0-or-later
// Time and chance. Wall time names things and decides about expiry; steady time measures.
#pragma once

#include <chrono>
#include <string>

#include "platform/disk.h"

namespace platform {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime now() = 0;
};

Clock& system_clock();

int64_t unix_seconds(WallTime time);
// Times that are further from 1970 than 146 years become that: such differ from any other by less than a WallTime can hold.
WallTime from_unix_seconds(int64_t seconds);
std::string utc_words(WallTime time);   // "2026-11-21 09:30:15 UTC"
std::string utc_stamp(WallTime time);   // "20261121-093015", for names

// Bytes that nobody can guess: getrandom, else /dev/urandom. Throws Failure when neither is there.
std::string random_bytes(size_t count);
// The same as letters, digits, - and _; `bits` of chance.
std::string random_word(size_t bits);

}  // namespace platform
