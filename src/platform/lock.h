// SPDX-License-Identifier: GPL-3.0-or-later
// flock on a file of ours: it dies with its last holder, whatever kills that, so a lock that is free is a fact the
// kernel tells and never a stale flag. An open descriptor that was inherited through exec holds it too.
#pragma once

#include <chrono>
#include <optional>

#include "base/handle.h"
#include "platform/disk.h"

namespace platform {

// The lock's descriptor (O_CLOEXEC; close = release when no other process inherited it), or nullopt when another
// holder has it. The file is created with 0600 when missing and never deleted.
std::optional<base::Fd> try_lock(const Path& file);

// Waits for it, at most `patience`; nullopt after that.
std::optional<base::Fd> lock(const Path& file, std::chrono::milliseconds patience);

// Whether somebody holds it now. A missing file is held by nobody; one that cannot be opened is a Failure.
bool is_locked(const Path& file);

}  // namespace platform
