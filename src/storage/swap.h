// SPDX-License-Identifier: GPL-3.0-or-later
// Swaps new files into a site and back, so that a kill, a full disk or a refused call at any moment leaves something
// that the next visit can finish or take back.
//
// A swap is two plain renames an entry, root/x -> old/x and new/x -> root/x; where things lie tells how far it is (new
// only: not begun; new and old: between; old only: done), so nothing is written down on the way. The list is on the
// disk before the first rename, both parent folders are synced after each. Nothing is ever copied, nothing deleted:
// what is replaced lies in old/, what somebody else made in the place of an entry while the swap was under way lies in
// strays/.
//
// Where a folder cannot be renamed (EXDEV: a part of an image's lower layer, on overlay filesystems) its entries are
// swapped one by one: the list is written anew with them, then the swap goes on. Files must be renameable.
//
// One process at a time: the caller holds the site's lock.
#pragma once

#include <string>
#include <vector>

#include "platform/disk.h"
#include "storage/names.h"
#include "storage/swap_list.h"

namespace storage {

// How many entries lie how. not_begun == all: the old tree; done == all: the new one.
struct SwapPosition {
  size_t not_begun = 0, between = 0, done = 0;
};

class Swap {
 public:
  // `names`: the folder of this swap, in the state folder; the same for all calls, also by another process later.
  Swap(platform::Disk& disk, SwapNames names) : disk_(disk), names_(std::move(names)) {}

  // Writes the list, and with it the intention. Nothing of the site is touched. A list that is there already must be
  // the same swap, else Failure. Throws Failure when an entry is none, or one names a path within another's.
  void begin(const SwapList& list);
  // False: never begun, or forgotten; then run() and roll_back() do nothing.
  bool begun() const;

  // Goes on from wherever it stands to the new tree. If nothing is swapped yet, renames of a file and a folder are
  // tried first, in each of the site's folders that an entry lies in: a host that does not allow them is a Failure with
  // the site untouched. Throws Failure naming the entry otherwise; the site is then a mixture: call run() again, or
  // roll_back(). Running again when all is done changes nothing. A new file that is gone is a Failure before anything is changed;
  // with Gone::skip (for going forth again after a roll back: the application deletes files, too) its entry stays as it is.
  enum class Gone { refuse, skip };
  void run(Gone gone = Gone::refuse);

  // Goes back from wherever it stands to the old tree; the new files lie in `staged` again, with what was changed in
  // them meanwhile. Throws Failure naming the entry; calling it again goes on. When what was replaced has been deleted
  // from old/ it throws before anything is changed. Files that others made in the place of an entry that was put aside
  // are set in strays/.
  void roll_back();

  // Whether roll_back() would refuse, because something that was replaced was deleted from old/. Reading only.
  bool is_lost() const;

  // Reading only; all zero when it is not begun.
  SwapPosition position() const;

  // What lies in strays/, under the paths in the site: to be told to the owner.
  std::vector<std::string> strays() const;

 private:
  class Work;
  platform::Disk& disk_;
  SwapNames names_;
};

}  // namespace storage
