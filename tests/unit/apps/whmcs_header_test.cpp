// SPDX-License-Identifier: GPL-3.0-or-later
// The plain lines at the top of WHMCS's files: tests/data/whmcs/headers.
#include "apps/whmcs/header.h"

#include <catch2/catch.hpp>

#include "support/temp_folder.h"
#include "support/test_data.h"

namespace {

using namespace apps::whmcs;
using base::Version;

std::string sample(const std::string& name) { return support::content_of(support::test_data("whmcs/headers/" + name)); }

std::string numbers_of(const std::vector<Version>& versions) {
  std::string words;
  for (const auto& version : versions) words += (words.empty() ? "" : " ") + version.text();
  return words;
}

std::string damage_of(const std::string& text, uint64_t size) {
  auto header = header_in(text, size);
  REQUIRE(header);
  return header->damage;
}

}  // namespace

TEST_CASE("The header of each release names its version, its build and the PHP that it is encoded for") {
  struct Row {
    const char *file, *version, *build, *php;
  };
  const Row rows[] = {
      {"4.5.2.php", "4.5.2", "", ""},
      {"5.3.11.php", "5.3.11", "6a4fd1e.41", ""},
      {"5.3.14.php", "5.3.14-release.1", "0866bd1.62", ""},
      {"8.13.0.php", "8.13.0-release.1", "5a99322.433", "7.2 8.1 8.2"},
      {"9.0.0-rc.1.php", "9.0.0-rc.1", "77b21c0.12", "8.2 8.3"},
  };
  for (const auto& row : rows) {
    INFO(row.file);
    std::string text = sample(row.file);
    auto header = header_in(text, text.size());
    REQUIRE(header);
    CHECK(header->version.text() == row.version);
    CHECK(header->build == row.build);
    CHECK(numbers_of(header->encoded_for) == row.php);
    CHECK(header->damage == "");
  }
}

TEST_CASE("Windows line ends and a title alone are a header too") {
  std::string text = sample("8.13.0.php");
  for (size_t at = 0; (at = text.find('\n', at)) != text.npos; at += 2) text.replace(at, 1, "\r\n");
  auto header = header_in(text, text.size());
  REQUIRE(header);
  CHECK(header->version.text() == "8.13.0-release.1");
  CHECK(header->build == "5a99322.433");

  header = header_in("<?php\n// * WHMCS - The Complete Client Management, Billing & Support Solution *\n", 80);
  REQUIRE(header);
  CHECK(header->version.empty());
  CHECK(header->damage == "");  // not encoded: it may be all of a file
}

TEST_CASE("What is no header of WHMCS is none") {
  for (const char* text : {"", "<?php", "<?php // * Version: 8.13.0 (8.13.0-release.1) *\n", "<?php //ICB0 72:0 81:ffff ?>\n",
                           "WHMCS\n// * Version: 8.1.0"}) {
    INFO(text);
    CHECK_FALSE(header_in(text, 5000));
  }
}

TEST_CASE("A version that is none leaves the header without one") {
  const std::string begin = "<?php\n// * WHMCS - The Complete Client Management *\n// * ";
  for (const char* line : {"Version", "Version:", "Version: soon", "Versions 8.1.0", "Version: (8.1.0)"}) {
    INFO(line);
    auto header = header_in(begin + line + "\n", 500);
    REQUIRE(header);
    bool is_bracket = std::string(line) == "Version: (8.1.0)";
    CHECK(header->version.text() == (is_bracket ? "8.1.0" : ""));
  }
  CHECK(header_in(begin + "Version: 8.1.0 (patched)\n", 500)->version.text() == "8.1.0");
}

TEST_CASE("A file that was cut off is told by its length, or by what does not follow its header") {
  std::string text = sample("8.13.0.php");
  REQUIRE(text.size() > 0x2a4);
  CHECK(damage_of(text, 0x2a4) == "has 676 bytes, and its last part begins only behind 676");
  CHECK(damage_of(text, 0x2a5) == "");

  std::string old = sample("5.3.14.php");
  size_t close = old.find("?>");
  CHECK(damage_of(old.substr(0, close), close) == "ends after " + std::to_string(close) + " bytes, before what is encoded");
  CHECK(damage_of(old.substr(0, close + 3), close + 3) == "ends after " + std::to_string(close + 3) + " bytes, before what is encoded");
  CHECK(damage_of(old.substr(0, close), 400'000) == "");  // the rest was not read
}

TEST_CASE("Parts in the first line that are none are left out") {
  const std::string title = "\n// * WHMCS - The Complete Client Management *\n?>\nTWFkZQ==\n";
  CHECK(numbers_of(header_in("<?php //ICB0 82:1a 81:0 7:0 x:1 8a:2 81 81:zz 81: ?>" + title, 500)->encoded_for) == "8.1 8.2");
  CHECK(numbers_of(header_in("<?php //ICB0" + title, 500)->encoded_for).empty());
}

TEST_CASE("The range of PHP reaches from the first to the last that a file is encoded for") {
  CHECK(range_of({}).least.empty());
  auto range = range_of({Version::of("7.2"), Version::of("8.1"), Version::of("8.2")});
  CHECK(range.least.text() == "7.2");
  CHECK(range.most.text() == "8.99");
}

TEST_CASE("Versions are ordered as WHMCS orders them") {
  const char* ascending[] = {"4.5.2",         "5.2.15",        "5.3.11",          "5.3.14-release.1", "8.9.0-release.1", "8.10.0-alpha.2",
                             "8.10.0-beta.1", "8.10.0-beta.2", "8.10.0-rc.1",     "8.10.0-release.1", "8.10.0-release.2",
                             "8.13.0-release.1"};
  for (size_t i = 0; i + 1 < std::size(ascending); ++i) {
    INFO(ascending[i] << " and " << ascending[i + 1]);
    CHECK((compare(Version::of(ascending[i]), Version::of(ascending[i + 1])) < 0));
    CHECK((compare(Version::of(ascending[i + 1]), Version::of(ascending[i])) > 0));
    CHECK((compare(Version::of(ascending[i]), Version::of(ascending[i])) == 0));
  }
  // Numbers alone, as in old headers and old databases.
  CHECK((compare(Version::of("5.3.11"), Version::of("5.3.11-release.1")) == 0));
  CHECK((compare(Version::of("5.3.11-release.2"), Version::of("5.3.11")) == 0));
  CHECK((compare(Version::of("5.3.11"), Version::of("5.3.11-rc.1")) > 0));
  CHECK((compare(Version::of("5.3.11"), Version::of("5.3.12-release.1")) < 0));
}
