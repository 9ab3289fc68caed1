// SPDX-License-Identifier: GPL-3.0-or-later
// Which zip files an action may be about, and the job that gets another one.
#include "actions/packages.h"

#include <catch2/catch.hpp>

#include "support/fake_disk.h"

namespace {

using namespace actions;

struct House {
  support::MemoryDisk disk;
  Program program{disk, "/home/u/www/unstick/unstick.cgi", {}, "/usr/bin", {}};
  World world{program, disk};

  House() {
    apps::Site site;
    site.root = "/home/u/www/docroot";
    site.project = "/home/u/www";
    site.caches = {"/home/u/www/var/cache/prod", "/home/u/www/var/cache/dev"};
    world.site = site;
    disk.put_folder("/home/u/.unstick");
    world.state_folder = StateFolder{"/home/u/.unstick", false, ""};
    world.settings.proxy = "http://proxy.example:3128";
  }
  std::vector<std::string> at_hand() {
    std::vector<std::string> files;
    for (const auto& package : packages_at_hand(world)) files.push_back(package.file.native() + (package.downloaded ? " ours" : ""));
    return files;
  }
};

}  // namespace

TEST_CASE("Packages are looked for where people upload, where we download, and where the application's update leaves them") {
  House house;
  CHECK(house.at_hand().empty());
  for (const char* file : {"/home/u/www/docroot/5.2.1.zip", "/home/u/www/UPPER.ZIP", "/home/u/.unstick/a.zip", "/home/u/.unstick/packages/5.2.1.zip",
                           "/home/u/www/var/cache/5.1.0-update.zip", "/home/u/www/var/cache/prod/b.zip", "/home/u/www/var/cache/prod/deep/no.zip",
                           "/home/u/www/docroot/no.zip.partial", "/home/u/www/docroot/no.php", "/home/u/no.zip", "/home/u/.unstick/kept/no.zip"})
    house.disk.put_file(file, "PK");
  house.disk.put_folder("/home/u/www/docroot/folder.zip");
  house.disk.put_link("/home/u/www/docroot/link.zip", "/etc/passwd");
  CHECK(house.at_hand() == std::vector<std::string>{"/home/u/www/docroot/5.2.1.zip", "/home/u/www/UPPER.ZIP", "/home/u/.unstick/a.zip",
                                                    "/home/u/.unstick/packages/5.2.1.zip ours", "/home/u/www/var/cache/5.1.0-update.zip",
                                                    "/home/u/www/var/cache/prod/b.zip"});
  CHECK_THROWS_WITH(find_package(house.world, "5.2.1.zip"), Catch::Contains("there are two: "));
  CHECK(find_package(house.world, "5.1.0-update.zip")->file == "/home/u/www/var/cache/5.1.0-update.zip");
  house.disk.remove_file("/home/u/www/docroot/5.2.1.zip");
  CHECK(find_package(house.world, "5.2.1.zip")->downloaded);
}

TEST_CASE("A package is named by a bare name, and is a plain file") {
  House house;
  house.disk.put_file("/home/u/secret.zip", "PK");
  house.disk.put_folder("/home/u/www/docroot/folder.zip");
  house.disk.put_link("/home/u/www/docroot/link.zip", "/home/u/secret.zip");
  for (const char* name : {"", ".", "..", "../../secret.zip", "/home/u/secret.zip", "folder.zip", "link.zip", "none.zip"}) {
    INFO(name);
    CHECK_FALSE(find_package(house.world, name));
  }
}

TEST_CASE("A download is a job of its own, one at a time for each file") {
  House house;
  apps::ReleaseSource source{"5.2.1.zip", "https://github.com/a/5.2.1.zip", "https://api.github.com/a", {"github.com", "api.github.com"}};
  auto plan = download_plan(house.world, source);
  CHECK(plan.task == "download 5.2.1.zip");
  CHECK(plan.effect == base::Effect::routine);
  REQUIRE(plan.steps.size() == 1);
  CHECK(plan.steps[0].verb == "download-package");
  CHECK(plan.steps[0].interruption == base::Interruption::restart);
  CHECK(plan.steps[0].words == std::vector<std::string>{source.url, source.api_url, "/home/u/.unstick/packages/5.2.1.zip", "http://proxy.example:3128",
                                                        "1073741824", "/home/u/www/docroot", "github.com", "api.github.com"});
}
