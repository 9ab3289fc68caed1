// SPDX-License-Identifier: GPL-3.0-or-later
// A site against its package: every kind of damage is found and counted, the user's things are none.
#include "storage/tree_comparison.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "base/text.h"
#include "support/limits.h"
#include "support/made_zip.h"
#include "support/temp_folder.h"

namespace {

using namespace storage;
using support::TempFolder;

const std::vector<std::string> kFiles = {
    "index.php",        "app/config/config.php", "app/bundles/A/a.php", "app/bundles/A/b.php",   "app/bundles/B/c.php",
    "vendor/x/y/z.php", "vendor/autoload.php",   "media/js/app.js",     "media/images/logo.png", ".htaccess"};

std::string text_of(const std::string& path) { return "the content of " + path; }

Owner owner_of(const std::string& path) {
  for (const char* user : {"media/images", "app/config/local.php", ".htaccess", "media/files"})
    if (path == user) return Owner::user;
  for (const char* shared : {"app", "app/config", "media"})
    if (path == shared) return Owner::shared;
  for (const char* ours : {"index.php", "upgrade.php", "app/bundles", "app/config/config.php", "vendor", "media/js"})
    if (path == ours) return Owner::package;
  return Owner::user;
}

// A whole site in `site`, and its package.
struct Ground {
  TempFolder temp;
  ZipPackage package;

  explicit Ground(const std::vector<std::string>& files = kFiles) : package(temp.write("p.zip", zip_of(files))) {
    for (const auto& file : files) temp.write("site/" + file, text_of(file));
  }
  static std::string zip_of(const std::vector<std::string>& files) {
    std::vector<support::MadeEntry> entries;
    for (const auto& file : files) entries.push_back({file, text_of(file)});
    support::MadeEntry empty{"vendor/empty/"};
    empty.mode = 040755;
    entries.push_back(empty);
    return support::made_zip(entries);
  }
  std::filesystem::path operator/(const std::string& name) const { return temp / ("site/" + name); }
  Comparison compare(size_t most_named = 200) {
    if (make_empty) std::filesystem::create_directories(temp / "site/vendor/empty");
    ComparisonOrder order;
    order.root = temp / "site";
    order.owner = owner_of;
    order.most_named = most_named;
    auto found = compare_tree(package, order);
    REQUIRE(found);
    return *found;
  }
  bool make_empty = true;
};

std::vector<std::string> shown(const Comparison& found) {
  std::vector<std::string> lines;
  for (const auto& difference : found.differences)
    lines.push_back(std::string(word(difference.damage)) + " " + difference.path + (difference.folder ? "/" : "") +
                    (difference.files == 1 ? "" : " " + std::to_string(difference.files)));
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("A whole site has no differences, whatever the user keeps in it") {
  Ground ground;
  for (const char* own :
       {"app/config/local.php", "media/files/a.pdf", "media/own.txt", "shop/index.php", "app/own.txt"})
    ground.temp.write(std::string("site/") + own, "mine");
  ground.temp.write("site/.htaccess", "changed by the user");
  std::filesystem::remove(ground / "media/images/logo.png");
  auto found = ground.compare();
  CHECK(found.whole());
  CHECK(shown(found).empty());
  CHECK(lines_of(found).empty());
  CHECK(found.files == 8);
  CHECK(found.same == 8);
  CHECK(found.kept == 2);
  uint64_t bytes = 0;
  for (const auto& file : kFiles)
    bytes += file == ".htaccess" || file == "media/images/logo.png" ? 0 : text_of(file).size();
  CHECK(found.read_bytes == bytes);
}

TEST_CASE("Each kind of damage is found, named and counted by folder") {
  Ground ground;
  std::string expected;
  SECTION("a file is missing") { std::filesystem::remove(ground / "index.php"), expected = "missing index.php"; }
  SECTION("a file is longer") {
    ground.temp.write("site/index.php", "longer than it was"), expected = "changed index.php";
  }
  SECTION("a file has another byte") {
    std::string text = text_of("index.php");
    text[3] ^= 1;
    ground.temp.write("site/index.php", text), expected = "changed index.php";
  }
  SECTION("a file is empty") { ground.temp.write("site/index.php", ""), expected = "changed index.php"; }
  SECTION("a folder stands for a file") {
    std::filesystem::remove(ground / "index.php"), ground.temp.make_folder("site/index.php"),
        expected = "of another kind index.php";
  }
  SECTION("a link stands for a file, even to the right content") {
    std::filesystem::rename(ground / "index.php", ground.temp / "elsewhere");
    std::filesystem::create_symlink(ground.temp / "elsewhere", ground / "index.php"),
        expected = "of another kind index.php";
  }
  SECTION("a pipe stands for a file, and nobody waits for it") {
    std::filesystem::remove(ground / "index.php"), ::mkfifo((ground / "index.php").c_str(), 0644),
        expected = "of another kind index.php";
  }
  SECTION("everybody may write a file") {
    ::chmod((ground / "index.php").c_str(), 0666), expected = "with wrong permissions index.php";
  }
  SECTION("its owner may not read a file") {
    ::chmod((ground / "index.php").c_str(), 0044);
    expected = ::geteuid() == 0 ? "with wrong permissions index.php" : "not readable index.php";
  }
  SECTION("a file is left over where only the package belongs") {
    ground.temp.write("site/upgrade.php", "x"), expected = "extra upgrade.php";
  }
  auto found = ground.compare();
  CHECK_FALSE(found.whole());
  CHECK(shown(found) == Lines{expected});
  CHECK(lines_of(found) == Lines{"the top folder: 1 " + expected.substr(0, expected.rfind(' ')) + " of 1 files"});
}

TEST_CASE("A folder that is gone is named once, with the number of its files") {
  Ground ground;
  ground.make_empty = false;
  SECTION("missing") {
    std::filesystem::remove_all(ground / "vendor");
    auto found = ground.compare();
    CHECK(shown(found) == Lines{"missing vendor/ 2"});
    CHECK(lines_of(found) == Lines{"vendor: 2 missing of 2 files"});
  }
  SECTION("a file in its place") {
    std::filesystem::remove_all(ground / "app/bundles");
    ground.temp.write("site/app/bundles", "a file");
    auto found = ground.compare();
    CHECK(shown(found) == Lines{"of another kind app/bundles/ 3", "missing vendor/empty/ 0"});
    CHECK(found.of(Damage::wrong_kind) == 3);
  }
  SECTION("an empty one") {
    CHECK(shown(ground.compare()) == Lines{"missing vendor/empty/ 0"});
    CHECK(ground.compare().of(Damage::missing) == 1);
  }
}

TEST_CASE("Extra files are found where only the package belongs, whole folders counted without following links") {
  Ground ground;
  ground.temp.write("site/vendor/evil.php", "x");
  ground.temp.write("site/vendor/old/a/b.php", "x");
  ground.temp.write("site/vendor/old/c.php", "x");
  std::filesystem::create_symlink(ground.temp.path(), ground / "vendor/old/up");
  ground.temp.write("site/app/bundles/A/.hidden", "x");
  auto found = ground.compare();
  CHECK(shown(found) == Lines{"extra app/bundles/A/.hidden", "extra vendor/evil.php", "extra vendor/old/ 3"});
  CHECK(lines_of(found) == Lines{"app: 1 extra of 4 files", "vendor: 4 extra of 2 files"});
}

TEST_CASE("A folder that the user moved elsewhere is compared behind its link") {
  Ground ground;
  std::filesystem::rename(ground / "media", ground.temp / "big-disk");
  std::filesystem::create_symlink(ground.temp / "big-disk", ground / "media");
  CHECK(ground.compare().whole());
  ground.temp.write("big-disk/js/app.js", "changed");
  CHECK(shown(ground.compare()) == Lines{"changed media/js/app.js"});
}

TEST_CASE("What may not be read is told, and the rest compared") {
  Ground ground;
  ::chmod(ground.temp.path().c_str(), 0755);
  std::filesystem::create_directories(ground / "vendor/empty");
  ::chmod((ground / "app/bundles/A").c_str(), 0700);
  ::chmod((ground / "vendor/autoload.php").c_str(), 0600);
  if (::geteuid() != 0) {
    ::chmod((ground / "app/bundles/A").c_str(), 0000);
    ::chmod((ground / "vendor/autoload.php").c_str(), 0000);
  }
  ground.make_empty = false;
  {
    support::AsNobody nobody;
    auto found = ground.compare();
    CHECK(shown(found) == Lines{"not readable app/bundles/A/ 2", "not readable vendor/autoload.php"});
    CHECK(found.same == 5);
  }
  ::chmod((ground / "app/bundles/A").c_str(), 0755);
}

TEST_CASE("Of many differences the first are named and all counted, with one thread and with two") {
  std::vector<std::string> files;
  for (size_t i = 0; i < 500; ++i)
    files.push_back("vendor/p" + std::to_string(i % 20) + "/f" + std::to_string(1000 + i) + ".php");
  Ground ground(files);
  for (size_t i = 0; i < 500; i += 2) ground.temp.write("site/" + files[i], "changed");
  for (unsigned threads : {1U, 2U}) {
    ComparisonOrder order;
    order.root = ground.temp / "site";
    order.owner = owner_of;
    order.most_named = 10;
    order.threads = threads;
    size_t asked = 0;
    order.progress = [&](uint64_t done, uint64_t of) { asked += done <= of ? 1 : 0; };
    std::filesystem::create_directories(ground / "vendor/empty");
    auto found = compare_tree(ground.package, order);
    REQUIRE(found);
    CHECK(found->of(Damage::changed) == 250);
    CHECK(found->differences.size() == 10);
    CHECK(std::is_sorted(found->differences.begin(), found->differences.end(),
                         [](const Difference& a, const Difference& b) { return a.path < b.path; }));
    CHECK(asked > 0);
    order.stop_asked = [] { return true; };
    CHECK_FALSE(compare_tree(ground.package, order));
  }
}

TEST_CASE("A site that is not there cannot be compared") {
  Ground ground;
  ComparisonOrder order;
  order.root = ground.temp / "none";
  order.owner = owner_of;
  CHECK_THROWS_WITH(compare_tree(ground.package, order),
                    "cannot open the folder " + (ground.temp / "none").native() + ": No such file or directory");
}
