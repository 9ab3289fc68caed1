// SPDX-License-Identifier: GPL-3.0-or-later
// Real children: small shell scripts given to sh by argument vector.
#include "platform/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "base/failure.h"
#include "base/text.h"
#include "support/temp_folder.h"
#include "support/wait_until.h"

namespace {

using namespace platform;
using namespace std::chrono_literals;
using support::content_of;
using support::TempFolder;
using support::wait_until;

Command shell(const std::string& script) { return {{"/bin/sh", "-c", script}, {"PATH=/usr/bin:/bin"}, {}}; }

size_t open_descriptors() { return posix_disk().list("/proc/self/fd")->size(); }

template <typename Act>
std::string failure_of(Act act) {
  try {
    act();
  } catch (const base::Failure& failure) {
    return failure.what();
  }
  return {};
}

std::string read_all(const base::Fd& fd) {
  std::string all;
  char buffer[4096];
  for (ssize_t count; (count = ::read(fd.number(), buffer, sizeof buffer)) > 0;) all.append(buffer, static_cast<size_t>(count));
  return all;
}

bool is_gone(pid_t pid) { return ::kill(pid, 0) != 0 && errno == ESRCH; }

pid_t pid_in(const Path& file) { return static_cast<pid_t>(base::whole_number(base::trim(content_of(file))).value_or(0)); }

}  // namespace

TEST_CASE("A command is captured: both streams apart, and how it ended") {
  auto result = capture(shell("echo out; echo err >&2; exit 3"), 10s);
  CHECK(result.output == "out\n");
  CHECK(result.errors == "err\n");
  CHECK(result.exit.code == 3);
  CHECK(result.exit.signal == 0);
  CHECK_FALSE(result.exit.good());
  CHECK_FALSE(result.timed_out);
  CHECK(capture(shell("true"), 10s).exit.good());
}

TEST_CASE("An end by a signal is told as one") {
  auto result = capture(shell("kill -9 $$"), 10s);
  CHECK(result.exit.signal == SIGKILL);
  CHECK(result.exit.words() == "killed by signal 9 (KILL)");
  CHECK(Exit{1, 0}.words() == "exit 1");
  CHECK(Exit{0, 40}.words() == "killed by signal 40");
}

TEST_CASE("Arguments arrive as they are: no shell looks at them") {
  std::vector<std::string> words = {"$(id)", "; rm -rf x", "a b", "*", "\n", "\xff", "'\"", ""};
  Command command{{"/usr/bin/printf", "%s|"}, {}, {}};
  std::string expected;
  for (const auto& word : words) command.argv.push_back(word), expected += word + "|";
  CHECK(capture(command, 10s).output == expected);
}

TEST_CASE("A child has the environment and folder that it was given, and nothing else") {
  TempFolder folder;
  ::setenv("UNSTICK_TEST_SECRET", "x", 1);
  auto environment = capture({{"/usr/bin/env"}, {"A=1", "B=two words"}, {}}, 10s);
  ::unsetenv("UNSTICK_TEST_SECRET");
  CHECK(environment.output == "A=1\nB=two words\n");
  CHECK(capture({{"/bin/pwd"}, {}, folder.path()}, 10s).output == folder.path().native() + "\n");
}

TEST_CASE("A child's stdin is at its end, and no descriptor of ours is open in it") {
  TempFolder folder;
  base::Fd leaking(::open(folder.write("leak", "").c_str(), O_RDONLY));  // without CLOEXEC
  CHECK(capture({{"/bin/cat"}, {}, {}}, 10s).output.empty());
  auto listed = capture(shell("ls -l /proc/$$/fd"), 10s);
  CHECK(base::lines(listed.output).size() == 4);  // 0, 1, 2 and the line of the total
  CHECK(base::contains(listed.output, " 0 -> /dev/null"));
  CHECK_FALSE(base::contains(listed.output, (folder / "leak").native()));
}

TEST_CASE("Only the descriptors that are named stay open in a child, under the same number") {
  TempFolder folder;
  base::Fd handed(::open((folder / "file").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  std::string number = std::to_string(handed.number());
  Child child = start(shell("echo written >&" + number), Session::own_group, {handed.number()});
  CHECK(wait_for(child.pid).good());
  CHECK(content_of(folder / "file") == "written\n");
  CHECK((::fcntl(handed.number(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("A child has default signals and none blocked, whatever we ignore") {
  auto before = ::signal(SIGPIPE, SIG_IGN);
  sigset_t blocked, old;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  ::sigprocmask(SIG_BLOCK, &blocked, &old);
  auto result = capture(shell("grep -E 'SigBlk|SigIgn' /proc/self/status"), 10s);
  ::sigprocmask(SIG_SETMASK, &old, nullptr);
  ::signal(SIGPIPE, before);
  CHECK(result.output == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_CASE("What cannot be started is a failure with the reason of exec, and leaves nothing behind") {
  TempFolder folder;
  folder.write("text", "not executable", 0644);
  folder.write("script", "#!/nowhere/sh\n", 0755);
  folder.write("garbage", "\x01\x02\x03", 0755);
  size_t before = open_descriptors();
  auto start_it = [&](const Path& program, const Path& in = {}) {
    return failure_of([&] { start({{program.native()}, {}, in}, Session::own_group); });
  };
  CHECK(start_it("/nowhere/php") == "cannot start /nowhere/php: No such file or directory");
  CHECK(start_it(folder / "text") == "cannot start " + (folder / "text").native() + ": Permission denied");
  CHECK(start_it(folder / "script") == "cannot start " + (folder / "script").native() + ": No such file or directory");
  CHECK(start_it(folder / "garbage") == "cannot start " + (folder / "garbage").native() + ": Exec format error");
  CHECK(start_it("/bin/a\nb") == "cannot start /bin/a\\nb: No such file or directory");
  CHECK(open_descriptors() == before);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);  // no zombie
}

TEST_CASE("A missing working folder is named, not the program") {
  CHECK(failure_of([] { start({{"/bin/true"}, {}, "/nowhere/site"}, Session::own_group); }) ==
        "cannot enter the folder /nowhere/site: No such file or directory");
}

TEST_CASE("A command over its time is killed with all it started") {
  TempFolder folder;
  std::string file = (folder / "pid").native();
  auto began = std::chrono::steady_clock::now();
  auto result = capture(shell("trap '' TERM; sleep 300 & echo $! > " + file + "; echo early; wait; sleep 300"), 300ms);
  CHECK(std::chrono::steady_clock::now() - began < 5s);
  CHECK(result.timed_out);
  CHECK(result.output == "early\n");
  CHECK(result.exit.signal == SIGKILL);
  CHECK(wait_until([&] { return is_gone(pid_in(file)); }));
}

TEST_CASE("A command that closes its pipes and goes on is held to its time too") {
  auto result = capture(shell("exec >&- 2>&-; exec sleep 300"), 300ms);
  CHECK(result.timed_out);
  CHECK(result.exit.signal == SIGTERM);
}

TEST_CASE("Of endless output the first bytes are kept, and the memory stays bounded") {
  auto result = capture(shell("yes 0123456789 | head -c 5000000; echo err >&2"), 20s, 1000);
  CHECK(result.output.size() == 1000);
  CHECK(result.output.substr(0, 11) == "0123456789\n");
  CHECK(result.errors == "err\n");
  CHECK(result.exit.good());
}

TEST_CASE("A child is waited for, or asked without waiting") {
  Child child = start(shell("read x; exit 7"), Session::own_group);  // stdin is at its end: ends at once
  CHECK(wait_for(child.pid).code == 7);
  Child sleeper = start(shell("exec sleep 300"), Session::own_group);
  CHECK_FALSE(try_wait(sleeper.pid));
  auto exit = end_child(sleeper.pid, Session::own_group, 5s);
  CHECK(exit.signal == SIGTERM);
  CHECK(read_all(sleeper.output).empty());
}

TEST_CASE("A group is asked to end, and killed when it does not listen") {
  TempFolder folder;
  std::string file = (folder / "pid").native();
  Child child = start(shell("trap '' TERM; (trap '' TERM; sleep 300) & echo $! > " + file + "; while :; do sleep 1; done"),
                      Session::own_group);
  REQUIRE(wait_until([&] { return pid_in(file) > 0; }));
  auto began = std::chrono::steady_clock::now();
  CHECK(end_child(child.pid, Session::own_group, 200ms).signal == SIGKILL);
  CHECK(std::chrono::steady_clock::now() - began < 5s);
  CHECK(wait_until([&] { return is_gone(pid_in(file)); }));

  Child polite = start(shell("trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done"), Session::own_group);
  char ready = 0;
  REQUIRE(::read(polite.output.number(), &ready, 1) == 1);
  CHECK(end_child(polite.pid, Session::own_group, 10s).code == 9);
}

TEST_CASE("A child leads a group, or a session, of its own") {
  Child group = start(shell("exec sleep 300"), Session::own_group);
  CHECK(::getpgid(group.pid) == group.pid);
  CHECK(::getsid(group.pid) == ::getsid(0));
  end_child(group.pid, Session::own_group, 5s);
  Child session = start(shell("exec sleep 300"), Session::own_session);
  CHECK(::getsid(session.pid) == session.pid);
  end_child(session.pid, Session::own_group, 5s);
}

TEST_CASE("A child may stay in our group, and is then ended alone") {
  Child ours = start(shell("exec sleep 300"), Session::ours);
  Child other = start(shell("exec sleep 300"), Session::ours);
  CHECK(::getpgid(ours.pid) == ::getpgid(0));
  CHECK(end_child(ours.pid, Session::ours, 5s).signal == SIGTERM);
  CHECK_FALSE(try_wait(other.pid));
  CHECK(end_child(other.pid, Session::ours, 5s).signal == SIGTERM);
}
