// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/zip_entry.h"

#include <sys/stat.h>

#include <unordered_map>

#include "base/text.h"

namespace storage {

namespace {

constexpr size_t kMostPartBytes = 255;
constexpr uint16_t kEncrypted = 1 << 0, kPatched = 1 << 5, kStrongEncryption = 1 << 6, kMasked = 1 << 13;
constexpr uint32_t kDosFolder = 0x10;
constexpr uint64_t kMostEmptyBytes = 64;  // a stream with nothing in it
// Deflate cannot do better than 258 bytes for two bits.
constexpr uint64_t kMostInflation = 1032;
constexpr const char* kInCaseOnly = " in upper and lower case only";

bool is_unix(const ZipHeader& header) {
  unsigned system = header.made_by >> 8;
  return system == 3 || system == 19;
}

mode_t mode_in(const ZipHeader& header) { return is_unix(header) ? header.attributes >> 16 : 0; }

bool is_text(std::string_view name) {
  for (size_t at = 0; at < name.size();) {
    int length = base::utf8_length(name, at);
    if (length <= 0) return false;
    at += static_cast<size_t>(length);
  }
  return true;
}

bool has_controls(std::string_view name) {
  for (size_t at = 0; at < name.size(); ++at) {
    auto byte = static_cast<unsigned char>(name[at]);
    bool c1 = byte == 0xc2 && at + 1 < name.size() && static_cast<unsigned char>(name[at + 1]) < 0xa0;
    if (byte < 0x20 || byte == 0x7f || c1) return true;
  }
  return false;
}

// "C:", which some unpackers take for a drive.
bool names_drive(std::string_view name) {
  return name.size() > 1 && name[1] == ':' && ((name[0] | 0x20) >= 'a' && (name[0] | 0x20) <= 'z');
}

std::string refusal_of_part(std::string_view part) {
  if (part.empty()) return "has an empty part in its name";
  if (part == "..") return "leads out of the folder that it is unpacked into";
  if (part == ".") return "has a part \".\" in its name";
  return part.size() > kMostPartBytes ? "has too long a name" : "";
}

std::string refusal_of_kind(const ZipHeader& header, bool folder) {
  mode_t mode = mode_in(header), type = mode & S_IFMT;
  if (type == S_IFLNK) return "is a symbolic link";
  if (type != 0 && type != S_IFREG && type != S_IFDIR) return "is a device, a pipe or a socket";
  bool says_folder = type == S_IFDIR || (type == 0 && (header.attributes & kDosFolder) != 0);
  if (says_folder && !folder) return "is a file by its name and a folder by its permissions";
  if (type == S_IFREG && folder) return "is a folder by its name and a file by its permissions";
  if ((mode & (S_ISUID | S_ISGID)) != 0) return "has the permission to run as another user (setuid or setgid)";
  return "";
}

std::string refusal_of_content(const ZipHeader& header, bool folder) {
  if ((header.flags & (kEncrypted | kStrongEncryption | kMasked)) != 0) return "is encrypted";
  if ((header.flags & kPatched) != 0) return "is a patch to another archive";
  auto method = static_cast<ZipMethod>(header.method);
  if (method != ZipMethod::stored && method != ZipMethod::deflated)
    return "is packed by method " + std::to_string(header.method) + ", which is not read here";
  if (folder && (header.bytes != 0 || header.packed_bytes > kMostEmptyBytes)) return "is a folder with content";
  if (method == ZipMethod::stored && header.bytes != header.packed_bytes) return "is stored, yet states two sizes";
  if (header.bytes / kMostInflation > header.packed_bytes) return "states a size that its packed data cannot have";
  return "";
}

std::string_view without_dot(std::string_view name) { return name.starts_with("./") ? name.substr(2) : name; }

// What lies where, and the folders that no entry of their own stands for.
class Tree {
 public:
  explicit Tree(size_t entries) { places_.reserve(entries + entries / 4); }

  std::string put(const ZipEntry& entry) {
    auto [own, is_new] = places_.try_emplace(base::lower(entry.path), Place{entry.path, &entry, entry.folder});
    std::string refusal = is_new ? "" : clash(own->second, entry);
    return refusal.empty() ? put_folders_above(entry) : refusal;
  }

 private:
  struct Place {
    std::string path;       // as it was first written
    const ZipEntry* entry;  // nullptr: a folder that another entry lies in
    bool folder;
  };

  static std::string clash(Place& place, const ZipEntry& entry) {
    if (place.path != entry.path) return "differs from " + base::printable_line(place.path) + kInCaseOnly;
    if (place.folder != entry.folder) return "is a file and a folder at once";
    if (place.entry) return "is there twice";
    place.entry = &entry;
    return "";
  }

  // From the innermost outwards, up to one that is known: those above it are known too.
  std::string put_folders_above(const ZipEntry& entry) {
    for (size_t slash = entry.path.rfind('/'); slash != std::string::npos; slash = entry.path.rfind('/', slash - 1)) {
      std::string folder = entry.path.substr(0, slash);
      auto [place, is_new] = places_.try_emplace(base::lower(folder), Place{folder, nullptr, true});
      if (is_new) continue;
      const std::string& known = place->second.path;
      if (known != folder) return "lies in a folder that differs from " + base::printable_line(known) + kInCaseOnly;
      return place->second.folder ? "" : "lies in " + base::printable_line(known) + ", which is a file";
    }
    return "";
  }

  std::unordered_map<std::string, Place> places_;
};

}  // namespace

std::string refusal_of_name(std::string_view name) {
  if (name.empty()) return "has no name";
  if (name.size() > kMostZipPathBytes) return "has too long a name";
  if (!is_text(name)) return "has a name that is not UTF-8";
  if (has_controls(name)) return "has a control character in its name";
  if (base::contains(name, "\\")) return "has a backslash in its name";
  if (name[0] == '/' || names_drive(name)) return "has an absolute name";
  if (name.ends_with('/')) name.remove_suffix(1);
  auto parts = base::split(name, '/');
  for (auto part : parts)
    if (auto refusal = refusal_of_part(part); !refusal.empty()) return refusal;
  return parts.size() > kMostZipPathParts ? "lies in too many folders" : "";
}

ZipJudgement judge(const ZipHeader& header, uint64_t index) {
  ZipJudgement judgement;
  if (header.name == "./") return judgement.skipped = true, judgement;
  std::string_view name = without_dot(header.name);
  bool folder = name.ends_with('/');
  judgement.refusal = refusal_of_name(name);
  if (judgement.refusal.empty()) judgement.refusal = refusal_of_kind(header, folder);
  if (judgement.refusal.empty()) judgement.refusal = refusal_of_content(header, folder);
  if (!judgement.refusal.empty()) return judgement;
  if (folder) name.remove_suffix(1);
  judgement.entry = {std::string(name),
                     header.bytes,
                     header.packed_bytes,
                     index,
                     header.crc,
                     static_cast<ZipMethod>(header.method),
                     folder,
                     !folder && (mode_in(header) & 0111) != 0};
  return judgement;
}

ZipClash find_clash(const std::vector<ZipEntry>& entries) {
  Tree tree(entries.size());
  for (const ZipEntry& entry : entries)
    if (auto refusal = tree.put(entry); !refusal.empty()) return {&entry, std::move(refusal)};
  return {};
}

}  // namespace storage
