// SPDX-License-Identifier: GPL-3.0-or-later
// Compares a site with the package that it should have been made of, file by file: every file of the package is read
// from the site and its CRC-32 compared with the archive's directory. The package itself is not unpacked. Reading only.
// A link in the place of a folder of the package is followed (people move media/ elsewhere), one in the place of a file
// is damage, and what an extra folder contains is counted without following any.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/owner.h"
#include "storage/zip_package.h"

namespace storage {

enum class Damage {
  missing,     // a file or folder of the package is not there
  changed,     // another size, or another CRC-32
  wrong_kind,  // a folder, link or device where the package has a file, or the other way round
  unreadable,  // it is there, and this account may not read it, or the disk fails
  permission,  // its owner may not read it (or enter and change the folder), or everybody may write it, which suEXEC
               // refuses
  extra,       // lies in the package's own territory and is not of the package: left over, or put there by somebody
};
constexpr size_t kDamages = 6;
std::string_view word(Damage damage);  // "missing", "changed", "of another kind", ...

struct Difference {
  Damage damage = Damage::missing;
  std::string path;     // relative to the root
  bool folder = false;  // the whole folder is missing or extra; what is in it is counted, not named
  uint64_t files = 1;   // so many files
};

// One folder at the top of the site; the files at the top itself stand under "".
struct FolderCount {
  std::string name;
  uint64_t files = 0;                        // of the package
  std::array<uint64_t, kDamages> damaged{};  // by Damage

  uint64_t of(Damage damage) const { return damaged[static_cast<size_t>(damage)]; }
};

struct ComparisonOrder {
  Path root;
  // Paths of the user are neither looked at nor counted. Extra is only what lies where the package alone belongs;
  // of a shared folder the user's own entries are no damage.
  OwnerOf owner;
  // So many differences are kept with their names; all are counted.
  size_t most_named = 200;
  unsigned threads = 2;
  // By the caller's thread, some times a second. May be empty.
  std::function<void(uint64_t files, uint64_t of)> progress;
  std::function<bool()> stop_asked;
};

struct Comparison {
  std::vector<FolderCount> folders;     // by name
  std::vector<Difference> differences;  // by path, the first `most_named` of each kind of damage
  uint64_t files = 0;                   // of the package, the user's left out
  uint64_t same = 0;
  uint64_t kept = 0;  // files of the package that belong to the user, not compared
  uint64_t read_bytes = 0;
  double seconds = 0;

  uint64_t of(Damage damage) const;
  // Nothing differs. A site with nothing but extra files is not whole either.
  bool whole() const;
};

// nullopt: stopped. Throws Failure when the root cannot be read at all; what cannot be read below is `unreadable`.
std::optional<Comparison> compare_tree(const ZipPackage& package, const ComparisonOrder& order);

// For a person: "vendor: 1204 missing, 3 changed of 15310 files", a line for each folder with damage.
std::vector<std::string> lines_of(const Comparison& comparison);

}  // namespace storage
