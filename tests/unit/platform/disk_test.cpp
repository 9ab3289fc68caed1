// SPDX-License-Identifier: GPL-3.0-or-later
// What only the real disk has: permissions, special files, odd names, full disks. The rest is in
// disk_contract_test.cpp.
#include "platform/disk.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

#include "base/failure.h"
#include "support/limits.h"
#include "support/temp_folder.h"

namespace {

using namespace platform;
using support::content_of;
using support::TempFolder;

template <typename Act>
std::string failure_of(Act act) {
  try {
    act();
  } catch (const base::Failure& failure) {
    return failure.what();
  }
  return {};
}

size_t entries_in(const Path& folder) { return posix_disk().list(folder)->size(); }

}  // namespace

TEST_CASE("What may not be read is a failure that names it, not an absence") {
  TempFolder folder;
  Path closed = folder.make_folder("closed");
  folder.write("closed/file", "x");
  folder.write("secret", "x", 0000);
  ::chmod(folder.path().c_str(), 0755);
  ::chmod(closed.c_str(), 0000);
  {
    support::AsNobody nobody;
    Disk& disk = posix_disk();
    CHECK(failure_of([&] { disk.look(closed / "file"); }) ==
          "cannot look at " + (closed / "file").native() + ": Permission denied");
    CHECK(failure_of([&] { disk.list(closed); }) == "cannot list " + closed.native() + ": Permission denied");
    CHECK(failure_of([&] { disk.read(folder / "secret", 10); }) ==
          "cannot read " + (folder / "secret").native() + ": Permission denied");
    CHECK(failure_of([&] { disk.real_path(closed / "file"); }) ==
          "cannot resolve " + (closed / "file").native() + ": Permission denied");
    CHECK_FALSE(disk.may_read(folder / "secret"));
    CHECK_FALSE(disk.may_write(folder / "secret"));
    CHECK_FALSE(disk.may_write("/"));
    CHECK(disk.may_read("/"));
  }
  ::chmod(closed.c_str(), 0755);
}

TEST_CASE("A name is shown in failures without its control characters") {
  TempFolder folder;
  CHECK(failure_of([&] { posix_disk().set_mode(folder / "a\nb\x1b[m", 0600); }) ==
        "cannot set the permissions of " + folder.path().native() + "/a\\nb\\x1b[m: No such file or directory");
}

TEST_CASE("A name that is too long is a failure") {
  TempFolder folder;
  CHECK(failure_of([&] { posix_disk().look(folder / std::string(300, 'a')); }) != "");
}

TEST_CASE("A mode is given exactly, whatever the umask") {
  TempFolder folder;
  mode_t before = ::umask(0077);
  posix_disk().create(folder / "a", "", 0644);
  posix_disk().replace(folder / "b", "", 0644);
  ::umask(0);
  posix_disk().create(folder / "c", "", 0600);
  posix_disk().make_folder(folder / "d", 0700);
  ::umask(before);
  CHECK(posix_disk().look(folder / "a")->mode == 0644);
  CHECK(posix_disk().look(folder / "b")->mode == 0644);
  CHECK(posix_disk().look(folder / "c")->mode == 0600);
  CHECK(posix_disk().look(folder / "d")->mode == 0700);
}

TEST_CASE("Reading a pipe that nobody writes to does not wait") {
  TempFolder folder;
  ::mkfifo((folder / "pipe").c_str(), 0600);
  CHECK(posix_disk().look(folder / "pipe")->kind == Kind::other);
  CHECK(posix_disk().read(folder / "pipe", 10) == "");
}

TEST_CASE("A large file is read and written whole") {
  TempFolder folder;
  std::string bytes;
  for (int i = 0; bytes.size() < 3'000'000; ++i) bytes += std::to_string(i) + "\n";
  posix_disk().replace(folder / "a", bytes, 0600);
  CHECK(posix_disk().read(folder / "a", SIZE_MAX) == bytes);
  CHECK(posix_disk().read(folder / "a", 16385) == bytes.substr(0, 16385));
}

TEST_CASE("A disk that fills up while a file is replaced leaves the old one and nothing beside it") {
  TempFolder folder;
  folder.write("a", "old");
  std::string failure;
  {
    support::FileSizeLimit full(1000);
    failure = failure_of([&] { posix_disk().replace(folder / "a", std::string(5000, 'x'), 0600); });
  }
  CHECK(failure == "cannot write " + (folder / "a").native() + ": File too large");
  CHECK(content_of(folder / "a") == "old");
  CHECK(entries_in(folder.path()) == 1);
}

TEST_CASE("Two threads that replace one file leave one of both texts, never a mixture") {
  TempFolder folder;
  std::string one(50000, '1'), two(50000, '2');
  auto write = [&](const std::string& text) {
    for (int i = 0; i < 50; ++i) posix_disk().replace(folder / "a", text, 0600, Sync::no);
  };
  std::thread first(write, std::cref(one)), second(write, std::cref(two));
  bool torn = false;
  for (int i = 0; i < 200; ++i) {
    auto seen = posix_disk().read(folder / "a", SIZE_MAX);
    torn = torn || (seen && *seen != one && *seen != two);
  }
  first.join();
  second.join();
  CHECK_FALSE(torn);
  CHECK(entries_in(folder.path()) == 1);
}

TEST_CASE("No descriptor of ours is left open, or inherited by a program that is started") {
  TempFolder folder;
  auto open_now = [] { return entries_in("/proc/self/fd"); };
  size_t before = open_now();
  Disk& disk = posix_disk();
  disk.create(folder / "a", "x", 0600);
  disk.replace(folder / "a", "y", 0600);
  disk.read(folder / "a", 10);
  disk.list(folder.path());
  disk.sync_folder(folder.path());
  failure_of([&] { disk.create(folder / "a", "x", 0600); });
  failure_of([&] { disk.read(folder.path(), 10); });
  CHECK(open_now() == before);
}

TEST_CASE("A path lies in a folder by its parts, not by its letters") {
  const std::tuple<const char*, const char*, bool> rows[] = {
      {"/a/b", "/a", true},      {"/a/b", "/a/", true},    {"/a", "/a", true},       {"/a/", "/a", true},
      {"/ab", "/a", false},      {"/a", "/a/b", false},    {"/a/../b", "/a", false}, {"/a/./b", "/a", true},
      {"/x", "/", true},         {"/a/b", "/a/c", false},  {"/a//b", "/a", true},    {"/a/b/..", "/a/b", false},
  };
  for (const auto& [path, folder, inside] : rows) {
    INFO(path << " in " << folder);
    CHECK(lies_in(path, folder) == inside);
  }
}

TEST_CASE("Where no hard link can be made a duplicate is a copy, and a failed one leaves nothing") {
  TempFolder folder;
  std::string bytes(200'000, 'x');
  folder.write("foreign", bytes);
  ::chmod(folder.path().c_str(), 0777);
  support::AsNobody nobody;  // the kernel lets nobody link to what is not his
  posix_disk().duplicate(folder / "foreign", folder / "mine");
  CHECK(content_of(folder / "mine") == bytes);
  if (::getuid() != 0) return;  // for an ordinary user the file is his own, and the duplicate a link
  support::FileSizeLimit full(1000);
  CHECK(failure_of([&] { posix_disk().duplicate(folder / "foreign", folder / "second"); }) ==
        "cannot write " + (folder / "second").native() + ": File too large");
  CHECK(entries_in(folder.path()) == 2);
}

TEST_CASE("What a kill leaves beside a file keeps its ending, so that a guard in its first line goes on guarding") {
  TempFolder folder;
  folder.write("unstick.ini.php", "old");
  pid_t child = ::fork();
  if (child == 0) {
    const rlimit none{0, 0}, small{1000, 1000};
    ::setrlimit(RLIMIT_CORE, &none);
    ::setrlimit(RLIMIT_FSIZE, &small);  // SIGXFSZ kills it in the middle of its write
    posix_disk().replace(folder / "unstick.ini.php", std::string(5000, 'x'), 0600);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));
  CHECK(content_of(folder / "unstick.ini.php") == "old");
  auto entries = posix_disk().list(folder.path()).value();
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].name.front() == '.');
  CHECK(entries[0].name.substr(entries[0].name.size() - 8) == ".ini.php");
  CHECK(posix_disk().look(folder / entries[0].name)->mode == 0600);
}
