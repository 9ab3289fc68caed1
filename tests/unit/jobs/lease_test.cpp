// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/lease.h"

#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>

#include "platform/process.h"
#include "support/temp_folder.h"
#include "support/wait_until.h"

namespace {

std::atomic<bool> flock_is_broken{false};

}  // namespace

// Network homes exist on which every flock succeeds and excludes nobody.
extern "C" int flock(int fd, int operation) noexcept {
  return flock_is_broken ? 0 : static_cast<int>(::syscall(SYS_flock, fd, operation));
}

namespace {

using namespace jobs;
using namespace std::chrono_literals;
using support::TempFolder;
using support::wait_until;

platform::Disk& disk() { return platform::posix_disk(); }

struct Job {
  TempFolder folder;
  storage::JobNames names{folder.path()};
  Holder holder(std::chrono::seconds later = 0s) { return holder_of(disk(), names, std::chrono::system_clock::now() + later); }
};

struct BrokenFlock {
  BrokenFlock() { flock_is_broken = true; }
  ~BrokenFlock() { flock_is_broken = false; }
};

}  // namespace

TEST_CASE("A job that nobody ever took is nobody's") {
  Job job;
  CHECK(job.holder() == Holder::nobody);
}

TEST_CASE("Whoever takes a job keeps all others out, until both locks are let go") {
  Job job;
  auto lease = take_lease(disk(), job.names);
  REQUIRE(lease);
  CHECK(job.holder() == Holder::runner);
  CHECK_FALSE(take_lease(disk(), job.names));
  lease->runner.reset();
  CHECK(job.holder() == Holder::children);
  CHECK_FALSE(take_lease(disk(), job.names));
  lease->busy.reset();
  CHECK(job.holder() == Holder::nobody);
  CHECK(take_lease(disk(), job.names));
}

TEST_CASE("A lease that could not be taken whole holds nothing") {
  Job job;
  auto busy = platform::try_lock(job.names.busy());
  CHECK_FALSE(take_lease(disk(), job.names));
  busy->reset();
  CHECK(job.holder() == Holder::nobody);
}

TEST_CASE("A command that outlives the job's process is seen, and its end too") {
  Job job;
  auto lease = take_lease(disk(), job.names);
  REQUIRE(lease);
  auto child = platform::start({{"/bin/sleep", "300"}, {}, {}}, platform::Session::own_group, {lease->busy.number()});
  lease.reset();
  CHECK(job.holder() == Holder::children);
  ::kill(child.pid, SIGKILL);
  CHECK(wait_until([&] { return job.holder() == Holder::nobody; }));
  platform::wait_for(child.pid);
}

TEST_CASE("The lease names host and boot, and this host's word is the lock's, at once") {
  Job job;
  take_lease(disk(), job.names);
  CHECK(disk().read(job.names.lease(), 512) == this_boot(disk()) + "\n");
  CHECK(this_boot(disk()).find('/') != std::string::npos);
  CHECK(job.holder() == Holder::nobody);
}

TEST_CASE("Another host's job counts as alive for 60 s after its last touch") {
  Job job;
  job.folder.write("lease", "elsewhere/another-boot\n");
  CHECK(job.holder() == Holder::runner);
  CHECK(job.holder(55s) == Holder::runner);
  CHECK(job.holder(65s) == Holder::nobody);
  touch_lease(disk(), job.names);
  CHECK(job.holder() == Holder::nobody);
}

TEST_CASE("Another host's living job cannot be taken") {
  Job job;
  job.folder.write("lease", "elsewhere/another-boot\n");
  CHECK_FALSE(take_lease(disk(), job.names));
  CHECK(disk().read(job.names.lease(), 512) == "elsewhere/another-boot\n");
}

TEST_CASE("Whether flock keeps a second descriptor out is found out") {
  TempFolder folder;
  CHECK(locks_work_in(folder.path()));
  BrokenFlock broken;
  CHECK_FALSE(locks_work_in(folder.path()));
}

TEST_CASE("Where flock excludes nobody a job counts as alive for 60 s after its last touch") {
  Job job;
  BrokenFlock broken;
  auto lease = take_lease(disk(), job.names);
  REQUIRE(lease);
  CHECK(job.holder() == Holder::runner);
  CHECK(job.holder(55s) == Holder::runner);
  CHECK(job.holder(65s) == Holder::nobody);
  CHECK_FALSE(take_lease(disk(), job.names));
}
