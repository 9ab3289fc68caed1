// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "apps/mautic/configuration.h"
#include "base/failure.h"

namespace apps::mautic {

namespace {

using platform::Entry;
using platform::Kind;

bool begins(const std::string& name, std::string_view with) { return name.compare(0, with.size(), with) == 0; }
bool ends(const std::string& name, std::string_view with) {
  return name.size() >= with.size() && name.compare(name.size() - with.size(), with.size(), with) == 0;
}

// What Symfony 2.8 to 6 writes into a cache folder and nobody else.
bool is_of_symfony(const Entry& entry) {
  return (entry.kind == Kind::folder && begins(entry.name, "Container")) || ends(entry.name, "ProjectContainer.php") ||
         ends(entry.name, "KernelProdContainer.php") || entry.name == "annotations.map" ||
         entry.name == "url_generating_routes.php" || entry.name == "appProdUrlGenerator.php";
}

// Twig 1 to 3 sort compiled templates into folders by the first two characters of a hash.
bool is_of_twig(const Entry& entry) {
  return entry.kind == Kind::folder && entry.name.size() == 2 &&
         entry.name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// The folder with links resolved if it is a cache by what lies in it and holds nothing of the site itself.
std::optional<Path> checked(platform::Disk& disk, const Site& site, const Path& folder) {
  auto real = disk.real_path(folder);
  if (!real || platform::lies_in(site.root, *real) || platform::lies_in(site.project, *real)) return std::nullopt;
  auto entries = disk.list(*real);
  if (!entries || entries->empty()) return std::nullopt;
  bool twig = folder.filename() == "twig" && std::all_of(entries->begin(), entries->end(), is_of_twig);
  bool symfony = std::any_of(entries->begin(), entries->end(), is_of_symfony);
  return twig || symfony ? real : std::nullopt;
}

}  // namespace

std::vector<Path> configured_caches(platform::Disk& disk, const Site& site) {
  std::vector<Path> folders;
  try {
    Configuration configuration(disk, site);
    bool mautic_2 = !site.version.empty() && site.version.major() <= 2;
    Path cache = configuration.path("cache_path"), tmp = configuration.path("tmp_path");
    for (const Path& folder : {cache.empty() ? Path() : cache / "prod",
                               tmp.empty() ? Path() : tmp / (mautic_2 ? "prod/twig" : "twig")}) {
      auto real = folder.empty() ? std::nullopt : checked(disk, site, folder);
      if (real) folders.push_back(std::move(*real));
    }
  } catch (const base::Failure&) {
    // The folders of the layout are what is left.
  }
  return folders;
}

}  // namespace apps::mautic
