// SPDX-License-Identifier: GPL-3.0-or-later
// A file that is read in parts, from anywhere, however large it is. Errors are thrown as base::Failure with its name.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/handle.h"
#include "platform/disk.h"

namespace platform {

class ReadableFile {
 public:
  // A plain file; a link, a folder or a device is a Failure.
  explicit ReadableFile(const Path& file);

  uint64_t size_bytes() const { return size_bytes_; }
  // The bytes from `at` on, at most `most` (and 256 KB); empty at the end. Valid until the next call.
  std::string_view read(uint64_t at, uint64_t most);

 private:
  Path file_;
  base::Fd fd_;
  uint64_t size_bytes_ = 0;
  std::vector<char> buffer_;
};

}  // namespace platform
