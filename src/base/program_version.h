// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace base {

constexpr const char* kProgramVersion = "0.1.0";

}  // namespace base
