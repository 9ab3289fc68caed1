// SPDX-License-Identifier: GPL-3.0-or-later
// Zip archives for tests, byte by byte: what no decent program would write can be asked for.
#pragma once

#include <libdeflate.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"

namespace support {

struct MadeEntry {
  std::string name;
  std::string content{};
  bool deflated = false;
  uint32_t mode = 0100644;
  uint16_t made_by = 3 << 8 | 20;
  uint16_t flags = 0;
  std::optional<uint16_t> method{};
  // What both headers say, where it is not the truth.
  std::optional<uint32_t> crc{};
  std::optional<uint64_t> bytes{}, packed_bytes{}, offset{};
  // What the local header alone says.
  std::optional<std::string> local_name{};
  std::optional<uint32_t> local_crc{}, local_bytes{}, local_packed{};
  bool zip64 = false;  // sizes and place in the zip64 field
  std::string central_extra{};
};

struct MadeEnd {
  std::optional<uint64_t> count{}, size{}, offset{};
  std::string comment{};
  bool zip64 = false;
  std::optional<uint64_t> count64{};
  uint16_t disk = 0;
};

inline std::string deflated(const std::string& bytes) {
  auto* compressor = libdeflate_alloc_compressor(6);
  std::string packed(libdeflate_deflate_compress_bound(compressor, bytes.size()), '\0');
  packed.resize(libdeflate_deflate_compress(compressor, bytes.data(), bytes.size(), packed.data(), packed.size()));
  libdeflate_free_compressor(compressor);
  return packed;
}

class MadeZip {
 public:
  void add(const MadeEntry& entry) {
    std::string packed = entry.deflated ? deflated(entry.content) : entry.content;
    uint16_t method = entry.method.value_or(entry.deflated ? 8 : 0);
    uint32_t crc = entry.crc.value_or(base::crc32(entry.content));
    uint64_t bytes = entry.bytes.value_or(entry.content.size()),
             packed_bytes = entry.packed_bytes.value_or(packed.size());
    uint64_t at = entry.offset.value_or(out_.size());
    std::string local_name = entry.local_name.value_or(entry.name);
    std::string extra64 = entry.zip64 ? number(1, 2) + number(16, 2) + number(bytes, 8) + number(packed_bytes, 8) : "";
    if (!entry.offset)
      out_ += "PK\x03\x04" + number(20, 2) + number(entry.flags, 2) + number(method, 2) + number(0x5a210000, 4) +
              number(entry.local_crc.value_or(crc), 4) +
              number(entry.local_packed.value_or(entry.zip64 ? 0xffffffff : packed_bytes), 4) +
              number(entry.local_bytes.value_or(entry.zip64 ? 0xffffffff : bytes), 4) + number(local_name.size(), 2) +
              number(extra64.size(), 2) + local_name + extra64 + packed;
    std::string central64 =
        entry.zip64 ? number(1, 2) + number(24, 2) + number(bytes, 8) + number(packed_bytes, 8) + number(at, 8) : "";
    std::string extra = central64 + entry.central_extra;
    directory_ += "PK\x01\x02" + number(entry.made_by, 2) + number(20, 2) + number(entry.flags, 2) + number(method, 2) +
                  number(0x5a210000, 4) + number(crc, 4) + number(entry.zip64 ? 0xffffffff : packed_bytes, 4) +
                  number(entry.zip64 ? 0xffffffff : bytes, 4) + number(entry.name.size(), 2) + number(extra.size(), 2) +
                  number(0, 6) + number((uint64_t{entry.mode} << 16) & 0xffffffff, 4) +
                  number(entry.zip64 ? 0xffffffff : at, 4) + entry.name + extra;
    ++count_;
  }

  std::string end(const MadeEnd& end = {}) const {
    uint64_t count = end.count.value_or(count_), size = end.size.value_or(directory_.size());
    uint64_t offset = end.offset.value_or(out_.size());
    std::string text = out_ + directory_;
    if (end.zip64) {
      uint64_t at = text.size();
      text += "PK\x06\x06" + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 8) +
              number(end.count64.value_or(count), 8) + number(end.count64.value_or(count), 8) + number(size, 8) +
              number(offset, 8);
      text += "PK\x06\x07" + number(0, 4) + number(at, 8) + number(1, 4);
    }
    return text + "PK\x05\x06" + number(end.disk, 2) + number(end.disk, 2) + number(count, 2) + number(count, 2) +
           number(size, 4) + number(offset, 4) + number(end.comment.size(), 2) + end.comment;
  }

 private:
  static std::string number(uint64_t value, size_t size) {
    std::string bytes;
    for (size_t i = 0; i < size; ++i, value >>= 8) bytes += static_cast<char>(value & 0xff);
    return bytes;
  }

  std::string out_, directory_;
  uint64_t count_ = 0;
};

inline std::string made_zip(const std::vector<MadeEntry>& entries, const MadeEnd& end = {}) {
  MadeZip zip;
  for (const auto& entry : entries) zip.add(entry);
  return zip.end(end);
}

}  // namespace support
