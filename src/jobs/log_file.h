// SPDX-License-Identifier: GPL-3.0-or-later
// A second log, in the site, for a job whose plan names one: the owner knows its name from the script that used to do the work, and
// reads it over FTP. A line each, in that script's form: "[2026-11-21 09:30:15] text", in UTC, secrets masked (base/masking.h). Only
// its owner may read it: 0600, also one that the script left open.
// Nothing fails with it: where it cannot be written the job's own log has all the same.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "platform/disk.h"

namespace jobs {

class LogFile {
 public:
  // `file` empty: does nothing. A file that is there is written on; `begins`: it is made when it is not. Another file of that name
  // than a plain one of this account, with no second name, is left alone.
  LogFile(platform::Path file, bool begins, std::vector<std::string> secrets);
  // Any bytes, in any portions; a line is written when it is whole.
  void say(std::string_view bytes);
  void finish_line();

 private:
  void write(std::string_view line);

  platform::Path file_;
  bool begins_;
  std::vector<std::string> secrets_;
  std::string pending_;
};

}  // namespace jobs
