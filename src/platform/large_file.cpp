// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/large_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>

#include "base/failure.h"
#include "base/handle.h"
#include "base/text.h"

namespace platform {

namespace {

// The kernel is told to begin writing whenever this much is new, so that sync() has little left to wait for.
constexpr uint64_t kFlushBytes = 8 << 20;

class PosixLargeFile final : public LargeFile {
 public:
  PosixLargeFile(const Path& name, mode_t mode) : name_(name), partial_(name.native() + ".partial") {
    if (posix_disk().look(name_)) fail("cannot create " + shown(name_), EEXIST);
    posix_disk().remove_file(partial_);
    file_.reset(::open(partial_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
    if (!file_) fail("cannot create " + shown(partial_));
  }

  ~PosixLargeFile() override {
    if (file_ && !committed_) ::unlink(partial_.c_str());
  }

  void reserve(uint64_t bytes) override {
    if (bytes == 0) return;
    while (::fallocate(file_.number(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(bytes)) != 0) {
      if (errno == EINTR) continue;
      if (errno != ENOSPC && errno != EDQUOT && errno != EFBIG) return;
      fail("cannot reserve " + base::size_words(bytes) + " for " + shown(name_));
    }
  }

  void append(std::string_view bytes) override {
    write_at(length_, bytes);
    length_ += bytes.size();
    if (length_ - flushed_ < kFlushBytes) return;
    ::sync_file_range(file_.number(), static_cast<off_t>(flushed_), static_cast<off_t>(length_ - flushed_),
                      SYNC_FILE_RANGE_WRITE);
    flushed_ = length_;
  }

  void overwrite(uint64_t at, std::string_view bytes) override { write_at(at, bytes); }

  void sync() override {
    if (::ftruncate(file_.number(), static_cast<off_t>(length_)) != 0 || ::fsync(file_.number()) != 0)
      fail("cannot write " + shown(partial_));
  }

  void read_back(const std::function<void(std::string_view)>& take) override {
    ::posix_fadvise(file_.number(), 0, 0, POSIX_FADV_DONTNEED);
    ::posix_fadvise(file_.number(), 0, 0, POSIX_FADV_SEQUENTIAL);
    std::array<char, 65536> buffer;
    for (off_t at = 0;;) {
      ssize_t count = ::pread(file_.number(), buffer.data(), buffer.size(), at);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail("cannot read " + shown(partial_));
      if (count == 0) return;
      take({buffer.data(), static_cast<size_t>(count)});
      at += count;
    }
  }

  void commit() override {
    // Kernels before 3.15 and some network filesystems cannot refuse to overwrite; the constructor looked.
    if (::renameat2(AT_FDCWD, partial_.c_str(), AT_FDCWD, name_.c_str(), RENAME_NOREPLACE) != 0) {
      if (errno != EINVAL && errno != ENOSYS) fail("cannot rename " + shown(partial_) + " -> " + shown(name_));
      posix_disk().rename(partial_, name_);
    }
    committed_ = true;
    posix_disk().sync_folder(name_.parent_path());
  }

 private:
  static std::string shown(const Path& path) { return base::printable_line(path.native()); }
  [[noreturn]] static void fail(const std::string& attempt, int error = errno) {
    throw base::system_failure(attempt, error);
  }

  void write_at(uint64_t at, std::string_view bytes) {
    while (!bytes.empty()) {
      ssize_t count = ::pwrite(file_.number(), bytes.data(), bytes.size(), static_cast<off_t>(at));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail("cannot write " + shown(partial_));
      bytes.remove_prefix(static_cast<size_t>(count));
      at += static_cast<uint64_t>(count);
    }
  }

  Path name_;
  Path partial_;
  base::Fd file_;
  uint64_t length_ = 0;
  uint64_t flushed_ = 0;
  bool committed_ = false;
};

}  // namespace

std::unique_ptr<LargeFile> create_large_file(const Path& name, mode_t mode) {
  return std::make_unique<PosixLargeFile>(name, mode);
}

}  // namespace platform
