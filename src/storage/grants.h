// SPDX-License-Identifier: GPL-3.0-or-later
// What an account may do with one database, as SHOW GRANTS tells it. Lists of triggers, events and routines come back
// empty, not as errors, where a right is missing: so the rights are asked first. Pure.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace storage {

class Grants {
 public:
  // `lines`: the rows of SHOW GRANTS. They hold password hashes: never show them.
  Grants(const std::vector<std::string>& lines, std::string_view database);

  // "TRIGGER", "SHOW VIEW": on the whole database or all of them.
  bool has(std::string_view privilege) const;
  // "SELECT": on all databases.
  bool has_everywhere(std::string_view privilege) const;

 private:
  std::set<std::string, std::less<>> here_;
  std::set<std::string, std::less<>> everywhere_;
};

// Whether the pattern of a grant ("shop\_%") means this database.
bool grant_matches(std::string_view pattern, std::string_view database);

}  // namespace storage
