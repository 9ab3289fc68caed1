// SPDX-License-Identifier: GPL-3.0-or-later
// Looking at a folder that may be an application's, or what a broken update left of it: what is missing, and what may not be looked
// at, is no error; the first reason why something could not be looked at is kept for whoever finds that the rest does not suffice.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/failure.h"
#include "platform/disk.h"

namespace apps {

using platform::Path;

class Look {
 public:
  explicit Look(platform::Disk& disk) : disk_(disk) {}

  bool is_file(const Path& path) { return is(path, platform::Kind::file); }
  bool is_folder(const Path& path) { return is(path, platform::Kind::folder); }
  std::vector<std::string> folders_in(const Path& folder);
  // The beginning of a file; empty where there is none, or it may not be read.
  std::string text_of(const Path& file, size_t most_bytes);
  // Links resolved: public_html is often one to the folder of the application. The path itself where that cannot be done.
  Path real(const Path& folder);

  const std::optional<base::Failure>& failure() const { return failure_; }

 private:
  bool is(const Path& path, platform::Kind kind);
  void keep(const base::Failure& failure);

  platform::Disk& disk_;
  std::optional<base::Failure> failure_;
};

// Without dots, doubled slashes and one at the end.
Path tidy(const Path& folder);

}  // namespace apps
