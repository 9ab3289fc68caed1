// SPDX-License-Identifier: GPL-3.0-or-later
// Which paths a swap touches, and the file that keeps the list.
#include "storage/swap_list.h"

#include <catch2/catch.hpp>

#include "base/failure.h"
#include "base/text.h"
#include "support/fake_disk.h"
#include "support/temp_folder.h"

namespace {

using namespace storage;
using support::MemoryDisk;

// As a data sheet would say of Mautic 4.
Owner owner_of(const std::string& path) {
  if (path == "app/config/local.php" || path == "media/files" || path == ".htaccess") return Owner::user;
  for (const char* shared : {"app", "app/config", "media", "plugins"})
    if (path == shared) return Owner::shared;
  for (const char* ours : {"app/", "vendor", "index.php", "media/js", "plugins/GrapesJsBuilderBundle"})
    if (path.starts_with(ours)) return Owner::package;
  return Owner::user;
}

std::vector<std::string> lines_of(const SwapList& list) {
  std::vector<std::string> lines;
  std::string text = to_text(list);
  for (auto line : base::lines(text)) lines.emplace_back(line);
  return {lines.begin() + 3, lines.end() - 1};
}

}  // namespace

TEST_CASE("A plan replaces the package's folders as a whole and leaves the user's files where they are") {
  MemoryDisk disk;
  for (const char* file : {"index.php", "app/config/local.php", "app/config/config.php", "app/bundles/A/a.php",
                           "app/old/x.php", "vendor/a.php", "media/js/app.js", "media/files/form.pdf",
                           "plugins/Own/x.php", "shop/index.php", "plugins/GrapesJsBuilderBundle/g.php", ".htaccess"})
    disk.put_file(platform::Path("/site") / file, "old");
  for (const char* file : {"index.php", "app/config/config.php", "app/config/new.php", "app/bundles/A/a.php",
                           "vendor/b.php", "media/js/app.js", "media/files/.htaccess",
                           "plugins/GrapesJsBuilderBundle/g.php", ".htaccess", "robots.txt", "themes/blank/x.twig"})
    disk.put_file(platform::Path("/new") / file, "new");
  CHECK(lines_of(plan_swap(disk, "/site", "/new", owner_of)) ==
        std::vector<std::string>{"replace app/bundles", "replace app/config/config.php", "put app/config/new.php",
                                 "remove app/old", "replace index.php", "replace media/js",
                                 "replace plugins/GrapesJsBuilderBundle", "put robots.txt", "make 755 themes", "make 755 themes/blank", "put themes/blank/x.twig",
                                 "replace vendor"});
}

TEST_CASE("A user's link to a shared folder stays, and what is behind it is swapped") {
  support::TempFolder temp;
  temp.write("elsewhere/js/app.js", "old");
  temp.write("new/media/js/app.js", "new");
  temp.make_folder("site");
  std::filesystem::create_symlink(temp / "elsewhere", temp / "site/media");
  auto list = plan_swap(platform::posix_disk(), temp / "site", temp / "new", owner_of);
  CHECK(lines_of(list) == std::vector<std::string>{"replace media/js"});
}

TEST_CASE("A filled folder gets what it lacks, and whole what was cut off; all else stays") {
  MemoryDisk disk;
  for (auto [file, text] : {std::pair{"mine/half/a.php", "<?php a"}, {"mine/cut.pdf", "the begin"}, {"mine/other.txt", "mine now"},
                            {"mine/longer.txt", "the beginning and more"}, {"mine/kept/a.txt", "x"}})
    disk.put_file(platform::Path("/site") / file, text);
  for (auto [file, text] : {std::pair{"mine/half/a.php", "<?php a"}, {"mine/half/deep/b.php", "<?php b"}, {"mine/cut.pdf", "the beginning"},
                            {"mine/other.txt", "another text of before"}, {"mine/longer.txt", "the beginning"}, {"mine/kept/b.txt", "y"},
                            {"mine/never/c.txt", "z"}, {"mine/new.txt", "n"}, {"whole/d.txt", "d"}})
    disk.put_file(platform::Path("/new") / file, text);
  disk.put_link("/site/mine/link", "/elsewhere");
  disk.put_link("/new/mine/link", "/another");
  auto owner = owner_by({{Owner::user, "mine/kept"}, {Owner::nobody, "mine/never"}, {Owner::filled, "*"}, {Owner::filled, "mine/*"}});
  CHECK(lines_of(plan_swap(disk, "/site", "/new", owner)) ==
        std::vector<std::string>{"replace mine/cut.pdf", "put mine/half/deep", "put mine/new.txt", "put whole"});
  disk.put_folder("/site/mine/clash");
  disk.put_file("/new/mine/clash", "a file there");
  CHECK_THROWS_WITH(plan_swap(disk, "/site", "/new", owner), Catch::Contains("mine/clash: it is a folder in the site, and a file in /new"));
}

TEST_CASE("What is no folder where the package has a shared one is replaced") {
  MemoryDisk disk;
  disk.put_file("/site/media", "a file");
  disk.put_file("/new/media/js/app.js", "new");
  CHECK(lines_of(plan_swap(disk, "/site", "/new", owner_of)) == std::vector<std::string>{"replace media"});
}

TEST_CASE("A list is read back as it was written, whatever the names") {
  MemoryDisk disk;
  disk.put_folder("/swap");
  SwapList list{"/home/my site/html",
                "/home/.unstick/new",
                {{SwapKind::replace, "a b/c%d\n\xff", 0},
                 {SwapKind::put, "caf\xc3\xa9", 0},
                 {SwapKind::remove, "x y", 0},
                 {SwapKind::make, "m", 0755},
                 {SwapKind::unmake, "u/v", 0700}}};
  disk.put_file("/swap/list", to_text(list));
  CHECK(read_swap_list(disk, "/swap/list") == list);
  CHECK_FALSE(read_swap_list(disk, "/swap/none"));
  SwapList empty{"/a", "/b", {}};
  disk.put_file("/swap/list", to_text(empty));
  CHECK(read_swap_list(disk, "/swap/list") == empty);
}

TEST_CASE("A list that was cut off or changed is a failure, never a shorter list") {
  MemoryDisk disk;
  disk.put_folder("/swap");
  std::string text = to_text(
      {"/site", "/new", {{SwapKind::replace, "app", 0}, {SwapKind::put, "vendor", 0}, {SwapKind::make, "m", 0755}}});
  for (size_t cut = 0; cut < text.size(); ++cut) {
    disk.put_file("/swap/list", text.substr(0, cut));
    INFO(cut);
    CHECK_THROWS_AS(read_swap_list(disk, "/swap/list"), base::Failure);
  }
  for (size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] ^= 1;
    disk.put_file("/swap/list", changed);
    INFO(at);
    CHECK_THROWS_AS(read_swap_list(disk, "/swap/list"), base::Failure);
  }
}

TEST_CASE("A list of paths outside the site, or within each other, is refused") {
  auto paths = GENERATE(values<std::vector<std::string>>(
      {{""}, {"/etc"}, {"../x"}, {"a/../b"}, {"a//b"}, {"a/"}, {"."}, {"a", "a"}, {"a/b", "a"}, {"a", "a/b/c"}}));
  SwapList list{"/site", "/new", {}};
  for (const auto& path : paths) list.entries.push_back({SwapKind::replace, path, 0});
  CHECK_THROWS_AS(check_swap_list(list), base::Failure);
  CHECK_NOTHROW(check_swap_list(
      {"/site", "/new", {{SwapKind::put, "a/b", 0}, {SwapKind::put, "a/bc", 0}, {SwapKind::put, "ab", 0}}}));
}
