// SPDX-License-Identifier: GPL-3.0-or-later
// The list of what is closed, in the state folder: how site_closure.cpp writes it down, and reads what former releases wrote.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/names.h"

namespace storage {

struct Closed {
  std::string file, aside, stub;
  bool goes = false;  // it is to be gone when the site is open
  std::vector<std::string> formers{};  // what waited aside when something else than the stub was closed once more
};

struct Closure {
  std::string job;
  std::vector<Closed> entrances;
};

// nullopt: there is none. Throws Failure when nobody can tell what it says.
std::optional<Closure> read_list(platform::Disk& disk, const StateNames& state);
// Throws Failure when it would not be read again, or cannot be written; then the former one stands.
void keep_list(platform::Disk& disk, const StateNames& state, const Closure& closure);

}  // namespace storage
