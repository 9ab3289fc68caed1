// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/zip_package.h"

#include <zip.h>

#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "base/digest.h"
#include "base/text.h"
#include "storage/zip_directory.h"
#include "storage/zip_source.h"

namespace storage {

namespace {

using Handle = std::unique_ptr<zip_t, decltype(&zip_discard)>;
using OpenEntry = std::unique_ptr<zip_file_t, decltype(&zip_fclose)>;

constexpr size_t kPieceBytes = 1 << 20;
constexpr const char* kAgain = "download the package again, in binary mode, and compare its size";

std::string words_of(zip_error_t* error) { return base::printable_line(zip_error_strerror(error)); }

Handle open_handle(ZipInput& input, const std::string& shown) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = input.source(&error);
  Handle handle(source ? zip_open_from_source(source, ZIP_RDONLY, &error) : nullptr, zip_discard);
  std::string words = words_of(&error);
  zip_error_fini(&error);
  if (handle) return handle;
  if (source) zip_source_free(source);
  throw base::Failure(shown + " is damaged: its table of contents cannot be read (" + words + ")", kAgain);
}

// Whether libzip sees what zip_directory.h saw.
bool sees_the_same(zip_t* handle, const std::vector<ZipEntry>& entries) {
  for (const ZipEntry& entry : entries) {
    zip_stat_t seen;
    const char* raw = zip_get_name(handle, entry.index, ZIP_FL_ENC_RAW);
    if (!raw || zip_stat_index(handle, entry.index, 0, &seen) != 0) return false;
    std::string_view name = raw;
    if (name.starts_with("./")) name.remove_prefix(2);
    if (entry.folder && name.ends_with('/')) name.remove_suffix(1);
    if (name != entry.path || seen.size != entry.bytes || seen.comp_size != entry.packed_bytes ||
        seen.crc != entry.crc || seen.comp_method != static_cast<uint16_t>(entry.method))
      return false;
  }
  return zip_get_num_entries(handle, 0) >= static_cast<zip_int64_t>(entries.size());
}

size_t count_folders(const std::vector<ZipEntry>& entries) {
  std::unordered_set<std::string_view> folders;
  for (const ZipEntry& entry : entries) {
    std::string_view path = entry.path;
    if (entry.folder) folders.insert(path);
    for (size_t slash = path.rfind('/'); slash != path.npos; slash = path.rfind('/', slash - 1)) {
      if (!folders.insert(path.substr(0, slash)).second) break;
    }
  }
  return folders.size();
}

}  // namespace

class ZipPackage::Archive {
 public:
  Archive(const Path& file, const std::vector<Placing>& placings)
      : shown(base::printable_line(file.filename().native())), input_(file), handle_(nullptr, zip_discard) {
    take(headers());
    if (!placings.empty()) place(placings);
    count();
  }

  // One entry, unpacked by libzip, which holds its lock only while it works.
  class Reading {
   public:
    Reading(const Archive& archive, const ZipEntry& entry)
        : archive_(archive), entry_(entry), file_(nullptr, zip_fclose) {
      std::lock_guard lock(archive.mutex_);
      file_.reset(zip_fopen_index(archive.handle(), entry.index, 0));
      if (!file_) fail(zip_get_error(archive.handle()));
    }
    ~Reading() {
      std::lock_guard lock(archive_.mutex_);
      file_.reset();
    }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    // Up to `bytes` of it; 0 at its end.
    size_t read(char* to, size_t bytes) {
      std::lock_guard lock(archive_.mutex_);
      zip_int64_t got = zip_fread(file_.get(), to, bytes);
      if (got < 0) fail(zip_file_get_error(file_.get()));
      return static_cast<size_t>(got);
    }

   private:
    [[noreturn]] void fail(zip_error_t* error) const { throw archive_.damaged(entry_, words_of(error)); }

    const Archive& archive_;
    const ZipEntry& entry_;
    OpenEntry file_;
  };

  void read_packed(std::span<const ZipEntry> wanted, char* to) const {
    std::lock_guard lock(mutex_);
    for (const ZipEntry& entry : wanted) {
      if (entry.packed_bytes == 0) continue;
      OpenEntry file(zip_fopen_index(handle(), entry.index, ZIP_FL_COMPRESSED), zip_fclose);
      if (!file) throw damaged(entry, words_of(zip_get_error(handle())));
      for (uint64_t left = entry.packed_bytes; left > 0;) {
        zip_int64_t got = zip_fread(file.get(), to, left);
        if (got < 0) throw damaged(entry, words_of(zip_file_get_error(file.get())));
        if (got == 0) throw damaged(entry, "it is cut off");
        to += got, left -= static_cast<uint64_t>(got);
      }
    }
  }

  base::Failure damaged(const ZipEntry& entry, const std::string& why) const {
    return base::Failure(base::printable_line(entry.path) + " in " + shown + " is damaged: " + why, kAgain);
  }

  std::string shown;
  std::vector<ZipEntry> entries;
  std::unordered_map<std::string_view, size_t> places;
  uint64_t bytes = 0;
  size_t files = 0, folders = 0;

 private:
  [[noreturn]] void refuse(const std::string& name, const std::string& why) const {
    throw base::Failure(shown + " is refused: " + base::printable_line(name) + " " + why,
                        "take the package from its maker's own download page; nothing was changed");
  }

  std::vector<ZipHeader> headers() const {
    return read_zip_directory(shown, input_.bytes(),
                              [this](uint64_t at, char* to, size_t count) { return input_.read_at(at, to, count); });
  }

  // libzip's, when it is first needed; under the lock.
  zip_t* handle() const {
    if (handle_) return handle_.get();
    Handle opened = open_handle(input_, shown);
    if (!sees_the_same(opened.get(), unplaced_.empty() ? entries : unplaced_))
      throw base::Failure(shown + " is refused: it can be read in two ways, with different contents", kAgain);
    handle_ = std::move(opened);
    return handle_.get();
  }

  void take(const std::vector<ZipHeader>& all) {
    entries.reserve(all.size());
    for (size_t i = 0; i < all.size(); ++i) {
      ZipJudgement judgement = judge(all[i], i);
      if (!judgement.refusal.empty()) refuse(all[i].name, judgement.refusal);
      if (!judgement.skipped) entries.push_back(std::move(judgement.entry));
    }
    if (auto clash = find_clash(entries); clash.entry) refuse(clash.entry->path, clash.refusal);
  }

  void place(const std::vector<Placing>& placings) {
    unplaced_ = std::move(entries);
    entries.clear();
    for (const ZipEntry& entry : unplaced_) {
      auto path = placed(placings, entry.path);
      if (!path || path->empty()) continue;
      entries.push_back(entry);
      entries.back().path = std::move(*path);
    }
    if (auto clash = find_clash(entries); clash.entry) refuse(clash.entry->path, clash.refusal);
  }

  void count() {
    folders = count_folders(entries);
    for (const ZipEntry& entry : entries) {
      places.emplace(entry.path, places.size());
      files += entry.folder ? 0 : 1;
      if (bytes + entry.bytes < bytes) refuse(entry.path, "states a size that no disk has");
      bytes += entry.bytes;
    }
    if (files == 0) throw base::Failure(shown + " holds no files", kAgain);
  }

  mutable std::mutex mutex_;  // libzip is for one thread at a time
  mutable ZipInput input_;
  std::vector<ZipEntry> unplaced_;  // as they lie in the archive, where they are placed otherwise
  mutable Handle handle_;
};

ZipPackage::ZipPackage(const Path& file, const std::vector<Placing>& placings) : archive_(std::make_unique<Archive>(file, placings)) {}
ZipPackage::~ZipPackage() = default;

const std::string& ZipPackage::shown() const { return archive_->shown; }
const std::vector<ZipEntry>& ZipPackage::entries() const { return archive_->entries; }
uint64_t ZipPackage::bytes() const { return archive_->bytes; }
size_t ZipPackage::files() const { return archive_->files; }
size_t ZipPackage::folders() const { return archive_->folders; }
base::Failure ZipPackage::damaged(const ZipEntry& entry, const std::string& why) const {
  return archive_->damaged(entry, why);
}

const ZipEntry* ZipPackage::find(std::string_view path) const {
  auto found = archive_->places.find(path);
  return found == archive_->places.end() ? nullptr : &archive_->entries[found->second];
}

void ZipPackage::read_packed(std::span<const ZipEntry> entries, char* to) const { archive_->read_packed(entries, to); }

void ZipPackage::unpack(const ZipEntry& entry, const std::function<void(std::string_view)>& take) const {
  if (entry.packed_bytes == 0 && entry.bytes != 0) throw damaged(entry, "it is empty");
  Archive::Reading reading(*archive_, entry);
  std::string piece(std::min<uint64_t>(kPieceBytes, entry.bytes + 1), '\0');
  uint64_t got = 0;
  for (;;) {
    size_t part = reading.read(piece.data(), piece.size());
    if (part == 0) break;
    got += part;
    if (got > entry.bytes) throw damaged(entry, "it is larger than it says");
    take({piece.data(), part});
  }
  if (got != entry.bytes) throw damaged(entry, "it is smaller than it says");
}

std::string ZipPackage::read(const ZipEntry& entry, uint64_t most_bytes) const {
  if (entry.bytes > most_bytes)
    throw base::Failure(base::printable_line(entry.path) + " in " + shown() + " is larger than " +
                        base::size_words(most_bytes));
  std::string text;
  unpack(entry, [&](std::string_view piece) { text += piece; });
  if (base::crc32(text) != entry.crc) throw damaged(entry, "its checksum is wrong");
  return text;
}

}  // namespace storage
