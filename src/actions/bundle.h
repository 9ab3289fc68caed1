// SPDX-License-Identifier: GPL-3.0-or-later
// What comes with the program and lies beside it.
#pragma once

namespace actions {

// The page that opens where the program does not run, and words of it that only ours has.
constexpr const char* kFirstContactPage = "index.html";
constexpr const char* kFirstContactTitle = "<title>Unstick: does it run here?</title>";

}  // namespace actions
