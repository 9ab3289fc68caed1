// SPDX-License-Identifier: GPL-3.0-or-later
// What makes the names and tokens of one state folder unguessable.
#pragma once

#include <string>

#include "storage/names.h"

namespace storage {

// The 32 random bytes of this state folder; made on the first call.
std::string state_secret(platform::Disk& disk, const StateNames& names);

}  // namespace storage
