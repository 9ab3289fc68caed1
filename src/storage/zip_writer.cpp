// SPDX-License-Identifier: GPL-3.0-or-later
// The format: PKWARE's APPNOTE 6.3.10. Numbers are little endian.
#include "storage/zip_writer.h"

#include <libdeflate.h>
#include <sys/stat.h>
#include <time.h>
#include <zlib.h>

#include <algorithm>

#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"

namespace storage {

namespace {

constexpr size_t kAtOnceBytes = 4 << 20;
constexpr size_t kPieceBytes = 256 << 10;
constexpr int kLevel = 6, kStreamLevel = 5;
constexpr uint64_t kIn64 = 0xffffffff, kCountIn64 = 0xffff;
constexpr uint16_t kSizesBehind = 1 << 3, kUtf8 = 1 << 11, kStored = 0, kDeflated = 8, kUnix = 3 << 8, kVersion = 20,
                   kVersion64 = 45;

std::string number(uint64_t value, size_t size) {
  std::string bytes;
  for (size_t i = 0; i < size; ++i, value >>= 8) bytes += static_cast<char>(value & 0xff);
  return bytes;
}
std::string two(uint64_t value) { return number(value, 2); }
std::string four(uint64_t value) { return number(value, 4); }
std::string eight(uint64_t value) { return number(value, 8); }
std::string small(uint64_t value) { return four(std::min(value, kIn64)); }

// Time and date as DOS wrote them, in UTC; the real time stands in a field of its own.
std::string dos_time(platform::WallTime time) {
  time_t seconds = platform::unix_seconds(time);
  tm parts{};
  ::gmtime_r(&seconds, &parts);
  if (parts.tm_year < 80 || parts.tm_year > 80 + 127) return four(1 << 21 | 1 << 16);
  auto unit = [](int value, int shift) { return static_cast<uint32_t>(value) << shift; };
  return four(unit(parts.tm_year - 80, 25) | unit(parts.tm_mon + 1, 21) | unit(parts.tm_mday, 16) |
              unit(parts.tm_hour, 11) | unit(parts.tm_min, 5) | unit(parts.tm_sec / 2, 0));
}

bool is_ascii(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
}

bool is_utf8(const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    int length = base::utf8_length(text, at);
    if (length <= 0) return false;
    at += static_cast<size_t>(length);
  }
  return true;
}

struct Item {
  std::string path;
  mode_t mode = 0;
  platform::WallTime changed{};
  uint16_t flags = 0, method = kStored;
  uint32_t crc = 0;
  uint64_t bytes = 0, packed_bytes = 0, offset = 0;

  std::string time_field() const {
    return two(0x5455) + two(5) + number(1, 1) + four(static_cast<uint64_t>(platform::unix_seconds(changed)));
  }
};

}  // namespace

class ZipWriter::Stream {
 public:
  explicit Stream(std::function<void(std::string_view)> take)
      : take_(std::move(take)), compressor_(libdeflate_alloc_compressor(kLevel), libdeflate_free_compressor) {
    if (!compressor_) throw base::Failure("cannot pack: not enough memory");
  }

  void add(Item item, const std::function<std::string_view()>& next) {
    if (item.path.size() > 0xffff)
      throw base::Failure("cannot pack " + base::printable_line(item.path.substr(0, 100)) + ": its name is too long");
    item.offset = written_;
    if (!is_ascii(item.path) && is_utf8(item.path)) item.flags |= kUtf8;
    std::string content;
    bool whole = false;
    while (!whole && content.size() <= kAtOnceBytes) {
      std::string_view piece = next();
      whole = piece.empty();
      content += piece;
    }
    whole ? add_at_once(item, content) : add_streamed(item, content, next);
    add_to_directory(item);
  }

  void finish() {
    uint64_t offset = written_, size = directory_.size();
    bool large = count_ >= kCountIn64 || offset >= kIn64 || size >= kIn64;
    write(directory_);
    uint64_t end = written_;
    if (large)
      write("PK\x06\x06" + eight(44) + two(kVersion64 | kUnix) + two(kVersion64) + four(0) + four(0) + eight(count_) +
            eight(count_) + eight(size) + eight(offset) + "PK\x06\x07" + four(0) + eight(end) + four(1));
    uint64_t count = std::min<uint64_t>(count_, kCountIn64);
    write("PK\x05\x06" + four(0) + two(count) + two(count) + small(size) + small(offset) + two(0));
  }

  uint64_t written() const { return written_; }
  uint64_t count() const { return count_; }

 private:
  void write(std::string_view bytes) {
    take_(bytes);
    written_ += bytes.size();
  }

  void write_header(const Item& item, uint64_t bytes, uint64_t packed_bytes, const std::string& extra,
                    uint16_t version) {
    write("PK\x03\x04" + two(version) + two(item.flags) + two(item.method) + dos_time(item.changed) + four(item.crc) +
          small(packed_bytes) + small(bytes) + two(item.path.size()) + two(extra.size()) + item.path + extra);
  }

  void add_at_once(Item& item, const std::string& content) {
    item.crc = libdeflate_crc32(0, content.data(), content.size());
    item.bytes = content.size();
    std::string_view packed = content;
    packed_.resize(content.size());
    size_t size = content.empty() ? 0
                                  : libdeflate_deflate_compress(compressor_.get(), content.data(), content.size(),
                                                                packed_.data(), packed_.size());
    if (size != 0 && size < content.size()) item.method = kDeflated, packed = {packed_.data(), size};
    item.packed_bytes = packed.size();
    write_header(item, item.bytes, item.packed_bytes, item.time_field(), kVersion);
    write(packed);
  }

  // The sizes stand behind the data, in 64 bits, as the zip64 field in front of it announces.
  void add_streamed(Item& item, std::string_view begin, const std::function<std::string_view()>& next) {
    item.flags |= kSizesBehind;
    item.method = kDeflated;
    write_header(item, kIn64, kIn64, two(1) + two(16) + eight(0) + eight(0) + item.time_field(), kVersion64);
    uint64_t before = written_;
    z_stream stream{};
    if (deflateInit2(&stream, kStreamLevel, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK)
      throw base::Failure("cannot pack: not enough memory");
    std::unique_ptr<z_stream, decltype(&deflateEnd)> owner(&stream, deflateEnd);
    for (std::string_view piece = begin; !piece.empty(); piece = next()) {
      item.crc = libdeflate_crc32(item.crc, piece.data(), piece.size());
      item.bytes += piece.size();
      deflate_piece(stream, piece, Z_NO_FLUSH);
    }
    deflate_piece(stream, {}, Z_FINISH);
    item.packed_bytes = written_ - before;
    write("PK\x07\x08" + four(item.crc) + eight(item.packed_bytes) + eight(item.bytes));
  }

  void deflate_piece(z_stream& stream, std::string_view piece, int flush) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream.avail_in = static_cast<uInt>(piece.size());
    packed_.resize(std::max(packed_.size(), kPieceBytes));
    do {
      stream.next_out = reinterpret_cast<Bytef*>(packed_.data());
      stream.avail_out = kPieceBytes;
      deflate(&stream, flush);
      write({packed_.data(), kPieceBytes - stream.avail_out});
    } while (stream.avail_out == 0);
  }

  void add_to_directory(const Item& item) {
    std::string large;
    for (uint64_t value : {item.bytes, item.packed_bytes, item.offset})
      if (value >= kIn64) large += eight(value);
    std::string extra = (large.empty() ? "" : two(1) + two(large.size()) + large) + item.time_field();
    bool is_64 = !large.empty() || (item.flags & kSizesBehind) != 0;
    uint16_t version = is_64 ? kVersion64 : kVersion;
    uint32_t attributes = static_cast<uint32_t>(item.mode) << 16 | (S_ISDIR(item.mode) ? 0x10U : 0U);
    directory_ += "PK\x01\x02" + two(kUnix | version) + two(version) + two(item.flags) + two(item.method) +
                  dos_time(item.changed) + four(item.crc) + small(item.packed_bytes) + small(item.bytes) +
                  two(item.path.size()) + two(extra.size()) + two(0) + two(0) + two(0) + four(attributes) +
                  small(item.offset) + item.path + extra;
    ++count_;
  }

  std::function<void(std::string_view)> take_;
  std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor_;
  std::string packed_;  // what was just deflated
  std::string directory_;
  uint64_t written_ = 0, count_ = 0;
};

ZipWriter::ZipWriter(std::function<void(std::string_view)> take) : stream_(std::make_unique<Stream>(std::move(take))) {}
ZipWriter::~ZipWriter() = default;

void ZipWriter::add_file(const std::string& path, mode_t mode, platform::WallTime changed,
                         const std::function<std::string_view()>& next) {
  stream_->add({path, S_IFREG | (mode & 0777U), changed}, next);
}

void ZipWriter::add_folder(const std::string& path, mode_t mode, platform::WallTime changed) {
  stream_->add({path + "/", S_IFDIR | (mode & 0777U), changed}, [] { return std::string_view(); });
}

void ZipWriter::finish() { stream_->finish(); }
uint64_t ZipWriter::bytes() const { return stream_->written(); }
uint64_t ZipWriter::entries() const { return stream_->count(); }

}  // namespace storage
