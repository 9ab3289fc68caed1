// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/new_tree.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <mutex>
#include <vector>

#include "base/failure.h"
#include "base/handle.h"
#include "base/text.h"

namespace platform {

namespace {

constexpr mode_t kFolderMode = 0755;
// So much of the reservation is given back ahead of what is written.
constexpr uint64_t kStepBytes = 16 << 20;

std::string shown(const Path& path) { return base::printable_line(path.native()); }

[[noreturn]] void fail(const std::string& attempt, int error = errno) { throw base::system_failure(attempt, error); }

// The file that holds the space. Gone when this object is.
class Reservation {
 public:
  explicit Reservation(Path name) : name_(std::move(name)) {
    ::unlink(name_.c_str());
    file_.reset(::open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0755));
    if (!file_) fail("cannot create " + shown(name_));
    struct stat st {};
    if (::fstat(file_.number(), &st) != 0) fail("cannot look at " + shown(name_));
    cuts_modes_ = (st.st_mode & 0777) != 0755;
  }
  ~Reservation() { ::unlink(name_.c_str()); }
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;

  // Whether what is created here gets other permission bits than were asked for (umask, an inherited list of rights).
  bool cuts_modes() const { return cuts_modes_; }

  void take(uint64_t bytes, uint64_t files) {
    std::string attempt = "cannot reserve " + base::size_words(bytes) + " in " + shown(name_.parent_path());
    struct statvfs disk {};
    bool known = ::fstatvfs(file_.number(), &disk) == 0;
    if (known && disk.f_files != 0 && disk.f_favail < files)
      throw base::Failure("cannot create " + std::to_string(files) + " files in " + shown(name_.parent_path()) +
                              ": only " + std::to_string(disk.f_favail) + " more are allowed",
                          "delete files that are not needed, or ask the host for a higher limit", ENOSPC);
    if (bytes == 0 || hold(bytes, attempt)) return;
    if (known && bytes / disk.f_frsize > disk.f_bavail) fail(attempt, ENOSPC);
  }

  // `written` bytes of it lie in files now.
  void shrink(uint64_t written) {
    uint64_t needless = written + kStepBytes;
    uint64_t left = needless < bytes_ ? bytes_ - needless : 0;
    if (left < held_ && ::ftruncate(file_.number(), static_cast<off_t>(left)) == 0) held_ = left;
  }

 private:
  // False where the filesystem or a limit for one file does not allow it.
  bool hold(uint64_t bytes, const std::string& attempt) {
    rlimit most{};
    if (::getrlimit(RLIMIT_FSIZE, &most) == 0 && most.rlim_cur < bytes) return false;
    while (::fallocate(file_.number(), 0, 0, static_cast<off_t>(bytes)) != 0) {
      if (errno == EINTR) continue;
      if (errno != ENOSPC && errno != EDQUOT) return false;
      fail(attempt);
    }
    bytes_ = held_ = bytes;
    return true;
  }

  Path name_;
  base::Fd file_;
  bool cuts_modes_ = false;
  uint64_t bytes_ = 0, held_ = 0;
};

std::string partial_of(const Path& name) { return name.native() + ".partial"; }
std::string reserve_of(const Path& name) { return name.native() + ".reserve"; }

// The folder that one thread works in, and those above it, open.
class Hand {
 public:
  struct Level {
    std::string name;
    base::Fd folder;
  };
  std::string at;  // their path
  std::vector<Level> levels;
};

class PosixNewTree final : public NewTree {
 public:
  explicit PosixNewTree(const Path& name) : name_(name), partial_(partial_of(name)) {
    if (posix_disk().look(name_)) fail("cannot create " + shown(name_), EEXIST);
    remove_tree(partial_);
    reservation_ = std::make_unique<Reservation>(reserve_of(name));
    if (::mkdir(partial_.c_str(), 0700) != 0) fail("cannot create the folder " + shown(partial_));
    top_.reset(::open(partial_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!top_) fail("cannot open the folder " + shown(partial_));
  }

  ~PosixNewTree() override {
    reservation_.reset();
    if (!top_) return;
    try {
      posix_disk().remove_file(reserve_of(name_));  // once more, if it could not be deleted before
      if (!committed_) remove_tree(partial_);
    } catch (const base::Failure&) {  // the next attempt tries again
    }
  }

  void reserve(uint64_t bytes, uint64_t files) override {
    reservation_->take(bytes, files);
    reservation_->shrink(0);
  }

  void make_folder(unsigned hand, const std::string& path) override { open_folder(hands_.at(hand), path); }

  void write(unsigned hand, const std::string& path, std::string_view bytes, mode_t mode) override {
    size_t slash = path.rfind('/');
    std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    int folder = open_folder(hands_.at(hand), slash == std::string::npos ? "" : path.substr(0, slash));
    base::Fd file(::openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!file) fail("cannot create " + shown(partial_ / path));
    if (reservation_->cuts_modes() && ::fchmod(file.number(), mode) != 0)
      fail("cannot set the permissions of " + shown(partial_ / path));
    fill(std::move(file), path, bytes);
  }

  void append(unsigned hand, const std::string& path, std::string_view bytes) override {
    size_t slash = path.rfind('/');
    std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    int folder = open_folder(hands_.at(hand), slash == std::string::npos ? "" : path.substr(0, slash));
    base::Fd file(::openat(folder, name.c_str(), O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC));
    if (!file) fail("cannot write " + shown(partial_ / path));
    fill(std::move(file), path, bytes);
  }

  void commit() override {
    for (Hand& hand : hands_) hand = {};
    reservation_.reset();  // before the tree has its name: what has it leaves nothing beside it
    if (::syncfs(top_.number()) != 0) fail("cannot sync " + shown(partial_));
    if (posix_disk().look(name_)) fail("cannot create " + shown(name_), EEXIST);
    posix_disk().rename(partial_, name_);
    committed_ = true;
    posix_disk().sync_folder(name_.parent_path());
  }

 private:
  int open_folder(Hand& hand, const std::string& path) {
    if (hand.levels.empty() || hand.at != path) walk(hand, path);
    return hand.levels.empty() ? top_.number() : hand.levels.back().folder.number();
  }

  // Keeps the folders that both paths share, opens and makes the others.
  void walk(Hand& hand, const std::string& path) {
    auto parts = base::split(path, '/');
    if (path.empty()) parts.clear();
    size_t same = 0;
    while (same < parts.size() && same < hand.levels.size() && hand.levels[same].name == parts[same]) ++same;
    hand.levels.resize(same);
    for (; same < parts.size(); ++same) {
      int parent = same == 0 ? top_.number() : hand.levels.back().folder.number();
      hand.levels.push_back({std::string(parts[same]), open_part(parent, std::string(parts[same]), path)});
    }
    hand.at = path;
  }

  base::Fd open_part(int parent, const std::string& name, const std::string& path) {
    bool made = ::mkdirat(parent, name.c_str(), kFolderMode) == 0;
    if (!made && errno != EEXIST) fail("cannot create the folder " + shown(partial_ / path));
    base::Fd folder(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder) fail("cannot open the folder " + shown(partial_ / path));
    if (made && reservation_->cuts_modes() && ::fchmod(folder.number(), kFolderMode) != 0)
      fail("cannot set the permissions of " + shown(partial_ / path));
    if (made) count(1);
    return folder;
  }

  void fill(base::Fd file, const std::string& path, std::string_view bytes) {
    count(bytes.size());
    while (!bytes.empty()) {
      ssize_t part = ::write(file.number(), bytes.data(), bytes.size());
      if (part < 0 && errno == EINTR) continue;
      if (part < 0) fail("cannot write " + shown(partial_ / path));
      bytes.remove_prefix(static_cast<size_t>(part));
    }
    // Network filesystems tell of a full disk only here.
    if (::close(file.release()) != 0 && errno != EINTR) fail("cannot write " + shown(partial_ / path));
  }

  // Makes room for what is about to be written.
  void count(uint64_t bytes) {
    std::lock_guard lock(mutex_);
    written_ += disk_bytes(bytes);
    if (written_ - given_back_ < kStepBytes / 2) return;
    given_back_ = written_;
    reservation_->shrink(written_);
  }

  Path name_, partial_;
  std::unique_ptr<Reservation> reservation_;
  base::Fd top_;
  std::array<Hand, kHands> hands_;
  bool committed_ = false;
  std::mutex mutex_;  // guards what follows, and the reservation
  uint64_t written_ = 0, given_back_ = 0;
};

}  // namespace

std::unique_ptr<NewTree> create_new_tree(const Path& name) { return std::make_unique<PosixNewTree>(name); }

void discard_new_tree(const Path& name) {
  remove_tree(partial_of(name));
  posix_disk().remove_file(reserve_of(name));
}

}  // namespace platform
