// SPDX-License-Identifier: GPL-3.0-or-later
// Starting other programs, always by argument vector, never by a shell. A child gets stdin from /dev/null, only
// the descriptors and environment named here, default signals and an empty mask. Between fork and exec only
// async-signal-safe calls are made, so a threaded FastCGI process may start children at any time.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/handle.h"
#include "platform/disk.h"

namespace platform {

struct Command {
  std::vector<std::string> argv;         // argv[0] is the absolute path of the program
  std::vector<std::string> environment;  // "NAME=value"; nothing else is passed on
  Path folder;                           // working directory; empty = ours
};

// How a process ended.
struct Exit {
  int code = 0;    // exit status, when signal is 0
  int signal = 0;  // the signal that killed it, else 0
  bool good() const { return code == 0 && signal == 0; }
  // "exit 1", "killed by signal 9 (KILL)"
  std::string words() const;
};

// A running child with two pipes. The destructor neither waits nor kills: a Child that was not waited for is
// left to its own; callers decide (wait, kill_group).
struct Child {
  pid_t pid = -1;  // also the id of its process group
  base::Fd output;
  base::Fd errors;
};

enum class Session {
  own_group,
  own_session,
  ours,  // stays in our process group, on hosts that kill what leaves it
};

// Starts `command` in a process group (or session) of its own. `inherited` are descriptors that stay open in the
// child under the same numbers. Throws Failure when the program cannot be started, with the reason of exec itself.
Child start(const Command& command, Session session, const std::vector<int>& inherited = {});

// Waits for it; blocks.
Exit wait_for(pid_t pid);
// The exit if it has ended, else nullopt; never blocks.
std::optional<Exit> try_wait(pid_t pid);

// TERM to the child's group, KILL after `grace`; returns when the child is reaped. A child in our own group
// (Session::ours) is ended alone.
Exit end_child(pid_t pid, Session session, std::chrono::milliseconds grace);

struct Capture {
  Exit exit;
  bool timed_out = false;
  std::string output;  // the first most_bytes
  std::string errors;
};

// Runs a short command to its end, for probing. Killed with its group after `timeout`.
Capture capture(const Command& command, std::chrono::milliseconds timeout, size_t most_bytes = 65536);

// Starts `command` in a session of its own, detached: its parent is init (it needs no wait), stdin, stdout and
// stderr are /dev/null. `image`, when valid, is the open program to run instead of argv[0] (execveat; by
// /proc/self/fd where the kernel lacks it). Returns its pid.
pid_t start_detached(const Command& command, const base::Fd& image, const std::vector<int>& inherited);
// The same, but a child of ours in our own process group and session, for hosts that kill what leaves them.
pid_t start_attached(const Command& command, const base::Fd& image, const std::vector<int>& inherited);

// Start time of a process in clock ticks since boot, from /proc/PID/stat: with the pid it names one process for
// ever. nullopt when there is no such process or no /proc.
std::optional<uint64_t> start_ticks(pid_t pid);
// Is the process with this pid and this start time alive (and no zombie)?
bool is_alive(pid_t pid, uint64_t ticks);

}  // namespace platform
