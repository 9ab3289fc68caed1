// SPDX-License-Identifier: GPL-3.0-or-later
// What would mend an application's configuration, as edits that stand in a plan (steps/configuration_text.h). The application says
// which; whether the result reaches the database is tried by whoever asks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/app.h"

namespace apps {

// What only the caller knows, or has found out by trying.
struct MendOrder {
  Path state;                        // our state folder; may be empty
  std::string copy;                  // the mark of the copy to begin from; empty: the best
  std::string address;               // of the site; empty when nobody knows
  bool from_database = false;        // how the database is reached stands in our settings, and is to be written down
  std::optional<std::string> prefix{};  // the tables' prefix, to be written down
  std::string access_from{};         // the mark of a copy whose access to the database is to be taken; empty: none's
};

struct MendedFile {
  Path file;
  std::string fingerprint;         // of what lies there, links followed; empty: nothing
  mode_t mode = 0644;              // of a new one
  std::vector<std::string> edits;
  bool names_database = false;     // the database is reached by it, so that it can be tried
};

struct CopyChoice {
  std::string mark, words;
};

// A copy that says otherwise how the database is reached. Nobody has tried it.
struct OtherAccess {
  std::string mark, words;
  bool same_database = false;  // only who logs in, or with which password, is another
};

struct ConfigurationMend {
  std::vector<MendedFile> files;     // in the order in which they are to be written
  std::vector<std::string> notes;    // what is done to them, and why: sentences; no value that may be secret
  std::vector<CopyChoice> copies;    // whole ones that could be begun from, the one that is used first
  std::vector<OtherAccess> accesses; // where local.php can stay as it is but for that, the best first
  std::vector<std::string> needed;   // what the owner must do or write down first: sentences; not empty: `files` is not complete
  bool begins_anew = false;          // local.php is written from a copy or from nothing: it must reach the database
};

}  // namespace apps
