// SPDX-License-Identifier: GPL-3.0-or-later
// Every file operation of the program that can change or misread a site goes through this interface, so that
// tests can record it and make it fail at any call (tests/support/fake_disk.h).
// Paths are absolute. No function follows a symbolic link in the LAST component unless its name says so.
// Errors other than "it is not there" are thrown as base::Failure and name the path and the cause.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace platform {

using Path = std::filesystem::path;
using WallTime = std::chrono::system_clock::time_point;

enum class Kind { file, folder, symlink, other };

struct Facts {
  Kind kind = Kind::other;
  uint64_t size_bytes = 0;
  mode_t mode = 0;  // permission bits only, 07777
  uid_t owner = 0;
  gid_t group = 0;
  dev_t device = 0;
  ino_t inode = 0;
  WallTime changed{};  // mtime
  WallTime touched{};  // ctime: when it was last made, changed, renamed or given other rights here; nobody can set it
};

// Equal for one and the same file or folder that nobody changed, as far as a look can tell. What was changed and looked at
// in one tick of the filesystem's clock may be changed once more unseen.
std::string fingerprint(const Facts& facts);

struct Entry {
  std::string name;
  Kind kind = Kind::other;
};

enum class Sync { no, yes };

class Disk {
 public:
  virtual ~Disk() = default;

  // What lies at `path`, the link itself if it is one; nullopt when nothing does (ENOENT, ENOTDIR).
  virtual std::optional<Facts> look(const Path& path) = 0;
  // The same behind links: what an open() would reach.
  virtual std::optional<Facts> look_through(const Path& path) = 0;
  // The entries of a folder, sorted by name, without . and .. ; nullopt when there is no such folder.
  virtual std::optional<std::vector<Entry>> list(const Path& folder) = 0;
  // Up to most_bytes from the beginning (links are followed); nullopt when there is no such file.
  virtual std::optional<std::string> read(const Path& file, size_t most_bytes) = 0;
  // Whether this process may do it now, by asking the kernel.
  virtual bool may_read(const Path& path) = 0;
  virtual bool may_write(const Path& path) = 0;
  // The path with every link resolved; nullopt when it does not exist.
  virtual std::optional<Path> real_path(const Path& path) = 0;

  // Creates `file` exclusively; a file that exists already is a Failure. Not synced.
  virtual void create(const Path& file, std::string_view bytes, mode_t mode) = 0;
  // The whole file anew: written beside it, synced, renamed over it, the folder synced. On a failure the old
  // file stands and nothing is left beside it. Sync::no is for what a power cut may take back.
  virtual void replace(const Path& file, std::string_view bytes, mode_t mode, Sync sync = Sync::yes) = 0;
  // One folder; true when it was made now, false when a folder was there.
  virtual bool make_folder(const Path& folder, mode_t mode) = 0;
  virtual void rename(const Path& from, const Path& to) = 0;
  // A second file with the same bytes at `to`, which must not exist: a hard link where that is possible, else a
  // copy. On a failure nothing is left at `to`.
  virtual void duplicate(const Path& from, const Path& to) = 0;
  virtual void remove_file(const Path& file) = 0;      // also a symlink; nothing there is no error
  virtual void remove_folder(const Path& folder) = 0;  // must be empty; nothing there is no error
  virtual void set_mode(const Path& path, mode_t mode) = 0;
  virtual void sync_folder(const Path& folder) = 0;
};

// The real one.
Disk& posix_disk();

// What is free for this account on the filesystem that holds `folder`, quotas left out; nullopt when it does not say.
std::optional<uint64_t> free_bytes(const Path& folder);
// The same of files that may still be made; nullopt too where the filesystem knows no such limit.
std::optional<uint64_t> free_files(const Path& folder);

// Makes the folder and the missing ones above it.
void make_folders(Disk& disk, const Path& folder, mode_t mode);

// True if `path` is `folder` or lies below it. Both are compared as written, after lexical normalisation.
bool lies_in(const Path& path, const Path& folder);

// Deletes what killed calls of replace() left beside the file. The caller knows that nobody else replaces it now.
void remove_abandoned(Disk& disk, const Path& file);

}  // namespace platform
