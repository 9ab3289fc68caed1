// SPDX-License-Identifier: GPL-3.0-or-later
// A disk as overlay filesystems make it: folders that come from the layer below cannot be renamed (EXDEV), files and
// folders that were made later can. Stands before a MemoryDisk.
#pragma once

#include <set>

#include "support/fake_disk.h"

namespace support {

class LayeredDisk final : public platform::Disk {
 public:
  explicit LayeredDisk(MemoryDisk& under) : under_(under) {}

  // All folders below `top` that are there now are of the layer below.
  void freeze(const Path& top) {
    for (const auto& [path, what] : under_.tree(top))
      if (what == "folder") lower_.insert(under_.look(path)->inode);
  }

  void rename(const Path& from, const Path& to) override {
    auto facts = under_.look(from);
    if (facts && facts->kind == Kind::folder && lower_.count(facts->inode) > 0)
      throw base::system_failure("cannot rename " + from.native() + " -> " + to.native(), EXDEV);
    under_.rename(from, to);
  }

  std::optional<Facts> look(const Path& path) override { return under_.look(path); }
  std::optional<Facts> look_through(const Path& path) override { return under_.look_through(path); }
  std::optional<std::vector<Entry>> list(const Path& folder) override { return under_.list(folder); }
  std::optional<std::string> read(const Path& file, size_t most) override { return under_.read(file, most); }
  bool may_read(const Path& path) override { return under_.may_read(path); }
  bool may_write(const Path& path) override { return under_.may_write(path); }
  std::optional<Path> real_path(const Path& path) override { return under_.real_path(path); }
  void create(const Path& file, std::string_view bytes, mode_t mode) override { under_.create(file, bytes, mode); }
  void replace(const Path& file, std::string_view bytes, mode_t mode, Sync sync) override {
    under_.replace(file, bytes, mode, sync);
  }
  bool make_folder(const Path& folder, mode_t mode) override { return under_.make_folder(folder, mode); }
  void duplicate(const Path& from, const Path& to) override { under_.duplicate(from, to); }
  void remove_file(const Path& file) override { under_.remove_file(file); }
  void remove_folder(const Path& folder) override { under_.remove_folder(folder); }
  void set_mode(const Path& path, mode_t mode) override { under_.set_mode(path, mode); }
  void sync_folder(const Path& folder) override { under_.sync_folder(folder); }

 private:
  MemoryDisk& under_;
  std::set<ino_t> lower_;
};

}  // namespace support
