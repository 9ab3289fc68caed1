// SPDX-License-Identifier: GPL-3.0-or-later
// A disk that stands before another one and passes every call on: tests override what they want to be different.
#pragma once

#include "platform/disk.h"

namespace support {

using platform::Entry;
using platform::Facts;
using platform::Path;
using platform::Sync;

class PassingDisk : public platform::Disk {
 public:
  explicit PassingDisk(platform::Disk& under) : under_(under) {}

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
  void rename(const Path& from, const Path& to) override { under_.rename(from, to); }
  void duplicate(const Path& from, const Path& to) override { under_.duplicate(from, to); }
  void remove_file(const Path& file) override { under_.remove_file(file); }
  void remove_folder(const Path& folder) override { under_.remove_folder(folder); }
  void set_mode(const Path& path, mode_t mode) override { under_.set_mode(path, mode); }
  void sync_folder(const Path& folder) override { under_.sync_folder(folder); }

 protected:
  platform::Disk& under_;
};

}  // namespace support
