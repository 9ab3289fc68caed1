// SPDX-License-Identifier: GPL-3.0-or-later
// A file as libzip reads it, over a descriptor of ours: without its own FILE, whose buffer is thrown away at each seek.
// Used by zip_package.cpp only.
#pragma once

#include <zip.h>

#include <cstdint>
#include <string>

#include "base/handle.h"
#include "platform/disk.h"

namespace storage {

class ZipInput {
 public:
  // Throws Failure when the file is not there, is no file, or cannot be read.
  explicit ZipInput(const platform::Path& file);
  ZipInput(const ZipInput&) = delete;
  ZipInput& operator=(const ZipInput&) = delete;

  uint64_t bytes() const { return bytes_; }
  // Up to `bytes`; fewer only at the end of the file. Throws Failure.
  size_t read_at(uint64_t at, char* to, size_t bytes) const;

  // For libzip; this object must outlive it. nullptr when there is no memory.
  zip_source_t* source(zip_error_t* error);

 private:
  static zip_int64_t answer(void* self, void* data, zip_uint64_t bytes, zip_source_cmd_t command);
  zip_int64_t answer(void* data, zip_uint64_t bytes, zip_source_cmd_t command);
  zip_int64_t read(char* to, uint64_t bytes);

  std::string shown_;
  base::Fd fd_;
  uint64_t bytes_ = 0;
  uint64_t position_ = 0;
  std::string block_;  // a piece of the file that was read ahead, from block_at_
  uint64_t block_at_ = 0;
  zip_error_t error_;
};

}  // namespace storage
