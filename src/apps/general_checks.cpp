// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include <algorithm>
#include <array>

#include "apps/checks.h"
#include "base/failure.h"
#include "base/text.h"
#include "storage/permissions.h"
#include "storage/site_closure.h"

namespace apps {

namespace {

constexpr uint64_t kLeastBytes = 100 << 20, kLeastFiles = 2000;
constexpr size_t kMostNamed = 5;

constexpr std::array kChecks = {
    Check{"site.closed", "no job of this program left the site closed", look_at_closing},
    Check{"disk.space", "the disk has room", look_at_space},
    Check{"disk.permissions", "this account may read and write what the site needs", look_at_permissions},
    Check{"site.open-files", "no dump and no copy of the configuration lies open to strangers", look_at_open_files},
    Check{"php.fits", "a PHP for the command line fits the application", look_at_php, Needs::php},
    Check{"php.settings", "that PHP has the memory and the extensions it needs", look_at_php_settings, Needs::php},
};

std::string octal(mode_t mode) {
  return {static_cast<char>('0' + (mode >> 6 & 7U)), static_cast<char>('0' + (mode >> 3 & 7U)), static_cast<char>('0' + (mode & 7U))};
}

storage::PermissionOrder order_for(Examination& examination) {
  const Site& site = examination.site;
  storage::PermissionOrder order;
  order.top = site.project;
  order.account = ::geteuid();
  if (site.app->written) order.written = site.app->written(examination.disk, site);
  order.caches = site.caches;
  if (!examination.given.state.empty()) order.left_out.push_back(examination.given.state);
  return order;
}

bool lets_everybody_in(const storage::ModeChange& change) { return (change.from & 0002U) != 0; }

// Owners close folders against changes, and the application needs none there.
bool is_owners_choice(const Site& site, const storage::PermissionOrder& order, const storage::ModeChange& change) {
  constexpr mode_t kReadAndEntered = 0500;
  bool is_open_to_us = change.kind == platform::Kind::folder && (change.from & kReadAndEntered) == kReadAndEntered;
  bool is_only_closed = is_open_to_us && !lets_everybody_in(change);
  bool is_written = std::any_of(order.written.begin(), order.written.end(),
                                [&](const Path& folder) { return platform::lies_in(change.path, folder); });
  return site.app->closed_folder == ClosedFolder::is_owners_choice && is_only_closed && !is_written;
}

Finding finding_of(Examination& examination, const storage::Permissions& found, bool open) {
  Finding finding{
      open ? "everybody on this server may change files of the site" : "permissions keep the site's own account out of its files",
      {},
      open ? "other customers of the same server can change what the site runs"
           : "pages, uploads or updates fail where they read or write there",
      Mend::permissions,
      "",
      open ? Weight::exposes : Weight::breaks};
  size_t count = 0;
  for (const auto& change : found.changes) {
    if (lets_everybody_in(change) != open || ++count > kMostNamed) continue;
    finding.evidence.push_back(examination.shown(change.path) + " has mode " + octal(change.from));
  }
  if (count > kMostNamed) finding.evidence.push_back("and " + std::to_string(count - kMostNamed) + " more");
  return finding;
}

Finding foreign_finding(Examination& examination, const storage::Permissions& found) {
  Finding finding{"files of the site belong to another account, which keeps this one out", {},
                  "updates and caches fail there; it comes from an update or a command that was run as another user", Mend::permissions,
                  "permissions:fix prints the words for the host", Weight::breaks};
  for (const auto& one : found.foreign)
    if (finding.evidence.size() < kMostNamed) finding.evidence.push_back(examination.shown(one.path) + " " + one.trouble);
  for (const auto& folder : found.renew)
    if (finding.evidence.size() < kMostNamed) finding.evidence.push_back(examination.shown(folder) + " is root's");
  return finding;
}

constexpr const char* kMeansClosed = "visitors see that the site is being maintained, and scheduled commands do not run";

std::string entrances_words(const Given& given) {
  auto of = [](size_t count) { return std::to_string(count) + (count == 1 ? " entrance" : " entrances"); };
  std::string words = of(given.closed_stubs) + (given.closed_stubs == 1 ? " is its stub" : " are its stubs");
  if (given.closed_replaced > 0) words += "; at " + of(given.closed_replaced) + " something else was put over the stub meanwhile, and stays";
  return words;
}

Finding unknown_stubs_finding(Examination& examination) {
  const auto& stubs = examination.given.unknown_stubs;
  std::string job = storage::job_of_stub(examination.disk, stubs[0]);
  Finding finding{"the site is closed by stubs of this program that this state folder does not know",
          {(stubs.size() == 1 ? "1 entrance is a stub: " : std::to_string(stubs.size()) + " entrances are stubs, such as ") +
           examination.shown(stubs[0]) + (job.empty() ? "" : ", of the job " + job)},
          kMeansClosed, Mend::open_site, examination.given.unknown_stubs_way, Weight::breaks};
  finding.remedies = {{"job:unlock"}};
  return finding;
}

// Servers give out what has no program behind it.
bool is_dump(std::string_view name) {
  for (std::string_view end : {".sql", ".sql.gz", ".sql.zip", ".sql.bz2", ".sql.xz", ".sql.zst", ".sql.7z", ".dump"})
    if (name.ends_with(end)) return true;
  return false;
}

// local.php.bak, local.php~, local.bak, local_old.txt.
bool is_readable_configuration(std::string_view name) {
  if (name.ends_with(".php")) return false;
  bool is_copy = name.starts_with("local.bak") || name.starts_with("local.old") || name.starts_with("local_old");
  return name.starts_with("local.php") || is_copy;
}

}  // namespace

std::span<const Check> general_checks() { return kChecks; }

Looked look_at_closing(Examination& examination) {
  const Given& given = examination.given;
  Looked looked;
  if (!given.unknown_stubs.empty()) looked.found.push_back(unknown_stubs_finding(examination));
  if (given.closed_by.empty()) return looked;
  Finding finding{"the site is closed by a job of this program that did not come to its end",
                  {"job " + given.closed_by + " is " + given.closed_words, entrances_words(given)},
                  given.closed_stubs > 0 ? kMeansClosed
                                         : "visitors reach what was put there meanwhile, and the former files wait beside it; until that is "
                                           "settled other actions are refused",
                  Mend::open_site, given.closed_ways, Weight::breaks};
  finding.remedies = given.closed_remedies;
  looked.found.push_back(std::move(finding));
  return looked;
}

Looked look_at_space(Examination& examination) {
  Looked looked;
  const Path& root = examination.site.root;
  auto bytes = platform::free_bytes(root), files = platform::free_files(root);
  if (!bytes) looked.not_looked.push_back("the disk does not say how much is free");
  Finding finding{"the disk is full, or nearly", {}, "caches, logs, uploads and updates end half way", Mend::nothing,
                  "delete old backups and logs, or ask the host for more room (send: the account's disk space or inodes are used up); "
                  "where it gives none, a larger plan or a VPS is the documented advice",
                  Weight::breaks};
  if (bytes && *bytes < kLeastBytes)
    finding.evidence.push_back(base::size_words(*bytes) + " are free, and less than " + base::size_words(kLeastBytes) + " is too little");
  if (files && *files < kLeastFiles)
    finding.evidence.push_back(std::to_string(*files) + " more files can be made (inodes), and less than " + std::to_string(kLeastFiles) +
                               " is too little");
  if (!finding.evidence.empty()) looked.found.push_back(std::move(finding));
  if (bytes) looked.seen = base::size_words(*bytes) + " free; a quota of the host may be less";
  return looked;
}

Looked look_at_permissions(Examination& examination) {
  const auto order = order_for(examination);
  auto found = storage::find_permissions(examination.disk, order);
  Looked looked;
  size_t closed = std::erase_if(found.changes,
                                [&](const storage::ModeChange& change) { return is_owners_choice(examination.site, order, change); });
  if (closed != 0)
    looked.seen = std::to_string(closed) +
                  " folders are closed against changes, which does no harm before the next update; permissions:fix opens them";
  for (bool open : {false, true}) {
    Finding finding = finding_of(examination, found, open);
    if (!finding.evidence.empty()) looked.found.push_back(std::move(finding));
  }
  if (!found.foreign.empty() || !found.renew.empty()) looked.found.push_back(foreign_finding(examination, found));
  return looked;
}

Looked look_at_open_files(Examination& examination) {
  Looked looked;
  const Path& root = examination.site.root;
  Finding finding{
      "dumps or copies of the configuration lie where everybody can download them",
      {},
      "they hold all data of the site, or the password of its database",
      Mend::nothing,
      "once the site is well again download them and delete them here; a dump for db:restore can lie in this program's state folder",
      Weight::exposes};
  std::vector<Path> folders = {root, root / "config"};
  if (!examination.disk.look(root / "app/.htaccess")) folders.push_back(root / "app/config");  // it keeps everybody out
  for (const Path& folder : folders)
    for (const auto& entry : examination.disk.list(folder).value_or(std::vector<platform::Entry>{})) {
      if (entry.kind != platform::Kind::file || (!is_dump(entry.name) && !is_readable_configuration(entry.name))) continue;
      finding.evidence.push_back(examination.shown(folder / entry.name));
    }
  if (finding.evidence.size() > kMostNamed) finding.evidence.resize(kMostNamed);
  if (!finding.evidence.empty()) looked.found.push_back(std::move(finding));
  return looked;
}

}  // namespace apps
