// SPDX-License-Identifier: GPL-3.0-or-later
// Which of many files are there: each folder below one is listed once, instead of every file looked at (15,000 files lie in
// 3,000 folders). Reading only. A folder that may not be listed counts as complete, and why is told.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "platform/disk.h"

namespace apps::mautic {

using platform::Path;

class TreeListing {
 public:
  // `problems` gets a sentence for each folder that may not be listed; it outlives this.
  TreeListing(platform::Disk& disk, Path top, std::vector<std::string>& problems)
      : disk_(disk), top_(std::move(top)), problems_(problems) {}

  // Paths are relative to the top. A link that leads to something counts as that.
  bool has_file(const std::string& path);
  // The same, but a folder that may not be listed counts as empty.
  bool shows_file(const std::string& path);
  bool has_folder(const std::string& path) { return listed(path).is_there; }
  std::vector<std::string> folders_in(const std::string& path);
  // Whether any file lies in it or below. Folders whose files an update deleted stay for ever.
  bool holds_files(const std::string& path, int depth = 0);

 private:
  struct Folder {
    bool is_there = false, is_readable = true;
    std::vector<platform::Entry> entries;  // by name
  };
  const Folder& listed(const std::string& path);

  platform::Disk& disk_;
  Path top_;
  std::vector<std::string>& problems_;
  std::unordered_map<std::string, Folder> folders_;  // references to what is in it stay good
};

}  // namespace apps::mautic
