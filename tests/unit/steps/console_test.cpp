// SPDX-License-Identifier: GPL-3.0-or-later
// Running a program to its end: what it prints, how it ended, and how it is made to.
#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "base/failure.h"
#include "base/text.h"
#include "platform/lock.h"
#include "support/fake_supervisor.h"
#include "support/temp_folder.h"
#include "support/wait_until.h"

namespace {

using namespace std::chrono_literals;
using support::FakeSupervisor;
using support::TempFolder;

struct Console {
  FakeSupervisor supervisor{platform::posix_disk()};

  steps::Outcome run(const std::string& script, std::chrono::seconds timeout = 60s) {
    supervisor.environment = {"PATH=/usr/bin:/bin"};
    return steps::run_console(supervisor, {"console", "", base::Interruption::once, {"/", "/bin/sh", "-c", script}, timeout});
  }
};

}  // namespace

TEST_CASE("Both streams of a command are passed on, and its child is written down") {
  Console console;
  auto outcome = console.run("echo out; echo err >&2; printf 'no newline'; pwd >&2");
  CHECK(outcome.exit.good());
  CHECK_FALSE(outcome.stopped);
  CHECK(outcome.explanation.empty());
  CHECK(console.supervisor.output == "out\nno newline");
  CHECK(console.supervisor.errors == "err\n/\n");
  CHECK(console.supervisor.ours.empty());
  CHECK(console.supervisor.children.size() == 1);
}

TEST_CASE("A command that cannot be written down is ended, and counts as one that has begun") {
  Console console;
  console.supervisor.no_room = "No space left on device";
  auto outcome = console.run("trap 'exit 0' TERM; sleep 60 & wait");
  CHECK_FALSE(outcome.exit.good());
  CHECK_FALSE(outcome.untouched);
  CHECK(base::contains(outcome.explanation, "ended right after its start: No space left"));
}

TEST_CASE("Output arrives whole, however much it is") {
  Console console;
  CHECK(console.run("head -c 20000000 /dev/zero | tr '\\0' x; head -c 3000000 /dev/zero | tr '\\0' y >&2").exit.good());
  CHECK(console.supervisor.output.size() == 20'000'000);
  CHECK(console.supervisor.errors.size() == 3'000'000);
}

TEST_CASE("How a command ended is told, and explained where it needs words") {
  struct {
    const char* script;
    int code, signal;
    const char* explanation;
  } rows[] = {
      {"exit 0", 0, 0, ""},
      {"exit 1", 1, 0, ""},
      {"exit 127", 127, 0, "the program or a library that it needs is missing"},
      {"exit 255", 255, 0, "PHP stopped with a fatal error"},
      {"echo 'Allowed memory size of 134217728 bytes exhausted'; exit 255", 255, 0, "PHP ran out of memory"},
      {"echo 'Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes)'; exit 255", 255, 0,
       "the limit was 128M, and 20 kB more were asked for; where the host allows no more, a larger plan or a VPS is"},
      {"echo 'Maximum execution time of 30 seconds exceeded' >&2; exit 255", 255, 0, "max_execution_time was over (30 s)"},
      {"echo 'Maximum execution time of 30 seconds exceeded' >&2; exit 255", 255, 0, "max_execution_time"},
      {"echo 'Allowed memory size of'; exit 0", 0, 0, ""},
      {"kill -9 $$", 0, SIGKILL, "something outside killed it"},
      {"kill -TERM $$", 0, SIGTERM, "something outside asked it to end"},
      {"kill -SEGV $$", 0, SIGSEGV, "PHP itself crashed"},
      {"kill -XCPU $$", 0, SIGXCPU, "CPU time"},
  };
  for (const auto& row : rows) {
    INFO(row.script);
    Console console;
    auto outcome = console.run(std::string("ulimit -c 0; ") + row.script);
    CHECK(outcome.exit.code == row.code);
    CHECK(outcome.exit.signal == row.signal);
    if (*row.explanation) CHECK(base::contains(outcome.explanation, row.explanation));
    else CHECK(outcome.explanation.empty());
  }
}

TEST_CASE("The reason of a failure is found behind megabytes of output") {
  Console console;
  auto outcome = console.run("head -c 3000000 /dev/zero; echo 'Allowed memory size of 1 bytes'; exit 255");
  CHECK(base::contains(outcome.explanation, "memory"));
}

TEST_CASE("A command that is asked to stop ends within a second, with all it started") {
  TempFolder folder;
  std::string file = (folder / "pid").native();
  Console console;
  console.supervisor.stop = [&] { return std::filesystem::exists(file); };
  auto began = std::chrono::steady_clock::now();
  auto outcome = console.run("sleep 300 & echo $! > " + file + ".new; mv " + file + ".new " + file + "; wait");
  CHECK(outcome.stopped);
  CHECK(std::chrono::steady_clock::now() - began < 5s);
  auto pid = static_cast<pid_t>(base::whole_number(base::trim(support::content_of(file))).value());
  CHECK(support::wait_until([&] { return ::kill(pid, 0) != 0; }));
}

TEST_CASE("A command over its time has failed, even if it then says that all is well") {
  Console console;
  auto outcome = console.run("trap 'exit 0' TERM; while :; do sleep 0.05; done", 1s);
  CHECK_FALSE(outcome.exit.good());
  CHECK_FALSE(outcome.stopped);
  CHECK(base::contains(outcome.explanation, "time limit of 1 s"));
}

TEST_CASE("A grandchild that keeps the output open does not keep the step open") {
  Console console;
  auto began = std::chrono::steady_clock::now();
  auto outcome = console.run("sleep 30 & echo done");
  CHECK(std::chrono::steady_clock::now() - began < 10s);
  CHECK(outcome.exit.good());
  CHECK(console.supervisor.output == "done\n");
}

TEST_CASE("A command holds the lock that it was handed") {
  TempFolder folder;
  auto lock = platform::try_lock(folder / "busy");
  Console console;
  console.supervisor.handed_on = {lock->number()};
  bool seen = false;
  console.supervisor.stop = [&] {
    lock->reset();
    seen = platform::is_locked(folder / "busy");
    return true;
  };
  console.run("exec sleep 300");
  CHECK(seen);
  CHECK_FALSE(platform::is_locked(folder / "busy"));
}

TEST_CASE("A command that cannot be started is a failure, and nothing was written down") {
  FakeSupervisor supervisor(platform::posix_disk());
  CHECK_THROWS_AS(steps::run_console(supervisor, {"", "", {}, {"/", "/nowhere/php"}, {}}), base::Failure);
  CHECK_THROWS_AS(steps::run_console(supervisor, {"", "", {}, {"/"}, {}}), base::Failure);
  CHECK(supervisor.children.empty());
}

TEST_CASE("Every verb of a plan is found by its name, and no other") {
  CHECK(steps::find_verb("console") == steps::run_console);
  CHECK(steps::find_verb("set-folders-aside") == steps::set_folders_aside);
  CHECK(steps::find_verb("delete-kept") == steps::delete_kept);
  CHECK(steps::find_verb("") == nullptr);
  CHECK(steps::find_verb("Console") == nullptr);
}
