// SPDX-License-Identifier: GPL-3.0-or-later
// Permissions in a site that keep its own account out, or let everybody in: found, and mended where they are this account's.
// Every change is written down before the first one is made, so that it can be taken back. No link is ever followed, and
// nothing outside the top is looked at.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "platform/disk.h"

namespace storage {

using platform::Path;

struct PermissionOrder {
  Path top;
  uid_t account = 0;           // ours
  std::vector<Path> written;   // folders that the application writes into, with all they hold
  std::vector<Path> caches;    // folders that can be lost
  std::vector<Path> left_out;  // neither looked at nor changed
  std::function<bool()> stop_asked;  // may be empty
};

struct ModeChange {
  Path path;
  platform::Kind kind = platform::Kind::file;
  mode_t from = 0, to = 0;
};

// Of another account, and in the site's way. Only the topmost: what it holds is not looked at.
struct Foreign {
  Path path;
  uid_t owner = 0;
  const char* trouble = "";  // "cannot be read"
};

struct Permissions {
  std::vector<ModeChange> changes;  // a folder before what it holds
  std::vector<Path> renew;          // folders of root's in a folder of ours, empty or a cache: to be made anew, as ours
  std::vector<Foreign> foreign;
  std::vector<Path> kept_open;      // everybody may write there, and another account does: it may be the one PHP runs as
  uint64_t closed = 0;              // folders that can be looked into only after their change
  uint64_t harmless = 0;            // of another account, and can be read
  bool stopped = false;

  bool nothing_to_change() const { return changes.empty() && renew.empty(); }
};

// What a folder or file of ours has to have: its owner may read it (and enter and change a folder), and not everybody may
// write it. Bits that do no harm stay. `kept_open`: everybody may go on writing.
mode_t wanted_mode(platform::Kind kind, mode_t mode, bool kept_open);

// Throws Failure only when the top itself cannot be looked at.
Permissions find_permissions(platform::Disk& disk, const PermissionOrder& order);

// The file that says how it was: a line each, "0000 0644 PATH" (before, after; a % and two digits for what is no letter,
// digit or ._~-/), "renewed PATH".
struct ModeJournal {
  Path file;
  std::string job;  // names what is set aside: PATH.unstick-JOB
};
// Writes the journal, or adds to one of the same job that was interrupted; then changes. Returns what could not be changed:
// sentences. Throws Failure when the journal cannot be written: then nothing was changed.
std::vector<std::string> mend_permissions(platform::Disk& disk, const Permissions& found, const ModeJournal& journal);
// Gives everything that still has the permissions that this job gave it those of before, from the last to the first: what the
// folder holds before the folder. Folders that were made anew stay. Returns how many; throws Failure at the first that cannot be.
uint64_t restore_modes(platform::Disk& disk, const ModeJournal& journal);

// Folders that an interrupted job set aside and did not make anew.
void finish_renewals(platform::Disk& disk, const ModeJournal& journal);

}  // namespace storage
