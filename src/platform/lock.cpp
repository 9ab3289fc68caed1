// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <thread>

#include "base/failure.h"
#include "base/text.h"

namespace platform {

namespace {

base::Failure lock_failure(const Path& file, int error) {
  return base::system_failure("cannot lock " + base::printable_line(file.native()), error);
}

// True when we got it now.
bool take(const base::Fd& fd, int kind, const Path& file) {
  int result;
  do result = ::flock(fd.number(), kind | LOCK_NB);
  while (result != 0 && errno == EINTR);
  if (result == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  throw lock_failure(file, errno);
}

}  // namespace

std::optional<base::Fd> try_lock(const Path& file) {
  base::Fd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) throw lock_failure(file, errno);
  if (!take(fd, LOCK_EX, file)) return std::nullopt;
  return fd;
}

std::optional<base::Fd> lock(const Path& file, std::chrono::milliseconds patience) {
  auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    if (auto fd = try_lock(file)) return fd;
    if (std::chrono::steady_clock::now() >= until) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

bool is_locked(const Path& file) {
  base::Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd && (errno == ENOENT || errno == ENOTDIR)) return false;
  if (!fd) throw lock_failure(file, errno);
  return !take(fd, LOCK_SH, file);
}

}  // namespace platform
