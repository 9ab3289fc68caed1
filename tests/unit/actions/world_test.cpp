// SPDX-License-Identifier: GPL-3.0-or-later
// Finding the site, its settings and our own folder, from where the program lies. Nothing is made on the way.
#include "actions/world.h"

#include <catch2/catch.hpp>

#include "base/failure.h"
#include "base/text.h"
#include "support/fake_disk.h"
#include "support/temp_folder.h"

namespace {

using namespace actions;
using base::contains;
using support::MemoryDisk;

// An account whose Mautic lies in public_html, with our folder in it.
struct House {
  MemoryDisk disk;
  Program program{disk, "/home/u/public_html/unstick/unstick.cgi", {}, "/usr/bin", {}};

  House() {
    disk.put_file("/etc/passwd", "me:x:" + std::to_string(::geteuid()) + ":1::/home/u:/bin/sh\n");
    site_in("/home/u/public_html");
    disk.put_folder("/home/u/public_html/unstick");
  }
  void site_in(const Path& root) {
    for (const char* file : {"index.php", "app/config/paths.php", "app/bundles/CoreBundle/MauticCoreBundle.php",
                             "plugins/MauticFocusBundle/MauticFocusBundle.php", "bin/console", "vendor/autoload.php"})
      disk.put_file(root / file, "<?php");
    disk.put_file(root / "app/release_metadata.json", R"({"version":"5.2.1","minimum_php_version":"8.1.0"})");
    disk.put_folder(root / "var/cache");
  }
  void settings(const std::string& text) { disk.put_file("/home/u/public_html/unstick/unstick.ini.php", text); }
  World find(const Whereabouts& where = {}) {
    auto before = disk.tree();
    World world = find_world(program, where);
    CHECK(disk.tree() == before);
    return world;
  }
};

}  // namespace

TEST_CASE("The site is found from the program's folder upwards") {
  House house;
  auto world = house.find();
  REQUIRE(world.site);
  CHECK(world.site->root == "/home/u/public_html");
  CHECK(world.site->version.text() == "5.2.1");
  CHECK(world.root == "/home/u/public_html");
  CHECK(world.site_problem.empty());
  CHECK(&world.need_site() == &*world.site);
  house.program.path = "/home/u/public_html/unstick.cgi";
  CHECK(house.find().site);
}

TEST_CASE("Without a site all that needs none works, and what needs one says what to do") {
  House house;
  house.program.path = "/home/u/cgi-bin/unstick.cgi";
  house.disk.put_folder("/home/u/cgi-bin");
  auto world = house.find();
  CHECK_FALSE(world.site);
  CHECK(contains(world.site_problem, "root = FOLDER"));
  CHECK_THROWS_WITH(world.need_site(), Catch::Contains("/home/u/cgi-bin"));
}

TEST_CASE("The root of the settings counts, relative to the program's folder, and --root counts more") {
  House house;
  house.disk.put_folder("/home/u/cgi-bin");
  house.program.path = "/home/u/cgi-bin/unstick.cgi";
  for (const char* root : {"/home/u/public_html", "../public_html", "../public_html/"}) {
    INFO(root);
    house.disk.put_file("/home/u/cgi-bin/unstick.ini", std::string("root = ") + root);
    CHECK(house.find().site);
  }
  house.site_in("/srv/other");
  CHECK(house.find({.root = "/srv/other"}).site->root == "/srv/other");
  house.disk.put_file("/home/u/cgi-bin/unstick.ini", "root = /nowhere");
  CHECK(house.find().site_problem == "there is no application that we know in /nowhere: no such folder");
}

TEST_CASE("Our own folder lies in the home of the site's owner, and is made by whoever needs it first") {
  House house;
  auto world = house.find();
  REQUIRE(world.state_folder);
  CHECK(world.state_folder->folder == Path("/home/u") / storage::state_folder_name("/home/u/public_html"));
  CHECK_FALSE(world.state_folder->exposed);
  CHECK_FALSE(house.disk.look(world.state_folder->folder));
  CHECK(house.disk.read(world.need_state().version(), 9) == "1\n");
}

// A process that answers many requests.
struct LongLife {
  support::TempFolder folder;
  Program program{platform::posix_disk(), folder / "unstick/unstick.cgi", {}, {}, {}};
  Path state = folder / "state";

  LongLife() { folder.write("unstick/unstick.ini.php", "state = " + state.native() + "\n", 0600); }
  std::string secret() { return find_world(program, {}).need_secret(); }
};

TEST_CASE("What changes in the state folder is seen at the next request") {
  LongLife life;
  std::string secret = life.secret();
  CHECK(secret.size() == 32);
  CHECK(life.secret() == secret);
  platform::Disk& disk = platform::posix_disk();
  SECTION("other bytes stand in the secret's file") {
    life.folder.write("state/secret", std::string(32, 'x'));
    CHECK(life.secret() == std::string(32, 'x'));
  }
  SECTION("the secret was deleted") {
    disk.remove_file(life.state / "secret");
    CHECK(life.secret() != secret);
  }
  SECTION("the folder was deleted") {
    std::filesystem::remove_all(life.state);
    CHECK(life.secret() != secret);
    CHECK(support::content_of(life.state / "version") == "1\n");
  }
  SECTION("only the version was deleted") {
    disk.remove_file(life.state / "version");
    CHECK(life.secret() == secret);
    CHECK(support::content_of(life.state / "version") == "1\n");
  }
  SECTION("another folder was put in its place") {
    disk.rename(life.state, life.folder / "old");
    life.folder.write("state/secret", std::string(32, 'y'));
    CHECK(life.secret() == std::string(32, 'y'));
  }
  SECTION("a newer version of the program took it over") {
    disk.replace(life.state / "version", "99\n", 0600);
    CHECK_THROWS_WITH(life.secret(), Catch::Contains("newer version"));
  }
}

TEST_CASE("Every way to the same site leads to the same folder of ours") {
  House house;
  house.disk.put_link("/srv/link", "/home/u/public_html");
  auto folder = house.find().state_folder->folder;
  CHECK(house.find({.root = "/home/u/public_html"}).state_folder->folder == folder);
  CHECK(house.find({.root = "/srv/link"}).state_folder->folder == folder);
  CHECK(house.find({.root = "/home/u/public_html/"}).state_folder->folder == folder);
}

TEST_CASE("A relative folder in the settings is relative to the program, whatever the working folder is") {
  House house;
  house.settings("state = ../../mine\n");
  house.disk.put_folder("/home/u/mine");
  auto world = house.find();
  REQUIRE(world.state_folder);
  CHECK(world.state_folder->folder.lexically_normal() == "/home/u/mine");
}

TEST_CASE("A document root that is named through a link keeps our folder out of it all the same") {
  House house;
  house.settings("key = Qm7xTr4wZk9Vb2Hn\n");
  house.disk.put_link("/srv/www/u", "/home/u");
  auto world = house.find({.document_roots = {"/srv/www/u"}});
  REQUIRE(world.state_folder);
  CHECK(world.state_folder->exposed);
}

TEST_CASE("A settings file that cannot be read closes the program, without a word about where it lies") {
  House house;
  house.disk.put_folder("/home/u/public_html/unstick/unstick.ini.php");
  auto world = house.find();
  CHECK(contains(world.key.problem, "the settings file beside the program cannot be read"));
  CHECK_FALSE(contains(world.key.problem, "/home"));
}

TEST_CASE("Settings of the command line count more than those of the file") {
  House house;
  house.settings("key = Qm7xTr4wZk9Vb2Hn\nurl = https://old.example\n");
  auto world = house.find({.overrides = {{"url", "https://new.example"}, {"sleep_days", "5"}}});
  CHECK(world.settings.url == "https://new.example");
  CHECK(world.settings.sleep_days == 5);
  CHECK(world.key.stored == "Qm7xTr4wZk9Vb2Hn");
}

TEST_CASE("The path of the running program is that of its file") {
  CHECK(std::filesystem::exists(own_path(platform::posix_disk())));
  CHECK(own_path(platform::posix_disk()).is_absolute());
}
