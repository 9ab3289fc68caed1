// SPDX-License-Identifier: GPL-3.0-or-later
// Where our own data lies: jobs, logs, what was replaced. In the home of the account, when that is on the site's
// filesystem and not inside any document root; else, as the one exception, in a folder with an unguessable name in a
// place the web server could serve (DESIGN: "What must never happen").
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actions/key.h"
#include "actions/settings.h"
#include "storage/names.h"

namespace actions {

struct Account {
  std::string name;
  Path home;
};
// From /etc/passwd, read as a file (no NSS module is ever loaded); nullopt when it is not listed there.
std::optional<Account> account_of(platform::Disk& disk, uid_t user);

// The home that `folder` lies in: of its owner, as /etc/passwd names it, else the highest folder above it that is his
// (empty when there is none, or he is root). Never throws.
Path home_of(platform::Disk& disk, const Path& folder);

struct StateQuestion {
  Path real_root;                   // of the site, links resolved
  std::vector<Path> homes;          // of the accounts that matter, best first
  std::vector<Path> document_roots; // no state in or below these
  std::vector<Path> last_resorts;   // folders inside a document root where a hidden one may lie
  Path set_by_user;                 // settings: state = (a folder inside of it, where it holds other things than ours)
  std::string name_secret;          // what makes a hidden folder's name unguessable; empty = none possible
};

struct StateFolder {
  Path folder;
  bool exposed = false;   // lies where the web server could serve it: guarded, and to be checked
  std::string reason;     // why there
};

// Where it lies or is to be made; changes nothing. Throws Failure, with the reasons of every place that was tried,
// when there is no place.
StateFolder find_state_folder(platform::Disk& disk, const StateQuestion& question);

// Makes it if needed (0700, with a deny .htaccess when exposed), checks its format. Throws Failure when it cannot
// be written, or was written by a newer version.
void prepare_state_folder(platform::Disk& disk, const StateFolder& where);

// True when a path of ours must not lie in `folder`: it is or lies below a document root, or, inside `home`, below a
// folder with a usual document root's name (an addon domain's parent is another site's document root).
bool is_served(const Path& folder, const Path& home, const std::vector<Path>& document_roots);

}  // namespace actions
