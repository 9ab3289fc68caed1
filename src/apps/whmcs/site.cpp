// SPDX-License-Identifier: GPL-3.0-or-later
// Finds a WHMCS on the disk. One folder holds all of it; the admin area's folder can have another name, and the folders
// crons, attachments, downloads and templates_c can lie elsewhere: configuration.php names them.
#include <algorithm>

#include "apps/look.h"
#include "apps/whmcs/configuration.h"
#include "apps/whmcs/whmcs.h"
#include "base/failure.h"
#include "base/text.h"
#include "storage/site_closure.h"

namespace apps::whmcs {

namespace {

using platform::Disk;

// All releases have these; init.php since 5.
constexpr const char* kHeaded[] = {"init.php", "cart.php", "clientarea.php", "index.php"};

// Counted each on its own: any of them may be what a broken update took away.
int marks_of_whmcs_alone(Disk& disk, Look& look, const Path& root) {
  bool has_header = std::any_of(std::begin(kHeaded), std::end(kHeaded), [&](const char* name) {
    return look.is_file(root / name) && header_of(disk, root / name);
  });
  return has_header + look.is_folder(root / kFoundation);
}

bool has_marks(Disk& disk, Look& look, const Path& root) {
  int alone = marks_of_whmcs_alone(disk, look, root);
  if (alone == 0) return false;
  int of_others_too = look.is_file(root / "configuration.php") + look.is_folder(root / "modules/gateways") +
                      look.is_folder(root / "resources/sql") + look.is_folder(root / "includes/hooks") +
                      look.is_folder(root / "templates_c") + look.is_file(root / "install/install.php");
  return alone + of_others_too >= 2;
}

// The first header that names a version; of the others what it runs on counts too.
void read_release(Disk& disk, Site& site) {
  for (const char* name : kHeaded) {
    auto header = header_of(disk, site.root / name);
    if (!header || header->version.empty()) continue;
    site.version = header->version;
    site.php = range_of(header->encoded_for);
    return;
  }
  site.version_problem = "neither init.php nor cart.php names a version: they are missing or damaged";
}

// 5 and before have it in the admin area.
Path find_cron(Look& look, const Configuration& configuration) {
  auto crons = configuration.folder("crons_dir", "crons"), admin = configuration.admin();
  for (const auto& folder : {crons, admin})
    if (folder && look.is_file(*folder / "cron.php")) return *folder / "cron.php";
  return {};
}

}  // namespace

std::optional<Header> header_of(Disk& disk, const Path& file) {
  try {
    auto facts = disk.look_through(file);
    if (!facts || facts->kind != platform::Kind::file) return std::nullopt;
    std::string head = disk.read(file, kHeadBytes).value_or("");
    if (!base::contains(head, storage::kStubMark)) return header_in(head, facts->size_bytes);
    auto behind = storage::file_behind(disk, file);  // while the site is closed
    return behind ? header_of(disk, *behind) : std::nullopt;
  } catch (const base::Failure&) {
    return std::nullopt;
  }
}

std::vector<HeadedFile> headed_files(Disk& disk, const Path& folder) {
  std::vector<HeadedFile> all;
  for (const auto& entry : disk.list(folder).value_or(std::vector<platform::Entry>{})) {
    if (entry.kind != platform::Kind::file || !entry.name.ends_with(".php")) continue;
    if (auto header = header_of(disk, folder / entry.name)) all.push_back({folder / entry.name, std::move(*header)});
  }
  return all;
}

std::optional<Site> recognise(Disk& disk, const Path& folder) {
  Look look(disk);
  Path root = look.real(tidy(folder));
  if (!has_marks(disk, look, root)) {
    if (look.failure()) throw *look.failure();
    return std::nullopt;
  }
  Site site;
  site.app = &kApp;
  site.root = site.project = root;
  site.layout = "zip";
  read_release(disk, site);
  site.console = find_cron(look, Configuration(disk, root));
  return site;
}

base::Failure console_problem(Disk& disk, const Site& site) {
  Configuration configuration(disk, site.root);
  auto folder = configuration.folder("crons_dir", "crons");
  if (!folder) return base::Failure("cron.php was not looked for: " + configuration.unknown_folder("crons_dir"));
  if (*folder == site.root / "crons")
    return base::Failure("crons/cron.php was not found in crons/",
                         "where that folder was moved, its path belongs into configuration.php as plain text "
                         "($crons_dir = '/path/crons/';)");
  return base::Failure("cron.php was not found in " + base::printable_line(folder->native()) +
                           ", which $crons_dir in configuration.php names",
                       "correct the path there, or copy the files of crons/ in the release into that folder");
}

std::vector<Path> written(Disk& disk, const Site& site) {
  Configuration configuration(disk, site.root);
  std::vector<Path> all;
  for (auto [name, usual] : {std::pair("attachments_dir", "attachments"), std::pair("downloads_dir", "downloads"),
                             std::pair("templates_compiledir", "templates_c")})
    if (auto named = configuration.folder(name, usual)) all.push_back(*named);
  return all;
}

std::vector<Path> configuration_files(Disk&, const Site& site) { return {site.root / "configuration.php"}; }

std::vector<Path> log_folders(Disk&, const Site& site) { return {site.root / "install/log"}; }

std::vector<std::string> secrets(Disk& disk, const Site& site) { return Configuration(disk, site.root).secrets(); }

}  // namespace apps::whmcs
