// SPDX-License-Identifier: GPL-3.0-or-later
// A zip file as a package of files: opened, and refused as a whole if anything in it is not as it should be
// (zip_entry.h says what), before a byte of it is written anywhere. What is left unproved until the contents are read
// (zip_contents.h) is that they have the sizes and checksums that the archive states, and that libzip sees the same
// archive as this program's own reading of its directory: the first reading throws if not.
//
// Memory: about 500 bytes an entry. The file must not change while it is open; if it does, its entries come out as
// damaged, never as something else.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/failure.h"
#include "platform/disk.h"
#include "storage/placing.h"
#include "storage/zip_entry.h"

namespace storage {

using platform::Path;

class ZipPackage {
 public:
  // Throws Failure: "5.1.1.zip is refused: app/../../x leads out of the folder that it is unpacked into", "5.1.1.zip
  // is cut off ...", or the cause why it cannot be read. The advice says what to do.
  explicit ZipPackage(const Path& file) : ZipPackage(file, {}) {}
  // Its entries stand where these placings put them; none: where they lie in it. What cannot lie so beside each other is refused.
  ZipPackage(const Path& file, const std::vector<Placing>& placings);
  ~ZipPackage();
  ZipPackage(const ZipPackage&) = delete;
  ZipPackage& operator=(const ZipPackage&) = delete;

  // The file's name, as it may stand in a sentence.
  const std::string& shown() const;

  // Files and folders in the archive's order; folders that no entry stands for are not among them.
  const std::vector<ZipEntry>& entries() const;
  // nullptr when it holds no such file or folder.
  const ZipEntry* find(std::string_view path) const;

  // Of all files, unpacked.
  uint64_t bytes() const;
  size_t files() const;
  // Folders, those included that no entry stands for.
  size_t folders() const;

  // One file's content, checked against its size and checksum; for the small texts that say what this package is.
  // Throws Failure when it is damaged or larger than `most_bytes`.
  std::string read(const ZipEntry& entry, uint64_t most_bytes) const;

  // ---- for zip_contents.h; from any thread, one at a time
  // Fills `to` with the packed bytes of these entries, one behind the other.
  void read_packed(std::span<const ZipEntry> entries, char* to) const;
  // Unpacks a file of any size, for those that are too large to lie in memory: `take` gets the pieces in order. Throws
  // Failure when it is damaged or goes beyond its stated size; what was given to `take` by then is not to be used.
  void unpack(const ZipEntry& entry, const std::function<void(std::string_view)>& take) const;

  // The Failure for an entry that is not what the archive says: "X in 5.1.1.zip is damaged: WHY".
  base::Failure damaged(const ZipEntry& entry, const std::string& why) const;

 private:
  class Archive;
  std::unique_ptr<Archive> archive_;
};

}  // namespace storage
