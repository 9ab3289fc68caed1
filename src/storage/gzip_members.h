// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a .gz file of independent members, each of about 1 MiB of input with its own header and checksum: zcat,
// gzopen, compress.zlib:// and Python's gzip read them as one. Two threads compress; each inflates what it made and
// compares it with the input before it is written, in order. Memory: kBlocks blocks, in and out, about 16 MB in all.
// Where the host allows no more threads the caller's own does the work.
// The first member is stored, not compressed, so that its text can be replaced at the end by one of the same length.
// Anything that fails in a thread is thrown, as base::Failure, by the next call. Without commit() no file is left.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "platform/large_file.h"

namespace storage {

struct GzipTotals {
  uint64_t input_bytes = 0;
  uint64_t file_bytes = 0;
  std::string sha256;  // of the file as it was read back, 64 hex digits
};

class GzipMembers {
 public:
  static constexpr size_t kBlockBytes = 1 << 20;
  static constexpr size_t kBlocks = 6;
  // Files of a CRM's tables come out 4 to 8 % smaller than gzip's; level 6 gains 2 % more for a fifth more time.
  static constexpr int kLevel = 5;

  // `preface` is the text of the first member, up to kBlockBytes.
  GzipMembers(std::unique_ptr<platform::LargeFile> file, std::string_view preface);
  ~GzipMembers();
  GzipMembers(const GzipMembers&) = delete;
  GzipMembers& operator=(const GzipMembers&) = delete;

  // Where the next bytes go, with room for at least `bytes` (at most kBlockBytes); valid until the next call.
  char* room(size_t bytes);
  // So many bytes were put there.
  void advance(size_t bytes);
  // How much room() gives without beginning a new member.
  size_t left() const;
  void write(std::string_view bytes);

  // Input so far, the preface included.
  uint64_t input_bytes() const;
  // Written to the file so far.
  uint64_t file_bytes() const;

  // Ends the last member, puts the final preface (same length) in its place, syncs, reads the whole file back and
  // compares length and checksum with what was written. Nothing can be written afterwards.
  GzipTotals finish(std::string_view preface);
  // Gives the file its name; after finish().
  void commit();

 private:
  class Press;
  std::unique_ptr<Press> press_;
};

}  // namespace storage
