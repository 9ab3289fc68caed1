// SPDX-License-Identifier: GPL-3.0-or-later
// A large new file that appears under its name only when it is complete. It is written as NAME.partial; commit()
// renames it, the destructor without a commit deletes it (a kill leaves NAME.partial, which the next attempt
// replaces). An existing NAME is never overwritten. An interface, so that tests can make it fail at any call.
// Errors are thrown as base::Failure with the file's name; a full disk or quota carries its advice (no_space()).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "platform/disk.h"

namespace platform {

class LargeFile {
 public:
  virtual ~LargeFile() = default;

  // Takes the space on the disk now, so that a full disk is known before the work begins. Filesystems that cannot
  // reserve are no failure. What is not used is given back by sync().
  virtual void reserve(uint64_t bytes) = 0;
  virtual void append(std::string_view bytes) = 0;
  // Replaces bytes that were appended before.
  virtual void overwrite(uint64_t at, std::string_view bytes) = 0;
  // Everything is on the disk after this.
  virtual void sync() = 0;
  // The whole file in order, as the disk (not its cache, where that can be asked for) gives it back.
  virtual void read_back(const std::function<void(std::string_view)>& take) = 0;
  // Gives it its name and syncs the folder. Once.
  virtual void commit() = 0;
};

// Creates NAME.partial with these permission bits.
std::unique_ptr<LargeFile> create_large_file(const Path& name, mode_t mode);

}  // namespace platform
