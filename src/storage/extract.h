// SPDX-License-Identifier: GPL-3.0-or-later
// Unpacks a package beside the site, as a whole or not at all.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "platform/new_tree.h"
#include "storage/zip_package.h"

namespace storage {

// What a package takes on the disk, for the plan that asks for consent: bytes in blocks, files and folders.
struct SpaceNeeded {
  uint64_t bytes = 0;
  uint64_t files = 0;
};
SpaceNeeded space_needed(const ZipPackage& package);

struct ExtractOrder {
  // By the caller's thread, some times a second; files and bytes so far. May be empty.
  std::function<void(uint64_t files, uint64_t bytes)> progress;
  std::function<bool()> stop_asked;
};

struct Extracted {
  uint64_t files = 0;
  uint64_t bytes = 0;
  double seconds = 0;       // of unpacking
  double sync_seconds = 0;  // of the one sync of the whole tree, and its naming
};

// Into `tree`, which is committed at the end: when this returns a value the folder lies under its name, complete, each
// file with the size and the CRC-32 that the archive states, all on the disk. The space for it is taken first.
// nullopt: stopped. Then, and after a Failure (the disk is full: no_space(); an entry is damaged or not what it says:
// it is named), nothing is left: the tree is discarded. After a kill what is left is not under the folder's name, and
// the next platform::create_new_tree deletes it; the step is safe from its beginning (Interruption::restart). A folder
// that has its name is complete: a step that is done again after that finds it and has nothing left to do.
std::optional<Extracted> extract(const ZipPackage& package, std::unique_ptr<platform::NewTree> tree,
                                 const ExtractOrder& order);

}  // namespace storage
