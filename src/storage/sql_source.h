// SPDX-License-Identifier: GPL-3.0-or-later
// The SQL inside of FILE.sql, FILE.sql.gz or FILE.zip as one stream of bytes. What a file is, is told by its first
// bytes, never by its name. A gzip file may have any number of members; a zip must hold exactly one .sql, not encrypted.
// A byte order mark is skipped. A thread of its own reads and unpacks ahead; where the host allows no more threads the
// caller's own does it. Memory: kBlocks blocks of kBlockBytes, whatever the file's size or packing ratio.
// Thrown as base::Failure, with the file's name, from the constructor or from next(): not there, not readable, empty,
// another packing (with advice), UTF-16, cut off or damaged (with the position in the file).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "platform/disk.h"

namespace storage {

enum class SqlPacking { plain, gzip, zip };

class SqlSource {
 public:
  static constexpr size_t kBlockBytes = 1 << 20;
  static constexpr size_t kBlocks = 4;

  explicit SqlSource(const platform::Path& file);
  ~SqlSource();
  SqlSource(const SqlSource&) = delete;
  SqlSource& operator=(const SqlSource&) = delete;

  // The next bytes of the SQL, at most kBlockBytes; empty after the last. Valid until the next call. Once it threw, it
  // throws the same again.
  std::string_view next();

  SqlPacking packing() const;
  // The size of the file on the disk, and how far into it the bytes that next() gave so far reach: for progress.
  uint64_t file_bytes() const;
  uint64_t file_position() const;
  // SQL that next() gave so far, without the byte order mark.
  uint64_t sql_position() const;

 private:
  class Reader;
  std::unique_ptr<Reader> reader_;
};

}  // namespace storage
