// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/host_limits.h"

#include <sys/resource.h>

namespace platform {

namespace {

std::optional<uint64_t> limit_of(decltype(RLIMIT_CPU) resource) {
  rlimit limit{};
  if (::getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_cur;
}

}  // namespace

std::optional<std::chrono::seconds> cpu_time_limit() {
  auto limit = limit_of(RLIMIT_CPU);
  return limit ? std::optional(std::chrono::seconds(*limit)) : std::nullopt;
}

std::optional<uint64_t> file_size_limit_bytes() { return limit_of(RLIMIT_FSIZE); }

}  // namespace platform
