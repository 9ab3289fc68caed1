// SPDX-License-Identifier: GPL-3.0-or-later
// The POSIX disk, and the two helpers that need only the interface.
#include "platform/disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>

#include "base/failure.h"
#include "base/handle.h"
#include "base/text.h"
#include "platform/clock.h"

namespace platform {

namespace {

[[noreturn]] void fail(const std::string& attempt, int error = errno) { throw base::system_failure(attempt, error); }

constexpr std::string_view kNewMark = ".new-";  // begins the name of what replace() is writing

// The path as it may stand in a sentence.
std::string shown(const Path& path) { return base::printable_line(path.native()); }

bool is_absent(int error) { return error == ENOENT || error == ENOTDIR; }

Kind kind_of(mode_t mode) {
  if (S_ISREG(mode)) return Kind::file;
  if (S_ISDIR(mode)) return Kind::folder;
  return S_ISLNK(mode) ? Kind::symlink : Kind::other;
}

Kind kind_of_entry(unsigned char type) {
  switch (type) {
    case DT_REG: return Kind::file;
    case DT_DIR: return Kind::folder;
    case DT_LNK: return Kind::symlink;
    default: return Kind::other;
  }
}

WallTime time_of(const timespec& time) {
  return from_unix_seconds(time.tv_sec) + std::chrono::duration_cast<WallTime::duration>(std::chrono::nanoseconds(time.tv_nsec));
}

std::optional<Facts> facts(const Path& path, int flags) {
  struct stat st {};
  if (::fstatat(AT_FDCWD, path.c_str(), &st, flags) != 0) {
    if (is_absent(errno)) return std::nullopt;
    fail("cannot look at " + shown(path));
  }
  return Facts{kind_of(st.st_mode), static_cast<uint64_t>(st.st_size), st.st_mode & 07777U, st.st_uid, st.st_gid,
               st.st_dev, st.st_ino, time_of(st.st_mtim), time_of(st.st_ctim)};
}

void write_all(int fd, std::string_view bytes, const Path& file) {
  while (!bytes.empty()) {
    ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("cannot write " + shown(file));
    bytes.remove_prefix(static_cast<size_t>(count));
  }
}

base::Fd create_file(const Path& file, mode_t mode) {
  base::Fd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!fd) fail("cannot create " + shown(file));
  if (::fchmod(fd.number(), mode) != 0) fail("cannot set the permissions of " + shown(file));
  return fd;
}

void copy_bytes(int source, int target, const Path& from, const Path& to) {
  std::array<char, 65536> buffer;
  for (;;) {
    ssize_t count = ::read(source, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("cannot read " + shown(from));
    if (count == 0) return;
    write_all(target, {buffer.data(), static_cast<size_t>(count)}, to);
  }
}

class PosixDisk final : public Disk {
 public:
  std::optional<Facts> look(const Path& path) override { return facts(path, AT_SYMLINK_NOFOLLOW); }
  std::optional<Facts> look_through(const Path& path) override { return facts(path, 0); }

  std::optional<std::vector<Entry>> list(const Path& folder) override {
    std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(folder.c_str()), ::closedir);
    if (!dir) {
      if (is_absent(errno)) return std::nullopt;
      fail("cannot list " + shown(folder));
    }
    std::vector<Entry> entries;
    for (;;) {
      errno = 0;
      const dirent* entry = ::readdir(dir.get());
      if (!entry) break;
      std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      Kind kind = kind_of_entry(entry->d_type);
      if (entry->d_type == DT_UNKNOWN)
        if (auto seen = look(folder / name)) kind = seen->kind;
      entries.push_back({std::move(name), kind});
    }
    if (errno != 0) fail("cannot list " + shown(folder));
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
    return entries;
  }

  std::optional<std::string> read(const Path& file, size_t most_bytes) override {
    base::Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd) {
      if (is_absent(errno)) return std::nullopt;
      fail("cannot read " + shown(file));
    }
    std::string bytes;
    while (bytes.size() < most_bytes) {
      char buffer[16384];
      ssize_t count = ::read(fd.number(), buffer, std::min(sizeof buffer, most_bytes - bytes.size()));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail("cannot read " + shown(file));
      if (count == 0) break;
      bytes.append(buffer, static_cast<size_t>(count));
    }
    return bytes;
  }

  // Effective user, not the real one: a suEXEC'ed program has them equal, a setuid one must not be fooled.
  bool may_read(const Path& path) override { return ::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) == 0; }
  bool may_write(const Path& path) override { return ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0; }

  std::optional<Path> real_path(const Path& path) override {
    std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
    if (real) return Path(real.get());
    if (is_absent(errno)) return std::nullopt;
    fail("cannot resolve " + shown(path));
  }

  void create(const Path& file, std::string_view bytes, mode_t mode) override {
    base::Fd fd = create_file(file, mode);
    write_all(fd.number(), bytes, file);
  }

  void replace(const Path& file, std::string_view bytes, mode_t mode, Sync sync) override {
    static std::atomic<unsigned> counter{0};
    // The ending is kept: what lies beside unstick.ini.php for a moment must not be sent as text by a web server.
    std::string mark = std::to_string(::getpid()) + "-" + std::to_string(counter++);
    Path beside = file.parent_path() / (std::string(kNewMark) + mark + "." + file.filename().native());
    try {
      base::Fd fd = create_file(beside, mode);
      write_all(fd.number(), bytes, file);
      if (sync == Sync::yes && ::fsync(fd.number()) != 0) fail("cannot write " + shown(file));
      fd.reset();
      rename(beside, file);
    } catch (const base::Failure&) {
      ::unlink(beside.c_str());
      throw;
    }
    if (sync == Sync::yes) sync_folder(file.parent_path());
  }

  bool make_folder(const Path& folder, mode_t mode) override {
    if (::mkdir(folder.c_str(), mode) == 0) return true;
    int error = errno;
    if (error == EEXIST)
      if (auto there = look_through(folder); there && there->kind == Kind::folder) return false;
    fail("cannot create the folder " + shown(folder), error);
  }

  void rename(const Path& from, const Path& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) fail("cannot rename " + shown(from) + " -> " + shown(to));
  }

  void duplicate(const Path& from, const Path& to) override {
    if (::link(from.c_str(), to.c_str()) == 0) return;
    if (errno == EEXIST) fail("cannot copy " + shown(from) + " -> " + shown(to));
    base::Fd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!source) fail("cannot read " + shown(from));
    base::Fd target = create_file(to, 0600);
    try {
      copy_bytes(source.number(), target.number(), from, to);
      if (::fsync(target.number()) != 0) fail("cannot write " + shown(to));
    } catch (const base::Failure&) {
      ::unlink(to.c_str());
      throw;
    }
  }

  void remove_file(const Path& file) override {
    if (::unlink(file.c_str()) != 0 && !is_absent(errno)) fail("cannot delete " + shown(file));
  }

  void remove_folder(const Path& folder) override {
    if (::rmdir(folder.c_str()) == 0 || errno == ENOENT) return;
    int error = errno;  // ENOTDIR: a file in its place, or above it
    if (error != ENOTDIR || look(folder)) fail("cannot delete the folder " + shown(folder), error);
  }

  void set_mode(const Path& path, mode_t mode) override {
    if (::fchmodat(AT_FDCWD, path.c_str(), mode, AT_SYMLINK_NOFOLLOW) == 0) return;
    // ... which the C library does by way of /proc: not in a chroot without it.
    struct stat st {};
    bool is_plain = errno == EOPNOTSUPP && ::lstat(path.c_str(), &st) == 0 && !S_ISLNK(st.st_mode);
    if (!is_plain || ::fchmodat(AT_FDCWD, path.c_str(), mode, 0) != 0) fail("cannot set the permissions of " + shown(path));
  }

  void sync_folder(const Path& folder) override {
    base::Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // A folder that may be written but not read cannot be synced; that is no reason to fail a write that succeeded.
    if (!fd) return;
    if (::fsync(fd.number()) != 0 && errno != EINVAL && errno != EROFS) fail("cannot sync " + shown(folder));
  }
};

}  // namespace

Disk& posix_disk() {
  static PosixDisk disk;
  return disk;
}

std::string fingerprint(const Facts& facts) {
  std::string words;
  for (uint64_t number : {uint64_t{facts.device}, uint64_t{facts.inode}, facts.size_bytes, uint64_t{facts.mode},
                          uint64_t{facts.owner}, static_cast<uint64_t>(facts.changed.time_since_epoch().count())})
    words += std::to_string(number) + " ";
  return words;
}

std::optional<uint64_t> free_bytes(const Path& folder) {
  struct statvfs facts {};
  if (::statvfs(folder.c_str(), &facts) != 0) return std::nullopt;
  return uint64_t{facts.f_bavail} * facts.f_frsize;
}

std::optional<uint64_t> free_files(const Path& folder) {
  struct statvfs facts {};
  if (::statvfs(folder.c_str(), &facts) != 0 || facts.f_files == 0) return std::nullopt;
  return uint64_t{facts.f_favail};
}

void make_folders(Disk& disk, const Path& folder, mode_t mode) {
  if (auto there = disk.look_through(folder); there && there->kind == Kind::folder) return;
  if (folder.has_relative_path()) make_folders(disk, folder.parent_path(), mode);
  disk.make_folder(folder, mode);
}

bool lies_in(const Path& path, const Path& folder) {
  Path inner = path.lexically_normal();
  Path outer = folder.lexically_normal();
  if (!outer.has_filename()) outer = outer.parent_path();
  auto [rest, unused] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  (void)unused;
  return rest == outer.end();
}

void remove_abandoned(Disk& disk, const Path& file) {
  const std::string ending = "." + file.filename().native();
  for (const auto& entry : disk.list(file.parent_path()).value_or(std::vector<Entry>{})) {
    const std::string& name = entry.name;
    if (entry.kind != Kind::file || !name.starts_with(kNewMark) || !name.ends_with(ending)) continue;
    if (name.size() <= kNewMark.size() + ending.size()) continue;
    std::string_view mark = std::string_view(name).substr(kNewMark.size(), name.size() - kNewMark.size() - ending.size());
    if (mark.find_first_not_of("0123456789-") == mark.npos) disk.remove_file(file.parent_path() / name);
  }
}

}  // namespace platform
