// SPDX-License-Identifier: GPL-3.0-or-later
// Whom a path of the site belongs to, as the application's data sheet says: what a swap and a comparison may touch.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace storage {

enum class Owner {
  package,  // the application's: replaced as a whole; what the package does not have does not belong there
  shared,   // a folder of both: looked into; what the package does not have there is somebody else's and stays
  either,   // the package's, as a whole, where the package has it; somebody else's where not
  nobody,   // left where it is: neither brought nor taken
  user,     // data or configuration: never replaced, never damage; put there only when it is missing
  filled,   // the same of a folder and what is in it (unless a rule of its own says otherwise): what the site lacks is put there, a file
            // that was cut off while it was copied is replaced, all else stays
};

// Of a path relative to the site's root. A folder is asked about before what is in it, and that only when it is shared.
// Called by several threads at once.
using OwnerOf = std::function<Owner(const std::string& path)>;

// One line of such a data sheet: "app/config/*local*": a * stands for any characters but a slash.
struct OwnerRule {
  Owner owner = Owner::either;
  std::string pattern;

  bool operator==(const OwnerRule&) const = default;
};

// The first rule whose pattern fits the whole path decides; Owner::either where none does.
OwnerOf owner_by(std::vector<OwnerRule> rules);

// "user app/config/*local*", for a step's words.
std::string to_word(const OwnerRule& rule);
OwnerRule rule_of(std::string_view word);  // throws Failure when it is none

}  // namespace storage
