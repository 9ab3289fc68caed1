// SPDX-License-Identifier: GPL-3.0-or-later
// A disk as it would be if some files had another content: for reading what a change would come to before it is made. Reads only; what
// changes something is a Failure.
#pragma once

#include <map>
#include <string>

#include "platform/disk.h"

namespace platform {

class SubstitutedDisk final : public Disk {
 public:
  // Folders above the files need not exist. `under` outlives this.
  SubstitutedDisk(Disk& under, std::map<Path, std::string> files) : under_(under), files_(std::move(files)) {}

  std::optional<Facts> look(const Path& path) override;
  std::optional<Facts> look_through(const Path& path) override;
  std::optional<std::vector<Entry>> list(const Path& folder) override { return under_.list(folder); }
  std::optional<std::string> read(const Path& file, size_t most_bytes) override;
  bool may_read(const Path& path) override { return files_.contains(path) || under_.may_read(path); }
  bool may_write(const Path& path) override { return under_.may_write(path); }
  std::optional<Path> real_path(const Path& path) override { return under_.real_path(path); }

  void create(const Path& file, std::string_view, mode_t) override { refuse(file); }
  void replace(const Path& file, std::string_view, mode_t, Sync) override { refuse(file); }
  bool make_folder(const Path& folder, mode_t) override { refuse(folder); }
  void rename(const Path& from, const Path&) override { refuse(from); }
  void duplicate(const Path&, const Path& to) override { refuse(to); }
  void remove_file(const Path& file) override { refuse(file); }
  void remove_folder(const Path& folder) override { refuse(folder); }
  void set_mode(const Path& path, mode_t) override { refuse(path); }
  void sync_folder(const Path& folder) override { refuse(folder); }

 private:
  [[noreturn]] static void refuse(const Path& path);

  Disk& under_;
  std::map<Path, std::string> files_;
};

}  // namespace platform
