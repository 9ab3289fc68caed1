// SPDX-License-Identifier: GPL-3.0-or-later
// Whose a path is: the rules' little grammar, and what a swap and a comparison make of each owner.
#include "storage/owner.h"

#include <catch2/catch.hpp>

#include "base/failure.h"
#include "storage/swap_list.h"
#include "storage/tree_comparison.h"
#include "support/made_zip.h"
#include "support/temp_folder.h"

namespace {

using namespace storage;
using support::TempFolder;

const std::vector<OwnerRule> kRules = {
    {Owner::user, "app/config/*local*"}, {Owner::shared, "app"},      {Owner::shared, "app/config"}, {Owner::package, "app/*"},
    {Owner::package, "app/config/*"},    {Owner::shared, "plugins"}, {Owner::user, "media"},        {Owner::package, "vendor"},
};

}  // namespace

TEST_CASE("The first rule that fits the whole path decides, and none is either's", "[owner]") {
  auto owner = owner_by(kRules);
  const std::pair<const char*, Owner> rows[] = {
      {"app", Owner::shared},
      {"app/bundles", Owner::package},
      {"app/config", Owner::shared},                    // before app/*
      {"app/config/local.php", Owner::user},            // before app/config/*
      {"app/config/parameters_local.php", Owner::user},
      {"app/config/config.php", Owner::package},
      {"app/bundles/A", Owner::either},                 // * stops at a slash
      {"apps", Owner::either},
      {"application/x", Owner::either},
      {"plugins/Own", Owner::either},
      {"media", Owner::user},
      {"", Owner::either},
  };
  for (auto [path, expected] : rows) {
    INFO(path);
    CHECK(owner(path) == expected);
  }
}

TEST_CASE("A star stands for any characters but a slash", "[owner]") {
  const std::tuple<const char*, const char*, bool> rows[] = {
      {"*", "a", true},         {"*", "", true},           {"*", "a/b", false},        {"*/*", "a/b", true},
      {"*/*", "a", false},      {"a*c", "abc", true},      {"a*c", "ac", true},        {"a*c", "ab/c", false},
      {"*.php", "x.php", true}, {"*.php", "x.php5", false}, {".env*", ".env.local", true}, {"a**b", "axb", true},
      {"a*b*c", "aXbYbc", true}, {"a*b*c", "aXbY", false},
  };
  for (auto [pattern, path, fits] : rows) {
    INFO(pattern << " " << path);
    CHECK((owner_by({{Owner::user, pattern}})(path) == Owner::user) == fits);
  }
}

TEST_CASE("A rule goes through a step's words and back", "[owner]") {
  for (Owner owner : {Owner::package, Owner::shared, Owner::either, Owner::user}) {
    OwnerRule rule{owner, "app/my folder/*"};
    CHECK(rule_of(to_word(rule)) == rule);
  }
  CHECK(to_word({Owner::user, "media"}) == "user media");
  for (const char* word : {"", "user", "owner media", "USER media"}) {
    INFO(word);
    CHECK_THROWS_AS(rule_of(word), base::Failure);
  }
}

TEST_CASE("What is either's is swapped whole where the package has it, and left alone where not", "[owner]") {
  TempFolder temp;
  for (const char* file : {"site/plugins/Core/a.php", "site/plugins/Core/old.php", "site/plugins/Own/a.php", "site/media/x.png",
                           "site/app/config/local.php", "site/app/bundles/old.php"})
    temp.write(file, "old");
  for (const char* file : {"new/plugins/Core/a.php", "new/plugins/New/a.php", "new/media/x.png", "new/app/config/local.php"})
    temp.write(file, "new");
  auto list = plan_swap(platform::posix_disk(), temp / "site", temp / "new", owner_by(kRules));
  std::vector<std::string> paths;
  for (const auto& entry : list.entries) paths.push_back(entry.path);
  std::sort(paths.begin(), paths.end());
  CHECK(paths == std::vector<std::string>{"app/bundles", "plugins/Core", "plugins/New"});
}

TEST_CASE("What is either's is compared where the package has it, and no damage where not", "[owner]") {
  TempFolder temp;
  std::vector<support::MadeEntry> entries = {{"plugins/Core/a.php", "a"}, {"media/x.png", "x"}, {"app/k.php", "k"}};
  ZipPackage package(temp.write("p.zip", support::made_zip(entries)));
  for (const char* file : {"site/plugins/Core/old.php", "site/plugins/Own/a.php", "site/media/x.png", "site/other/x.php"})
    temp.write(file, "mine");
  temp.write("site/plugins/Core/a.php", "b"), temp.write("site/app/k.php", "k"), temp.write("site/app/extra.php", "x");
  ComparisonOrder order;
  order.root = temp / "site";
  order.owner = owner_by(kRules);
  auto found = compare_tree(package, order);
  REQUIRE(found);
  std::vector<std::string> shown;
  for (const auto& one : found->differences) shown.push_back(std::string(word(one.damage)) + " " + one.path);
  CHECK(shown == std::vector<std::string>{"extra app/extra.php", "changed plugins/Core/a.php", "extra plugins/Core/old.php"});
  CHECK(found->kept == 1);
}
