// SPDX-License-Identifier: GPL-3.0-or-later
// What an archive says of its entries, and whether it may be believed. Archives are hostile: each entry is judged by
// these pure functions before a byte of any is written.
//
// Accepted are files and folders below the root, under names of UTF-8 without control characters. Refused are: names
// that are absolute (/x, C:x), climb (..), hold a backslash, an empty or "." part, are too long or too deep; links,
// devices, pipes and sockets; setuid and setgid; encryption; methods other than stored and deflate; sizes that no
// deflate stream can have; and of the whole: the same name twice, names that differ in the case of A-Z alone, and a
// name that is both a file and the folder of another. Links are refused wherever they lead: the releases this program
// unpacks hold none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace storage {

enum class ZipMethod : uint16_t { stored = 0, deflated = 8 };

// One header of the archive's directory, as it stands there.
struct ZipHeader {
  std::string name;
  uint16_t made_by = 0;  // the high byte: by which system
  uint16_t flags = 0;
  uint16_t method = 0;
  uint32_t crc = 0;
  uint32_t attributes = 0;  // of that system
  uint64_t packed_bytes = 0;
  uint64_t bytes = 0;
  uint64_t offset = 0;  // of the local header
};

// One that was accepted.
struct ZipEntry {
  std::string path;  // "app/config/config.php": relative, parts with single slashes between, none of them . or ..
  uint64_t bytes = 0;
  uint64_t packed_bytes = 0;
  uint64_t index = 0;  // its place in the archive's directory
  uint32_t crc = 0;    // of the unpacked bytes
  ZipMethod method = ZipMethod::stored;
  bool folder = false;
  bool executable = false;  // the only permission bit that is taken over: see mode_of

  bool operator==(const ZipEntry&) const = default;
};

// What an unpacked entry gets: 0755 for folders and executable files, 0644 for the others.
inline unsigned mode_of(const ZipEntry& entry) { return entry.folder || entry.executable ? 0755 : 0644; }

struct ZipJudgement {
  ZipEntry entry;        // when accepted
  std::string refusal;   // why not: "leads out of the folder that it is unpacked into"; empty: accepted
  bool skipped = false;  // "./", the root itself: neither taken nor refused
};

constexpr size_t kMostZipPathBytes = 1024;
constexpr size_t kMostZipPathParts = 64;

// The name alone: empty when it may be used. A final slash is allowed.
std::string refusal_of_name(std::string_view name);

ZipJudgement judge(const ZipHeader& header, uint64_t index);

// Accepted entries that cannot lie beside each other: the refusal of the one that comes later in the archive, and
// which one that is. `refusal` is empty when there is none.
struct ZipClash {
  const ZipEntry* entry = nullptr;
  std::string refusal;
};
ZipClash find_clash(const std::vector<ZipEntry>& entries);

}  // namespace storage
