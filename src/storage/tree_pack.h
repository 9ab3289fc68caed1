// SPDX-License-Identifier: GPL-3.0-or-later
// Packs a site's folders into a zip, file by file as they are read, with the memory of the writer and a list of folders.
// Links are not followed and not stored, devices and pipes neither: they are named. What cannot be read is named and
// counted, and does not stop the rest; a file that changes meanwhile is stored as it was read. Reads only.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "storage/owner.h"
#include "storage/zip_writer.h"

namespace storage {

enum class PackScope {
  whole,
  own,  // without what is the application's own by OwnerOf; `either` counts as the user's
};

struct PackOrder {
  platform::Path top;   // the folder that is packed
  std::string root;     // the site's document root, relative to it; empty: the same
  PackScope scope = PackScope::whole;
  OwnerOf owner;        // of paths relative to the document root, asked for PackScope::own. Above that root a file is the user's.
  std::vector<platform::Path> left_out;  // with all they hold; what is ours by its name (names.h) is left out in any case
  // Called often, between two pieces of a file. Both may be empty.
  std::function<void(uint64_t files, uint64_t bytes)> progress;
  std::function<bool()> stop_asked;
};

constexpr size_t kMostNamed = 20;

// All are counted, the first ones named, relative to the top.
struct Named {
  uint64_t count = 0;
  std::vector<std::string> names;

  void add(const std::string& name) {
    if (++count <= kMostNamed) names.push_back(name);
  }
};

struct Packed {
  uint64_t files = 0, folders = 0;
  uint64_t bytes = 0;  // of the files, unpacked
  Named unread;        // files and folders that could not be read, or not to their end
  Named links;         // "media/files -> /data/files"; also devices and pipes
  Named left_out;      // by the order, or because they are ours

  bool complete() const { return unread.count == 0; }
};

// How much there is to pack; files are not opened. Neither function throws but for the top itself. nullopt: stopped.
std::optional<Packed> survey_tree(const PackOrder& order);
// Adds all of it, and when something could not be read a last entry that says so (kNotComplete). Does not finish the
// archive. What the writer throws is passed on. nullopt: stopped; the archive is to be thrown away.
std::optional<Packed> pack_tree(const PackOrder& order, ZipWriter& zip);
constexpr const char* kNotComplete = "UNSTICK-NOT-COMPLETE.txt";

// Sentences for whoever keeps the archive: what is not in it, the worst last. Empty when all is.
std::vector<std::string> notes_of(const Packed& packed);
// "NOT COMPLETE: 3 files could not be read".
std::string not_complete_words(uint64_t unread);

}  // namespace storage
