// SPDX-License-Identifier: GPL-3.0-or-later
// Mautic's files: what is whose, and what a zip says it is.
// What to keep: "Update Mautic manually" of its documentation, and what upgrade_v3.php restores. What packages hold:
// build/package_release.php and the exclude lists beside it, 2.16 to 7.
#include <algorithm>
#include <array>
#include <set>

#include "apps/mautic/configuration.h"
#include "apps/mautic/mautic.h"
#include "base/failure.h"
#include "base/text.h"

namespace apps::mautic {

namespace {

using storage::Owner;
using storage::OwnerRule;
using storage::ZipPackage;

constexpr size_t kMostMetadataBytes = 64 * 1024;

// What holds for both kinds of package. app/ has local.php of 2 to 4; var/ is all that 3 and later write themselves.
const OwnerRule kUsers[] = {
    {Owner::user, "app/config/*local*"},
    {Owner::user, "app/config/config_override.php"},
    {Owner::user, "app/cache"},
    {Owner::user, "app/logs"},
    {Owner::user, "app/spool"},
    {Owner::user, "var"},
    {Owner::shared, "config"},
    {Owner::user, "config/*"},
    {Owner::user, ".env*"},
    {Owner::user, "robots.txt"},
    {Owner::user, "favicon.ico"},
    {Owner::shared, "media"},
    {Owner::user, "media/files"},
    {Owner::shared, "media/dashboards"},
    {Owner::shared, "media/css"},
    {Owner::shared, "media/js"},
    {Owner::shared, "media/images"},
    {Owner::shared, "media/images/*"},
    {Owner::shared, "plugins"},
    {Owner::shared, "themes"},
    {Owner::shared, "translations"},
    {Owner::shared, "bin"},
    {Owner::shared, "app"},
    {Owner::shared, "app/config"},
};

// A full package replaces what is Mautic's alone: what it does not have there is of another release. What the web update
// and the command line leave in the root goes with it.
const OwnerRule kOfFullPackage[] = {
    {Owner::either, "app/config/*"},
    {Owner::package, "app/*"},
    {Owner::package, "vendor"},
    {Owner::package, "autoload.php"},
    {Owner::package, "index_dev.php"},
    {Owner::package, "offline.php"},
    {Owner::package, "upgrade.php"},
    {Owner::package, "upgrade"},
    {Owner::package, "upgrade_errors.txt"},
    {Owner::package, "deleted_files.txt"},
    {Owner::package, "critical_migrations.txt"},
    {Owner::package, "composer.json"},
    {Owner::package, "composer.lock"},
};

// An update holds single files of app/, plugins/, themes/ and media/, but each package of vendor/ whole.
// What drives the update itself stays out: upgrade.php is a way in (removed in 4.4.13 and 5.1.1).
const OwnerRule kOfUpdate[] = {
    {Owner::nobody, "upgrade.php"},
    {Owner::nobody, "critical_migrations.txt"},
    {Owner::nobody, "deleted_files.txt"},
    {Owner::either, "vendor/*/*"},
    {Owner::shared, "vendor"},
    {Owner::shared, "vendor/*"},
};

std::string text_of(const ZipPackage& package, std::string_view name) {
  const storage::ZipEntry* entry = package.find(name);
  return entry && !entry->folder ? package.read(*entry, kMostMetadataBytes) : std::string();
}

[[noreturn]] void refuse(const ZipPackage& package, const std::string& what) {
  throw base::Failure(package.shown() + " is no release of Mautic: " + what,
                      "upload the package named X.Y.Z.zip of https://github.com/mautic/mautic/releases");
}

std::string top_of(const std::string& path) { return path.substr(0, path.find('/')); }

// What it is instead.
[[noreturn]] void refuse(const ZipPackage& package) {
  const auto& entries = package.entries();
  if (entries.empty()) refuse(package, "it is empty");
  std::string top = top_of(entries.front().path);
  bool one_folder = std::all_of(entries.begin(), entries.end(), [&](const storage::ZipEntry& entry) {
    return top_of(entry.path) == top && (entry.folder || entry.path.size() > top.size());
  });
  std::string shown = base::printable_line(top);
  if (one_folder && package.find(top + "/app/release_metadata.json"))
    refuse(package, "everything lies in the folder " + shown + ", as in an archive of the sources, which has no vendor/");
  if (package.find("Config/config.php") || (one_folder && package.find(top + "/Config/config.php")))
    refuse(package, "it seems to be a plugin");
  if (package.find("config.json") || (one_folder && package.find(top + "/config.json")))
    refuse(package, "it seems to be a theme");
  refuse(package, "it has no app/release_metadata.json");
}

bool has_all(const ZipPackage& package, std::initializer_list<std::string_view> names) {
  return std::all_of(names.begin(), names.end(), [&](std::string_view name) { return package.find(name) != nullptr; });
}

}  // namespace

Release release_of(const ZipPackage& package) {
  std::string metadata = text_of(package, "app/release_metadata.json"), text = text_of(package, "app/version.txt");
  if (metadata.empty() && text.empty()) refuse(package);
  Stated stated = metadata.empty() ? stated_in_version_txt(text) : stated_in_metadata(metadata);
  if (!stated.problem.empty()) refuse(package, stated.problem);

  Release release;
  release.version = stated.version;
  release.php = stated.php;
  // 2.x packed this list into full packages too.
  bool lists_migrations = package.find("critical_migrations.txt") != nullptr && stated.version.major() > 2;
  bool complete = has_all(package, {"index.php", "vendor/autoload.php", "app/AppKernel.php", "favicon.ico"});
  release.kind = complete && !lists_migrations ? PackageKind::full : PackageKind::update;
  if (release.kind == PackageKind::update && !complete && !lists_migrations &&
      !package.shown().ends_with("-update.zip"))
    refuse(package, "it is not complete (index.php, vendor/autoload.php, app/AppKernel.php, favicon.ico)");
  if (release.kind == PackageKind::update) release.least_before = stated.least_before;
  for (const char* console : {"bin/console", "app/console"})
    if (release.console.empty() && package.find(console)) release.console = console;
  if (release.console.empty() && release.kind == PackageKind::full) refuse(package, "it has no console");
  return release;
}

std::vector<OwnerRule> owners(PackageKind kind) {
  std::vector<OwnerRule> rules(std::begin(kUsers), std::end(kUsers));
  if (kind == PackageKind::full) {
    rules.insert(rules.end(), std::begin(kOfFullPackage), std::end(kOfFullPackage));
  } else {
    // Whatever folder both have is looked into.
    rules.insert(rules.end(), std::begin(kOfUpdate), std::end(kOfUpdate));
    std::string deep = "*";
    for (int level = 0; level < 16; ++level, deep += "/*") rules.push_back({Owner::shared, deep});
  }
  return rules;
}

std::string site_url(platform::Disk& disk, const Site& site) {
  return Configuration(disk, site).value("site_url").text.value_or("");
}

// The web update of 2 to 6 unpacks into upgrade/ and moves it from there, folder by folder; upgrade.php drives it.
std::optional<Unfinished> unfinished(platform::Disk& disk, const Site& site) {
  Path folder = site.root / "upgrade";
  bool has_files = false;
  for (const auto& entry : disk.list(folder).value_or(std::vector<platform::Entry>{}))
    has_files = has_files ||
                (entry.kind == platform::Kind::folder && !disk.list(folder / entry.name).value_or(std::vector<platform::Entry>{}).empty());
  if (!has_files) return std::nullopt;
  Unfinished left{folder, {}};
  left.release.kind = PackageKind::update;
  auto metadata = disk.read(folder / "app/release_metadata.json", kMostMetadataBytes);
  Stated stated = metadata ? stated_in_metadata(*metadata) : Stated{site.version, {}, site.php, {}};
  left.release.version = stated.version;
  left.release.php = stated.php;
  return left;
}

// The cache's place tells the layout: app/cache/prod (2.x), var/cache/prod.
std::vector<Path> written(platform::Disk& disk, const Site& site) {
  std::vector<Path> all = {site.root / "media/files", site.root / "media/images", site.root / "media/dashboards",
                           site.root / "translations"};
  Path around = site.caches.empty() ? site.root / "app" : site.caches.front().parent_path().parent_path();
  if (around != site.root / "app") all.push_back(around);
  for (const char* name : {"cache", "logs", "spool", "tmp"}) all.push_back(around / name);
  try {
    if (Path file = Configuration(disk, site).file(); !file.empty()) all.push_back(file.parent_path());
  } catch (const base::Failure&) {
    // Where the configuration lies is not known: then it cannot be written at all.
  }
  return all;
}

std::vector<Path> log_folders(platform::Disk& disk, const Site& site) {
  Path around = site.caches.empty() ? site.root / "var" : site.caches.front().parent_path().parent_path();
  std::vector<Path> all = {around / "logs"};
  try {
    if (Path named = Configuration(disk, site).path("log_path"); !named.empty() && named != all[0]) all.push_back(named);
  } catch (const base::Failure&) {
    // The folder of the layout is what is left.
  }
  return all;
}

// Migrations of 5 write into them, and move each *local.php of app/config to config/.
std::vector<Path> configuration_files(platform::Disk& disk, const Site& site) {
  const Path former = site.root / "app/config", now = site.project / "config";
  std::set<Path> all = {former / "local.php", now / "local.php"};
  try {
    if (Path file = Configuration(disk, site).file(); !file.empty()) all.insert(file);
    for (const Path& folder : {former, now})
      for (const auto& entry : disk.list(folder).value_or(std::vector<platform::Entry>{}))
        if (entry.name.ends_with("local.php") && entry.kind != platform::Kind::folder)
          all.insert({former / entry.name, now / entry.name});
  } catch (const base::Failure&) {
    // What cannot be listed is not moved by migrations either.
  }
  return {all.begin(), all.end()};
}

ReleaseSource source(const base::Version& version, PackageKind kind) {
  const std::string& number = version.text();
  ReleaseSource found;
  found.file = number + (kind == PackageKind::update ? "-update.zip" : ".zip");
  found.url = "https://github.com/mautic/mautic/releases/download/" + number + "/" + found.file;
  found.api_url = "https://api.github.com/repos/mautic/mautic/releases/tags/" + number;
  found.hosts = {"github.com", "api.github.com", "objects.githubusercontent.com", "release-assets.githubusercontent.com"};
  return found;
}

}  // namespace apps::mautic
