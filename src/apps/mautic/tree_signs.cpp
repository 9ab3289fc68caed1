// SPDX-License-Identifier: GPL-3.0-or-later
// What tells a half or mixed Mautic without PHP and without its package. Seen in updates that were killed at many moments:
// each left at least one of these, and no complete release had any.
#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>

#include "apps/mautic/composer_files.h"
#include "apps/mautic/mautic.h"
#include "apps/mautic/tree_listing.h"
#include "base/failure.h"
#include "base/text.h"

namespace apps::mautic {

namespace {

using nlohmann::json;
using platform::Disk;

constexpr size_t kMostBytes = 16 << 20;  // a class map has 2 MB
constexpr size_t kMostEvidence = 5;
constexpr std::chrono::hours kOneUpload{48};  // what came within this time may be one upload of the whole site

using Names = std::vector<std::string>;

std::string count_words(size_t count, const char* one, const char* more) {
  return std::to_string(count) + " " + (count == 1 ? one : more);
}

TreeSign sign_of(std::string what, Names all) {
  if (all.size() > kMostEvidence) all.resize(kMostEvidence);
  return {std::move(what), std::move(all)};
}

// Packages keep the class map that was made before tests and the like were taken out of them (build/processfiles.php).
bool is_not_packed(std::string_view path) {
  constexpr std::array<std::string_view, 12> kFolders = {"test", "bench", "benches", "benchmark", "benchmarks", "spec",
                                                         "specs", "fixtures", "doc", "docs", "examples", "samples"};
  auto parts = base::split(path, '/');
  return std::any_of(parts.begin(), parts.end() - 1, [&](std::string_view part) {
    std::string folder = base::lower(part);
    return folder.ends_with("tests") || std::find(kFolders.begin(), kFolders.end(), folder) != kFolders.end();
  });
}

class Looking {
 public:
  Looking(Disk& disk, const Site& site)
      : disk_(disk), site_(site), root_(disk, site.root, signs_.not_looked), project_(disk, site.project, signs_.not_looked) {}

  TreeSigns run() {
    guarded([&] { look_for_deleted(); });
    if (!project_.has_folder("vendor")) {
      found("the folder vendor/, with all packages, is missing", {(site_.project / "vendor").native()});
      return std::move(signs_);
    }
    guarded([&] { compare_packages(); });
    guarded([&] { compare_autoloader(); });
    guarded([&] { look_for_autoloaded(); });
    guarded([&] { look_for_classes(); });
    return std::move(signs_);
  }

 private:
  void guarded(const std::function<void()>& look) {
    try {
      look();
    } catch (const std::exception& failure) {
      signs_.not_looked.push_back(failure.what());
    }
  }

  void found(std::string what, Names all) { signs_.found.push_back(sign_of(std::move(what), std::move(all))); }

  // nullopt: there is none.
  std::optional<std::string> text_of(const Path& folder, const std::string& name) {
    auto text = disk_.read(folder / name, kMostBytes + 1);
    if (text && text->size() > kMostBytes) throw base::Failure(name + " is larger than any such file");
    return text;
  }

  void damaged(const std::string& name) { found(name + " is cut off or damaged", {name}); }
  void absent(const std::string& name) { signs_.not_looked.push_back(name + " is not there"); }

  // ---- a: files that the release deletes. Those of plugins, themes and media may have been kept on purpose.
  void look_for_deleted() {
    auto text = text_of(site_.root, "deleted_files.txt");
    if (!text) return absent("deleted_files.txt");
    json list = json::parse(*text, nullptr, false);
    if (!list.is_array()) return damaged("deleted_files.txt");
    auto owner = storage::owner_by(owners(PackageKind::full));
    Names left;
    for (const json& path : list)
      if (path.is_string() && is_ours(owner, path.get<std::string>()) && root_.shows_file(path.get<std::string>()))
        left.push_back(path.get<std::string>());
    if (!left.empty())
      found(count_words(left.size(), "file that this release deletes is", "files that this release deletes are") + " still there", left);
  }

  static bool is_ours(const storage::OwnerOf& owner, const std::string& path) {
    if (path.empty() || path[0] == '/' || base::contains("/" + path + "/", "/../")) return false;
    for (size_t slash = path.find('/');; slash = path.find('/', slash + 1)) {
      storage::Owner whose = owner(path.substr(0, slash));
      if (whose != storage::Owner::shared || slash == path.npos) return whose == storage::Owner::package;
    }
  }

  // ---- b and e: the lists of packages, and the packages' folders
  void compare_packages() {
    auto installed = packages_of("vendor/composer/installed.json");
    auto locked = packages_of("composer.lock");
    if (installed) look_for_leftovers(*installed);
    if (!installed || !locked) return;
    Names differ;
    for (const auto& [name, version] : locked->versions) {
      auto there = installed->versions.find(name);
      if (locked->of_developers.count(name) > 0) continue;
      if (there == installed->versions.end()) differ.push_back(name + " is not installed, " + version + " should be");
      else if (there->second != version) differ.push_back(name + " is " + there->second + ", should be " + version);
    }
    for (const auto& [name, version] : installed->versions)
      if (locked->versions.count(name) == 0 && installed->of_developers.count(name) == 0)
        differ.push_back(name + " " + version + " should not be installed");
    if (!differ.empty())
      found("vendor/ and composer.lock are of different releases: " + count_words(differ.size(), "package differs", "packages differ"),
            differ);
  }

  std::optional<Packages> packages_of(const std::string& name) {
    auto text = text_of(site_.project, name);
    auto packages = text ? packages_in(*text) : std::nullopt;
    if (!text) absent(name);
    else if (!packages) damaged(name);
    return packages;
  }

  // Updates leave old packages behind. One that came long after the list of packages is of an update that died.
  void look_for_leftovers(const Packages& installed) {
    auto listed = std::max(touched("vendor/composer"), touched("vendor/composer/installed.json"));
    Names old, newer;
    for (const std::string& folder : unnamed_folders(installed))
      (touched(folder) > listed + kOneUpload ? newer : old).push_back(folder);
    if (!newer.empty())
      found(count_words(newer.size(), "package", "packages") + " in vendor/ came later than the list of packages, which does not name " +
                (newer.size() == 1 ? "it" : "them"),
            newer);
    if (!old.empty())
      signs_.left_over.push_back(sign_of(
          count_words(old.size(), "folder", "folders") + " in vendor/ of packages that are not installed any more", old));
  }

  platform::WallTime touched(const std::string& path) {
    auto facts = disk_.look_through(site_.project / path);
    return facts ? facts->touched : platform::WallTime();
  }

  Names unnamed_folders(const Packages& installed) {
    Names unnamed;
    for (const std::string& vendor : project_.folders_in("vendor")) {
      if (vendor == "bin" || vendor == "composer") continue;
      for (const std::string& name : project_.folders_in("vendor/" + vendor)) {
        std::string folder = "vendor/" + vendor + "/" + name;
        if (installed.folders.count(folder) == 0 && project_.holds_files(folder)) unnamed.push_back(folder);
      }
    }
    return unnamed;
  }

  // ---- c: the parts of the autoloader
  void compare_autoloader() {
    Names marks, missing, marked;
    for (const char* name : {"vendor/autoload.php", "vendor/composer/autoload_real.php", "vendor/composer/autoload_static.php"}) {
      auto text = text_of(site_.project, name);
      std::string mark = text ? autoloader_mark(*text) : "";
      if (!text) missing.push_back(name);
      else if (mark.empty()) damaged(name);
      else marks.push_back(mark), marked.push_back(std::string(name) + ": " + mark.substr(0, 8));
    }
    if (!missing.empty()) found("parts of the autoloader are missing", missing);
    if (std::adjacent_find(marks.begin(), marks.end(), std::not_equal_to<>()) != marks.end())
      found("the parts of the autoloader are of different releases", marked);
  }

  // ---- d: files that the autoloader names
  void look_for_autoloaded() {
    Names missing;
    for (auto& path : named_in("vendor/composer/autoload_files.php"))
      if (!project_.has_file(path)) missing.push_back(path);
    if (!missing.empty())
      found(count_words(missing.size(), "file", "files") + " that every page loads " + (missing.size() == 1 ? "is" : "are") + " missing",
            missing);
  }

  void look_for_classes() {
    Names missing;
    for (auto& path : named_in("vendor/composer/autoload_classmap.php"))
      if (!is_not_packed(path) && !project_.has_file(path) && !is_of_deleted_plugin(path)) missing.push_back(path);
    if (!missing.empty())
      found(count_words(missing.size(), "file of a class", "files of classes") + " that the autoloader knows " +
                (missing.size() == 1 ? "is" : "are") + " missing",
            missing);
  }

  // Owners delete plugins that they do not use, always as a whole.
  bool is_of_deleted_plugin(const std::string& path) {
    size_t at = path.find("plugins/"), end = at == path.npos ? at : path.find('/', at + 8);
    return end != path.npos && (at == 0 || path[at - 1] == '/') && !path.starts_with("vendor/") &&
           !project_.has_folder(path.substr(0, end));
  }

  Names named_in(const std::string& name) {
    auto text = text_of(site_.project, name);
    auto paths = text ? autoloaded_in(*text) : std::nullopt;
    if (!text) found("a part of the autoloader is missing", {name});
    else if (!paths) damaged(name);
    return paths.value_or(Names());
  }

  Disk& disk_;
  const Site& site_;
  TreeSigns signs_;
  TreeListing root_, project_;
};

}  // namespace

TreeSigns tree_signs(Disk& disk, const Site& site) { return Looking(disk, site).run(); }

}  // namespace apps::mautic
