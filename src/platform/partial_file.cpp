// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/partial_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/listed_url.h"

namespace platform {

namespace {

std::string shown(const Path& path) { return base::printable_line(path.native()); }

}  // namespace

PartialFile::PartialFile(const DownloadOrder& order) : order_(order), partial_(order.file.native() + ".partial") {
  file_.reset(::open(partial_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  struct stat facts {};
  if (!file_ || ::fstat(file_.number(), &facts) != 0) throw base::system_failure("cannot open " + shown(partial_), errno);
  if (!S_ISREG(facts.st_mode)) throw base::Failure("not written into, it is no plain file: " + shown(partial_));
  if (::fchmod(file_.number(), 0600) != 0) throw base::system_failure("cannot set the mode of " + shown(partial_), errno);
  bytes_ = static_cast<uint64_t>(facts.st_size);
}

void PartialFile::begin_anew() {
  if (::ftruncate(file_.number(), 0) != 0) fail("cannot write " + shown(partial_), errno);
  bytes_ = 0;
}

void PartialFile::begin(const AnswerHead& head) {
  if (head.from == 0) begin_anew();
  if (head.from != bytes_) throw base::Failure(shown_url(order_.url) + " answers another part than the one asked for");
  of_ = head.length > 0 ? head.from + head.length : 0;
  refuse_more_than_most(of_);
  reserve(head.length);
  tell_progress();
}

void PartialFile::take(std::string_view bytes) {
  refuse_more_than_most(bytes_ + bytes.size());
  while (!bytes.empty()) {
    ssize_t count = ::pwrite(file_.number(), bytes.data(), bytes.size(), static_cast<off_t>(bytes_));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("cannot write " + shown(partial_), errno);
    bytes.remove_prefix(static_cast<size_t>(count));
    bytes_ += static_cast<uint64_t>(count);
  }
  tell_progress();
}

Downloaded PartialFile::commit() {
  if (::ftruncate(file_.number(), static_cast<off_t>(bytes_)) != 0 || ::fsync(file_.number()) != 0)
    fail("cannot write " + shown(partial_), errno);
  Downloaded done{bytes_, sha256()};
  posix_disk().rename(partial_, order_.file);
  posix_disk().sync_folder(order_.file.parent_path());
  return done;
}

void PartialFile::fail(const std::string& attempt, int error) {
  if (error == ENOSPC || error == EDQUOT) ::unlink(partial_.c_str());
  throw base::system_failure(attempt, error);
}

void PartialFile::refuse_more_than_most(uint64_t bytes) const {
  if (bytes > order_.most_bytes)
    throw base::Failure(shown_url(order_.url) + " is larger than " + base::size_words(order_.most_bytes));
}

// A full disk is known before the work begins. Filesystems that cannot reserve are no failure.
void PartialFile::reserve(uint64_t bytes) {
  if (bytes == 0) return;
  while (::fallocate(file_.number(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(bytes_), static_cast<off_t>(bytes)) != 0) {
    if (errno == EINTR) continue;
    if (errno != ENOSPC && errno != EDQUOT && errno != EFBIG) return;
    fail("cannot reserve " + base::size_words(bytes) + " for " + shown(order_.file), errno);
  }
}

void PartialFile::tell_progress() {
  if (order_.progress) order_.progress(bytes_, of_);
}

// As the disk has it: a part of it may be of an earlier attempt.
std::string PartialFile::sha256() {
  base::Sha256 sha;
  std::array<char, 65536> buffer;
  for (off_t at = 0;;) {
    ssize_t count = ::pread(file_.number(), buffer.data(), buffer.size(), at);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("cannot read " + shown(partial_), errno);
    if (count == 0) return base::hex(sha.end());
    sha.add({buffer.data(), static_cast<size_t>(count)});
    at += count;
  }
}

}  // namespace platform
