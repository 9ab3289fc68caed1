// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/handle.h"
#include "base/masking.h"
#include "base/text.h"
#include "platform/clock.h"

namespace jobs {

namespace {

constexpr size_t kMostLine = 16 << 10;

}  // namespace

LogFile::LogFile(platform::Path file, bool begins, std::vector<std::string> secrets)
    : file_(std::move(file)), begins_(begins), secrets_(std::move(secrets)) {}

void LogFile::say(std::string_view bytes) {
  if (file_.empty()) return;
  pending_ += bytes;
  for (size_t end; (end = pending_.find('\n')) != std::string::npos; pending_.erase(0, end + 1)) write(std::string_view(pending_).substr(0, end));
  if (pending_.size() > kMostLine) finish_line();
}

void LogFile::finish_line() {
  if (pending_.empty()) return;
  write(pending_);
  pending_.clear();
}

// Opened for each line: the owner may take the file away at any time, and a later step does.
void LogFile::write(std::string_view line) {
  if (base::trim(line).empty()) return;
  int flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | (begins_ ? O_CREAT : 0);
  begins_ = false;
  base::Fd fd(::open(file_.c_str(), flags, 0600));
  struct stat facts {};
  if (!fd || ::fstat(fd.number(), &facts) != 0 || !S_ISREG(facts.st_mode) || facts.st_uid != ::geteuid() || facts.st_nlink != 1) return;
  if ((facts.st_mode & 077) != 0 && ::fchmod(fd.number(), 0600) != 0) return;
  std::string now = platform::utc_words(platform::system_clock().now());
  std::string text = "[" + now.substr(0, now.rfind(' ')) + "] " + base::printable(base::masked(line, secrets_)) + "\n";
  if (::write(fd.number(), text.data(), text.size()) < 0) return;
}

}  // namespace jobs
