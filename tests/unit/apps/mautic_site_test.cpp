// SPDX-License-Identifier: GPL-3.0-or-later
// Trees as the releases lay them out, whole and broken, and trees of others.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "apps/mautic/mautic.h"
#include "base/failure.h"
#include "support/limits.h"
#include "support/temp_folder.h"

namespace {

using namespace apps;
using support::TempFolder;

std::string metadata(const std::string& version, const std::string& least = "8.1.0",
                     const std::string& most = "8.3.99") {
  return R"({"version": ")" + version + R"(", "stability": "stable", "minimum_php_version": ")" + least +
         R"(", "maximum_php_version": ")" + most + R"(", "announcement_url": ""})";
}

// What a browser sees: in the zip the root, in Composer's project docroot/.
void write_web_root(const TempFolder& folder, const std::string& below) {
  folder.write(below + "index.php", "<?php");
  folder.write(below + "app/config/paths.php", "<?php");
  folder.write(below + "app/bundles/CoreBundle/MauticCoreBundle.php", "<?php");
  folder.write(below + "plugins/MauticFocusBundle/MauticFocusBundle.php", "<?php");
}

void write_zip_site(const TempFolder& folder, const std::string& below = "") {
  write_web_root(folder, below);
  folder.write(below + "app/release_metadata.json", metadata("5.2.1"));
  folder.write(below + "bin/console", "<?php");
  folder.write(below + "vendor/autoload.php", "<?php");
  folder.write(below + "composer.json", R"({"name": "mautic/mautic", "extra": {"symfony-web-dir": "../"}})");
}

void write_mautic_2(const TempFolder& folder) {
  write_web_root(folder, "");
  folder.write("app/version.txt", "2.16.5\n");
  folder.write("app/console", "<?php");
  folder.write("vendor/autoload.php", "<?php");
}

constexpr const char* kComposer =
    R"({"name": "mautic/recommended-project", "extra": {"mautic-scaffold": {"locations": {"web-root": "docroot/"}}}})";

void write_project(const TempFolder& folder, const std::string& version,
                   const std::string& web_root = "docroot/") {
  write_web_root(folder, web_root);
  folder.write(web_root + "app/release_metadata.json", metadata(version));
  folder.write("bin/console", "<?php");
  folder.write("vendor/autoload.php", "<?php");
  folder.write("composer.json", kComposer);
}

std::optional<Site> look_at(const Path& folder) { return mautic::recognise(platform::posix_disk(), folder); }

using Paths = std::vector<Path>;

}  // namespace

TEST_CASE("A Mautic from the zip is found with its version, PHP, console and caches") {
  TempFolder folder;
  write_zip_site(folder);
  folder.write("var/tmp/app_cache_prod/x", "");
  folder.write("var/tmp/app_cache_file", "");
  folder.write("var/cache/saml_default.key", "");
  auto site = look_at(folder.path());
  REQUIRE(site);
  CHECK(site->app == &mautic::kApp);
  CHECK(site->root == folder.path());
  CHECK(site->project == folder.path());
  CHECK(site->layout == "zip");
  CHECK(site->version.text() == "5.2.1");
  CHECK(site->version_problem.empty());
  CHECK(site->php.least.text() == "8.1.0");
  CHECK(site->php.most.text() == "8.3.99");
  CHECK(site->console == folder / "bin/console");
  CHECK(site->caches ==
        Paths{folder / "var/cache/prod", folder / "var/tmp/twig", folder / "var/tmp/app_cache_prod"});
}

TEST_CASE("Mautic 2.16 has its version in a text, its console and cache in app") {
  TempFolder folder;
  write_mautic_2(folder);
  auto site = look_at(folder.path());
  REQUIRE(site);
  CHECK(site->version.text() == "2.16.5");
  CHECK(site->console == folder / "app/console");
  CHECK(site->caches == Paths{folder / "app/cache/prod"});
  CHECK(site->php.least.text() == "5.6.19");
  CHECK(site->php.most.text() == "7.3.999");
}

TEST_CASE("A Composer project is found by its folder and by its web root alike") {
  TempFolder folder;
  std::string web_root = "docroot/";
  SECTION("with docroot/") { write_project(folder, "5.1.1"); }
  SECTION("with docroot/, and composer.json lost") {
    write_project(folder, "5.1.1");
    std::filesystem::remove(folder / "composer.json");
  }
  SECTION("with another web root, which composer.json names") {
    web_root = "public_html/";
    write_project(folder, "5.1.1", web_root);
    std::string named = kComposer;
    folder.write("composer.json", named.replace(named.find("docroot"), 7, "public_html"));
  }
  for (const Path& place : {folder.path(), folder.path() / "", folder.path() / web_root, folder / "bin/.."}) {
    INFO(place);
    auto site = look_at(place);
    REQUIRE(site);
    CHECK(site->layout == "composer");
    CHECK(site->root == (folder / web_root).parent_path());
    CHECK(site->project == folder.path());
    CHECK(site->console == folder / "bin/console");
    CHECK(site->caches == Paths{folder / "var/cache/prod", folder / "var/tmp/twig"});
  }
}

TEST_CASE("A web root that is a link into a Composer project leads to the project") {
  TempFolder folder;
  write_project(folder, "5.1.1");
  std::filesystem::create_directory_symlink("docroot", folder / "public_html");
  auto site = look_at(folder / "public_html");
  REQUIRE(site);
  CHECK(site->layout == "composer");
  CHECK(site->root == folder / "docroot");
  CHECK(site->console == folder / "bin/console");
}

TEST_CASE("Composer's Mautic 4 has its cache in docroot") {
  TempFolder folder;
  write_project(folder, "4.4.13");
  auto site = look_at(folder.path());
  REQUIRE(site);
  CHECK(site->caches == Paths{folder / "docroot/var/cache/prod", folder / "docroot/var/tmp/twig"});
}

TEST_CASE("A zip site in a folder named docroot, beside things of others, is a zip site") {
  TempFolder folder;
  write_zip_site(folder, "docroot/");
  folder.write("vendor/autoload.php", "<?php");
  folder.write("bin/console", "<?php");
  auto site = look_at(folder / "docroot");
  REQUIRE(site);
  CHECK(site->layout == "zip");
  CHECK(site->project == folder / "docroot");
}

TEST_CASE("A broken Mautic is still one") {
  TempFolder folder;
  write_zip_site(folder);
  auto gone = [&](const char* name) { std::filesystem::remove_all(folder / name); };
  SECTION("vendor gone") { gone("vendor"); }
  SECTION("index.php gone") { gone("index.php"); }
  SECTION("console gone") {
    gone("bin");
    auto site = look_at(folder.path());
    REQUIRE(site);
    CHECK(site->console.empty());
  }
  SECTION("bundles gone") { gone("app/bundles"); }
  SECTION("plugins gone") { gone("plugins"); }
  SECTION("app gone") { gone("app"); }
  SECTION("all but app gone") {
    for (const char* name : {"index.php", "bin", "vendor", "plugins", "composer.json"}) gone(name);
  }
  SECTION("moved aside by the upgrade to 3") {
    for (const char* name : {"index.php", "bin", "vendor", "plugins", "composer.json", "app"}) gone(name);
    folder.make_folder("mautic-2-backup-files");
    folder.make_folder("mautic-3-temp-files");
  }
  CHECK(look_at(folder.path()));
}

TEST_CASE("A version that cannot be read is empty and says why") {
  TempFolder folder;
  write_zip_site(folder);
  std::string problem;
  SECTION("no file") {
    std::filesystem::remove(folder / "app/release_metadata.json");
    problem = "app/release_metadata.json is missing";
  }
  SECTION("empty") {
    folder.write("app/release_metadata.json", "");
    problem = "app/release_metadata.json is broken: it holds no valid JSON";
  }
  SECTION("cut off") {
    folder.write("app/release_metadata.json", metadata("5.2.1").substr(0, 40));
    problem = "app/release_metadata.json is broken: it holds no valid JSON";
  }
  SECTION("something else") {
    folder.write("app/release_metadata.json", "[1, 2]");
    problem = "app/release_metadata.json is broken: it holds no valid JSON";
  }
  SECTION("no version in it") {
    folder.write("app/release_metadata.json", R"({"version": 5})");
    problem = "app/release_metadata.json is broken: it names no version";
  }
  SECTION("no version in it, but the PHP it needs") {
    folder.write("app/release_metadata.json", metadata("next"));
    problem = "app/release_metadata.json is broken: it names no version";
    CHECK(look_at(folder.path())->php.least.text() == "8.1.0");
  }
  SECTION("a text that is none") {
    std::filesystem::remove(folder / "app/release_metadata.json");
    folder.write("app/version.txt", "two");
    problem = "app/version.txt is broken: it names no version";
  }
  auto site = look_at(folder.path());
  REQUIRE(site);
  CHECK(site->version.empty());
  CHECK(site->version_problem == problem);
  CHECK(site->console == folder / "bin/console");
  CHECK(site->caches.front() == folder / "var/cache/prod");
}

TEST_CASE("The console tells Mautic 2 where the version cannot be read") {
  TempFolder folder;
  write_mautic_2(folder);
  folder.write("app/version.txt", "");
  auto site = look_at(folder.path());
  REQUIRE(site);
  CHECK(site->version.empty());
  CHECK(site->caches == Paths{folder / "app/cache/prod"});
}

TEST_CASE("What Mautic 2 left behind does not count in a newer one") {
  TempFolder folder;
  write_zip_site(folder);
  folder.write("app/version.txt", "2.16.5\n");
  folder.write("app/console", "<?php");
  auto site = look_at(folder.path());
  REQUIRE(site);
  CHECK(site->version.text() == "5.2.1");
  CHECK(site->console == folder / "bin/console");
}

TEST_CASE("Each release's PHP is known where its own statement is lost") {
  struct {
    const char* version;
    const char* least;
    const char* most;
  } rows[] = {
      {"2.16.5", "5.6.19", "7.3.999"}, {"3.0.2", "7.2.21", "7.3.99"}, {"3.1.2", "7.2.21", "7.3.99"},
      {"3.2.5", "7.2.21", "7.4.99"},   {"3.3.5", "7.3.0", "7.4.99"},  {"4.0.2", "7.4.0", "8.0.99"},
      {"4.4.13", "7.4.0", "8.0.99"},   {"5.0.4", "8.0.2", "8.1.99"},  {"5.1.0", "8.0.2", "8.2.99"},
      {"5.1.0-rc", "8.0.2", "8.2.99"}, {"5.2.10", "8.1.0", "8.3.99"}, {"6.0.8", "8.1.0", "8.3.99"},
      {"7.0.2", "8.2.0", "8.4.99"},
  };
  for (const auto& row : rows) {
    INFO(row.version);
    TempFolder folder;
    write_zip_site(folder);
    folder.write("app/release_metadata.json", "{\"version\": \"" + std::string(row.version) + "\"}");
    auto site = look_at(folder.path());
    REQUIRE(site);
    CHECK(site->php.least.text() == row.least);
    CHECK(site->php.most.text() == row.most);
  }
  CHECK(mautic::php_range_of({}).least.empty());
}

TEST_CASE("Other applications are no Mautic") {
  TempFolder folder;
  SECTION("an empty folder") {}
  SECTION("no folder") { CHECK_FALSE(look_at(folder / "none")); }
  SECTION("WordPress") {
    folder.write("index.php", "<?php");
    folder.write("wp-config.php", "<?php");
    folder.write("wp-content/plugins/mautic/mautic.php", "<?php");
  }
  SECTION("a Symfony project") {
    folder.write("bin/console", "<?php");
    folder.write("config/bundles.php", "<?php");
    folder.write("public/index.php", "<?php");
    folder.write("vendor/autoload.php", "<?php");
    folder.write("composer.json", R"({"type": "project"})");
  }
  SECTION("a Symfony 2 project with its front page in the root") {
    folder.write("app/console", "<?php");
    folder.write("app/config/config.yml", "");
    folder.write("app/AppKernel.php", "<?php");
    folder.write("app/version.txt", "2.8.1");
    folder.write("index.php", "<?php");
  }
  SECTION("a Laravel with a docroot") {
    folder.write("app/Http/Kernel.php", "<?php");
    folder.write("docroot/index.php", "<?php");
    folder.write("vendor/autoload.php", "<?php");
  }
  SECTION("one of Mautic's plugins alone") { folder.write("plugins/MauticFocusBundle/x.php", "<?php"); }
  SECTION("a composer.json that leads elsewhere") {
    std::string away = kComposer;
    folder.write("composer.json", away.replace(away.find("docroot"), 7, "../.."));
  }
  CHECK_FALSE(look_at(folder.path()));
}

TEST_CASE("A folder above or below the site is not the site") {
  TempFolder folder;
  write_zip_site(folder, "htdocs/mautic/");
  CHECK_FALSE(look_at(folder.path()));
  CHECK_FALSE(look_at(folder / "htdocs"));
  CHECK(look_at(folder / "htdocs/mautic"));
  CHECK_FALSE(look_at(folder / "htdocs/mautic/app"));
  CHECK_FALSE(look_at("/"));
}

TEST_CASE("What may not be looked at is said, not taken for absent") {
  TempFolder folder;
  write_zip_site(folder, "site/");
  ::chmod(folder.path().c_str(), 0755);
  ::chmod((folder / "site").c_str(), 0);
  {
    support::AsNobody nobody;
    CHECK_THROWS_WITH(look_at(folder / "site"), Catch::Contains("Permission denied"));
  }
  ::chmod((folder / "site").c_str(), 0700);
}
