// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a zip archive from its first byte to its last, without going back: into a file, or to a browser while it is
// made. Files of any size and number (zip64 where it is needed); small ones are deflated at once, or stored where that
// is not larger; large ones are deflated as they come, with their sizes behind them. Memory: about 13 MB, and 100 bytes
// an entry. What it writes is read by zip_package.h, unzip, PHP's ZipArchive, Windows and macOS.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "platform/disk.h"

namespace storage {

class ZipWriter {
 public:
  // `take` gets the archive's bytes in order; what it throws is passed on, and the archive is then to be thrown away.
  explicit ZipWriter(std::function<void(std::string_view)> take);
  ~ZipWriter();
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  // `path` is relative, with single slashes. `next` gives the content piece by piece, an empty one at its end; a file
  // that grows or shrinks meanwhile comes out as it was read.
  void add_file(const std::string& path, mode_t mode, platform::WallTime changed,
                const std::function<std::string_view()>& next);
  void add_folder(const std::string& path, mode_t mode, platform::WallTime changed);
  // Writes the table of contents. Nothing can be added afterwards; without it there is no archive.
  void finish();

  uint64_t bytes() const;  // written so far
  uint64_t entries() const;

 private:
  class Stream;
  std::unique_ptr<Stream> stream_;
};

}  // namespace storage
