// SPDX-License-Identifier: GPL-3.0-or-later
// The three ways in which SQL lies in a file, each unpacked as a stream. Failures: sql_source.h.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/failure.h"
#include "platform/disk.h"
#include "storage/sql_source.h"

namespace storage {

class SqlInput {
 public:
  virtual ~SqlInput() = default;
  // Puts up to `bytes` to `to`; fewer only at the end.
  virtual size_t read(char* to, size_t bytes) = 0;
  // How far into the file that reached.
  virtual uint64_t position() const = 0;
};

struct OpenedSql {
  std::unique_ptr<SqlInput> input;
  SqlPacking packing = SqlPacking::plain;
  uint64_t file_bytes = 0;
};

// By the file's first bytes.
OpenedSql open_sql(const platform::Path& file);

std::unique_ptr<SqlInput> open_zip(const platform::Path& file, uint64_t file_bytes);

// "FILE is damaged at byte 1234: WHY".
base::Failure damaged_file(const platform::Path& file, uint64_t at, const std::string& why);

}  // namespace storage
