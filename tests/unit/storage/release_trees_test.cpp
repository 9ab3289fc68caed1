// SPDX-License-Identifier: GPL-3.0-or-later
// The way of a replacement with the names of real releases: unpack, compare, swap, compare, roll back.
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "storage/extract.h"
#include "storage/swap.h"
#include "storage/tree_comparison.h"
#include "support/release_tree.h"
#include "support/temp_folder.h"

namespace {

using namespace storage;
using support::TempFolder;

constexpr uint64_t kMostBytes = 200;

// Every file's path and content.
std::map<std::string, std::string> contents_of(const std::filesystem::path& top) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(top))
    if (entry.is_regular_file())
      files[entry.path().lexically_relative(top).native()] = support::content_of(entry.path());
  return files;
}

void unpack(const TempFolder& temp, const std::string& version, const std::string& folder) {
  ZipPackage package(temp.write(version + ".zip", support::release_zip(version, kMostBytes)));
  REQUIRE(extract(package, platform::create_new_tree(temp / folder), {}));
}

// Keeps what the documentation of Mautic says to keep.
Owner owner_of(const std::string& path) {
  static const std::set<std::string> kUser = {
      "app/config/local.php", "config/local.php", "media/files", "media/images", "media/dashboards",
      "translations",         ".htaccess",        "robots.txt",  "var"};
  static const std::set<std::string> kShared = {"app", "app/config", "config", "media", "plugins", "themes", "."};
  static const std::set<std::string> kTops = {"app",      "bin",       "vendor",      "index.php",
                                              "media/js", "media/css", "app/bundles", "index_dev.php"};
  if (kUser.count(path) > 0) return Owner::user;
  if (kShared.count(path) > 0) return Owner::shared;
  if (path.starts_with("app/") || path.starts_with("config/") || kTops.count(path) > 0) return Owner::package;
  for (const char* ours : {"plugins/Mautic", "themes/blank", "themes/aurora"})
    if (path.starts_with(ours)) return Owner::package;
  return Owner::user;
}

}  // namespace

TEST_CASE("No name of a real release is refused") {
  for (const char* version : {"2.16.5", "4.4.13", "5.1.1"}) {
    auto files = support::release_files(version);
    CHECK(files.size() > 4000);
    std::vector<ZipEntry> entries;
    for (const auto& file : files) {
      INFO(file.path);
      REQUIRE(refusal_of_name(file.path).empty());
      ZipEntry entry;
      entry.path = file.path;
      entries.push_back(entry);
    }
    CHECK(find_clash(entries).refusal.empty());
  }
}

TEST_CASE("A release is replaced by the next one and comes back, with the user's files untouched all the time") {
  TempFolder temp;
  unpack(temp, "4.4.13", "site");
  temp.write("site/app/config/local.php", "<?php $parameters = [];");
  temp.write("site/media/files/form.pdf", "a contact's");
  temp.write("site/plugins/OwnBundle/Own.php", "mine");
  temp.write("site/shop/index.php", "another program");
  auto before = contents_of(temp / "site");

  ZipPackage package(temp.write("5.1.1.zip", support::release_zip("5.1.1", kMostBytes)));
  ComparisonOrder compare;
  compare.root = temp / "site";
  compare.owner = owner_of;
  auto damaged = compare_tree(package, compare);
  REQUIRE(damaged);
  CHECK(damaged->of(Damage::missing) > 100);
  CHECK(damaged->of(Damage::changed) > 1000);

  platform::Disk& disk = platform::posix_disk();
  Swap swap(disk, SwapNames(temp / "state/kept/JOB/swap"));
  std::filesystem::create_directories(temp / "state/staged");
  REQUIRE(extract(package, platform::create_new_tree(temp / "state/staged/JOB"), {}));
  SwapList list = plan_swap(disk, temp / "site", temp / "state/staged/JOB", owner_of);
  CHECK(list.entries.size() < 100);
  swap.begin(list);
  swap.run();
  auto whole = compare_tree(package, compare);
  INFO(base::join(lines_of(*whole), "; "));
  CHECK(whole->whole());
  CHECK(whole->files > 4000);
  for (const char* own :
       {"app/config/local.php", "media/files/form.pdf", "plugins/OwnBundle/Own.php", "shop/index.php", ".htaccess"})
    CHECK(support::content_of(temp / "site" / own) == before.at(own));

  swap.roll_back();
  CHECK(contents_of(temp / "site") == before);
}
