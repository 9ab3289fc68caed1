// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>

#include "base/failure.h"
#include "base/text.h"

namespace platform {

namespace {

using namespace std::chrono_literals;

// Everything the child needs between fork and exec, made ready before the fork: nothing is allocated after it.
struct Launch {
  std::vector<char*> argv;
  std::vector<char*> environment;
  const char* folder = nullptr;
  std::vector<int> inherited;
  int highest_descriptor = 0;
  int input = -1, output = -1, errors = -1;
  int image = -1;            // open program for execveat, or -1
  char image_link[64] = {};  // /proc/self/fd/N, where the kernel lacks execveat
  int complaint = -1;        // pipe on which errno of a failed exec is told, or -errno of a failed chdir
  enum class Leader { none, group, session } leader = Leader::group;
};

int highest_open_descriptor() {
  int highest = 2;
  std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir("/proc/self/fd"), ::closedir);
  if (!dir) return 1024;
  while (const dirent* entry = ::readdir(dir.get())) highest = std::max(highest, std::atoi(entry->d_name));
  return highest;
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> out;
  out.reserve(words.size() + 1);
  for (const auto& word : words) out.push_back(const_cast<char*>(word.c_str()));
  out.push_back(nullptr);
  return out;
}

Launch prepare(const Command& command, const std::vector<int>& inherited) {
  Launch launch;
  launch.argv = pointers(command.argv);
  launch.environment = pointers(command.environment);
  launch.folder = command.folder.empty() ? nullptr : command.folder.c_str();
  launch.inherited = inherited;
  launch.highest_descriptor = highest_open_descriptor() + 16;
  return launch;
}

// By the system call: the C library keeps 32 and 33 for itself and would leave them ignored if we were started so.
void reset_signals() {
  constexpr int kSignals = 64;
  constexpr size_t kMaskBytes = kSignals / 8;
  const long default_action[8] = {};  // the kernel's sigaction, all zero: SIG_DFL, no flags
  for (int signal = 1; signal <= kSignals; ++signal)
    ::syscall(SYS_rt_sigaction, signal, default_action, nullptr, kMaskBytes);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool is_kept(const Launch& launch, int fd) {
  if (fd == launch.complaint || fd == launch.image) return true;
  return std::find(launch.inherited.begin(), launch.inherited.end(), fd) != launch.inherited.end();
}

// In the child. Only async-signal-safe calls from here to exec.
[[noreturn]] void become(const Launch& launch) {
  if (launch.leader == Launch::Leader::session) ::setsid();
  if (launch.leader == Launch::Leader::group) ::setpgid(0, 0);
  reset_signals();
  ::dup2(launch.input, 0);
  ::dup2(launch.output, 1);
  ::dup2(launch.errors, 2);
  for (int fd = 3; fd <= launch.highest_descriptor; ++fd)
    if (!is_kept(launch, fd)) ::close(fd);
  for (int fd : launch.inherited) ::fcntl(fd, F_SETFD, 0);
  bool there = !launch.folder || ::chdir(launch.folder) == 0;
  if (there) {
    auto* argv = const_cast<char**>(launch.argv.data());
    auto* environment = const_cast<char**>(launch.environment.data());
    if (launch.image >= 0) {
      ::syscall(SYS_execveat, launch.image, "", argv, environment, AT_EMPTY_PATH);
      // Neither the call nor /proc: told as ENOSYS, which nothing else here can be.
      if (errno == ENOSYS && ::execve(launch.image_link, argv, environment) != 0 && errno == ENOENT) errno = ENOSYS;
    } else {
      ::execve(argv[0], argv, environment);
    }
  }
  int error = there ? errno : -errno;
  [[maybe_unused]] ssize_t told = ::write(launch.complaint, &error, sizeof error);
  ::_exit(127);
}

struct Pipe {
  base::Fd read, write;
};

Pipe make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw base::system_failure("cannot create a pipe", errno);
  return {base::Fd(ends[0]), base::Fd(ends[1])};
}

base::Fd open_null() {
  base::Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) throw base::system_failure("cannot open /dev/null, which starting a program needs", errno);
  return null;
}

// _Fork takes no locks and runs no handlers: safe in a threaded process.
pid_t fork_into(const Launch& launch) {
  pid_t pid = ::_Fork();
  if (pid == 0) become(launch);
  return pid;
}

// Waits until exec succeeded (the pipe closes) or told its errno.
void await_exec(const base::Fd& complaint, const Command& command) {
  int error = 0;
  ssize_t count;
  do count = ::read(complaint.number(), &error, sizeof error);
  while (count < 0 && errno == EINTR);
  if (count != static_cast<ssize_t>(sizeof error)) return;
  if (error < 0) throw base::system_failure("cannot enter the folder " + base::printable_line(command.folder.native()), -error);
  std::string attempt = "cannot start " + base::printable_line(command.argv[0]);
  if (error == ENOSYS)
    throw base::Failure(attempt + ": on a kernel as old as this one it needs /proc, which is missing", "ask the host to mount /proc");
  throw base::system_failure(attempt, error);
}

[[noreturn]] void cannot_fork(int error) {
  throw base::Failure(std::string("cannot start a process: ") + base::error_words(error),
                      "the account may run no more processes now: try again in a minute, or ask the host");
}

Launch::Leader leader_of(Session session) {
  if (session == Session::ours) return Launch::Leader::none;
  return session == Session::own_session ? Launch::Leader::session : Launch::Leader::group;
}

// Two forks, so that init is the parent of what runs and nobody has to wait for it.
pid_t fork_away(const Launch& launch) {
  Pipe pid_pipe = make_pipe();
  int tell = pid_pipe.write.number();
  pid_t middle = ::_Fork();
  if (middle < 0) cannot_fork(errno);
  if (middle == 0) {
    ::setsid();
    pid_t pid = ::_Fork();
    if (pid == 0) become(launch);
    [[maybe_unused]] ssize_t told = ::write(tell, &pid, sizeof pid);
    ::_exit(pid < 0 ? 1 : 0);
  }
  wait_for(middle);
  pid_pipe.write.reset();
  pid_t pid = -1;
  if (::read(pid_pipe.read.number(), &pid, sizeof pid) != static_cast<ssize_t>(sizeof pid) || pid < 0)
    cannot_fork(EAGAIN);
  return pid;
}

pid_t start_image(const Command& command, const base::Fd& image, const std::vector<int>& inherited, bool away) {
  Launch launch = prepare(command, inherited);
  base::Fd null = open_null();
  Pipe complaint = make_pipe();
  launch.input = launch.output = launch.errors = null.number();
  launch.complaint = complaint.write.number();
  if (image) {
    launch.image = image.number();
    std::string link = "/proc/self/fd/" + std::to_string(image.number());
    link.copy(launch.image_link, sizeof launch.image_link - 1);
  }
  launch.leader = away ? Launch::Leader::session : Launch::Leader::none;
  pid_t pid = away ? fork_away(launch) : fork_into(launch);
  if (pid < 0) cannot_fork(errno);
  complaint.write.reset();
  try {
    await_exec(complaint.read, command);
  } catch (const base::Failure&) {
    if (!away) wait_for(pid);
    throw;
  }
  return pid;
}

Exit exit_of(int status) {
  if (WIFSIGNALED(status)) return {0, WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

// Reads what is there; false at the end of the pipe.
bool drain(const base::Fd& from, std::string& into, size_t most_bytes) {
  char buffer[16384];
  ssize_t count = ::read(from.number(), buffer, sizeof buffer);
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  into.append(buffer, std::min(static_cast<size_t>(count), most_bytes - std::min(most_bytes, into.size())));
  return count > 0;
}

// Until both pipes are closed or the time is up. False when it is.
bool collect(Child& child, Capture& result, std::chrono::steady_clock::time_point until, size_t most_bytes) {
  while (child.output || child.errors) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left <= 0ms) return false;
    pollfd polls[2] = {{child.output.number(), POLLIN, 0}, {child.errors.number(), POLLIN, 0}};
    ::poll(polls, 2, static_cast<int>(left.count()));
    if (polls[0].revents && !drain(child.output, result.output, most_bytes)) child.output.reset();
    if (polls[1].revents && !drain(child.errors, result.errors, most_bytes)) child.errors.reset();
  }
  return true;
}

// Field 22 of /proc/PID/stat, and field 3, counted behind the command's name, which may hold anything.
struct ProcStat {
  char state = '?';
  uint64_t ticks = 0;
};

std::optional<ProcStat> proc_stat(pid_t pid) {
  auto text = posix_disk().read("/proc/" + std::to_string(pid) + "/stat", 4096);
  if (!text) return std::nullopt;
  auto name_end = text->rfind(')');
  if (name_end == std::string::npos || name_end + 2 >= text->size()) return std::nullopt;
  auto fields = base::split(std::string_view(*text).substr(name_end + 2), ' ');
  if (fields.size() < 20 || fields[0].empty()) return std::nullopt;
  auto ticks = base::whole_number(fields[19]);
  if (!ticks) return std::nullopt;
  return ProcStat{fields[0][0], *ticks};
}

}  // namespace

std::string Exit::words() const {
  if (signal == 0) return "exit " + std::to_string(code);
  const char* name = sigabbrev_np(signal);
  return "killed by signal " + std::to_string(signal) + (name ? std::string(" (") + name + ")" : "");
}

Child start(const Command& command, Session session, const std::vector<int>& inherited) {
  Launch launch = prepare(command, inherited);
  base::Fd null = open_null();
  Pipe output = make_pipe(), errors = make_pipe(), complaint = make_pipe();
  launch.input = null.number();
  launch.output = output.write.number();
  launch.errors = errors.write.number();
  launch.complaint = complaint.write.number();
  launch.leader = leader_of(session);
  pid_t pid = fork_into(launch);
  if (pid < 0) cannot_fork(errno);
  complaint.write.reset();
  try {
    await_exec(complaint.read, command);
  } catch (const base::Failure&) {
    wait_for(pid);
    throw;
  }
  return {pid, std::move(output.read), std::move(errors.read)};
}

Exit wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) return {127, 0};
  return exit_of(status);
}

std::optional<Exit> try_wait(pid_t pid) {
  int status = 0;
  pid_t ended = ::waitpid(pid, &status, WNOHANG);
  if (ended == 0 || (ended < 0 && errno == EINTR)) return std::nullopt;
  return ended < 0 ? Exit{127, 0} : exit_of(status);
}

Exit end_child(pid_t pid, Session session, std::chrono::milliseconds grace) {
  pid_t target = session == Session::ours ? pid : -pid;
  ::kill(target, SIGTERM);
  auto until = std::chrono::steady_clock::now() + grace;
  while (std::chrono::steady_clock::now() < until) {
    if (auto exit = try_wait(pid)) {
      if (target < 0) ::kill(target, SIGKILL);  // grandchildren that ignored TERM
      return *exit;
    }
    std::this_thread::sleep_for(20ms);
  }
  ::kill(target, SIGKILL);
  return wait_for(pid);
}

Capture capture(const Command& command, std::chrono::milliseconds timeout, size_t most_bytes) {
  Capture result;
  auto until = std::chrono::steady_clock::now() + timeout;
  Child child = start(command, Session::own_group);
  if (collect(child, result, until, most_bytes)) {
    // Closed pipes do not mean it has ended: the time limit holds for that too.
    while (std::chrono::steady_clock::now() < until) {
      if (auto exit = try_wait(child.pid)) {
        result.exit = *exit;
        return result;
      }
      std::this_thread::sleep_for(1ms);
    }
  }
  result.timed_out = true;
  result.exit = end_child(child.pid, Session::own_group, 200ms);
  return result;
}

pid_t start_detached(const Command& command, const base::Fd& image, const std::vector<int>& inherited) {
  return start_image(command, image, inherited, true);
}

pid_t start_attached(const Command& command, const base::Fd& image, const std::vector<int>& inherited) {
  return start_image(command, image, inherited, false);
}

std::optional<uint64_t> start_ticks(pid_t pid) {
  auto stat = proc_stat(pid);
  return stat ? std::optional(stat->ticks) : std::nullopt;
}

bool is_alive(pid_t pid, uint64_t ticks) {
  auto stat = proc_stat(pid);
  return stat && stat->ticks == ticks && stat->state != 'Z' && stat->state != 'X';
}

}  // namespace platform
