// SPDX-License-Identifier: GPL-3.0-or-later
// As Symfony resolves parameters: what it would refuse is found, and mended so that it means what was written.
#include "base/percent.h"

#include <catch2/catch.hpp>

using namespace base;

TEST_CASE("A percent sign that is taken for the beginning of a name is found and doubled, and nothing else is") {
  struct Row {
    std::string text, doubled;
  };
  const Row good[] = {{"", ""}, {"50% off", ""}, {"a%b", ""}, {"100 % and 50 % off", ""}, {"p%%w", ""}, {"%%abc%%", ""},
                      {"%kernel.project_dir%/var", ""}, {"%mautic.site_url%", ""}, {"%env(SECRET)%", ""}, {"%%%kernel.root_dir%", ""}, {"%", ""}};
  for (const auto& row : good) {
    CAPTURE(row.text);
    CHECK_FALSE(has_raw_percent(row.text));
  }
  const Row bad[] = {{"%abc%", "%%abc%%"}, {"50%abc%off", "50%%abc%%off"}, {"a%b%c%d", "a%%b%%c%%d"}, {"p%%w%x%", "p%%w%%x%%"},
                     {"%kernel.project_dir%/x%y%z", "%kernel.project_dir%/x%%y%%z"}, {"%Kernel.x%", "%%Kernel.x%%"}, {"%.%", "%%.%%"},
                     {"smtp://me%40example.com:x%2F@h", "smtp://me%%40example.com:x%%2F@h"}};
  for (const auto& row : bad) {
    CAPTURE(row.text);
    CHECK(has_raw_percent(row.text));
    CHECK(with_raw_percent_doubled(row.text) == row.doubled);
    CHECK_FALSE(has_raw_percent(row.doubled));
  }
}

TEST_CASE("Any text can be written so that it is read as itself") {
  CHECK(with_percent_doubled("a%b%%c") == "a%%b%%%%c");
  CHECK_FALSE(has_raw_percent(with_percent_doubled("%a%b%")));
}
