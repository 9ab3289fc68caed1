// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sql_unpack.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "base/handle.h"
#include "base/text.h"

namespace storage {

namespace {

using platform::Path;
using namespace std::string_view_literals;

constexpr size_t kReadBytes = 256 << 10;
constexpr const char* kAgain = "upload it again in binary mode, and compare its size; if it is the same, export again";

std::string shown(const Path& file) { return base::printable_line(file.filename().native()); }

class PlainFile : public SqlInput {
 public:
  explicit PlainFile(const Path& file) : file_(file), fd_(::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (!fd_) throw base::system_failure("cannot read " + shown(file), errno);
  }

  size_t read(char* to, size_t bytes) override {
    size_t got = 0;
    while (got < bytes) {
      ssize_t part = ::read(fd_.number(), to + got, bytes - got);
      if (part < 0 && errno == EINTR) continue;
      if (part < 0) throw base::system_failure("cannot read " + shown(file_), errno);
      if (part == 0) break;
      got += static_cast<size_t>(part);
    }
    position_ += got;
    return got;
  }

  uint64_t position() const override { return position_; }

  uint64_t size() const {
    struct stat st {};
    if (::fstat(fd_.number(), &st) != 0) throw base::system_failure("cannot read " + shown(file_), errno);
    if (!S_ISREG(st.st_mode)) throw base::Failure(shown(file_) + " is not a file");
    return static_cast<uint64_t>(st.st_size);
  }

  void rewind() {
    if (::lseek(fd_.number(), 0, SEEK_SET) != 0) throw base::system_failure("cannot read " + shown(file_), errno);
    position_ = 0;
  }

 private:
  Path file_;
  base::Fd fd_;
  uint64_t position_ = 0;
};

// Any number of members; zeros behind the last are padding, as gzip takes them.
class GzipFile : public SqlInput {
 public:
  GzipFile(const Path& file, std::unique_ptr<PlainFile> packed) : file_(file), packed_(std::move(packed)) {
    // Allocated before the thread runs; inflate itself asks for no more than its window.
    if (inflateInit2(&stream_, 15 + 16) != Z_OK) throw base::Failure("cannot unpack " + shown(file) + ": not enough memory");
  }
  ~GzipFile() override { inflateEnd(&stream_); }

  size_t read(char* to, size_t bytes) override {
    size_t got = 0;
    while (got < bytes && !ended_) {
      if (stream_.avail_in == 0 && !refill()) break;
      if (between_ && !begin_member()) break;
      stream_.next_out = reinterpret_cast<Bytef*>(to + got);
      stream_.avail_out = static_cast<uInt>(bytes - got);
      int result = inflate(&stream_, Z_NO_FLUSH);
      got = bytes - stream_.avail_out;
      if (result == Z_STREAM_END) between_ = true;
      else if (result != Z_OK && result != Z_BUF_ERROR)
        throw damaged_file(file_, position(), stream_.msg ? stream_.msg : "no gzip data");
    }
    return got;
  }

  uint64_t position() const override { return packed_->position() - stream_.avail_in; }

 private:
  bool refill() {
    size_t got = packed_->read(input_.data(), input_.size());
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(got);
    if (got != 0) return true;
    ended_ = true;
    if (!between_)
      throw base::Failure(shown(file_) + " is cut off: it ends at byte " + std::to_string(position()) +
                          " in the middle of its data", kAgain);
    return false;
  }

  // False when only padding follows.
  bool begin_member() {
    while (stream_.avail_in > 0 && *stream_.next_in == 0) ++stream_.next_in, --stream_.avail_in, padded_ = true;
    if (stream_.avail_in == 0) return refill() && begin_member();
    if (padded_ || *stream_.next_in != 0x1f)
      throw damaged_file(file_, position(), "something else stands behind the gzip data");
    inflateReset(&stream_);
    between_ = false;
    return true;
  }

  Path file_;
  std::unique_ptr<PlainFile> packed_;
  z_stream stream_{};
  std::array<char, kReadBytes> input_{};
  bool between_ = false;  // a member has ended
  bool padded_ = false;
  bool ended_ = false;
};

struct Foreign {
  std::string_view magic;
  const char* name;
};
constexpr std::array kForeign = {
    Foreign{"BZh"sv, "bzip2"},          Foreign{"\xFD" "7zXZ"sv, "xz"},  Foreign{"\x28\xB5\x2F\xFD"sv, "zstd"},
    Foreign{"7z\xBC\xAF"sv, "7-Zip"},   Foreign{"Rar!"sv, "RAR"},        Foreign{"SQLite format"sv, "SQLite"},
    Foreign{"\x1F\x9D"sv, "compress"},
};

SqlPacking packing_of(const Path& file, std::string_view begin) {
  if (begin.empty()) throw base::Failure(shown(file) + " is empty", "upload it again, and compare its size");
  for (const Foreign& foreign : kForeign)
    if (begin.starts_with(foreign.magic))
      throw base::Failure(shown(file) + " is a " + foreign.name + " file, which is not read here",
                          "export or pack it as .sql, .sql.gz or .zip");
  if (begin.starts_with("\x1f\x8b"sv)) return SqlPacking::gzip;
  return begin.starts_with("PK\x03\x04"sv) || begin.starts_with("PK\x05\x06"sv) ? SqlPacking::zip : SqlPacking::plain;
}

}  // namespace

base::Failure damaged_file(const Path& file, uint64_t at, const std::string& why) {
  return base::Failure(shown(file) + " is damaged at byte " + std::to_string(at) + ": " + base::printable_line(why), kAgain);
}

OpenedSql open_sql(const Path& file) {
  auto plain = std::make_unique<PlainFile>(file);
  OpenedSql opened;
  opened.file_bytes = plain->size();
  std::array<char, 16> begin{};
  size_t got = plain->read(begin.data(), begin.size());
  opened.packing = packing_of(file, {begin.data(), got});
  plain->rewind();
  if (opened.packing == SqlPacking::zip) opened.input = open_zip(file, opened.file_bytes);
  else if (opened.packing == SqlPacking::gzip) opened.input = std::make_unique<GzipFile>(file, std::move(plain));
  else opened.input = std::move(plain);
  return opened;
}

}  // namespace storage
