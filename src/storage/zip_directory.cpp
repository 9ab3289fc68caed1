// SPDX-License-Identifier: GPL-3.0-or-later
// The format: PKWARE's APPNOTE 6.3.10, 4.3 (headers) and 4.5.3 (zip64). Numbers are little endian.
#include "storage/zip_directory.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "base/failure.h"
#include "base/text.h"

namespace storage {

namespace {

constexpr size_t kEndBytes = 22, kEnd64Bytes = 56, kLocatorBytes = 20, kCentralBytes = 46, kLocalBytes = 30;
constexpr size_t kMostCommentBytes = 0xffff;
constexpr size_t kBlockBytes = 16 << 10;
constexpr uint64_t kIn64 = 0xffffffff, kCountIn64 = 0xffff;
constexpr uint16_t kSizesBehind = 1 << 3;
constexpr const char* kAgain = "download the package again, in binary mode, and compare its size";

uint64_t number(std::string_view bytes, size_t at, size_t size) {
  uint64_t value = 0;
  for (size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}
uint16_t two(std::string_view bytes, size_t at) { return static_cast<uint16_t>(number(bytes, at, 2)); }
uint64_t four(std::string_view bytes, size_t at) { return number(bytes, at, 4); }

// The zip64 extra field, in which the fields that did not fit into 32 bits stand one behind the other.
class Zip64 {
 public:
  explicit Zip64(std::string_view extras) {
    while (extras.size() >= 4) {
      size_t size = two(extras, 2);
      if (size > extras.size() - 4) break;
      if (two(extras, 0) == 1) field_ = extras.substr(4, size);
      extras.remove_prefix(4 + size);
    }
  }
  // The real value of a 32-bit field; nullopt when it should stand here and does not.
  std::optional<uint64_t> value(uint64_t small) {
    if (small != kIn64) return small;
    if (field_.size() < 8) return std::nullopt;
    uint64_t large = number(field_, 0, 8);
    field_.remove_prefix(8);
    return large;
  }

 private:
  std::string_view field_;
};

class Directory {
 public:
  Directory(const std::string& shown, uint64_t file_bytes, const ReadAt& read)
      : shown_(shown), file_bytes_(file_bytes), read_(read) {}

  std::vector<ZipHeader> read() {
    find_end();
    if (count_ > kMostZipEntries || size_ > kMostZipDirectoryBytes)
      fail("states " + std::to_string(count_) + " entries, which is too many");
    if (count_ * kCentralBytes > size_ || offset_ > end_ || size_ > end_ - offset_)
      fail("is damaged: its table of contents does not fit into it");
    std::string bytes = piece(offset_, size_);
    std::vector<ZipHeader> headers;
    headers.reserve(count_);
    std::string_view rest = bytes;
    for (uint64_t i = 0; i < count_; ++i) headers.push_back(central(rest));
    if (!rest.empty()) fail("is damaged: its table of contents has more entries than it says");
    check_places(headers);
    return headers;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw base::Failure(shown_ + " " + what, kAgain); }
  [[noreturn]] void fail(const ZipHeader& header, const std::string& what) const {
    throw base::Failure(shown_ + " is refused: " + base::printable_line(header.name) + " " + what, kAgain);
  }

  std::string piece(uint64_t at, uint64_t bytes) const {
    std::string text(bytes, '\0');
    if (read_(at, text.data(), text.size()) != text.size()) fail("is cut off");
    return text;
  }

  // The same, valid until the next call, for places that follow each other closely.
  std::string_view ahead(uint64_t at, uint64_t bytes) {
    if (at < block_at_ || at + bytes > block_at_ + block_.size()) {
      block_.resize(std::max<uint64_t>(bytes, kBlockBytes));
      block_.resize(read_(block_at_ = at, block_.data(), block_.size()));
      if (block_.size() < bytes) fail("is cut off");
    }
    return std::string_view(block_).substr(at - block_at_, bytes);
  }

  void find_end() {
    uint64_t tail_bytes = std::min<uint64_t>(file_bytes_, kEndBytes + kMostCommentBytes);
    std::string tail = piece(file_bytes_ - tail_bytes, tail_bytes);
    for (size_t at = tail.size() >= kEndBytes ? tail.size() - kEndBytes + 1 : 0; at-- > 0;) {
      std::string_view end = std::string_view(tail).substr(at);
      if (!end.starts_with("PK\x05\x06") || two(end, 20) != end.size() - kEndBytes) continue;
      return take_end(file_bytes_ - tail_bytes + at, end);
    }
    fail("is cut off or no zip archive: it has no table of contents at its end");
  }

  void take_end(uint64_t at, std::string_view end) {
    end_ = at;
    count_ = two(end, 10), size_ = four(end, 12), offset_ = four(end, 16);
    uint64_t disks = two(end, 4) | two(end, 6), count_here = two(end, 8);
    if (count_here != count_) fail("is a part of an archive of several files");
    if (at >= kLocatorBytes) {
      std::string locator = piece(at - kLocatorBytes, kLocatorBytes);
      if (locator.starts_with("PK\x06\x07")) {
        end_ = at - kLocatorBytes;
        take_end64(locator);
        if (disks != 0 && disks != kCountIn64) fail("is a part of an archive of several files");
        return;
      }
    }
    if (disks != 0) fail("is a part of an archive of several files");
  }

  void take_end64(std::string_view locator) {
    uint64_t at = number(locator, 8, 8);
    if (at > end_ || end_ - at < kEnd64Bytes) fail("is damaged: its zip64 fields disagree");
    std::string end = piece(at, kEnd64Bytes);
    uint64_t count = number(end, 32, 8), size = number(end, 40, 8), offset = number(end, 48, 8);
    auto agrees = [](uint64_t small, uint64_t full, uint64_t large) { return small == full || small == large; };
    bool agree = end.starts_with("PK\x06\x06") && number(end, 24, 8) == count && agrees(count_, kCountIn64, count) &&
                 agrees(size_, kIn64, size) && agrees(offset_, kIn64, offset);
    if (!agree) fail("is damaged: its zip64 fields disagree");
    if (four(end, 16) != 0 || four(end, 20) != 0) fail("is a part of an archive of several files");
    end_ = at, count_ = count, size_ = size, offset_ = offset;
  }

  // Takes one header off the rest.
  ZipHeader central(std::string_view& rest) const {
    if (rest.size() < kCentralBytes || !rest.starts_with("PK\x01\x02"))
      fail("is damaged: its table of contents is cut off");
    size_t name = two(rest, 28), extra = two(rest, 30), comment = two(rest, 32);
    if (rest.size() - kCentralBytes < name + extra + comment) fail("is damaged: its table of contents is cut off");
    ZipHeader header{std::string(rest.substr(kCentralBytes, name)),
                     two(rest, 4),
                     two(rest, 8),
                     two(rest, 10),
                     static_cast<uint32_t>(four(rest, 16)),
                     static_cast<uint32_t>(four(rest, 38)),
                     0,
                     0,
                     0};
    Zip64 large(rest.substr(kCentralBytes + name, extra));
    auto bytes = large.value(four(rest, 24)), packed = large.value(four(rest, 20)),
         offset = large.value(four(rest, 42));
    if (!bytes || !packed || !offset) fail(header, "has no zip64 fields where it needs them");
    if (two(rest, 34) != 0) fail(header, "lies in another file of the archive");
    header.bytes = *bytes, header.packed_bytes = *packed, header.offset = *offset;
    rest.remove_prefix(kCentralBytes + name + extra + comment);
    return header;
  }

  // Where the data end, having compared the local header.
  uint64_t check_local(const ZipHeader& header) {
    if (header.offset > offset_ || offset_ - header.offset < kLocalBytes + header.name.size())
      fail(header, "lies outside of the archive");
    std::string_view local = ahead(header.offset, kLocalBytes + header.name.size());
    if (!local.starts_with("PK\x03\x04")) fail(header, "is not where the table of contents says");
    if (two(local, 26) != header.name.size() || local.compare(kLocalBytes, std::string::npos, header.name) != 0)
      fail(header, "has another name in front of its data");
    size_t extra = two(local, 28);
    uint64_t data = header.offset + kLocalBytes + header.name.size() + extra;
    if (data > offset_ || offset_ - data < header.packed_bytes) fail(header, "lies outside of the archive");
    bool same = two(local, 8) == header.method && (two(local, 6) & 1) == (header.flags & 1);
    if (!same || !same_sizes(header, local, extra))
      fail(header, "has other sizes in front of its data than in the table of contents");
    return data + header.packed_bytes;
  }

  bool same_sizes(const ZipHeader& header, std::string_view local, size_t extra) const {
    uint64_t crc = four(local, 14), packed = four(local, 18), bytes = four(local, 22);
    bool behind = (two(local, 6) & kSizesBehind) != 0;
    if (packed == kIn64 || bytes == kIn64) {
      std::string extras = piece(header.offset + local.size(), extra);
      Zip64 large(extras);
      bytes = large.value(bytes).value_or(kIn64), packed = large.value(packed).value_or(kIn64);
    }
    // What was not known yet when the header was written stands behind the data.
    auto agrees = [behind](uint64_t here, uint64_t stated) { return here == stated || (behind && here == 0); };
    return agrees(crc, header.crc) && agrees(packed, header.packed_bytes) && agrees(bytes, header.bytes);
  }

  void check_places(const std::vector<ZipHeader>& headers) {
    std::vector<size_t> order(headers.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return headers[a].offset < headers[b].offset; });
    uint64_t end = 0;
    for (size_t i : order) {
      if (headers[i].offset < end) fail(headers[i], "shares its data with another entry");
      end = check_local(headers[i]);
    }
  }

  const std::string& shown_;
  uint64_t file_bytes_;
  const ReadAt& read_;
  uint64_t end_ = 0;  // where the end record begins: the directory lies before it
  uint64_t count_ = 0, size_ = 0, offset_ = 0;
  std::string block_;  // a piece of the file, from block_at_
  uint64_t block_at_ = 0;
};

}  // namespace

std::vector<ZipHeader> read_zip_directory(const std::string& shown, uint64_t file_bytes, const ReadAt& read) {
  return Directory(shown, file_bytes, read).read();
}

}  // namespace storage
