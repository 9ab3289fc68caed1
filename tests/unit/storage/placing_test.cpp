// SPDX-License-Identifier: GPL-3.0-or-later
// Where a package's entries go, and packages that are opened so.
#include "storage/placing.h"

#include <catch2/catch.hpp>

#include "storage/zip_package.h"
#include "support/made_zip.h"
#include "support/temp_folder.h"

using storage::placed;
using storage::Placing;

namespace {

const std::vector<Placing> kWhmcs = {{"whmcs/admin", "secret/office"}, {"whmcs/install", std::nullopt}, {"whmcs", ""}};

}  // namespace

TEST_CASE("The first placing that names a path or a folder above it decides") {
  CHECK(placed(kWhmcs, "whmcs/admin/index.php") == "secret/office/index.php");
  CHECK(placed(kWhmcs, "whmcs/admin") == "secret/office");
  CHECK(placed(kWhmcs, "whmcs/administrator.php") == "administrator.php");
  CHECK(placed(kWhmcs, "whmcs/init.php") == "init.php");
  CHECK(placed(kWhmcs, "whmcs/templates/admin/a.tpl") == "templates/admin/a.tpl");
  CHECK(placed(kWhmcs, "whmcs") == "");
  CHECK_FALSE(placed(kWhmcs, "whmcs/install"));
  CHECK_FALSE(placed(kWhmcs, "whmcs/install/install.php"));
  CHECK_FALSE(placed(kWhmcs, "README.txt"));
  CHECK(placed({{"", ""}}, "a/b.php") == "a/b.php");
  CHECK(placed({{"", "below"}}, "a/b.php") == "below/a/b.php");
}

TEST_CASE("A placing is a word of a step, whatever its names hold") {
  std::vector<std::string> words = {"place not counted"};
  for (const auto& placing : kWhmcs) words.push_back(storage::to_word(placing));
  words.push_back(storage::to_word(Placing{"a b", "c\nd"}));
  words.emplace_back("user robots.txt");
  auto read = storage::placings_in(words, 1);
  REQUIRE(read.size() == 4);
  CHECK(std::vector(read.begin(), read.begin() + 3) == kWhmcs);
  CHECK(read[3] == Placing{"a b", "c\nd"});
  CHECK_FALSE(storage::placing_of("package app"));
  CHECK_FALSE(storage::placing_of("place"));
}

TEST_CASE("A package that is placed has its entries there, with their contents") {
  support::TempFolder folder;
  support::MadeZip zip;
  zip.add({.name = "README.txt", .content = "read me"});
  zip.add({.name = "whmcs/admin/index.php", .content = "admin", .deflated = true});
  zip.add({.name = "whmcs/init.php", .content = "init"});
  zip.add({.name = "whmcs/install/install.php", .content = "install"});
  folder.write("r.zip", zip.end());
  storage::ZipPackage package(folder / "r.zip", kWhmcs);
  CHECK(package.files() == 2);
  CHECK(package.folders() == 2);
  REQUIRE(package.find("secret/office/index.php"));
  CHECK(package.read(*package.find("secret/office/index.php"), 100) == "admin");
  CHECK(package.read(*package.find("init.php"), 100) == "init");
  CHECK_FALSE(package.find("README.txt"));
  CHECK_FALSE(package.find("install/install.php"));
}

TEST_CASE("Entries that two placings bring to one place are refused") {
  support::TempFolder folder;
  support::MadeZip zip;
  zip.add({.name = "admin/a.php", .content = "1"});
  zip.add({.name = "includes/a.php", .content = "2"});
  folder.write("r.zip", zip.end());
  CHECK_THROWS_AS(storage::ZipPackage(folder / "r.zip", {{"admin", "includes"}, {"", ""}}), base::Failure);
}
