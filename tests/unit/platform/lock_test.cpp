// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/lock.h"

#include <signal.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <thread>

#include "base/failure.h"
#include "platform/process.h"
#include "support/limits.h"
#include "support/temp_folder.h"
#include "support/wait_until.h"

namespace {

using namespace platform;
using namespace std::chrono_literals;
using support::TempFolder;
using support::wait_until;

// A child that holds the lock which we took, and we let go of.
Child holder_of(const Path& file) {
  auto lock = try_lock(file);
  REQUIRE(lock);
  return start({{"/bin/sleep", "300"}, {}, {}}, Session::own_group, {lock->number()});
}

}  // namespace

TEST_CASE("A lock excludes a second holder until it is let go") {
  TempFolder folder;
  Path file = folder / "lock";
  CHECK_FALSE(is_locked(file));
  auto first = try_lock(file);
  REQUIRE(first);
  CHECK(posix_disk().look(file)->mode == 0600);
  CHECK(is_locked(file));
  CHECK_FALSE(try_lock(file));
  first->reset();
  CHECK_FALSE(is_locked(file));
  CHECK(try_lock(file));
  CHECK(posix_disk().look(file));  // the file itself stays
}

TEST_CASE("A lock is not inherited unless it is handed on") {
  TempFolder folder;
  auto lock = try_lock(folder / "lock");
  Child child = start({{"/bin/sleep", "300"}, {}, {}}, Session::own_group);
  lock->reset();
  CHECK_FALSE(is_locked(folder / "lock"));
  end_child(child.pid, platform::Session::own_group, 5s);
}

TEST_CASE("An inherited lock is held by the child, and dies with it, whatever kills it") {
  TempFolder folder;
  Child child = holder_of(folder / "lock");
  CHECK(is_locked(folder / "lock"));
  CHECK_FALSE(try_lock(folder / "lock"));
  ::kill(child.pid, SIGKILL);
  CHECK(wait_until([&] { return !is_locked(folder / "lock"); }));
  wait_for(child.pid);
  CHECK(try_lock(folder / "lock"));
}

TEST_CASE("Waiting for a lock ends when it is free, or when patience is over") {
  TempFolder folder;
  Child child = holder_of(folder / "lock");
  auto began = std::chrono::steady_clock::now();
  CHECK_FALSE(lock(folder / "lock", 100ms));
  CHECK(std::chrono::steady_clock::now() - began >= 100ms);
  CHECK(std::chrono::steady_clock::now() - began < 5s);
  std::thread killer([&] { ::kill(child.pid, SIGKILL), wait_for(child.pid); });
  CHECK(lock(folder / "lock", 20s));
  killer.join();
}

TEST_CASE("Looking whether a lock is held changes nothing") {
  TempFolder folder;
  CHECK_FALSE(is_locked(folder / "none"));
  CHECK_FALSE(posix_disk().look(folder / "none"));
  CHECK_FALSE(is_locked(folder / "none/below"));
}

TEST_CASE("A lock that cannot be made or looked at is a failure, never taken for free") {
  TempFolder folder;
  std::filesystem::create_symlink(folder / "target", folder / "link");
  CHECK_THROWS_AS(try_lock(folder / "none/lock"), base::Failure);
  CHECK_THROWS_AS(try_lock(folder / "link"), base::Failure);
  CHECK_FALSE(std::filesystem::exists(folder / "target"));
  auto held = try_lock(folder / "lock");
  bool failed = false, said_free = false;
  {
    support::NoMoreDescriptors none;
    try {
      said_free = !is_locked(folder / "lock");
    } catch (const base::Failure&) {
      failed = true;
    }
  }
  CHECK_FALSE(said_free);
  CHECK(failed);
}
