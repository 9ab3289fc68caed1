// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/clock.h"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "base/failure.h"
#include "base/handle.h"
#include "base/text.h"

namespace platform {

namespace {

class SystemClock final : public Clock {
 public:
  WallTime now() override { return std::chrono::system_clock::now(); }
};

std::string formatted(WallTime time, const char* pattern) {
  std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[64];
  return std::string(text, std::strftime(text, sizeof text, pattern, &parts));
}

std::string from_urandom(size_t count) {
  base::Fd fd(::open("/dev/urandom", O_RDONLY | O_CLOEXEC));
  std::string bytes(count, '\0');
  if (!fd || ::read(fd.number(), bytes.data(), count) != static_cast<ssize_t>(count))
    throw base::Failure("no source of random numbers: neither getrandom nor /dev/urandom works here",
                        "ask the host to make /dev/urandom readable");
  return bytes;
}

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

int64_t unix_seconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

WallTime from_unix_seconds(int64_t seconds) {
  constexpr int64_t kMost = int64_t{146} * 365 * 86400;
  return WallTime(std::chrono::seconds(std::clamp(seconds, -kMost, kMost)));
}

std::string utc_words(WallTime time) { return formatted(time, "%Y-%m-%d %H:%M:%S UTC"); }

std::string utc_stamp(WallTime time) { return formatted(time, "%Y%m%d-%H%M%S"); }

std::string random_bytes(size_t count) {
  std::string bytes(count, '\0');
  ssize_t got;
  do got = ::getrandom(bytes.data(), count, 0);
  while (got < 0 && errno == EINTR);
  return got == static_cast<ssize_t>(count) ? bytes : from_urandom(count);
}

std::string random_word(size_t bits) { return base::base64url(random_bytes((bits + 7) / 8)); }

}  // namespace platform
