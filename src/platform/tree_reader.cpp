// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/tree_reader.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/failure.h"
#include "base/handle.h"
#include "base/text.h"
#include "platform/clock.h"

namespace platform {

namespace {

constexpr size_t kBlockBytes = 1 << 20;

Kind kind_of(unsigned char type) {
  switch (type) {
    case DT_REG:
      return Kind::file;
    case DT_DIR:
      return Kind::folder;
    case DT_LNK:
      return Kind::symlink;
    default:
      return Kind::other;
  }
}

Kind kind_at(int folder, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return kind_of(entry.d_type);
  struct stat st {};
  if (::fstatat(folder, entry.d_name, &st, AT_SYMLINK_NOFOLLOW) != 0) return Kind::other;
  return kind_of(static_cast<unsigned char>(IFTODT(st.st_mode)));
}

TreeReader::Result result_of(int error) {
  switch (error) {
    case ENOENT:
      return TreeReader::Result::absent;
    case ENOTDIR:
    case ELOOP:
    case ENXIO:
      return TreeReader::Result::other_kind;
    default:
      return TreeReader::Result::refused;
  }
}

}  // namespace

class TreeReader::Cursor {
 public:
  explicit Cursor(const Path& root) : root_(root), top_(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (!top_) throw base::system_failure("cannot open the folder " + base::printable_line(root.native()), errno);
  }

  Result open(const std::string& path, Opened& facts) {
    size_t slash = path.rfind('/');
    int folder = open_folder(slash == std::string::npos ? "" : path.substr(0, slash));
    if (folder < 0) return errno == ENOTDIR ? Result::absent : result_of(errno);
    const char* name = path.c_str() + (slash == std::string::npos ? 0 : slash + 1);
    constexpr int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    file_.reset(::openat(folder, name, flags | quietly_));
    if (!file_ && errno == EPERM && quietly_ != 0) file_.reset(::openat(folder, name, flags | (quietly_ = 0)));
    if (!file_) return result_of(errno);
    struct stat st {};
    if (::fstat(file_.number(), &st) != 0) return result_of(errno);
    if (!S_ISREG(st.st_mode)) return Result::other_kind;
    facts = {static_cast<uint64_t>(st.st_size), st.st_mode & 07777U, from_unix_seconds(st.st_mtim.tv_sec)};
    left_ = facts.size_bytes;
    path_ = &path;
    return Result::done;
  }

  std::string_view read_on() {
    if (left_ == 0) return {};
    if (block_.empty()) block_.resize(kBlockBytes);
    ssize_t got = 0;
    do got = ::read(file_.number(), block_.data(), std::min<uint64_t>(block_.size(), left_));
    while (got < 0 && errno == EINTR);
    if (got < 0) throw base::system_failure("cannot read " + base::printable_line((root_ / *path_).native()), errno);
    left_ = got == 0 ? 0 : left_ - static_cast<uint64_t>(got);
    return {block_.data(), static_cast<size_t>(got)};
  }

  Result list(const std::string& path, std::vector<Entry>& entries, mode_t& mode) {
    entries.clear();
    int folder = open_folder(path);
    if (folder < 0) return result_of(errno);
    struct stat st {};
    if (::fstat(folder, &st) != 0) return Result::refused;
    mode = st.st_mode & 07777U;
    base::Fd again(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    std::unique_ptr<DIR, int (*)(DIR*)> dir(again ? ::fdopendir(again.number()) : nullptr, ::closedir);
    if (!dir) return result_of(errno);
    (void)again.release();  // the DIR's now
    errno = 0;
    while (const dirent* entry = ::readdir(dir.get())) {
      std::string name = entry->d_name;
      if (name != "." && name != "..") entries.push_back({std::move(name), kind_at(folder, *entry)});
      errno = 0;
    }
    return errno == 0 ? Result::done : Result::refused;
  }

 private:
  struct Level {
    std::string name;
    base::Fd folder;
  };

  // Its descriptor; -1 with errno. Keeps the folders that it shares with the one before.
  int open_folder(const std::string& path) {
    auto parts = base::split(path, '/');
    if (path.empty()) parts.clear();
    size_t same = 0;
    while (same < parts.size() && same < levels_.size() && levels_[same].name == parts[same]) ++same;
    levels_.resize(same);
    for (; same < parts.size(); ++same) {
      std::string name(parts[same]);
      base::Fd folder(::openat(deepest(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      if (!folder) return -1;
      levels_.push_back({std::move(name), std::move(folder)});
    }
    return deepest();
  }
  int deepest() const { return levels_.empty() ? top_.number() : levels_.back().folder.number(); }

  Path root_;
  base::Fd top_, file_;
  std::vector<Level> levels_;
  int quietly_ = O_NOATIME;
  std::string block_;
  uint64_t left_ = 0;
  const std::string* path_ = nullptr;
};

TreeReader::TreeReader(const Path& root) : cursor_(std::make_unique<Cursor>(root)) {}
TreeReader::~TreeReader() = default;
TreeReader::Result TreeReader::open(const std::string& path, Opened& facts) { return cursor_->open(path, facts); }
std::string_view TreeReader::read_on() { return cursor_->read_on(); }
TreeReader::Result TreeReader::list(const std::string& path, std::vector<Entry>& entries, mode_t& mode) {
  return cursor_->list(path, entries, mode);
}

}  // namespace platform
