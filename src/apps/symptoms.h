// SPDX-License-Identifier: GPL-3.0-or-later
// What an error in a log says about its cause: the form of an application's table, one row for each cause. Pure functions.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "apps/check.h"

namespace apps {

// When an error still tells something.
enum class Rests {
  on_files,     // until the release, the cache or a file that it names was changed
  on_host,      // the same, and for a day: limits are met now and then
  on_database,  // while the database itself cannot be asked
};

struct Symptom {
  std::string_view id;                    // "cache.container": for tests
  std::array<std::string_view, 12> signs;  // any of them; "a*b": a, and b somewhere behind it
  std::string_view what, means;           // as in Finding
  Mend mend = Mend::nothing;
  std::string_view otherwise;
  Rests rests = Rests::on_files;
  Weight weight = Weight::breaks;
};

// The first row of the table that has a sign in the text; nullptr: nothing is known about it.
const Symptom* find_symptom(std::span<const Symptom> table, std::string_view text);

}  // namespace apps
