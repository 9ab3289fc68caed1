// SPDX-License-Identifier: GPL-3.0-or-later
// A folder full of new files that appears under its name only when it is complete and on the disk. It is filled as
// NAME.partial; commit() syncs it as a whole and renames it, the destructor without a commit deletes it. After a kill
// NAME.partial and NAME.reserve are left, which the next attempt replaces; so is the space they take until then.
// An existing NAME is never touched. An interface, so that tests can make it fail at any call.
//
// Paths are relative, without "." and "..": the caller has judged them. Even so nothing is ever written through a link:
// folders are opened part by part, files are created anew or it is a Failure.
// Errors are thrown as base::Failure with the file's name; a full disk or quota, or no more files allowed, carries its
// advice (no_space()).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "platform/disk.h"

namespace platform {

class NewTree {
 public:
  // So many threads may work at once, each with a `hand` of its own: 0 or 1.
  static constexpr unsigned kHands = 2;

  virtual ~NewTree() = default;

  // Takes the space on the disk before the work begins, and gives it back as files are written: then a full disk is
  // known before there is a file. Where a filesystem cannot reserve, what it says to be free must do. `files` counts
  // folders too; where a filesystem counts them, so many must be left.
  virtual void reserve(uint64_t bytes, uint64_t files) = 0;
  // With the folders above it; one that is there already is no failure.
  virtual void make_folder(unsigned hand, const std::string& path) = 0;
  // A new file, and the folders above it. Its permission bits are `mode`, whatever the umask is; those of folders 0755.
  virtual void write(unsigned hand, const std::string& path, std::string_view bytes, mode_t mode) = 0;
  // More bytes for a file that this hand wrote.
  virtual void append(unsigned hand, const std::string& path, std::string_view bytes) = 0;
  // Everything is on the disk and has its name after this. Once.
  virtual void commit() = 0;
};

// Creates NAME.partial, having deleted what a killed attempt left.
std::unique_ptr<NewTree> create_new_tree(const Path& name);

// Deletes what a killed attempt left.
void discard_new_tree(const Path& name);

// Deletes a folder with all that is in it; links are deleted themselves. What is not there is no failure; after a
// Failure (naming the first entry that could not be deleted) all that could be is gone.
void remove_tree(const Path& folder);

// What files and folders take on a disk: blocks of 4 KB.
inline uint64_t disk_bytes(uint64_t bytes) { return (bytes + 4095) / 4096 * 4096; }

}  // namespace platform
