// SPDX-License-Identifier: GPL-3.0-or-later
// Who tried keys, and when: a small table on disk that all CGI processes share, so that guessing is slow and the
// owner is never locked out.
// - An unknown client (address, /64 of IPv6) that tried 10 wrong keys within a minute is told to wait, before
//   anything is hashed.
// - All unknown clients together may cause 20 slow hashes a second. A client that presented the right key within
//   30 days is known: wrong keys from its address only bring it under this overall limit. Sessions and links cost no
//   hash and do not come by here at all.
// The file has a fixed size (1,024 clients; the ones seen longest ago make room, known ones last) and holds hashes of
// addresses, no addresses. If it cannot be written, nobody is limited: 16 random characters cannot be guessed anyway.
#pragma once

#include <string>

#include "platform/clock.h"

namespace web {

enum class Verdict { go_on, wait };

class Attempts {
 public:
  // `file` need not exist; its folder must. `salt` keeps addresses from being read out of the file.
  Attempts(platform::Path file, std::string salt) : file_(std::move(file)), salt_(std::move(salt)) {}

  // Asked before a key is hashed; counts one slow hash.
  Verdict ask(const std::string& unit, platform::WallTime now);
  void wrong(const std::string& unit, platform::WallTime now);
  void right(const std::string& unit, platform::WallTime now);

 private:
  platform::Path file_;
  std::string salt_;
};

constexpr int kRetryAfterSeconds = 60;

}  // namespace web
