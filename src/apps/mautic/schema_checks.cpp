// SPDX-License-Identifier: GPL-3.0-or-later
// The checks of what the release needs to stand in the database. What proves a database behind its files is a table or column, by name,
// that is missing: neither the count of rows nor what the console says of them does.
#include <algorithm>
#include <array>

#include "apps/mautic/checks.h"
#include "apps/mautic/half_applied.h"
#include "apps/mautic/schema.h"
#include "base/text.h"

namespace apps::mautic {

namespace {

constexpr size_t kMostNamed = 8;
constexpr size_t kMostShown = 240;  // of a log's line

std::vector<std::string> first_of(std::vector<std::string> all) {
  size_t count = all.size();
  if (count <= kMostNamed) return all;
  all.resize(kMostNamed);
  all.push_back("and " + std::to_string(count - kMostNamed) + " more");
  return all;
}

// The documentation's own way; the page is there in 2.x to 6.x.
std::string documented_way(Examination& examination) {
  const Site& site = examination.site;
  std::string address = site.app && site.app->site_url ? site.app->site_url(examination.disk, site) : "";
  while (address.ends_with("/")) address.pop_back();
  if (address.empty() || site.version.empty() || site.version.major() >= 7) return {};
  return "where the site still answers, the documentation's own way: make a backup first (db:backup), then open " + address +
         "/s/update/schema (needs the admin login; opening it runs the migrations at once)";
}

// The tables that every release has.
std::vector<std::string> missing_oldest(Examination& examination) {
  std::vector<std::string> missing;
  for (auto name : kOldestTables)
    if (!examination.has_table(std::string(name)))
      missing.push_back("the table " + examination.prefixed(std::string(name)) + " is missing");
  return missing;
}

std::string rows_words(const MigrationState& state) {
  size_t without =
      std::count_if(state.files.files.begin(), state.files.files.end(), [&](const auto& file) { return !state.table.has(file.number); });
  std::string words = std::to_string(state.files.files.size()) + " files, ";
  if (state.table.form == TableForm::absent) return words + "no table of migrations: normal after an installation";
  return words + std::to_string(without) + " without a row" + (without > 0 ? ": whole sites have some, too" : "");
}

Finding never_migrated(const MigrationState& state, const Examination& examination) {
  std::string form = state.table.form == TableForm::of_2 ? "2.x or older" : "3.x or 4.x";
  return {"the database is one of an older major release: its migrations never ran",
          {"the table " + examination.prefixed("migrations") + " has the form of " + form + ", the files are " +
           examination.site.version.text()},
          "pages that use what is new fail",
          Mend::migrations,
          "",
          Weight::breaks,
          {},
          true};
}

Finding is_newer(std::string evidence) {
  return {"the database is one of a newer release than the files",
          {std::move(evidence)},
          "older files do not know what a newer release did to the data: pages fail, or write something wrong",
          Mend::nothing,
          "put the newer release's files in place: files:replace with its package; or the database of before: db:restore",
          Weight::breaks};
}

// ---- half applied

struct KnownWay {
  unsigned code;
  std::string_view what, means, otherwise;
};

constexpr std::string_view kAgain = "running the migrations again comes first: that completed most interrupted runs";
constexpr std::string_view kDiedHalfWay = "a migration died half way, and what it had made is in its own way";
constexpr std::string_view kOldKeys = "a migration cannot make a foreign key: columns that must be alike have different types";
constexpr std::array kKnownWays = {
    KnownWay{1050, kDiedHalfWay, "later migrations do not run", "if they stop at the same place again: db:repair"},
    KnownWay{1060, kDiedHalfWay, "later migrations do not run", "if they stop at the same place again: db:repair"},
    KnownWay{1061, kDiedHalfWay, "later migrations do not run", "if they stop at the same place again: db:repair"},
    KnownWay{1091, "a migration wants to drop a key that has another name here", "later migrations do not run",
             "installers of hosts, and changed prefixes, make other names: drop the key by SQL, and run the migrations again"},
    KnownWay{1005, kOldKeys, "later migrations do not run",
             "give the column the type of the one it refers to, by SQL, and run the migrations again"},
    KnownWay{1832, kOldKeys, "later migrations do not run", "drop the foreign key that is named, by SQL, and run the migrations again"},
    KnownWay{
        1071, "a migration cannot make an index: it is too long for the table", "later migrations do not run",
        "write to the host: please set innodb_file_format=Barracuda and innodb_large_prefix=ON, or move the database to a newer server"},
    KnownWay{
        1709, "a migration cannot make an index: it is too long for the table", "later migrations do not run",
        "write to the host: please set innodb_file_format=Barracuda and innodb_large_prefix=ON, or move the database to a newer server"},
    KnownWay{1118, "a table's rows are too long for one more column", "later migrations do not run",
             "delete contact fields that nobody uses, or make long text fields shorter, and run the migrations again"},
    KnownWay{1452, "rows refer to others that are gone: a migration cannot make its foreign key", "later migrations do not run",
             "db:repair names these rows; with tables=TABLE it deletes them, after a backup"},
};

Finding finding_for(Examination& examination, const MigrationFailure& failure, const std::vector<MigrationFailure>& all) {
  const KnownWay* way =
      std::find_if(kKnownWays.begin(), kKnownWays.end() - 1, [&](const KnownWay& row) { return row.code == failure.code; });
  Finding finding{std::string(way->what),
                  {failure.text.substr(0, kMostShown)},
                  std::string(way->means),
                  Mend::migrations,
                  "",
                  Weight::breaks,
                  {},
                  true};
  finding.otherwise = std::string(kAgain) + "; " + std::string(way->otherwise);
  auto narrow = failure.code == 1071 || failure.code == 1709 ? narrow_tables(examination, all) : std::vector<std::string>{};
  if (!narrow.empty() || missing_parents(examination, failure)) {
    finding.mend = Mend::tables;
    finding.needs_php = false;
    finding.otherwise = "afterwards run the migrations again";
  }
  for (const auto& table : narrow) finding.evidence.push_back("the table " + table + " has a row format for short indexes only");
  return finding;
}

}  // namespace

Looked look_at_schema(Examination& examination) {
  Looked looked;
  need_own_tables(examination);
  auto oldest = missing_oldest(examination);
  if (!oldest.empty()) {
    looked.found.push_back({"the database is not whole", first_of(oldest),
                            "no release works without them, and no migration makes them: a restore or a move broke off", Mend::nothing,
                            "restore a backup: db:restore", Weight::breaks});
    return looked;
  }
  auto state = read_migration_state(examination);
  auto gaps = find_gaps(examination, state);
  looked.not_looked = gaps.not_looked;
  looked.seen = "all that " + examination.site.version.text() + " is known to need is there";
  if (gaps.missing.empty()) return looked;
  looked.found.push_back({"the database is behind the files of this release", first_of(gaps.missing),
                          "pages that use them fail, although the front page and the login may work", Mend::migrations,
                          documented_way(examination), Weight::breaks, {}, true});
  return looked;
}

Looked look_at_migrations(Examination& examination) {
  Looked looked;
  need_own_tables(examination);
  auto state = read_migration_state(examination);
  looked.not_looked = state.files.not_looked;
  looked.seen = rows_words(state);
  const base::Version& release = examination.site.version;
  auto half = half_converted(state.table, state.files);
  if (!half.empty()) {
    looked.found.push_back({"the table of migrations was converted half way from 4.x to 5.x",
                            {std::to_string(half.size()) + " rows have their old names, such as " + half.front()},
                            "the migrations of before count as never run: the next update runs them again, and fails",
                            Mend::tables,
                            "",
                            Weight::hinders});
    return looked;
  }
  bool is_old = state.table.form == TableForm::of_2 || state.table.form == TableForm::of_4;
  bool has_files_of_5 = !release.empty() && release.major() >= 5;
  if (is_old && has_files_of_5 && find_gaps(examination, state).missing.empty()) looked.found.push_back(never_migrated(state, examination));
  auto newer = newer_rows(state.table, state.files);
  if (state.table.form == TableForm::of_5 && !release.empty() && release.major() <= 4)
    looked.found.push_back(
        is_newer("the table " + examination.prefixed("migrations") + " has the form of 5.0 and later, the files are " + release.text()));
  else if (!newer.empty())
    looked.found.push_back(is_newer("Version" + newer.back() + " ran in it, which is younger than all migrations of these files"));
  return looked;
}

namespace {

// What lies there of a migration that stumbles over it.
Finding half_of(const std::string& number, const std::string& what, const std::string& kind) {
  return {std::string(kDiedHalfWay),
          {what + " is there and empty, other parts of Version" + number + " are missing"},
          "this and all later migrations fail each time, because the " + kind + " exists already",
          Mend::tables,
          "afterwards run the migrations again",
          Weight::breaks};
}

}  // namespace

Looked look_at_half_applied(Examination& examination) {
  Looked looked;
  need_own_tables(examination);
  auto state = read_migration_state(examination);
  if (has_half_point_groups(examination, state))
    looked.found.push_back(half_of(kPointGroups, "the table " + examination.prefixed("point_groups"), "table"));
  if (auto table = half_deleted_table(examination, state))
    looked.found.push_back(half_of(kDeletedColumns, examination.prefixed(*table) + "." + kDeletedColumn, "column"));
  for (const auto& half : half_made_tables(examination, state))
    looked.found.push_back(half_of(half.number, "the table " + examination.prefixed(half.table), "table"));
  if (!looked.found.empty()) return looked;
  auto failures = open_failures(examination, state, find_gaps(examination, state));
  if (!failures.empty()) looked.found.push_back(finding_for(examination, failures.front(), failures));
  return looked;
}

}  // namespace apps::mautic
