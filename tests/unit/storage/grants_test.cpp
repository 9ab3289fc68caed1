// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/grants.h"

#include <catch2/catch.hpp>

using storage::grant_matches;
using storage::Grants;

TEST_CASE("The pattern of a grant means the databases that the server would let in") {
  struct Row {
    const char *pattern, *database;
    bool expected;
  };
  const Row rows[] = {{"shop", "shop", true},      {"shop", "shops", false},  {"shop\\_1", "shop_1", true},
                      {"shop\\_1", "shopx1", false}, {"shop_1", "shopx1", true}, {"shop%", "shop_1", true},
                      {"%", "any", true},            {"%_b", "ab", true},        {"", "", true},
                      {"a%c", "abd", false}};
  for (const Row& row : rows) CHECK(grant_matches(row.pattern, row.database) == row.expected);
}

TEST_CASE("Rights are those on this database and on all") {
  SECTION("the usual account of a hosting panel") {
    Grants grants({"GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*0'",
                   "GRANT ALL PRIVILEGES ON `u\\_shop`.* TO `u`@`%`"}, "u_shop");
    CHECK(grants.has("TRIGGER"));
    CHECK(grants.has("SHOW VIEW"));
    CHECK_FALSE(grants.has_everywhere("SELECT"));
  }
  SECTION("some rights, others on another database and on a table") {
    Grants grants({"GRANT PROCESS ON *.* TO `u`@`%`", "GRANT SELECT, SHOW VIEW, LOCK TABLES ON `shop`.* TO `u`@`%`",
                   "GRANT TRIGGER ON `other`.* TO `u`@`%`", "GRANT EVENT ON `shop`.`t` TO `u`@`%`",
                   "GRANT `role` TO `u`@`%`"}, "shop");
    CHECK(grants.has("SELECT"));
    CHECK(grants.has("SHOW VIEW"));
    CHECK_FALSE(grants.has("TRIGGER"));
    CHECK_FALSE(grants.has("EVENT"));
  }
  SECTION("root") {
    Grants grants({"GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION"}, "shop");
    CHECK(grants.has("EVENT"));
    CHECK(grants.has_everywhere("SELECT"));
  }
  SECTION("a name with odd characters") {
    Grants grants({"GRANT TRIGGER ON `a``b.c ON d`.* TO `u`@`%`"}, "a`b.c ON d");
    CHECK(grants.has("TRIGGER"));
  }
}
