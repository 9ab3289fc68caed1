// SPDX-License-Identifier: GPL-3.0-or-later
// A disk as overlay filesystems make it: folders that come from the layer below cannot be renamed (EXDEV), files and
// folders that were made later can. Stands before a MemoryDisk.
#pragma once

#include <set>

#include "support/fake_disk.h"

namespace support {

class LayeredDisk final : public PassingDisk {
 public:
  explicit LayeredDisk(MemoryDisk& under) : PassingDisk(under), memory_(under) {}

  // All folders below `top` that are there now are of the layer below.
  void freeze(const Path& top) {
    for (const auto& [path, what] : memory_.tree(top))
      if (what == "folder") lower_.insert(under_.look(path)->inode);
  }

  void rename(const Path& from, const Path& to) override {
    auto facts = under_.look(from);
    if (facts && facts->kind == Kind::folder && lower_.count(facts->inode) > 0)
      throw base::system_failure("cannot rename " + from.native() + " -> " + to.native(), EXDEV);
    under_.rename(from, to);
  }

 private:
  MemoryDisk& memory_;
  std::set<ino_t> lower_;
};

}  // namespace support
