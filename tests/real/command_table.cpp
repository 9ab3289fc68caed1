// SPDX-License-Identifier: GPL-3.0-or-later
// Prints the console commands that Mautic VERSION is offered, one a line: name TAB options TAB default options. So the
// table is compared with a real console's own definitions as the compiler reads it, not as text.
#include <iostream>

#include "apps/command_line.h"

int main(int count, char** words) {
  if (count != 2) return 2;
  for (const apps::App* app : apps::all()) {
    if (app->name != "mautic") continue;
    for (const auto* command : apps::commands_for(*app, base::Version::of(words[1])))
      std::cout << command->name << '\t' << command->options << '\t' << command->default_options << '\n';
  }
}
