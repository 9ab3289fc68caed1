// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/clock.h"

#include <catch2/catch.hpp>
#include <set>

using namespace platform;

TEST_CASE("Times are said in UTC, whatever the machine's zone") {
  auto time = from_unix_seconds(1795253415);
  CHECK(utc_words(time) == "2026-11-21 09:30:15 UTC");
  CHECK(utc_stamp(time) == "20261121-093015");
  CHECK(unix_seconds(time) == 1795253415);
}

TEST_CASE("Times that no clock can hold are far ones, and can be compared") {
  auto now = from_unix_seconds(1795253415);
  for (int64_t seconds : {INT64_MIN, int64_t{-61318650585}, -(int64_t{1} << 40)}) {
    CHECK(from_unix_seconds(seconds) < from_unix_seconds(0));
    CHECK(now - from_unix_seconds(seconds) > std::chrono::hours(0));
  }
  for (int64_t seconds : {INT64_MAX, int64_t{1} << 40}) {
    CHECK(from_unix_seconds(seconds) > now);
    CHECK(now - from_unix_seconds(seconds) < std::chrono::hours(0));
  }
}

TEST_CASE("Chance is of the length that was asked, and never the same") {
  CHECK(random_bytes(0).empty());
  CHECK(random_bytes(1000).size() == 1000);
  CHECK(random_word(160).size() == 27);
  CHECK(random_word(160).find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
        std::string::npos);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random_word(96));
  CHECK(seen.size() == 1000);
}
