// SPDX-License-Identifier: GPL-3.0-or-later
// The contents of all files of a package, unpacked by two threads (by the caller's alone where the host allows no more)
// and proved: each has the size and the CRC-32 that the archive states, and unpacking never goes beyond that size.
// Memory: the archive's own, and up to 8 MB a thread; files larger than that come in pieces.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "storage/zip_package.h"

namespace storage {

// A whole file, or a piece of a large one. The bytes are valid during the call only.
struct ZipPiece {
  const ZipEntry& entry;
  std::string_view bytes;
  bool first = true;
  // The file ends with it, and has been proved. A file whose last piece never comes is not to be used.
  bool last = true;
};

struct ContentsOrder {
  // Called for every file, from several threads at once; all pieces of one file come, in order, from the same thread.
  // `thread` is 0 or 1. What it throws ends the work.
  std::function<void(unsigned thread, const ZipPiece&)> take;
  // Both by the caller's thread, some times a second. May be empty.
  std::function<void(uint64_t files, uint64_t bytes)> progress;
  std::function<bool()> stop_asked;
  unsigned threads = 2;
};

enum class ContentsEnd { complete, stopped };

// Throws Failure naming the entry that is damaged or was not what it said, or what `take` threw.
ContentsEnd read_contents(const ZipPackage& package, const ContentsOrder& order);

}  // namespace storage
