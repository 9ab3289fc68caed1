// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs `check-package`, `count-migrations`, `check-present` and `put-log-away`.
#include <algorithm>
#include <set>

#include "base/failure.h"
#include "base/text.h"
#include "steps/verbs.h"
#include "storage/zip_package.h"

namespace steps {

namespace {

using platform::Path;

constexpr size_t kMostNamed = 20;
constexpr std::string_view kMigration = "Version", kPhp = ".php";

}  // namespace

Outcome check_package(Supervisor& supervisor, const base::Step& step) {
  const Path file = step.words.at(0);
  need_unchanged(supervisor, file, step.words.at(1));
  storage::ZipPackage package(file);
  supervisor.line(base::printable_line(file.native()) + ": " + std::to_string(package.files()) + " files; each is proved by its checksum when it is unpacked");
  return {};
}

Outcome count_migrations(Supervisor& supervisor, const base::Step& step) {
  const Path folder = step.words.at(2);
  const std::string &table = step.words.at(3), &wanted = step.words.at(4);
  auto connection = storage::Connection::open(same_target(supervisor, step.words.at(0), step.words.at(1)));
  std::set<std::string> done;
  for (const auto& row : connection.query("SELECT version FROM " + storage::quote_name(table))) done.insert(row.at(0).value_or(""));
  auto entries = supervisor.disk().list(folder);
  if (!entries) throw base::Failure("the folder of the migrations is not there: " + folder.native());
  std::vector<std::string> left;
  for (const auto& entry : *entries) {
    if (!entry.name.starts_with(kMigration) || !entry.name.ends_with(kPhp)) continue;
    std::string number = entry.name.substr(kMigration.size(), entry.name.size() - kMigration.size() - kPhp.size());
    if (!done.count(number)) left.push_back(base::printable_line(number));
  }
  std::sort(left.begin(), left.end());
  std::string words = left.empty() ? "no migration is left" : std::to_string(left.size()) + (left.size() == 1 ? " migration is left: " : " migrations are left: ") +
                                                                  base::some_of(left, kMostNamed);
  if (wanted == "none" && !left.empty()) return {{1, 0}, false, words + ", although the console said that all is done"};
  supervisor.line(words);
  return {};
}

Outcome check_present(Supervisor& supervisor, const base::Step& step) {
  const Path root = step.words.at(0);
  std::vector<std::string> missing;
  for (size_t i = 1; i < step.words.size(); ++i)
    if (!supervisor.disk().look(root / step.words[i])) missing.push_back(base::printable_line(step.words[i]));
  size_t all = step.words.size() - 1;
  if (!missing.empty())
    return {{1, 0}, false, std::to_string(missing.size()) + " of " + std::to_string(all) + " are not in their place: " + base::some_of(missing, kMostNamed)};
  supervisor.line(std::to_string(all) + " files and folders of yours were left in their place, and are there");
  return {};
}

Outcome put_log_away(Supervisor& supervisor, const base::Step& step) {
  platform::Disk& disk = supervisor.disk();
  const Path log = step.words.at(0), folder = supervisor.state().logs();
  auto facts = disk.look(log);
  if (!facts || facts->kind != platform::Kind::file) return {};
  disk.make_folder(folder, 0700);
  Path away = folder / (supervisor.job() + "-" + log.filename().native());
  supervisor.line(base::printable_line(log.native()) + " moves out of the site, to " + base::printable_line(away.native()));
  disk.rename(log, away);
  disk.sync_folder(folder);
  disk.sync_folder(log.parent_path());
  return {};
}

}  // namespace steps
