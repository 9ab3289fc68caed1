// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/readable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/failure.h"

namespace platform {

namespace {

constexpr size_t kBufferBytes = 256 << 10;

}  // namespace

ReadableFile::ReadableFile(const Path& file)
    : file_(file), fd_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)), buffer_(kBufferBytes) {
  struct stat facts {};
  if (!fd_ || ::fstat(fd_.number(), &facts) != 0) throw base::system_failure("cannot read " + file.native(), errno);
  if (!S_ISREG(facts.st_mode)) throw base::Failure(file.native() + " is no plain file");
  size_bytes_ = static_cast<uint64_t>(facts.st_size);
}

std::string_view ReadableFile::read(uint64_t at, uint64_t most) {
  size_t wanted = static_cast<size_t>(std::min<uint64_t>(most, buffer_.size()));
  ssize_t got;
  do got = ::pread(fd_.number(), buffer_.data(), wanted, static_cast<off_t>(at));
  while (got < 0 && errno == EINTR);
  if (got < 0) throw base::system_failure("cannot read " + file_.native(), errno);
  return {buffer_.data(), static_cast<size_t>(got)};
}

}  // namespace platform
