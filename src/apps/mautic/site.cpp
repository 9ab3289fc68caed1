// SPDX-License-Identifier: GPL-3.0-or-later
// Finds a Mautic on the disk. Two layouts: the release zip, where one folder holds everything, and Composer's
// project, where docroot/ holds what the browser may see and the folder above it the console and vendor/.
// Paths by release, from the trees of 2.16.5, 4.4.13, 5.1.1 and later and mautic/recommended-project:
//   console   app/console (2.x), bin/console (3 and later; Composer: in the project)
//   version   app/version.txt (2.x), app/release_metadata.json (3 and later)
//   cache     app/cache (2.x), var/cache and var/tmp (3 and later; Composer: docroot/var in 4.x, the
//   project's after)
#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/look.h"
#include "apps/mautic/configuration.h"
#include "apps/mautic/mautic.h"
#include "base/failure.h"
#include "base/text.h"

namespace apps::mautic {

namespace {

using nlohmann::json;
using platform::Disk;

constexpr size_t kMostMetadataBytes = 64 * 1024;
constexpr size_t kMostComposerBytes = 1024 * 1024;

// ---- layouts

struct Layout {
  Path root;
  Path project;
  bool composer() const { return root != project; }
};

// The web root that the project's composer.json names ("docroot/" unless changed); nullopt when it is no
// Mautic's.
std::optional<Path> web_root_named_in(Look& look, const Path& project) {
  json composer = json::parse(look.text_of(project / "composer.json", kMostComposerBytes), nullptr, false);
  if (!composer.is_object()) return std::nullopt;
  const auto pointer = json::json_pointer("/extra/mautic-scaffold/locations/web-root");
  if (!composer.contains(pointer) || !composer.at(pointer).is_string()) return std::nullopt;
  Path name = tidy(composer.at(pointer).get<std::string>());
  if (name.empty() || name.is_absolute() || *name.begin() == ".." || name == ".") return std::nullopt;
  return project / name;
}

bool is_composer_root(Look& look, const Path& root, const Path& project) {
  if (root == project || look.is_folder(root / "vendor") || look.is_file(root / "bin/console")) return false;
  if (auto named = web_root_named_in(look, project)) return *named == root;
  return root.filename() == "docroot" &&
         (look.is_folder(project / "vendor") || look.is_file(project / "bin/console"));
}

// ---- marks

bool has_mautic_plugin(Look& look, const Path& root) {
  auto names = look.folders_in(root / "plugins");
  return std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return name.size() > 12 && name.rfind("Mautic", 0) == 0 &&
           name.compare(name.size() - 6, 6, "Bundle") == 0;
  });
}

// Counted each on its own: any of them may be what a broken update took away.
int marks_of_mautic_alone(Look& look, const Path& root) {
  return look.is_folder(root / "app/bundles/CoreBundle") + look.is_file(root / "app/release_metadata.json") +
         has_mautic_plugin(look, root) + look.is_folder(root / "mautic-2-backup-files") +
         look.is_folder(root / "mautic-3-temp-files");
}

bool has_marks(Look& look, const Layout& layout) {
  const Path& root = layout.root;
  int of_mautic_alone = marks_of_mautic_alone(look, root);
  if (of_mautic_alone == 0) return false;
  int of_others_too =
      look.is_file(root / "app/version.txt") +
      (look.is_file(layout.project / "bin/console") || look.is_file(root / "app/console")) +
      (look.is_file(root / "index.php") && look.is_folder(root / "app/config")) +
      (look.is_file(root / "app/config/local.php") || look.is_file(layout.project / "config/local.php"));
  return of_mautic_alone + of_others_too >= 2;
}

std::optional<Layout> layout_at(Look& look, const Path& place) {
  // The cheap question first: this is asked of every folder between the program and the site.
  if (marks_of_mautic_alone(look, place) > 0) {
    Path above = place.parent_path();
    Layout as_root{place, is_composer_root(look, place, above) ? above : place};
    if (has_marks(look, as_root)) return as_root;
  }
  Layout as_project{web_root_named_in(look, place).value_or(place / "docroot"), place};
  if (look.is_folder(as_project.root) && has_marks(look, as_project)) return as_project;
  return std::nullopt;
}

// ---- version

std::string text_in(const json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

base::Version version_in(const json& object, const char* name) {
  return base::Version::parse(text_in(object, name)).value_or(base::Version());
}

void add_known_range(Stated& stated) {
  platform::PhpRange known = php_range_of(stated.version);
  if (stated.php.least.empty()) stated.php.least = known.least;
  if (stated.php.most.empty()) stated.php.most = known.most;
}

Stated read_release(Disk& disk, const Path& root) {
  Stated stated;
  try {
    if (auto metadata = disk.read(root / "app/release_metadata.json", kMostMetadataBytes)) return stated_in_metadata(*metadata);
    if (auto text = disk.read(root / "app/version.txt", kMostMetadataBytes)) return stated_in_version_txt(*text);
    stated.problem = "app/release_metadata.json is missing";
  } catch (const base::Failure& failure) {
    stated.problem = failure.what();
  }
  return stated;
}

// ---- console and caches

bool is_mautic_2(Look& look, const Layout& layout, const base::Version& version) {
  if (!version.empty()) return version.major() <= 2;
  return look.is_file(layout.root / "app/console") && !look.is_file(layout.project / "bin/console");
}

Path find_console(Look& look, const Layout& layout, bool mautic_2) {
  Path old = layout.root / "app/console", now = layout.project / "bin/console";
  for (const Path& console : mautic_2 ? std::array{old, now} : std::array{now, old})
    if (look.is_file(console)) return console;
  return {};
}

Path var_folder(Look& look, const Layout& layout, const base::Version& version) {
  bool in_root = version.empty() ? look.is_folder(layout.root / "var/cache") : version.major() <= 4;
  return (in_root ? layout.root : layout.project) / "var";
}

// Never var/cache itself: SAML certificates lie there beside prod/.
std::vector<Path> find_caches(Look& look, const Layout& layout, const base::Version& version, bool mautic_2) {
  if (mautic_2) return {layout.root / "app/cache/prod"};  // its Twig cache lies inside
  Path var = var_folder(look, layout, version);
  std::vector<Path> caches = {var / "cache/prod", var / "tmp/twig"};
  for (const std::string& name : look.folders_in(var / "tmp"))
    if (name.rfind("app_cache_", 0) == 0) caches.push_back(var / "tmp" / name);
  return caches;
}

void add_configured_caches(Look& look, Disk& disk, Site& site) {
  for (Path& cache : configured_caches(disk, site)) {
    bool is_known = std::any_of(site.caches.begin(), site.caches.end(), [&](const Path& known) {
      return platform::lies_in(cache, look.real(known));
    });
    if (!is_known) site.caches.push_back(std::move(cache));
  }
}

// What each release says it runs on, from the release_metadata.json of its tags; 2.16 says it in its code.
struct KnownRange {
  const char* from;
  const char* least;
  const char* most;
};
constexpr KnownRange kKnownRanges[] = {
    {"7.0", "8.2.0", "8.4.99"},  {"5.2", "8.1.0", "8.3.99"},  {"5.1", "8.0.2", "8.2.99"},
    {"5.0", "8.0.2", "8.1.99"},  {"4.0", "7.4.0", "8.0.99"},  {"3.3", "7.3.0", "7.4.99"},
    {"3.2", "7.2.21", "7.4.99"}, {"3.0", "7.2.21", "7.3.99"}, {"0", "5.6.19", "7.3.999"},
};

}  // namespace

Stated stated_in_metadata(const std::string& text) {
  Stated stated;
  json metadata = json::parse(text, nullptr, false);
  if (!metadata.is_object()) {
    stated.problem = "app/release_metadata.json is broken: it holds no valid JSON";
    return stated;
  }
  stated.php = {version_in(metadata, "minimum_php_version"), version_in(metadata, "maximum_php_version")};
  stated.version = version_in(metadata, "version");
  stated.least_before = version_in(metadata, "minimum_mautic_version");
  if (stated.version.empty()) stated.problem = "app/release_metadata.json is broken: it names no version";
  add_known_range(stated);
  return stated;
}

Stated stated_in_version_txt(const std::string& text) {
  Stated stated;
  stated.version = base::Version::parse(text).value_or(base::Version());
  if (stated.version.empty()) stated.problem = "app/version.txt is broken: it names no version";
  add_known_range(stated);
  return stated;
}

platform::PhpRange php_range_of(const base::Version& version) {
  if (version.empty()) return {};
  for (const KnownRange& known : kKnownRanges) {
    auto from = base::Version::of(known.from);
    if (std::pair(version.major(), version.minor()) >= std::pair(from.major(), from.minor()))
      return {base::Version::of(known.least), base::Version::of(known.most)};
  }
  return {};
}

std::optional<Site> recognise(Disk& disk, const Path& folder) {
  Look look(disk);
  auto layout = layout_at(look, look.real(tidy(folder)));
  if (!layout) {
    if (look.failure()) throw *look.failure();
    return std::nullopt;
  }
  Stated release = read_release(disk, layout->root);
  bool mautic_2 = is_mautic_2(look, *layout, release.version);
  Site site;
  site.app = &kApp;
  site.root = layout->root;
  site.project = layout->project;
  site.layout = layout->composer() ? "composer" : "zip";
  site.console = find_console(look, *layout, mautic_2);
  site.caches = find_caches(look, *layout, release.version, mautic_2);
  site.version = std::move(release.version);
  site.version_problem = std::move(release.problem);
  site.php = std::move(release.php);
  add_configured_caches(look, disk, site);
  return site;
}

}  // namespace apps::mautic
