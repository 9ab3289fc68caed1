// SPDX-License-Identifier: GPL-3.0-or-later
// The words of a request read against one row of a table of commands: options by name, values by pattern.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/app.h"

namespace apps {

using Words = std::vector<std::string>;

struct ReadWords {
  Words words;  // as the console takes them: "--name 5" has become "--name=5", "-i=5" has become "-i 5"
  std::string package;  // value of a PACKAGE option, else empty
  bool asks_help = false;
};

// nullopt when the words do not fit the row. words[0], the command's name, is not looked at.
std::optional<ReadWords> read_against(const ConsoleCommand& row, const Words& words);

}  // namespace apps
