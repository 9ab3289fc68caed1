// SPDX-License-Identifier: GPL-3.0-or-later
// Starting an open program image, detached and attached, and telling one process from another for ever.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "base/failure.h"
#include "base/text.h"
#include "platform/process.h"
#include "support/temp_folder.h"
#include "support/wait_until.h"

namespace {

using namespace platform;
using namespace std::chrono_literals;
using support::content_of;
using support::TempFolder;
using support::wait_until;

base::Fd open_program(const Path& path) { return base::Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)); }

// sh under any name, for its arguments are what counts.
Command shell(const std::string& script) { return {{"unstick", "-c", script}, {"PATH=/usr/bin:/bin"}, "/"}; }

std::string fields_of(pid_t pid) { return content_of("/proc/" + std::to_string(pid) + "/stat"); }

pid_t parent_of(pid_t pid) {
  std::string stat = fields_of(pid);
  auto fields = base::split(std::string_view(stat).substr(stat.rfind(')') + 2), ' ');
  return static_cast<pid_t>(base::whole_number(fields[1]).value());
}

bool has_ended(pid_t pid) { return !is_alive(pid, start_ticks(pid).value_or(0)); }

}  // namespace

TEST_CASE("A detached program is nobody's child, in a session of its own, with no descriptor of ours") {
  TempFolder folder;
  auto image = open_program("/bin/sh");
  base::Fd handed(::open((folder / "handed").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  base::Fd leaking(::open("/dev/null", O_RDONLY));
  std::string out = (folder / "out").native();
  pid_t pid = start_detached(shell("ls -l /proc/$$/fd > " + out + ".new; mv " + out + ".new " + out + "; exec sleep 300"),
                             image, {handed.number()});
  REQUIRE(wait_until([&] { return std::filesystem::exists(out); }));
  CHECK(::getsid(pid) == pid);
  CHECK(parent_of(pid) != ::getpid());
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);  // we have no child at all
  std::string listed = content_of(out);
  CHECK(base::contains(listed, " 0 -> /dev/null"));
  CHECK(base::contains(listed, " 2 -> /dev/null"));
  CHECK(base::contains(listed, " " + std::to_string(handed.number()) + " -> " + (folder / "handed").native()));
  CHECK_FALSE(base::contains(listed, " " + std::to_string(leaking.number()) + " -> "));
  ::kill(pid, SIGKILL);
  CHECK(wait_until([&] { return has_ended(pid); }));
}

TEST_CASE("The open image is what runs, even when its file was replaced or deleted") {
  TempFolder folder;
  std::filesystem::copy_file("/bin/sh", folder / "program");
  auto image = open_program(folder / "program");
  std::filesystem::remove(folder / "program");
  folder.write("program", "#!/bin/sh\necho wrong > " + (folder / "out").native() + "\n", 0755);
  Command command = shell("echo right > " + (folder / "out").native());
  command.argv[0] = (folder / "program").native();
  pid_t pid = start_attached(command, image, {});
  CHECK(wait_for(pid).good());
  CHECK(content_of(folder / "out") == "right\n");
}

TEST_CASE("Without an image the program is started by its path") {
  TempFolder folder;
  Command command{{"/bin/sh", "-c", "echo $PPID > " + (folder / "out").native()}, {}, {}};
  pid_t pid = start_attached(command, base::Fd(), {});
  CHECK(wait_for(pid).good());
  CHECK(content_of(folder / "out") == std::to_string(::getpid()) + "\n");
}

TEST_CASE("An attached program stays in our group") {
  pid_t pid = start_attached({{"/bin/sleep", "300"}, {}, {}}, base::Fd(), {});
  CHECK(::getpgid(pid) == ::getpgid(0));
  ::kill(pid, SIGKILL);
  CHECK(wait_for(pid).signal == SIGKILL);
}

TEST_CASE("An image that cannot be started is a failure, and leaves no zombie and no descriptor") {
  TempFolder folder;
  size_t before = posix_disk().list("/proc/self/fd")->size();
  for (bool detached : {true, false}) {
    INFO((detached ? "detached" : "attached"));
    auto image = open_program(folder.write("garbage", "\x01\x02\x03", 0755));
    Command command{{"garbage"}, {}, {}};
    try {
      detached ? start_detached(command, image, {}) : start_attached(command, image, {});
      FAIL("started");
    } catch (const base::Failure& failure) {
      CHECK(std::string(failure.what()) == "cannot start garbage: Exec format error");
    }
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
  }
  CHECK(posix_disk().list("/proc/self/fd")->size() == before);
}

TEST_CASE("A process is told from another one with its pid by its start time") {
  Child child = start({{"/bin/sleep", "300"}, {}, {}}, Session::own_group);
  auto ticks = start_ticks(child.pid);
  REQUIRE(ticks);
  CHECK(is_alive(child.pid, *ticks));
  CHECK_FALSE(is_alive(child.pid, *ticks + 1));
  CHECK_FALSE(is_alive(child.pid, 0));
  ::kill(child.pid, SIGKILL);
  CHECK(wait_until([&] { return !is_alive(child.pid, *ticks); }));  // a zombie is not alive
  CHECK(start_ticks(child.pid) == ticks);
  wait_for(child.pid);
  CHECK_FALSE(start_ticks(child.pid));
  CHECK(is_alive(::getpid(), start_ticks(::getpid()).value()));
}

TEST_CASE("A command's name may hold anything without the start time being misread") {
  TempFolder folder;
  std::filesystem::copy_file("/bin/sleep", folder / ") R 1 (");
  Child child = start({{(folder / ") R 1 (").native(), "300"}, {}, {}}, Session::own_group);
  auto ticks = start_ticks(child.pid);
  REQUIRE(ticks);
  CHECK(*ticks > 0);
  CHECK(*ticks >= start_ticks(::getpid()).value());
  end_child(child.pid, platform::Session::own_group, 5s);
}
