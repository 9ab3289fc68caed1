// SPDX-License-Identifier: GPL-3.0-or-later
// The staged tree on the real disk: complete under its name, or not there.
#include "platform/new_tree.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "base/failure.h"
#include "base/text.h"
#include "support/limits.h"
#include "support/temp_folder.h"

namespace {

using namespace platform;
using support::content_of;
using support::TempFolder;

std::vector<std::string> names_in(const Path& folder) {
  std::vector<std::string> names;
  auto entries = posix_disk().list(folder);
  if (!entries) return {"no folder"};
  for (const auto& entry : *entries) names.push_back(entry.name);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("A new tree has its name only when it is committed") {
  TempFolder temp;
  auto tree = create_new_tree(temp / "new");
  tree->reserve(1 << 20, 10);
  tree->write(0, "a/b/c.php", "one", 0644);
  tree->write(1, "a/b/d.sh", "two", 0755);
  tree->append(1, "a/b/d.sh", " more");
  tree->make_folder(0, "a/empty");
  tree->make_folder(1, "a/empty");
  tree->write(1, "top", "", 0644);
  CHECK(names_in(temp.path()) == Names{"new.partial", "new.reserve"});
  tree->commit();
  tree.reset();
  CHECK(names_in(temp.path()) == Names{"new"});
  CHECK(content_of(temp / "new/a/b/c.php") == "one");
  CHECK(content_of(temp / "new/a/b/d.sh") == "two more");
  CHECK(names_in(temp / "new") == Names{"a", "top"});
  CHECK(names_in(temp / "new/a/empty").empty());
  CHECK(posix_disk().look(temp / "new")->mode == 0700);
}

TEST_CASE("A new tree that is not committed is gone, and so is its reservation") {
  TempFolder temp;
  {
    auto tree = create_new_tree(temp / "new");
    tree->reserve(1 << 20, 10);
    tree->write(0, "a/b/c", "one", 0644);
  }
  CHECK(names_in(temp.path()).empty());
}

TEST_CASE("What a killed attempt left is replaced by the next, without following its links") {
  TempFolder temp;
  temp.write("precious/file", "mine");
  temp.write("new.partial/deep/er/x", "old");
  std::filesystem::create_symlink(temp / "precious", temp / "new.partial/deep/link");
  temp.write("new.reserve", "held");
  auto tree = create_new_tree(temp / "new");
  tree->write(0, "a", "one", 0644);
  tree->commit();
  CHECK(names_in(temp / "new") == Names{"a"});
  CHECK(content_of(temp / "precious/file") == "mine");
}

TEST_CASE("A name that is taken is a failure before and after the work, and keeps what it has") {
  TempFolder temp;
  temp.write("new/file", "old");
  CHECK_THROWS_WITH(create_new_tree(temp / "new"), "cannot create " + (temp / "new").native() + ": File exists");
  {
    auto tree = create_new_tree(temp / "late");
    temp.write("late", "someone's");
    CHECK_THROWS_AS(tree->commit(), base::Failure);
  }
  CHECK(content_of(temp / "late") == "someone's");
  CHECK(names_in(temp.path()) == Names{"late", "new"});
}

TEST_CASE("Nothing is written through a link, and nothing over a file") {
  TempFolder temp;
  temp.make_folder("outside");
  temp.write("outside/file", "mine");
  auto tree = create_new_tree(temp / "new");
  std::filesystem::create_symlink(temp / "outside", temp / "new.partial/link");
  std::filesystem::create_symlink(temp / "outside/file", temp / "new.partial/to-file");
  CHECK_THROWS_AS(tree->write(0, "link/x", "evil", 0644), base::Failure);
  CHECK_THROWS_AS(tree->make_folder(0, "link/x"), base::Failure);
  CHECK_THROWS_AS(tree->write(0, "to-file", "evil", 0644), base::Failure);
  CHECK_THROWS_AS(tree->append(0, "to-file", "evil"), base::Failure);
  tree->write(0, "twice", "1", 0644);
  CHECK_THROWS_AS(tree->write(1, "twice", "2", 0644), base::Failure);
  CHECK(names_in(temp / "outside") == Names{"file"});
  CHECK(content_of(temp / "outside/file") == "mine");
}

TEST_CASE("More space or files than the disk has are a failure before anything is written") {
  TempFolder temp;
  auto tree = create_new_tree(temp / "new");
  try {
    tree->reserve(uint64_t{1} << 44, 10);
    FAIL("16 TB were reserved");
  } catch (const base::Failure& failure) {
    CHECK(failure.no_space());
    CHECK(base::contains(failure.what(), "cannot reserve "));
    CHECK_FALSE(failure.advice().empty());
  }
  tree.reset();
  CHECK(names_in(temp.path()).empty());
}

TEST_CASE("A reservation is held, and shrinks as files are written") {
  TempFolder temp;
  auto tree = create_new_tree(temp / "new");
  tree->reserve(64 << 20, 10);
  auto held = [&] { return posix_disk().look(temp / "new.reserve")->size_bytes; };
  uint64_t before = held();
  if (before == 0) return;  // a filesystem that cannot reserve
  CHECK(before <= 64 << 20);
  CHECK(before >= 32 << 20);
  std::string piece(1 << 20, 'x');
  for (int i = 0; i < 40; ++i) tree->write(0, "f" + std::to_string(i), piece, 0644);
  CHECK(held() <= before - (24 << 20));
  tree->commit();
}

TEST_CASE("A limit for the size of one file does not keep a tree from being written") {
  TempFolder temp;
  support::FileSizeLimit limit(1 << 20);
  auto tree = create_new_tree(temp / "new");
  tree->reserve(8 << 20, 10);
  tree->write(0, "small", "x", 0644);
  CHECK_THROWS_AS(tree->write(0, "large", std::string(2 << 20, 'x'), 0644), base::Failure);
}

TEST_CASE("A tree is deleted with its links, and what is not there is no failure") {
  TempFolder temp;
  temp.write("tree/a/b/c/file", "x");
  temp.write("kept", "mine");
  std::filesystem::create_symlink(temp / "kept", temp / "tree/link");
  std::filesystem::create_symlink(temp.path(), temp / "tree/a/up");
  remove_tree(temp / "tree");
  CHECK(names_in(temp.path()) == Names{"kept"});
  CHECK_NOTHROW(remove_tree(temp / "tree"));
  CHECK_NOTHROW(remove_tree(temp / "none/below"));
  std::filesystem::create_symlink(temp.path(), temp / "itself");
  remove_tree(temp / "itself");
  CHECK(names_in(temp.path()) == Names{"kept"});
}

TEST_CASE("What cannot be deleted is named, and the rest is gone") {
  TempFolder temp;
  ::chmod(temp.path().c_str(), 0777);
  temp.write("tree/fixed/file", "x");
  temp.write("tree/open/file", "x");
  ::chmod((temp / "tree").c_str(), 0777);
  ::chmod((temp / "tree/open").c_str(), 0777);
  if (::geteuid() != 0) ::chmod((temp / "tree/fixed").c_str(), 0555);
  {
    support::AsNobody nobody;
    try {
      remove_tree(temp / "tree");
      FAIL("a file in a folder without write permission was deleted");
    } catch (const base::Failure& failure) {
      CHECK(failure.error() == EACCES);
      CHECK(base::contains(failure.what(), "cannot delete " + (temp / "tree/fixed/file").native()));
    }
  }
  ::chmod((temp / "tree/fixed").c_str(), 0755);
  CHECK(names_in(temp / "tree") == Names{"fixed"});
}
