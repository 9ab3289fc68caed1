// SPDX-License-Identifier: GPL-3.0-or-later
// Linked into the sanitizers' build. Jobs and CGIs get an environment without ASAN_OPTIONS, so the options are built in:
// every report is a file, in a folder that all accounts of the tests may write to (tests/asan/run makes and reads it).
#include <fcntl.h>
#include <unistd.h>

#include <cstring>

extern "C" const char* __asan_default_options() {
  return "log_path=/tmp/unstick-asan/report:exitcode=99:detect_stack_use_after_return=1:strict_string_checks=1:"
         "check_initialization_order=1:allocator_may_return_null=0:handle_abort=1";
}

extern "C" const char* __ubsan_default_options() { return "print_stacktrace=1:log_path=/tmp/unstick-asan/report"; }

// Leaks are looked for by tracing the process; under strace that is impossible, and no report is wanted.
extern "C" int __lsan_is_turned_off() {
  char status[4096] = {};
  int fd = ::open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 1;
  ssize_t length = ::read(fd, status, sizeof status - 1);
  ::close(fd);
  const char* tracer = length > 0 ? std::strstr(status, "TracerPid:\t") : nullptr;
  return tracer == nullptr || std::strncmp(tracer, "TracerPid:\t0\n", 13) != 0;
}
