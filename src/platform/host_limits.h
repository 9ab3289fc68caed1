// SPDX-License-Identifier: GPL-3.0-or-later
// What the host lets one process of this account use, as the kernel tells it to us: what we start has the same limits.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace platform {

// nullopt: there is no limit, or none that a process can see.
std::optional<std::chrono::seconds> cpu_time_limit();
std::optional<uint64_t> file_size_limit_bytes();

}  // namespace platform
