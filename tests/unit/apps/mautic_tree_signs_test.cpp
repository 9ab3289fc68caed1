// SPDX-License-Identifier: GPL-3.0-or-later
// The signs of a half or mixed tree: each one alone, none in a whole one, and what could not be looked at is told.
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "apps/mautic/composer_files.h"
#include "apps/mautic/mautic.h"
#include "base/text.h"
#include "support/fake_disk.h"

namespace {

using namespace apps;
using Lines = std::vector<std::string>;

const std::string kRoot = "/home/u/site/";

std::string package(const std::string& name, const std::string& version, const std::string& path = "") {
  return R"({"name": ")" + name + R"(", "version": ")" + version + "\"" +
         (path.empty() ? "" : R"(, "install-path": ")" + path + "\"") + "}";
}

std::string map_of(const Lines& lines) {
  std::string text = "<?php\n\n$vendorDir = dirname(__DIR__);\n$baseDir = dirname($vendorDir);\n\nreturn array(\n";
  for (const auto& line : lines) text += "    " + line + ",\n";
  return text + ");\n";
}

// A whole release on a disk.
struct Tree {
  support::MemoryDisk disk;
  Site site;

  explicit Tree(const std::string& project = "") {
    site.root = kRoot.substr(0, kRoot.size() - 1);
    site.project = project.empty() ? site.root : Path(project);
    put("deleted_files.txt", R"(["app\/old.php", "app/config/local_old.php", "plugins/Old/Old.php", "media/css/old.css", "upgrade.php"])");
    put("composer.lock", R"({"packages": [)" + package("a/b", "v1.0") + "," + package("mautic/core-lib", "5.0.0-dev") +
                             R"(], "packages-dev": [)" + package("phpunit/phpunit", "9.0") + "]}");
    put("vendor/composer/installed.json",
        R"({"packages": [)" + package("a/b", "v1.0", "../a/b") + "," + package("mautic/core-lib", "5.0.0-dev", "../../app") +
            R"(], "dev": false, "dev-package-names": []})");
    put("vendor/autoload.php", "<?php\nreturn ComposerAutoloaderInit19f9b5::getLoader();\n");
    put("vendor/composer/autoload_real.php", "<?php\nclass ComposerAutoloaderInit19f9b5\n{ ComposerStaticInit19f9b5 }\n");
    put("vendor/composer/autoload_static.php", "<?php\nclass ComposerStaticInit19f9b5\n{\n}\n");
    put("vendor/composer/autoload_files.php", map_of({"'0e6d' => $vendorDir . '/a/b/functions.php'"}));
    put("vendor/composer/autoload_classmap.php",
        map_of({"'A\\\\B' => $vendorDir . '/a/b/B.php'", "'AppKernel' => $baseDir . '/app/AppKernel.php'",
                "'A\\\\Tests\\\\T' => $vendorDir . '/a/b/Tests/T.php'", "'A\\\\Spec' => $vendorDir . '/a/b/spec/Spec.php'",
                "'MauticPlugin\\\\X' => $baseDir . '/plugins/XBundle/X.php'",
                "'Phar' => 'phar://' . $vendorDir . '/a/b/x.phar/src/X.php'"}));
    for (const char* file : {"vendor/a/b/functions.php", "vendor/a/b/B.php", "app/AppKernel.php", "vendor/bin/tool",
                             "plugins/XBundle/X.php", "vendor/composer/ca-bundle/x.php"})
      put(file, "<?php");
  }
  void put(const std::string& name, const std::string& text) { disk.put_file(kRoot + name, text); }
  void remove(const std::string& name) { disk.remove_file(kRoot + name); }
  TreeSigns look() { return mautic::tree_signs(disk, site); }
};

// "what: evidence, evidence"
Lines shown(const std::vector<TreeSign>& signs) {
  Lines lines;
  for (const auto& sign : signs) lines.push_back(sign.what + ": " + base::join(sign.evidence, ", "));
  return lines;
}

Lines found_in(Tree& tree) { return shown(tree.look().found); }

}  // namespace

TEST_CASE("A whole release shows no sign, whatever its class map names of tests", "[tree_signs]") {
  Tree tree;
  auto signs = tree.look();
  CHECK(shown(signs.found).empty());
  CHECK(shown(signs.left_over).empty());
  CHECK(signs.not_looked.empty());
}

TEST_CASE("Each sign is told alone, with what it is seen by", "[tree_signs]") {
  Tree tree;
  std::string expected;
  SECTION("a file that the release deletes is there") {
    tree.put("app/old.php", "x"), expected = "1 file that this release deletes is still there: app/old.php";
  }
  SECTION("two of them") {
    tree.put("app/old.php", "x"), tree.put("upgrade.php", "x");
    expected = "2 files that this release deletes are still there: app/old.php, upgrade.php";
  }
  SECTION("a package is of another version") {
    tree.put("composer.lock", R"({"packages": [)" + package("a/b", "v1.1") + "," + package("mautic/core-lib", "5.0.0-dev") + "]}");
    expected = "vendor/ and composer.lock are of different releases: 1 package differs: a/b is v1.0, should be v1.1";
  }
  SECTION("packages are on one side only") {
    tree.put("composer.lock", R"({"packages": [)" + package("c/d", "2") + "," + package("mautic/core-lib", "5.0.0-dev") + "]}");
    expected = "vendor/ and composer.lock are of different releases: 2 packages differ: c/d is not installed, 2 should be, "
               "a/b v1.0 should not be installed";
  }
  SECTION("the autoloader's parts differ") {
    tree.put("vendor/autoload.php", "<?php\nreturn ComposerAutoloaderInit77aa::getLoader();\n");
    expected = "the parts of the autoloader are of different releases: vendor/autoload.php: 77aa, vendor/composer/autoload_real.php: "
               "19f9b5, vendor/composer/autoload_static.php: 19f9b5";
  }
  SECTION("a part of the autoloader is missing") {
    tree.remove("vendor/autoload.php"), expected = "parts of the autoloader are missing: vendor/autoload.php";
  }
  SECTION("a file that every page loads is missing") {
    tree.remove("vendor/a/b/functions.php"), expected = "1 file that every page loads is missing: vendor/a/b/functions.php";
  }
  SECTION("the file of a class is missing") {
    tree.remove("app/AppKernel.php"), expected = "1 file of a class that the autoloader knows is missing: app/AppKernel.php";
  }
  SECTION("a folder stands for the file of a class") {
    tree.remove("vendor/a/b/B.php"), tree.disk.put_folder(kRoot + "vendor/a/b/B.php");
    expected = "1 file of a class that the autoloader knows is missing: vendor/a/b/B.php";
  }
  SECTION("a part of a plugin is missing") {
    tree.remove("plugins/XBundle/X.php"), tree.put("plugins/XBundle/Y.php", "x");
    expected = "1 file of a class that the autoloader knows is missing: plugins/XBundle/X.php";
  }
  SECTION("a package came later than the list, which does not name it") {
    tree.put("vendor/new/package/x.php", "x");
    tree.disk.set_changed(kRoot + "vendor/new/package", std::chrono::system_clock::now() + std::chrono::hours(49));
    expected = "1 package in vendor/ came later than the list of packages, which does not name it: vendor/new/package";
  }
  SECTION("a list is cut off") {
    tree.put("vendor/composer/installed.json", R"({"packages": [{"name": "a/b", "ver)");
    expected = "vendor/composer/installed.json is cut off or damaged: vendor/composer/installed.json";
  }
  SECTION("a class map is cut off") {
    tree.put("vendor/composer/autoload_classmap.php", "<?php\nreturn array(\n    'A' => $vendorDir . '/a/b/B.php',\n");
    expected = "vendor/composer/autoload_classmap.php is cut off or damaged: vendor/composer/autoload_classmap.php";
  }
  CHECK(found_in(tree) == Lines{expected});
  CHECK(tree.look().not_looked.empty());
}

TEST_CASE("No vendor/ at all is one sign", "[tree_signs]") {
  support::MemoryDisk disk;
  disk.put_file("/s/deleted_files.txt", "[]");
  Site site;
  site.root = site.project = "/s";
  CHECK(shown(mautic::tree_signs(disk, site).found) == Lines{"the folder vendor/, with all packages, is missing: /s/vendor"});
}

TEST_CASE("What owners and updates that went well leave behind is no sign", "[tree_signs]") {
  Tree tree;
  SECTION("files of plugins and media that a release deletes, and the owner's") {
    for (const char* file : {"plugins/Old/Old.php", "media/css/old.css", "app/config/local_old.php"}) tree.put(file, "x");
    CHECK(shown(tree.look().left_over).empty());
  }
  SECTION("a plugin that was deleted as a whole") {
    tree.remove("plugins/XBundle/X.php"), tree.disk.remove_folder(kRoot + "plugins/XBundle");
  }
  SECTION("a package of an older release, which deleted_files.txt does not name") {
    tree.put("vendor/old/package/deep/x.php", "x");
    CHECK(shown(tree.look().left_over) ==
          Lines{"1 folder in vendor/ of packages that are not installed any more: vendor/old/package"});
  }
  SECTION("the empty folders of one") {
    tree.disk.put_folder(kRoot + "vendor/old/package/deep");
    CHECK(shown(tree.look().left_over).empty());
  }
  SECTION("packages for developers") {
    tree.put("vendor/composer/installed.json",
             R"({"packages": [)" + package("a/b", "v1.0") + "," + package("mautic/core-lib", "5.0.0-dev", "../../app") + "," +
                 package("phpunit/phpunit", "9.9") + R"(], "dev-package-names": ["phpunit/phpunit"]})");
    tree.put("vendor/phpunit/phpunit/x.php", "x");
  }
  SECTION("the list of Composer 1") {
    tree.put("vendor/composer/installed.json", "[" + package("a/b", "v1.0") + "," + package("mautic/core-lib", "5.0.0-dev") + "]");
  }
  CHECK(found_in(tree).empty());
}

TEST_CASE("What is not there to be looked at is told", "[tree_signs]") {
  Tree tree;
  tree.remove("composer.lock"), tree.remove("deleted_files.txt"), tree.remove("vendor/composer/installed.json");
  auto signs = tree.look();
  CHECK(signs.found.empty());
  CHECK(signs.not_looked ==
        Lines{"deleted_files.txt is not there", "vendor/composer/installed.json is not there", "composer.lock is not there"});
}

TEST_CASE("A folder that may not be listed is told, and its files do not count as missing", "[tree_signs]") {
  struct Closed final : support::PassingDisk {
    using PassingDisk::PassingDisk;
    std::optional<std::vector<support::Entry>> list(const Path& folder) override {
      if (folder == kRoot + "vendor/a/b") throw base::system_failure("cannot list vendor/a/b", EACCES);
      return PassingDisk::list(folder);
    }
    std::optional<std::string> read(const Path& file, size_t most) override {
      if (file == kRoot + "composer.lock") throw base::system_failure("cannot read composer.lock", EACCES);
      return PassingDisk::read(file, most);
    }
  };
  Tree tree;
  Closed disk(tree.disk);
  auto signs = mautic::tree_signs(disk, tree.site);
  CHECK(signs.found.empty());
  CHECK(signs.not_looked == Lines{"cannot read composer.lock: Permission denied", "cannot list vendor/a/b: Permission denied"});
}

TEST_CASE("A deleted file is looked for below the site only", "[tree_signs]") {
  Tree tree;
  tree.disk.put_file("/home/u/app/secret.php", "x");
  tree.put("deleted_files.txt", R"(["app/../../app/secret.php", "/home/u/app/secret.php", "app/..", "", 7, ["app/AppKernel.php"]])");
  CHECK(found_in(tree).empty());
}

TEST_CASE("The evidence is the first few", "[tree_signs]") {
  Tree tree;
  Lines map, names;
  for (int i = 0; i < 50; ++i) map.push_back("'C" + std::to_string(i) + "' => $vendorDir . '/a/b/C" + std::to_string(i) + ".php'");
  tree.put("vendor/composer/autoload_classmap.php", map_of(map));
  auto signs = tree.look();
  REQUIRE(signs.found.size() == 1);
  CHECK(signs.found[0].what == "50 files of classes that the autoloader knows are missing");
  CHECK(signs.found[0].evidence.size() == 5);
}

TEST_CASE("In Composer's layout packages and autoloader are the project's", "[tree_signs]") {
  Tree tree("/home/u/site");
  tree.site.root = "/home/u/site/docroot";
  tree.put("vendor/composer/autoload_classmap.php", map_of({"'AppKernel' => $baseDir . '/docroot/app/AppKernel.php'",
                                                            "'X' => $baseDir . '/docroot/plugins/GoneBundle/X.php'"}));
  tree.put("docroot/app/AppKernel.php", "<?php");
  auto signs = tree.look();
  CHECK(signs.found.empty());
  CHECK(signs.not_looked == Lines{"deleted_files.txt is not there"});
}

TEST_CASE("Composer's maps are read as it writes them, or not at all", "[tree_signs]") {
  CHECK(mautic::autoloaded_in(map_of({"'A' => $vendorDir . '/it\\'s/a\\\\b.php'", "'B' => $baseDir . '/b.php'"})) ==
        Lines{"vendor/it's/a\\b.php", "b.php"});
  CHECK(mautic::autoloaded_in(map_of({})) == Lines{});
  for (const char* text : {"", "<?php", "<?php return array(\n    'A' => $vendorDir . '/a", "\x7f\x45LF );"}) {
    INFO(text);
    CHECK_FALSE(mautic::autoloaded_in(text));
  }
  CHECK(mautic::autoloader_mark("return ComposerAutoloaderInitMautic_5::getLoader();") == "Mautic_5");
  CHECK(mautic::autoloader_mark("ComposerAutoloaderInit") == "");
  CHECK_FALSE(mautic::packages_in("{}"));
  CHECK_FALSE(mautic::packages_in("\"text\""));
  CHECK(mautic::packages_in(R"({"packages": [7, {"name": 7}, {"name": "a/b"}]})")->versions.size() == 1);
}
