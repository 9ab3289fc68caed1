// SPDX-License-Identifier: GPL-3.0-or-later
// Which files make a tree one of two releases.
#include "apps/whmcs/tree_census.h"

#include <catch2/catch.hpp>

namespace {

using namespace apps::whmcs;
using base::Version;
using Names = std::vector<std::string>;

const char *kNew = "8.13.0-release.1", *kPatched = "8.13.1-release.1", *kOld = "8.6.2-release.1";

// "init.php 8.13.0-release.1"; one that not every release has ends in a star.
std::vector<StatedFile> files(const std::vector<std::pair<std::string, const char*>>& all) {
  std::vector<StatedFile> made;
  for (auto [name, version] : all) {
    bool is_in_all = name.back() != '*';
    if (!is_in_all) name.pop_back();
    size_t slash = name.rfind('/');
    made.push_back({slash == name.npos ? "" : name.substr(0, slash), name, Version::of(version), "", is_in_all});
  }
  return made;
}

Mixture mixed(const std::vector<std::pair<std::string, const char*>>& all, const char* release = kNew) {
  return mixture_of(Version::of(release), files(all));
}

}  // namespace

TEST_CASE("WHMCS: a tree of one release is no mixture, nor are files that newer releases have no more") {
  CHECK(mixed({}).evidence.empty());
  auto mixture = mixed({{"init.php", kNew}, {"cart.php", kNew}, {"admin/index.php", kNew}, {"admin/a.php*", kNew}, {"admin/old.php*", kOld}});
  CHECK(mixture.evidence.empty());
  CHECK(mixture.odd_one.empty());
  CHECK(mixture.numbers.empty());
  CHECK(mixture.newest.text() == kNew);
}

TEST_CASE("WHMCS: one file of another series is odd, and several are a mixture, as is an init.php against the rest") {
  auto one = mixed({{"init.php", kNew}, {"cart.php", kNew}, {"dl.php", kOld}});
  CHECK(one.evidence.empty());
  CHECK(one.odd_one == "dl.php is of 8.6.2-release.1");
  CHECK(mixed({{"init.php", kNew}, {"cart.php", kOld}}).evidence == Names{"8.13.0-release.1: init.php", "8.6.2-release.1: cart.php"});
  CHECK_FALSE(mixed({{"init.php", kNew}, {"cart.php", kNew}, {"index.php", kNew}, {"dl.php", kOld}, {"admin/index.php", kOld}}).evidence.empty());
}

TEST_CASE("WHMCS: a folder is of another release when most of its files are") {
  CHECK(mixed({{"init.php", kNew}, {"cart.php", kNew}, {"admin/a.php*", kOld}, {"admin/b.php*", kOld}, {"admin/c.php*", kNew}}).evidence ==
        Names{"admin/: 2 of 3 files are of 8.6.2-release.1"});
  CHECK(mixed({{"init.php", kNew}, {"cart.php", kNew}, {"crons/cron.php", kNew}, {"crons/domainsync.php*", kOld}}).evidence.empty());
}

TEST_CASE("WHMCS: numbers of one series are kept apart, with whether one is newer than init.php") {
  auto older = mixed({{"init.php", kPatched}, {"cart.php", kNew}}, kPatched);
  CHECK(older.evidence.empty());
  CHECK(older.numbers.size() == 2);
  CHECK(older.unlike == 1);
  CHECK_FALSE(older.has_newer);
  auto newer = mixed({{"init.php", kNew}, {"admin/a.php*", kPatched}, {"admin/b.php*", kPatched}});
  CHECK(newer.has_newer);
  CHECK(newer.unlike == 2);
  CHECK(newer.newest.text() == kPatched);
}

TEST_CASE("WHMCS: what differs among files is told by version") {
  CHECK(differing(files({{"install/install.php", kNew}, {"install/index.php", kNew}})).empty());
  CHECK(differing(files({{"install/install.php", kNew}, {"install/bin/installer.php", kOld}})) ==
        Names{"8.13.0-release.1: install/install.php", "8.6.2-release.1: install/bin/installer.php"});
}
