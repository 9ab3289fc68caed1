// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/whmcs/state.h"

#include <chrono>

#include "apps/dated_rows.h"
#include "apps/whmcs/whmcs.h"
#include "base/failure.h"
#include "base/masking.h"
#include "base/text.h"
#include "platform/clock.h"
#include "platform/running.h"
#include "storage/answer.h"
#include "storage/changing_statements.h"

namespace apps::whmcs {

namespace {

constexpr std::string_view kCore[] = {"index.php",   "cart.php",          "clientarea.php",  "contact.php",
                                      "dl.php",      "submitticket.php",  "viewinvoice.php", "viewticket.php",
                                      "upgrade.php", "supporttickets.php"};
constexpr unsigned kFirstWithInit = 5;
constexpr std::chrono::minutes kMoment{3};
constexpr std::chrono::seconds kClocksDiffer{2};
constexpr std::chrono::seconds kSlow{5};  // what other programs in the same database write is over before
constexpr size_t kMostWords = 200;

bool is_file(platform::Disk& disk, const Path& path) {
  auto facts = disk.look_through(path);
  return facts && facts->kind == platform::Kind::file;
}

std::string seconds_ago(platform::WallTime now, platform::WallTime then) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now - then).count()) + " s ago";
}

// Very old releases do not write it down.
bool tells_when(Examination& examination) {
  if (!examination.database() || !examination.has_table("tblconfiguration")) return false;
  auto columns = examination.columns().find("tblconfiguration");
  return columns != examination.columns().end() && columns->second.count("updated_at") != 0;
}

// How long ago the version was written, which WHMCS does in a time zone of its own: only whether that is now can be told, and only where
// it is one of the two. nullopt: nobody knows.
std::optional<std::chrono::seconds> age_of_version(Examination& examination) {
  if (!tells_when(examination)) return std::nullopt;
  std::string ago = "ABS(TIMESTAMPDIFF(SECOND, updated_at, ";
  auto seconds = examination.database()->value("SELECT LEAST(" + ago + "NOW())), " + ago +
                                               "UTC_TIMESTAMP()))) FROM tblconfiguration "
                                               "WHERE setting = 'Version'");
  auto number = base::whole_number(seconds.value_or(""), INT32_MAX);
  return number ? std::optional(std::chrono::seconds(*number)) : std::nullopt;
}

enum class WrittenBy { us, others, unknown };

// The version that is there now: what an upgrade of ours wrote before it ended is nobody else's, however new it is. Unknown where it was
// killed, and nobody saw its end.
WrittenBy who_wrote_version(Examination& examination) {
  const UpgradeAttempt& attempt = examination.given.attempt;
  if (attempt.at_work) return WrittenBy::us;
  if (attempt.job.empty() || attempt.question.empty()) return WrittenBy::others;
  const std::string mark = storage::ask(*examination.database(), attempt.question).mark;
  if (mark == attempt.mark_after || mark == attempt.mark_before) return WrittenBy::us;
  return attempt.mark_after.empty() || attempt.by_owner ? WrittenBy::unknown : WrittenBy::others;
}

// " (5 days ago)"; nothing on the first: a plan with it is consented to within minutes, as it was shown.
std::string days_words(platform::WallTime::duration age) {
  return age < std::chrono::days(1) ? "" : " (" + base::ago_words(std::chrono::duration_cast<std::chrono::seconds>(age)) + ")";
}

// In a browser, behind the back of the job.
bool came_to_its_end(Examination& examination) {
  const UpgradeAttempt& attempt = examination.given.attempt;
  if (!examination.database() || attempt.question.empty()) return false;
  return storage::is_reached(attempt, storage::ask(*examination.database(), attempt.question).value);
}

std::string written_now(Examination& examination) {
  auto age = age_of_version(examination);
  if (!age || *age >= kMoment) return {};
  auto who = who_wrote_version(examination);
  bool was_before_its_end = *age + kClocksDiffer >= examination.given.now - examination.given.attempt.ended;
  if (who == WrittenBy::us || (who == WrittenBy::unknown && was_before_its_end)) return {};
  return "the version in the database was written " + std::to_string(age->count()) +
         " s ago, and not by this program: should nothing be at work any more, this is over in " + std::to_string(kMoment.count()) + " minutes";
}

std::string loss_words(Examination& examination) {
  const std::string moment = moment_of(examination.given.failed.taken);
  if (moment.empty() || !examination.database()) return "what came since would be lost";
  auto newer = newer_rows(*examination.database(), kApp, examination.prefix(), moment);
  return newer.empty() ? "nothing dated came since" : "it would lose what came since: " + base::join(newer, ", ");
}

enum class Versions { same, differ, unknown };

Versions versions_of(Examination& examination) {
  const Stored stored = stored_in_database(examination);
  if (stored.version.empty() || examination.site.version.empty()) return Versions::unknown;
  return compare(stored.version, examination.site.version) == 0 ? Versions::same : Versions::differ;
}

}  // namespace

std::vector<std::string_view> core_files(const base::Version& version) {
  std::vector<std::string_view> names(std::begin(kCore), std::end(kCore));
  if (version.empty() || version.major() >= kFirstWithInit) names.insert(names.begin(), "init.php");
  return names;
}

Stored stored_in_database(Examination& examination) {
  Stored stored;
  stored.has_table = examination.has_table("tblconfiguration");
  if (!stored.has_table) return stored;
  for (const auto& row : examination.database()->query(
           "SELECT setting, value FROM tblconfiguration WHERE setting IN ('Version', 'SystemURL', 'Template')")) {
    std::string value(base::trim(row.at(1).value_or("")));
    if (row.at(0) == "Version") stored.version_text = base::printable_line(value);
    if (row.at(0) == "SystemURL") stored.url = value;
    if (row.at(0) == "Template") stored.theme = value;
  }
  stored.version = base::Version::parse(stored.version_text).value_or(base::Version());
  while (stored.url.ends_with('/')) stored.url.pop_back();
  return stored;
}

std::string version_question(Examination& examination) {
  return std::string("SELECT value") + (tells_when(examination) ? ", updated_at" : "") + " FROM tblconfiguration WHERE setting = 'Version'";
}

std::optional<Installer> find_installer(platform::Disk& disk, const Path& root) {
  Installer installer{root / "install", {}, root / "install/bin/installer.php"};
  bool in_browser = is_file(disk, installer.folder / "install.php");
  if (!is_file(disk, installer.command_line)) installer.command_line.clear();
  if (!in_browser && installer.command_line.empty()) return std::nullopt;
  for (const Path& file :
       {installer.folder / "install.php", installer.folder / "index.php", root / "install/bin/installer.php"})
    if (auto header = header_of(disk, file); header && installer.version.empty()) installer.version = header->version;
  return installer;
}

std::vector<std::string> running_upgrade(Examination& examination) {
  const Path install = examination.site.root / "install";
  std::vector<std::string> found;
  for (const auto& process : platform::running_scripts({install / "bin/installer.php", install / "install.php"}))
    found.push_back("process " + std::to_string(process.pid) + ": " +
                    base::printable_line(base::masked(process.words.substr(0, kMostWords))));
  try {
    if (!examination.database()) return found;
    const Versions versions = versions_of(examination);
    // The last statements of an upgrade come after its version.
    if (versions == Versions::same && !find_installer(examination.disk, examination.site.root)) return found;
    auto statements = examination.given.is_half_back ? std::vector<std::string>() : storage::changing_statements(*examination.database(), kSlow);
    found.insert(found.end(), statements.begin(), statements.end());
    if (versions != Versions::differ) return found;
    if (std::string words = written_now(examination); !words.empty()) found.push_back(std::move(words));
  } catch (const base::Failure&) {
    // Then only processes tell.
  }
  return found;
}

std::vector<std::string> recent_changes(Examination& examination) {
  std::vector<std::string> found;
  const Site& site = examination.site;
  for (auto name : core_files(site.version)) {
    auto facts = examination.disk.look_through(site.root / name);
    bool is_new = facts && facts->touched <= examination.given.now && examination.given.now - facts->touched < kMoment;
    if (is_new && found.empty())
      found.push_back(std::string(name) + " came " + seconds_ago(examination.given.now, facts->touched));
  }
  return found;
}

FailedUpgrade failed_upgrade(Examination& examination) {
  const FailedAttempts& failed = examination.given.failed;
  if (failed.number == 0 || came_to_its_end(examination)) return {};
  bool is_one = failed.number == 1;
  std::string words = (is_one ? "the upgrade of job " : std::to_string(failed.number) + " upgrades, the first by job ") + failed.first + ", " +
                      "at work until " + platform::utc_words(failed.first_ended) + days_words(examination.given.now - failed.first_ended) +
                      ", did not come to " + (is_one ? "its" : "their") +
                      " end, and may have left the database half changed; ";
  auto who = examination.database() ? who_wrote_version(examination) : WrittenBy::unknown;
  if (who == WrittenBy::others)
    return {words + "somebody else changed the version in the database since, so that the backup of before is no way back any more", {}, false};
  const std::string before = is_one ? "right before it" : "right before the first";
  if (failed.backup.empty()) return {words + "there is no backup from " + before, {}, true};
  return {words + "the backup " + failed.backup + " holds the database of " + before + ", " + base::printable_line(failed.taken) + "; " +
              loss_words(examination) + (who == WrittenBy::unknown ? "; if somebody upgraded the site since, it is no way back" : ""),
          failed.backup, true};
}

std::string problem_with_files(Examination& examination, const Path& folder) {
  try {
    auto header = header_of(examination.disk, folder / "init.php");
    if (!header || header->version.empty() || !examination.database()) return {};
    const Stored stored = stored_in_database(examination);
    if (stored.version.empty() || compare(header->version, stored.version) >= 0) return {};
    return "the files that would come back are of " + header->version.text() + ", and the database is of " + stored.version_text +
           " by now: older files never fit a newer database";
  } catch (const base::Failure&) {
    return {};
  }
}

std::string half_upgraded(Examination& examination) {
  if (!examination.given.attempts_unknown.empty()) return examination.given.attempts_unknown;
  try {
    auto failed = failed_upgrade(examination);
    return failed.backup.empty() ? "" : failed.words;
  } catch (const base::Failure& failure) {
    return examination.given.failed.backup.empty() ? "" : "an upgrade did not come to its end, and " + failure.full();
  }
}

}  // namespace apps::whmcs
