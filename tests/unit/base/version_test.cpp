// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/version.h"

#include <catch2/catch.hpp>

#include "base/failure.h"

using base::Version;

TEST_CASE("Versions are read as applications and PHP write them") {
  for (const char* good : {"5", "5.1", "5.1.0", "8.2.99", "8.13.0-release.1", "7.1.0-rc", "4.0.0-alpha1", "4.0.0-beta2",
                           "8.4.0RC1", "5.0.0-dev", "3.3.5-stable", "1.2.3.4.5", "2026.11.21"}) {
    INFO(good);
    auto version = Version::parse(good);
    REQUIRE(version);
    CHECK(version->text() == good);
    CHECK_FALSE(version->empty());
  }
  CHECK(Version::parse(" 5.1.0\n")->text() == "5.1.0");
  CHECK(Version::of("8.2.99").major() == 8);
  CHECK(Version::of("8.2.99").minor() == 2);
  CHECK(Version::of("8.2.99").part(2) == 99);
  CHECK(Version::of("8.2.99").part(3) == 0);
}

TEST_CASE("What is no version is none") {
  for (const char* bad : {"", " ", "v5.1", ".5", "5.", "5..1", "5.1-", "5.1.x", "5.1 rc", "5.1.0-rc1x", "5.1.0-gamma",
                          "-5", "5.-1", "99999999999.1", "5.1.0;rm", "5,1"}) {
    INFO(bad);
    CHECK_FALSE(Version::parse(bad));
    CHECK_THROWS_AS(Version::of(bad), base::Failure);
  }
}

TEST_CASE("Versions are ordered by their numbers, then alpha, beta, rc, release, then the last number") {
  const char* ascending[] = {"0.9",         "2.16.5",      "3.0.0-alpha",  "3.0.0-beta", "3.0.0-beta2", "3.0.0-rc",
                             "3.0.0-rc.2",  "3.0.0",       "3.0.0-release.1", "3.0.1",   "3.2.5",       "3.10.0",
                             "8.13.0-rc.9", "8.13.0-release.1", "8.13.0-release.2", "10.0"};
  for (size_t i = 0; i < std::size(ascending); ++i)
    for (size_t j = 0; j < std::size(ascending); ++j) {
      INFO(ascending[i] << " and " << ascending[j]);
      CHECK((Version::of(ascending[i]) < Version::of(ascending[j])) == (i < j));
      CHECK((Version::of(ascending[i]) == Version::of(ascending[j])) == (i == j));
    }
}

TEST_CASE("A missing part is nought, and an unknown version is below every real one") {
  CHECK(Version::of("5") == Version::of("5.0.0"));
  CHECK(Version::of("5.1") < Version::of("5.1.0.1"));
  CHECK(Version::of("8.4.0RC1") == Version::of("8.4.0-rc1"));
  CHECK(Version().empty());
  CHECK(Version() < Version::of("0.1"));
}
