// SPDX-License-Identifier: GPL-3.0-or-later
// Which copies of local.php are found, and which of them is the best.
#include "apps/mautic/configuration_copies.h"

#include <utime.h>

#include <catch2/catch.hpp>

#include "apps/mautic/mautic.h"
#include "support/temp_folder.h"

namespace {

using namespace apps;
using mautic::ConfigurationCopy;
using support::TempFolder;

const std::string kWhole = "<?php $parameters = array('db_name' => 'n', 'db_user' => 'u', 'secret_key' => 's', 'locale' => 'en');";

Site site_in(const TempFolder& folder) {
  Site site;
  site.app = &mautic::kApp;
  site.root = folder.path();
  site.project = folder.path();
  site.version = base::Version::of("5.1.0");
  return site;
}

// Without the time.
std::vector<std::string> words_of(const std::vector<ConfigurationCopy>& copies) {
  std::vector<std::string> all;
  for (const auto& copy : copies) all.push_back(copy.words.substr(0, copy.words.rfind(", of ")));
  return all;
}

std::vector<ConfigurationCopy> copies_in(const TempFolder& folder, const Path& state = {}) {
  return mautic::configuration_copies(platform::posix_disk(), site_in(folder), state, folder / "config/local.php");
}

void make_old(const Path& file, time_t when) {
  utimbuf times{when, when};
  REQUIRE(::utime(file.c_str(), &times) == 0);
}

}  // namespace

TEST_CASE("Copies of local.php are found where people, upgrades and we leave them, and nothing else is") {
  TempFolder folder;
  const std::vector<std::string> copies = {"config/local.php.bak", "config/local.php~", "config/local.old", "config/local (1).php", "config/Local.php.txt",
                                           "app/config/local.php", "app/config/local.php.save", "mautic-2-backup-files/app/config/local.php",
                                           "var/mautic-2-backup-files-0a1b/app/config/local.php", "config/local.php.unstick-20261121-093015123-k3v9qa.php"};
  for (const auto& name : copies) folder.write(name, kWhole);
  for (const char* name : {"config/local.php", "config/parameters_local.php", "app/config/paths_local.php", "app/config/config_local.php",
                           "app/config/security.php", "config/local.php.unstick-20261121-093015123-k3v9qa.new.php", "config/.local.php.swp"})
    folder.write(name, kWhole);
  auto found = words_of(copies_in(folder));
  std::sort(found.begin(), found.end());
  auto expected = copies;
  std::sort(expected.begin(), expected.end());
  CHECK(found == expected);
}

TEST_CASE("The best copy is whole and the newest, those that lack something come behind it and damaged ones last") {
  TempFolder folder;
  make_old(folder.write("config/local.php.1", kWhole), 1000);
  make_old(folder.write("config/local.php.2", kWhole), 3000);
  make_old(folder.write("config/local.php.3", kWhole), 2000);
  folder.write("config/local.php.4", "<?php $parameters = array('db_name' => 'n', 'db_user' => 'u', 'secret_key' => '');");
  folder.write("config/local.php.5", "<?php $parameters = array('db_name'");
  folder.write("config/local.php.6", "");
  auto copies = copies_in(folder);
  CHECK(words_of(copies) == std::vector<std::string>{"config/local.php.2", "config/local.php.3", "config/local.php.1", "config/local.php.4",
                                                     "config/local.php.5"});
  REQUIRE(copies.size() == 5);
  CHECK(copies[0].is_whole());
  CHECK(copies[3].lacks == "secret_key");
  CHECK(copies[4].problem != "");
}

TEST_CASE("What jobs of ours kept is a copy") {
  TempFolder folder, state;
  const std::string job = "20261121-093015123-k3v9qa";
  state.write("kept/" + job + "/swap/configuration-before/list", std::string("- /x/app/config/local.php\0" "420 /x\n/config/local.php\0" "420 /x/.env\0", 63));
  state.write("kept/" + job + "/swap/configuration-before/1", kWhole);
  state.write("kept/" + job + "/swap/configuration-before/2", "APP_ENV=prod");
  state.write("kept/" + job + "/swap/old/app/config/local.php", kWhole);
  CHECK(words_of(copies_in(folder, state.path())) == std::vector<std::string>{"kept by the job " + job, "kept by the job " + job});
}

TEST_CASE("Two copies are compared by their keys") {
  using Keys = std::vector<std::string>;
  CHECK(mautic::differing_keys(kWhole, kWhole) == Keys{});
  CHECK(mautic::differing_keys(kWhole, "<?php $parameters = array('db_name' => 'n', 'db_user' => 'U', 'secret_key' => 's', 'more' => array(1));") ==
        Keys{"db_user", "locale", "more"});
  CHECK(mautic::differing_keys("<?php $parameters = array('a' => array('x' => '1'));", "<?php $parameters = array('a' => array('x' => '2'));") == Keys{"a"});
  CHECK(mautic::differing_keys("<?php $parameters = array('a' => 1);", "<?php $parameters = array('a' => '1');") == Keys{"a"});
  CHECK(mautic::differing_keys(kWhole, "<?php $parameters = arr") == Keys{});
}
