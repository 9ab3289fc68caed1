// SPDX-License-Identifier: GPL-3.0-or-later
// Which paths of a site a swap touches, and the file that keeps it: lines of text, so that a person can read it in an
// FTP client, with a count and a checksum at the end. It is written whole (platform::Disk::replace), never appended to:
// how far a swap is stands nowhere, where the files lie tells it (swap.h).
//   unstick swap 1
//   root /home/example/public_html
//   new /home/example/.unstick-0123456789abcdef/staged/20261121-093015123-k3v9qa
//   replace app/bundles
//   end 1 89abcdef
// Bytes of paths other than A-Z a-z 0-9 . _ ~ - are written as %XX.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "platform/disk.h"
#include "storage/owner.h"

namespace storage {

using platform::Path;

enum class SwapKind {
  replace,  // root/x -> old/x, new/x -> root/x
  put,      // new/x -> root/x, where there was no root/x
  remove,   // root/x -> old/x
  // Only for folders that cannot be renamed as a whole, or are going to be the user's; their entries stand beside them in the list:
  make,    // the folder root/x comes into being, before what is put into it
  unmake,  // the empty folder root/x goes, behind what was removed from it
};

struct SwapEntry {
  SwapKind kind = SwapKind::replace;
  std::string path;  // relative to root, as ZipEntry::path
  mode_t mode = 0;   // of make and unmake

  bool operator==(const SwapEntry&) const = default;
};

struct SwapList {
  Path root;    // the site
  Path staged;  // the new files, under the same relative paths
  std::vector<SwapEntry> entries;

  bool operator==(const SwapList&) const = default;
};

// The fewest entries that bring `staged` into `root`. Reading only. What is where decides, not what it contains:
// of a package's path that both have a whole folder is one `replace`, whatever is in it.
SwapList plan_swap(platform::Disk& disk, const Path& root, const Path& staged, const OwnerOf& owner);

// Throws Failure naming the entry, if one leads out of the root or lies within another's path.
void check_swap_list(const SwapList& list);

std::string to_text(const SwapList& list);
// nullopt when there is no such file. Throws Failure when it is damaged or of a newer version.
std::optional<SwapList> read_swap_list(platform::Disk& disk, const Path& file);

}  // namespace storage
