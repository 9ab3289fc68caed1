// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a zip archive: refused with a Failure, or opened, and then no entry leaves the root, no two are in each
// other's way, and every content that is given out has the size and checksum that the archive states. An input that
// begins with "N" holds names instead, a line each, with the permissions of the entry in the first four digits.
// Built as php_literal_fuzz.cpp is.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"
#include "storage/zip_contents.h"
#include "storage/zip_directory.h"

namespace {

using namespace storage;

constexpr uint64_t kMostUnpackedBytes = 8 << 20;

void need(bool promise) {
  if (!promise) std::abort();
}

// Judged by other means than the code under test uses.
void check_path(const std::string& path) {
  std::filesystem::path inside = "/root/of/it";
  need(!path.empty() && path.size() <= kMostZipPathBytes);
  auto whole = (inside / path).lexically_normal().native();
  need(whole == inside.native() + "/" + path);  // nothing in it to normalise, so nothing that climbs
  need(path.find('\\') == path.npos && path.find('\0') == path.npos && path.back() != '/');
  need(base::printable_line(path) == path);  // UTF-8 without control characters
}

// Lays the entries out as an unpacker would, on a disk that takes no notice of case.
void check_tree(const std::vector<ZipEntry>& entries) {
  std::map<std::string, std::string> places;  // in lower case: "folder NAME" or "file NAME"
  std::map<std::string, bool> own;
  for (const ZipEntry& entry : entries) {
    for (size_t slash = entry.path.find('/'); slash != entry.path.npos; slash = entry.path.find('/', slash + 1)) {
      std::string above = entry.path.substr(0, slash);
      need(places.try_emplace(base::lower(above), "folder " + above).first->second == "folder " + above);
    }
    std::string here = (entry.folder ? "folder " : "file ") + entry.path;
    need(places.try_emplace(base::lower(entry.path), here).first->second == here);
    need(own.try_emplace(entry.path, true).second);
  }
}

void check_contents(const ZipPackage& package) {
  std::map<const ZipEntry*, std::string> contents;
  ContentsOrder order;
  order.threads = 1;
  order.take = [&](unsigned thread, const ZipPiece& piece) {
    need(thread == 0);
    auto [content, is_new] = contents.try_emplace(&piece.entry);
    need(is_new == piece.first);
    content->second += piece.bytes;
    need(content->second.size() <= piece.entry.bytes);
    if (!piece.last) return;
    need(content->second.size() == piece.entry.bytes && base::crc32(content->second) == piece.entry.crc);
  };
  try {
    need(read_contents(package, order) == ContentsEnd::complete);
    need(contents.size() == package.files());
  } catch (const base::Failure&) {
  }
}

void run_archive(const uint8_t* data, size_t size) {
  static const int file = ::memfd_create("archive", MFD_CLOEXEC);
  static const std::string name = "/proc/self/fd/" + std::to_string(file);
  need(::ftruncate(file, 0) == 0 && ::pwrite(file, data, size, 0) == static_cast<ssize_t>(size));
  try {
    ZipPackage package(name);
    for (const ZipEntry& entry : package.entries()) {
      check_path(entry.path);
      need(entry.packed_bytes <= size && entry.bytes <= 1032 * (size + 1));
      need(package.find(entry.path) == &entry);
    }
    check_tree(package.entries());
    if (package.bytes() <= kMostUnpackedBytes) check_contents(package);
  } catch (const base::Failure& failure) {
    need(*failure.what() != '\0');
  }
}

void run_names(const std::string& text) {
  std::vector<ZipEntry> entries;
  for (auto line : base::split(text, '\n')) {
    if (line.size() < 4) continue;
    ZipHeader header;
    for (char digit : line.substr(0, 4))
      header.attributes = header.attributes << 4 | (static_cast<uint8_t>(digit) & 15);
    header.attributes <<= 16;
    header.made_by = line[0] & 16 ? 3 << 8 : 0;
    header.name = line.substr(4);
    ZipJudgement judgement = judge(header, entries.size());
    if (judgement.skipped || !judgement.refusal.empty()) continue;
    check_path(judgement.entry.path);
    need((mode_of(judgement.entry) & ~0755U) == 0);
    entries.push_back(judgement.entry);
    if (find_clash(entries).entry) {
      need(find_clash(entries).entry == &entries.back());
      entries.pop_back();
    }
  }
  check_tree(entries);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 0 && data[0] == 'N')
    run_names(std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
  else
    run_archive(data, size);
  return 0;
}
