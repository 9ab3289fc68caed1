// SPDX-License-Identifier: GPL-3.0-or-later
// The verb that compares a site with a package: `verify-tree`.
#include <algorithm>

#include "base/failure.h"
#include "base/text.h"
#include "steps/pace.h"
#include "steps/verbs.h"
#include "storage/tree_comparison.h"

namespace steps {

namespace {

using storage::Comparison;
using storage::Damage;

constexpr size_t kMostNamed = 20;     // of each kind of damage
constexpr uint64_t kManyFiles = 10;   // more than anybody loses or edits by hand

std::string files_words(uint64_t count) { return std::to_string(count) + (count == 1 ? " file" : " files"); }

std::string shown(const storage::Difference& difference) {
  std::string words = "  " + base::printable_line(difference.path);
  if (!difference.folder) return words;
  return words + "/" + (difference.files == 0 ? "" : " (the whole folder, " + files_words(difference.files) + ")");
}

void name_differences(base::Report& report, const Comparison& found) {
  for (size_t i = 0; i < storage::kDamages; ++i) {
    auto damage = static_cast<Damage>(i);
    if (found.of(damage) == 0) continue;
    report.line(std::string(word(damage)) + ":");
    uint64_t named = 0, covered = 0;
    for (const auto& difference : found.differences) {
      if (difference.damage != damage || named == kMostNamed) continue;
      report.line(shown(difference));
      ++named, covered += std::max<uint64_t>(difference.files, 1);
    }
    if (found.of(damage) > covered) report.line("  and " + std::to_string(found.of(damage) - covered) + " more");
  }
}

uint64_t without(const storage::FolderCount& folder) {
  return folder.of(Damage::missing) + folder.of(Damage::wrong_kind);
}

// What such numbers come from.
void explain(base::Report& report, const Comparison& found) {
  for (const auto& folder : found.folders) {
    uint64_t gone = without(folder);
    std::string name = folder.name.empty() ? "the top folder" : base::printable_line(folder.name);
    if (gone >= kManyFiles && gone < folder.files)
      report.line("! half-copied " + name + ": " + std::to_string(gone) + " of " + files_words(folder.files) +
                  " are not there: an upload or an update did not come to its end");
    else if (gone >= kManyFiles)
      report.line("! " + name + " is missing as a whole");
  }
  uint64_t changed = found.of(Damage::changed);
  if (changed >= kManyFiles)
    report.line("! mixed versions: " + files_words(changed) + " have other contents than in this release, " + std::to_string(found.same) +
                " are as they should be");
  if (found.of(Damage::unreadable) > 0)
    report.line("! " + files_words(found.of(Damage::unreadable)) + " could not be read: the program's account may not");
}

// Extra files are none of the package's.
uint64_t damaged(const Comparison& found) {
  uint64_t sum = 0;
  for (size_t i = 0; i < storage::kDamages; ++i)
    if (static_cast<Damage>(i) != Damage::extra) sum += found.of(static_cast<Damage>(i));
  return sum;
}

std::string verdict(const Comparison& found, const std::string& release) {
  uint64_t differ = damaged(found), extra = found.of(Damage::extra);
  std::string words = differ > 0 ? std::to_string(differ) + " of " + files_words(found.files) + " differ" : "";
  if (extra > 0) words += (words.empty() ? "" : ", and ") + std::to_string(extra) + " should not be there";
  return words + ": the tree is not the release " + release;
}

}  // namespace

Outcome verify_tree(Supervisor& supervisor, const base::Step& step) {
  const std::string &root = step.words.at(0), &file = step.words.at(1), &release = step.words.at(2);
  std::vector<storage::OwnerRule> rules;
  for (size_t i = 5; i < step.words.size(); ++i)
    if (!storage::placing_of(step.words[i])) rules.push_back(storage::rule_of(step.words[i]));
  storage::ZipPackage package(file, storage::placings_in(step.words, 5));
  supervisor.line(step.words.at(3));

  Pace pace;
  storage::ComparisonOrder order;
  order.root = root;
  order.owner = storage::owner_by(std::move(rules));
  order.most_named = kMostNamed;
  order.stop_asked = [&] { return supervisor.stop_asked(); };
  order.progress = [&](uint64_t files, uint64_t of) {
    if (pace.is_due()) supervisor.line("compared " + std::to_string(files) + " of " + files_words(of));
  };
  auto found = storage::compare_tree(package, order);
  if (!found) return {{}, true, {}};

  for (const auto& line : storage::lines_of(*found)) supervisor.line(line);
  name_differences(supervisor, *found);
  explain(supervisor, *found);
  supervisor.line(std::to_string(found->same) + " of " + files_words(found->files) + " are byte for byte those of " +
                  package.shown() + " (" + base::size_words(found->read_bytes) + " read in " +
                  base::seconds_words(found->seconds) + ")" +
                  (found->kept > 0 ? "; " + files_words(found->kept) + " of yours not looked at" : ""));
  if (found->whole()) return {};
  supervisor.line(step.words.at(4));
  return {{1, 0}, false, verdict(*found, release)};
}

}  // namespace steps
