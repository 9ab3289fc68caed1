// SPDX-License-Identifier: GPL-3.0-or-later
// One contract over the real disk and the one in memory, so that what tests see of the second holds on the first.
#include <catch2/catch.hpp>

#include "base/text.h"
#include "support/fake_disk.h"
#include "support/temp_folder.h"

namespace {

using namespace platform;
using support::MemoryDisk;
using support::TempFolder;

// A disk and an empty folder on it.
struct Ground {
  std::unique_ptr<TempFolder> temp;
  MemoryDisk memory;
  bool real;
  Disk& disk;
  Path root;

  explicit Ground(bool is_real)
      : temp(is_real ? std::make_unique<TempFolder>() : nullptr),
        real(is_real),
        disk(is_real ? posix_disk() : memory),
        root(is_real ? temp->path() : Path("/ground")) {
    memory.put_folder("/ground");
  }
  Path operator/(const char* name) const { return root / name; }
  void link(const char* name, const char* target) {
    if (real) std::filesystem::create_symlink(target, root / name);
    else memory.put_link(root / name, target);
  }
};

// The sentence of the failure; empty when there was none.
template <typename Act>
std::string failure_of(Act act, int error) {
  try {
    act();
  } catch (const base::Failure& failure) {
    CHECK(failure.error() == error);
    return failure.what();
  }
  return {};
}

std::vector<std::string> names_in(Disk& disk, const Path& folder) {
  std::vector<std::string> names;
  if (auto entries = disk.list(folder))
    for (const auto& entry : *entries) names.push_back(entry.name);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

#define ON_BOTH_DISKS                                            \
  Ground ground(GENERATE(true, false));                          \
  INFO((ground.real ? "the real disk" : "the disk in memory")); \
  Disk& disk = ground.disk

TEST_CASE("What is not there is absent, never a failure") {
  ON_BOTH_DISKS;
  disk.create(ground / "file", "x", 0600);
  for (const char* name : {"none", "none/below", "file/below"}) {
    INFO(name);
    CHECK_FALSE(disk.look(ground / name));
    CHECK_FALSE(disk.look_through(ground / name));
    CHECK_FALSE(disk.list(ground / name));
    CHECK_FALSE(disk.read(ground / name, 100));
    CHECK_FALSE(disk.real_path(ground / name));
    CHECK_FALSE(disk.may_read(ground / name));
    CHECK_FALSE(disk.may_write(ground / name));
    CHECK_NOTHROW(disk.remove_file(ground / name));
    CHECK_NOTHROW(disk.remove_folder(ground / name));
  }
  CHECK_FALSE(disk.list(ground / "file"));
}

TEST_CASE("A created file has its bytes and mode, and an existing one is a failure and stays") {
  ON_BOTH_DISKS;
  disk.create(ground / "a", std::string_view("x\0y", 3), 0640);
  auto facts = disk.look(ground / "a");
  REQUIRE(facts);
  CHECK(facts->kind == Kind::file);
  CHECK(facts->size_bytes == 3);
  CHECK(facts->mode == 0640);
  CHECK(facts->owner == ::geteuid());
  CHECK(facts->device == disk.look(ground.root)->device);
  CHECK(std::chrono::abs(std::chrono::system_clock::now() - facts->changed) < std::chrono::minutes(1));
  CHECK(disk.read(ground / "a", 100) == std::string("x\0y", 3));
  CHECK(disk.read(ground / "a", 1) == "x");
  CHECK(failure_of([&] { disk.create(ground / "a", "new", 0600); }, EEXIST) ==
        "cannot create " + (ground / "a").native() + ": File exists");
  CHECK(disk.read(ground / "a", 100)->size() == 3);
  CHECK(failure_of([&] { disk.create(ground / "none/a", "", 0600); }, ENOENT) != "");
}

TEST_CASE("A replaced file is wholly new, its mode too, and nothing lies beside it") {
  ON_BOTH_DISKS;
  auto sync = GENERATE(Sync::no, Sync::yes);
  disk.create(ground / "a", "a long old text", 0644);
  disk.replace(ground / "a", "new", 0600, sync);
  CHECK(disk.read(ground / "a", 100) == "new");
  CHECK(disk.look(ground / "a")->mode == 0600);
  disk.replace(ground / "b", "made", 0600, sync);
  CHECK(disk.read(ground / "b", 100) == "made");
  CHECK(names_in(disk, ground.root) == Names{"a", "b"});
}

TEST_CASE("A replacement that fails leaves the old file and nothing beside it") {
  ON_BOTH_DISKS;
  disk.make_folder(ground / "folder", 0700);
  CHECK(failure_of([&] { disk.replace(ground / "folder", "x", 0600); }, EISDIR) != "");
  CHECK(failure_of([&] { disk.replace(ground / "none/a", "x", 0600); }, ENOENT) != "");
  CHECK(names_in(disk, ground.root) == Names{"folder"});
  CHECK(names_in(disk, ground / "folder").empty());
}

TEST_CASE("A folder is made once, and says so") {
  ON_BOTH_DISKS;
  CHECK(disk.make_folder(ground / "a", 0700));
  CHECK_FALSE(disk.make_folder(ground / "a", 0755));
  CHECK(disk.look(ground / "a")->kind == Kind::folder);
  CHECK(disk.look(ground / "a")->mode == 0700);
  disk.create(ground / "file", "", 0600);
  CHECK(failure_of([&] { disk.make_folder(ground / "file", 0700); }, EEXIST) ==
        "cannot create the folder " + (ground / "file").native() + ": File exists");
  CHECK(failure_of([&] { disk.make_folder(ground / "none/a", 0700); }, ENOENT) != "");
  ground.link("dangling", "none");
  CHECK(failure_of([&] { disk.make_folder(ground / "dangling", 0700); }, EEXIST) != "");
  ground.link("link", "a");
  CHECK_FALSE(disk.make_folder(ground / "link", 0700));
}

TEST_CASE("Folders above are made where they are missing") {
  ON_BOTH_DISKS;
  make_folders(disk, ground / "a/b/c", 0700);
  CHECK(disk.look(ground / "a/b/c")->kind == Kind::folder);
  CHECK_NOTHROW(make_folders(disk, ground / "a/b", 0700));
  disk.create(ground / "file", "", 0600);
  CHECK_THROWS_AS(make_folders(disk, ground / "file/b", 0700), base::Failure);
}

TEST_CASE("A folder is listed by name, sorted, with kinds") {
  ON_BOTH_DISKS;
  disk.make_folder(ground / "b", 0700);
  disk.create(ground / "c", "", 0600);
  disk.create(ground / "B", "", 0600);
  disk.create(ground / ".hidden", "", 0600);
  disk.create(ground / "b/inner", "", 0600);
  ground.link("a", "b");
  auto entries = disk.list(ground.root);
  REQUIRE(entries);
  CHECK(names_in(disk, ground.root) == Names{".hidden", "B", "a", "b", "c"});
  CHECK(entries->at(2).kind == Kind::symlink);
  CHECK(entries->at(3).kind == Kind::folder);
  CHECK(entries->at(4).kind == Kind::file);
  CHECK(names_in(disk, ground / "b") == Names{"inner"});
}

TEST_CASE("A link is looked at itself, and looked through only by name") {
  ON_BOTH_DISKS;
  disk.create(ground / "file", "bytes", 0600);
  ground.link("link", "file");
  ground.link("dangling", "none");
  CHECK(disk.look(ground / "link")->kind == Kind::symlink);
  CHECK(disk.look_through(ground / "link")->kind == Kind::file);
  CHECK(disk.look(ground / "dangling")->kind == Kind::symlink);
  CHECK_FALSE(disk.look_through(ground / "dangling"));
  CHECK_FALSE(disk.real_path(ground / "dangling"));
  CHECK_FALSE(disk.read(ground / "dangling", 10));
  CHECK(disk.read(ground / "link", 10) == "bytes");
  CHECK(disk.real_path(ground / "link") == disk.real_path(ground / "file"));
  ground.link("circle", "circle");
  CHECK(failure_of([&] { disk.look_through(ground / "circle"); }, ELOOP) != "");
}

TEST_CASE("Writing and deleting never reach through a link") {
  ON_BOTH_DISKS;
  disk.make_folder(ground / "folder", 0700);
  disk.create(ground / "folder/precious", "kept", 0600);
  disk.create(ground / "file", "kept", 0600);
  ground.link("to-file", "file");
  ground.link("to-folder", "folder");
  ground.link("to-none", "none");
  CHECK(failure_of([&] { disk.create(ground / "to-file", "x", 0600); }, EEXIST) != "");
  CHECK(failure_of([&] { disk.create(ground / "to-none", "x", 0600); }, EEXIST) != "");
  CHECK_FALSE(disk.look(ground / "none"));
  disk.replace(ground / "to-file", "x", 0600);
  CHECK(disk.look(ground / "to-file")->kind == Kind::file);
  CHECK(disk.read(ground / "file", 10) == "kept");
  disk.remove_file(ground / "to-folder");
  disk.remove_file(ground / "to-none");
  CHECK(disk.read(ground / "folder/precious", 10) == "kept");
  CHECK(names_in(disk, ground.root) == Names{"file", "folder", "to-file"});
  ground.link("to-folder", "folder");
  disk.rename(ground / "to-folder", ground / "moved");
  CHECK(disk.look(ground / "moved")->kind == Kind::symlink);
  CHECK(disk.look(ground / "folder"));
}

TEST_CASE("A rename takes a tree with it, and refuses where something would be lost") {
  ON_BOTH_DISKS;
  make_folders(disk, ground / "a/b", 0700);
  disk.create(ground / "a/b/file", "x", 0600);
  disk.rename(ground / "a", ground / "z");
  CHECK_FALSE(disk.look(ground / "a"));
  CHECK(disk.read(ground / "z/b/file", 10) == "x");
  disk.make_folder(ground / "full", 0700);
  disk.create(ground / "full/file", "y", 0600);
  CHECK(failure_of([&] { disk.rename(ground / "z", ground / "full"); }, ENOTEMPTY) ==
        "cannot rename " + (ground / "z").native() + " -> " + (ground / "full").native() + ": Directory not empty");
  CHECK(failure_of([&] { disk.rename(ground / "none", ground / "x"); }, ENOENT) != "");
  CHECK(failure_of([&] { disk.rename(ground / "z", ground / "none/x"); }, ENOENT) != "");
  CHECK(failure_of([&] { disk.rename(ground / "z", ground / "z/b/c"); }, EINVAL) != "");
  CHECK(failure_of([&] { disk.rename(ground / "full/file", ground / "z"); }, EISDIR) != "");
  CHECK(disk.read(ground / "full/file", 10) == "y");
  CHECK(disk.read(ground / "z/b/file", 10) == "x");
}

TEST_CASE("A duplicate has the same bytes, lives on without the first, and takes no other file's place") {
  ON_BOTH_DISKS;
  disk.create(ground / "a", "bytes", 0600);
  disk.duplicate(ground / "a", ground / "b");
  CHECK(disk.read(ground / "b", 10) == "bytes");
  disk.remove_file(ground / "a");
  CHECK(disk.read(ground / "b", 10) == "bytes");
  disk.create(ground / "c", "other", 0600);
  CHECK(failure_of([&] { disk.duplicate(ground / "b", ground / "c"); }, EEXIST) != "");
  CHECK(disk.read(ground / "c", 10) == "other");
  CHECK(failure_of([&] { disk.duplicate(ground / "none", ground / "d"); }, ENOENT) != "");
  CHECK_FALSE(disk.look(ground / "d"));
}

TEST_CASE("Only an empty folder is deleted, and only a file as a file") {
  ON_BOTH_DISKS;
  disk.make_folder(ground / "folder", 0700);
  disk.create(ground / "folder/file", "x", 0600);
  CHECK(failure_of([&] { disk.remove_folder(ground / "folder"); }, ENOTEMPTY) != "");
  CHECK(failure_of([&] { disk.remove_file(ground / "folder"); }, EISDIR) != "");
  CHECK(failure_of([&] { disk.remove_folder(ground / "folder/file"); }, ENOTDIR) != "");
  CHECK(disk.look(ground / "folder/file"));
  disk.remove_file(ground / "folder/file");
  disk.remove_folder(ground / "folder");
  CHECK(names_in(disk, ground.root).empty());
}

TEST_CASE("Permissions are set, and what has gone is a failure then") {
  ON_BOTH_DISKS;
  disk.create(ground / "a", "", 0644);
  disk.set_mode(ground / "a", 0600);
  CHECK(disk.look(ground / "a")->mode == 0600);
  CHECK(failure_of([&] { disk.set_mode(ground / "none", 0600); }, ENOENT) ==
        "cannot set the permissions of " + (ground / "none").native() + ": No such file or directory");
  CHECK(disk.may_read(ground / "a"));
  CHECK(disk.may_write(ground / "a"));
  CHECK_NOTHROW(disk.sync_folder(ground.root));
  CHECK_NOTHROW(disk.sync_folder(ground / "none"));
}

TEST_CASE("A folder is read as a failure") {
  ON_BOTH_DISKS;
  CHECK(failure_of([&] { disk.read(ground.root, 10); }, EISDIR) ==
        "cannot read " + ground.root.native() + ": Is a directory");
}
