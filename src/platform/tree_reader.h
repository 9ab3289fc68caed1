// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a large tree quickly: folders are opened part by part and kept open while their neighbours are read, files are
// read in blocks of one buffer. Links to folders are followed, a link in the place of a file is none; nothing is ever
// waited for (pipes), and nothing changed, not even times of access where the kernel lets this account ask for that.
// One object for each thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/disk.h"

namespace platform {

class TreeReader {
 public:
  // Throws Failure when the root cannot be opened as a folder (links are followed here).
  explicit TreeReader(const Path& root);
  ~TreeReader();
  TreeReader(const TreeReader&) = delete;
  TreeReader& operator=(const TreeReader&) = delete;

  enum class Result {
    done,
    absent,      // nothing there, or a folder above it is a file
    other_kind,  // a folder, link, pipe, ... where a file was asked for; a file or link where a folder was
    refused,     // no permission, or the disk failed
  };

  // A file's size, mode and time, without its content.
  struct Opened {
    uint64_t size_bytes = 0;
    mode_t mode = 0;
    WallTime changed{};
  };
  // Opens a file; `facts` is filled when it is done. read_on() reads it then.
  Result open(const std::string& path, Opened& facts);
  // The next block of the opened file, up to 1 MB, valid until the next call; empty at the end that it had when it was
  // opened, or has now. `path` of open() must live until then. Throws Failure.
  std::string_view read_on();

  // The entries of a folder, not sorted, and its mode. "" is the root.
  Result list(const std::string& path, std::vector<Entry>& entries, mode_t& mode);

 private:
  class Cursor;
  std::unique_ptr<Cursor> cursor_;
};

}  // namespace platform
