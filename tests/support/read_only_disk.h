// SPDX-License-Identifier: GPL-3.0-or-later
// Refuses every change and counts it, for tests of what only reads.
#pragma once

#include "base/failure.h"
#include "support/passing_disk.h"

namespace support {

class ReadOnlyDisk final : public PassingDisk {
 public:
  using PassingDisk::PassingDisk;
  int changes = 0;

  void create(const platform::Path&, std::string_view, mode_t) override { refuse(); }
  void replace(const platform::Path&, std::string_view, mode_t, platform::Sync) override { refuse(); }
  bool make_folder(const platform::Path&, mode_t) override { return refuse(); }
  void rename(const platform::Path&, const platform::Path&) override { refuse(); }
  void duplicate(const platform::Path&, const platform::Path&) override { refuse(); }
  void remove_file(const platform::Path&) override { refuse(); }
  void remove_folder(const platform::Path&) override { refuse(); }
  void set_mode(const platform::Path&, mode_t) override { refuse(); }
  void sync_folder(const platform::Path&) override { refuse(); }

 private:
  bool refuse() {
    ++changes;
    throw base::Failure("something was to be changed that is only read");
  }
};

}  // namespace support
