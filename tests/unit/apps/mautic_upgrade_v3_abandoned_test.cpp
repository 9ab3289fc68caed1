// SPDX-License-Identifier: GPL-3.0-or-later
// What upgrade_v3.php leaves of a Mautic 2 when it is stopped before any call of its exchange (in several orders of the names): it is
// told for what it is, and the swap that is proposed brings every file back. The whole program does the same in tests/upgrade.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "apps/mautic/mautic.h"
#include "apps/mautic/upgrade_v3.h"
#include "storage/swap.h"
#include "support/fake_disk.h"

namespace {

using namespace apps;
using platform::Path;
using support::MemoryDisk;

const Path kRoot = "/site", kFormer = kRoot / "mautic-2-backup-files", kUnpacked = kRoot / "mautic-3-temp-files", kLog = kRoot / "upgrade_log.txt";
constexpr const char* kLocal = "<?php\n$parameters = array('db_driver' => 'pdo_mysql', 'db_name' => 'x', 'secret_key' => 's');\n";
constexpr const char* kMoving = "===== STARTING MAUTIC 3 UPGRADE AT 2020-06-20 10:00:00... =====\n\n[2020-06-20 10:00:00] Moving Mautic 2 files to there\n";

MemoryDisk mautic_two() {
  MemoryDisk disk;
  for (const char* name : {"app/version.txt", "app/AppKernel.php", "app/console", "app/bundles/CoreBundle/a.php", "index.php", "vendor/autoload.php",
                           "media/css/app.css", "media/files/mine.pdf", "plugins/MauticFocusBundle/a.php", "plugins/OwnBundle/a.php", "themes/Mauve/a.twig",
                           "themes/own/a.twig", ".htaccess", "robots.txt", "upgrade.php", "shop/index.php", ".well-known/x", "notes.txt", "unstick.cgi"})
    disk.put_file(kRoot / name, std::string("2 ") + name);
  disk.put_file(kRoot / "app/config/local.php", kLocal);
  disk.put_link(kRoot / "linked", "/elsewhere");
  return disk;
}

void unpack_three(MemoryDisk& disk) {
  for (const char* name : {"app/release_metadata.json", "app/AppKernel.php", "app/config/config.php", "bin/console", "index.php", "vendor/autoload.php",
                           "media/css/app.css", "plugins/MauticFocusBundle/a.php", "themes/blank/a.twig", ".htaccess", "robots.txt", "var/.gitkeep",
                           "autoload.php"})
    disk.put_file(kUnpacked / name, std::string("3 ") + name);
  disk.put_file(kUnpacked / "app/release_metadata.json", R"({"version": "3.0.2"})");
  disk.put_file(kLog, kMoving);
  disk.put_folder(kFormer);
}

// The calls of replace_mautic_2_with_mautic_3, up to the `stop`-th; whether it was stopped.
class Exchange {
 public:
  Exchange(MemoryDisk& disk, unsigned order, int stop) : disk_(disk), chance_(order), left_(stop) {}

  bool run() {
    for (const auto& name : names_in(kRoot))
      if (Path(kRoot / name) != kFormer && Path(kRoot / name) != kUnpacked && Path(kRoot / name) != kLog && !rename(kRoot / name, kFormer / name)) return true;
    for (const auto& name : names_in(kUnpacked))
      if (!rename(kUnpacked / name, kRoot / name)) return true;
    if (!rename(kRoot / ".htaccess", kRoot / ".htaccess.m3") || !copy(".htaccess", 5) || !copy(".htaccess", 99)) return true;
    return !copy("app/config/local.php", 20) || !copy("app/config/local.php", 999);
  }

 private:
  std::vector<std::string> names_in(const Path& folder) {
    std::vector<std::string> names;
    const auto entries = disk_.list(folder).value();
    for (const auto& entry : entries) names.push_back(entry.name);
    std::shuffle(names.begin(), names.end(), chance_);
    return names;
  }
  bool rename(const Path& from, const Path& to) {
    if (left_-- == 0) return false;
    disk_.rename(from, to);
    return true;
  }
  bool copy(const char* name, size_t bytes) {
    if (left_-- == 0) return false;
    disk_.replace(kRoot / name, disk_.read(kFormer / name, bytes).value(), 0644, platform::Sync::yes);
    return true;
  }

  MemoryDisk& disk_;
  std::mt19937 chance_;
  int left_;
};

std::optional<Abandoned> look(MemoryDisk& disk) {
  auto site = mautic::recognise(disk, kRoot);
  REQUIRE(site);
  return mautic::abandoned_upgrade(disk, *site, {});
}

void swap_in(MemoryDisk& disk, const Abandoned& left) {
  storage::Swap swap(disk, storage::SwapNames(storage::StateNames("/state").swap_of("20201120-100000000-abcdef")));
  swap.begin(storage::plan_swap(disk, kRoot, left.former, storage::owner_by(left.owners)));
  swap.run();
}

// Without what is the script's own.
support::Tree tree_of(const MemoryDisk& disk) {
  auto tree = disk.tree(kRoot);
  std::erase_if(tree, [](const auto& one) {
    Path name = *Path(one.first).lexically_relative(kRoot).begin();
    return name == kFormer.filename() || name == kUnpacked.filename() || name == kLog.filename() || name == ".htaccess.m3";
  });
  return tree;
}

}  // namespace

TEST_CASE("Stopped before any call of the exchange, all of Mautic 2 comes back") {
  for (unsigned order = 0; order < 24; ++order) {
    MemoryDisk two = mautic_two();
    if (order % 2) two.put_file(kRoot / "bin/old.sh", "the owner's");
    const auto before = tree_of(two);
    unpack_three(two);
    CHECK(look(two)->at == Abandoned::At::told);
    for (int stop = 1;; ++stop) {
      MemoryDisk disk = two;
      bool was_stopped = Exchange(disk, order, stop).run();
      INFO("order " << order << ", stopped before call " << stop);
      auto left = look(disk);
      REQUIRE(left);
      if (!was_stopped) {
        CHECK(left->at == Abandoned::At::moved);
        CHECK(stop >= 30);
        break;
      }
      REQUIRE(left->at == Abandoned::At::moving);
      swap_in(disk, *left);
      REQUIRE(tree_of(disk) == before);
      auto after = look(disk);
      REQUIRE((!after || after->at == Abandoned::At::told));
    }
  }
}

TEST_CASE("Exchanged whole, only what is the owner's comes back") {
  MemoryDisk disk = mautic_two();
  const auto before = tree_of(disk);
  unpack_three(disk);
  Exchange(disk, 1, 99).run();
  const auto exchanged = tree_of(disk);
  swap_in(disk, *look(disk));
  auto after = tree_of(disk);
  for (const char* name : {"media/files/mine.pdf", "plugins/OwnBundle/a.php", "themes/own/a.twig", "themes/Mauve/a.twig", "shop/index.php", ".well-known/x", "notes.txt",
                           "linked", "app/config/local.php"}) {
    INFO(name);
    CHECK(after.at(kRoot / name) == before.at(kRoot / name));
  }
  CHECK(after.at(kRoot / "robots.txt") == before.at(kRoot / "robots.txt"));
  for (const auto& [path, what] : exchanged)
    if (path != kRoot / "robots.txt") CHECK(after.at(path) == what);
  CHECK(after.count(kRoot / "app/console") == 0);
}

TEST_CASE("Where log and disk do not agree it is only told") {
  MemoryDisk disk = mautic_two();
  unpack_three(disk);
  SECTION("the log says nothing") {
    Exchange(disk, 1, 25).run();
    disk.put_file(kLog, "");
  }
  SECTION("a later stage was reached") {
    Exchange(disk, 1, 25).run();
    disk.put_file(kLog, std::string(kMoving) + "Getting the amount of available Mautic 3 database migrations...\n");
  }
  SECTION("the files were moved twice") {
    Exchange(disk, 1, 25).run();
    disk.put_file(kLog, std::string(kMoving) + "Moving Mautic 2 files to there\n");
  }
  SECTION("a name of the releases lies in the root, and in either folder") {
    Exchange(disk, 1, 25).run();
    disk.put_file(kFormer / "index.php", "2");
    disk.put_file(kRoot / "index.php", "?");
    disk.put_file(kUnpacked / "index.php", "3");
  }
  SECTION("something of Mautic 2 is in neither place") {
    Exchange(disk, 1, 25).run();
    disk.remove_file(kFormer / "app/AppKernel.php");
  }
  SECTION("what was unpacked is gone") {
    Exchange(disk, 1, 25).run();
    for (const auto& [path, what] : disk.tree(kUnpacked))
      if (what != "folder") disk.remove_file(path);
    auto folders = disk.tree(kUnpacked);
    for (auto one = folders.rbegin(); one != folders.rend(); ++one) disk.remove_folder(one->first);
    disk.remove_folder(kUnpacked);
  }
  SECTION("the configuration was cut off behind the exchange") {
    Exchange(disk, 1, 99).run();
    disk.put_file(kLog, std::string(kMoving) + "Updating config/local.php with new configuration parameters...\n");
    disk.put_file(kRoot / "app/config/local.php", "");
  }
  SECTION("a folder of the owner's was a link") {
    disk.put_link(kRoot / "translations", "/elsewhere");
    disk.put_file(kUnpacked / "translations/.htaccess", "3");
    Exchange(disk, 1, 99).run();
  }
  SECTION("a link of the owner's lies below such a folder") {
    disk.put_link(kRoot / "themes/linked", "/elsewhere");
    Exchange(disk, 1, 99).run();
    disk.put_file(kRoot / "themes/linked/half.twig", "of what was behind it");
  }
  SECTION("the files were moved twice, and the new release is whole") {
    Exchange(disk, 1, 99).run();
    disk.put_file(kLog, std::string(kMoving) + "Moving Mautic 2 files to there\n");
  }
  SECTION("a later release lost what says its version") {
    Exchange(disk, 1, 99).run();
    disk.put_file(kRoot / "config/local.php", kLocal);
    disk.remove_file(kRoot / "app/release_metadata.json");
  }
  SECTION("it is a later release") {
    Exchange(disk, 1, 99).run();
    disk.put_file(kRoot / "app/release_metadata.json", R"({"version": "5.2.1"})");
  }
  auto left = look(disk);
  REQUIRE(left);
  INFO(left->what);
  CHECK(left->at == Abandoned::At::told);
  CHECK(left->owners.empty());
  CHECK(!left->advice.empty());
}

TEST_CASE("A whole site without any of it, or with empty folders, is in order") {
  MemoryDisk disk = mautic_two();
  CHECK(!look(disk));
  disk.put_file(kLog, kMoving);
  disk.put_folder(kUnpacked);
  disk.put_folder(kFormer);
  CHECK(!look(disk));
}

TEST_CASE("A site that went on living is not called half; the owner may go on with the upgrade all the same") {
  MemoryDisk disk = mautic_two();
  unpack_three(disk);
  Exchange(disk, 1, 99).run();
  disk.set_changed(kLog, platform::WallTime{});
  SECTION("there are uploads of later") {
    disk.put_file(kRoot / "media/files/later.pdf", "x");
    disk.set_changed(kRoot / "media/files/later.pdf", platform::WallTime(std::chrono::hours(30)));
  }
  SECTION("the log is of long ago") {
    disk.set_changed(kLog, platform::WallTime(std::chrono::hours(-24 * 100)));
  }
  auto left = look(disk);
  REQUIRE(left);
  CHECK(left->at == Abandoned::At::moved);
  CHECK(left->lived_on);
  CHECK(!left->breaks);
}

TEST_CASE("Only what lay beside Mautic 2 was moved, or lies there still: the site works") {
  MemoryDisk disk = mautic_two();
  unpack_three(disk);
  disk.rename(kRoot / "notes.txt", kFormer / "notes.txt");
  auto left = look(disk);
  REQUIRE(left);
  CHECK(left->at == Abandoned::At::moving);
  CHECK(!left->breaks);
  CHECK(!left->comes_first);
}
