// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a zip archive's directory beside libzip, for what libzip does not tell: the raw name with its length, where the
// data of each entry lies, and whether the header in front of the data says the same. Two readers who see different
// archives are how archives deceive; zip_package.cpp refuses where the two differ.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "storage/zip_entry.h"

namespace storage {

// Up to `bytes` from position `at`; fewer only at the end of the file.
using ReadAt = std::function<size_t(uint64_t at, char* to, size_t bytes)>;

constexpr size_t kMostZipEntries = 200000;
constexpr size_t kMostZipDirectoryBytes = 16 << 20;

// The headers in the directory's order. Throws Failure, beginning with `shown` (the archive's name): when the archive
// is cut off or damaged, is a part of several disks, states two different counts, sizes or places (zip64 fields that
// disagree), when an entry's local header says something else than the directory, and when the data of two entries
// overlap. Where one entry is to blame it is named.
std::vector<ZipHeader> read_zip_directory(const std::string& shown, uint64_t file_bytes, const ReadAt& read);

}  // namespace storage
