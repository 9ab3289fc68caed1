// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/network.h"

#include <catch2/catch.hpp>

#include "base/text.h"

using namespace web;

TEST_CASE("Addresses are read in both families, and one address has one form") {
  CHECK(base::hex(parse_address("192.0.2.7").value()) == "00000000000000000000ffffc0000207");
  CHECK(parse_address("::ffff:192.0.2.7") == parse_address("192.0.2.7"));
  CHECK(parse_address("2001:DB8::1") == parse_address("2001:0db8:0:0:0:0:0:1"));
  CHECK(parse_address("[2001:db8::1]") == parse_address("2001:db8::1"));
  CHECK(parse_address(" 192.0.2.7 ") == parse_address("192.0.2.7"));
  for (const char* bad : {"", "192.0.2", "192.0.2.256", "192.0.2.07x", "192.0.2.7:80", "example.org", "::g", "1::2::3", "[::1",
                          "192.0.2.7/24", "fe80::1%eth0", "0x7f.1", "127.1", "unknown"}) {
    INFO(bad);
    CHECK_FALSE(parse_address(bad));
  }
}

TEST_CASE("An address is in a network, or it is not") {
  const std::tuple<const char*, const char*, bool> rows[] = {
      {"192.0.2.7", "192.0.2.7", true},        {"192.0.2.8", "192.0.2.7", false},
      {"192.0.2.255", "192.0.2.0/24", true},   {"192.0.3.0", "192.0.2.0/24", false},
      {"192.0.2.129", "192.0.2.128/25", true}, {"192.0.2.127", "192.0.2.128/25", false},
      {"10.1.2.3", "10.0.0.0/8", true},        {"11.0.0.0", "10.0.0.0/8", false},
      {"1.2.3.4", "0.0.0.0/0", true},          {"2001:db8::1", "0.0.0.0/0", false},
      {"192.0.2.7", "192.0.2.99/24", true},    {"192.0.2.7", "192.0.2.7/32", true},
      {"192.0.2.6", "192.0.2.7/31", true},     {"2001:db8::1", "2001:db8::/32", true},
      {"2001:db9::1", "2001:db8::/32", false}, {"2001:db8:0:1::1", "2001:db8::/64", false},
      {"2001:db8::1", "2001:db8::1/128", true}, {"2001:db8::1", "::/0", true},
      {"::ffff:192.0.2.7", "192.0.2.0/24", true}, {"192.0.2.7", "::ffff:192.0.2.0/120", true},
  };
  for (auto [address, network, inside] : rows) {
    INFO(address << " in " << network);
    CHECK(in_network(address, network) == inside);
  }
}

TEST_CASE("What is no network holds nobody") {
  for (const char* bad : {"", "/", "/24", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/24/8", "192.0.2.0/255.255.255.0",
                          "2001:db8::/129", "example.org", "*", "192.0.2.*", "all"}) {
    INFO(bad);
    CHECK_FALSE(in_network("192.0.2.7", bad));
    CHECK_FALSE(in_network("2001:db8::1", bad));
  }
  CHECK_FALSE(in_network("", "0.0.0.0/0"));
  CHECK_FALSE(in_network("nonsense", "::/0"));
  CHECK_FALSE(in_any("192.0.2.7", {}));
  CHECK(in_any("192.0.2.7", {"bad", "10.0.0.0/8", "192.0.2.7"}));
}

TEST_CASE("A forwarded address counts only behind our own proxies, and only the last one that is not ours") {
  const std::vector<std::string> proxies = {"10.0.0.0/8", "2001:db8::1"};
  const std::tuple<const char*, const char*, const char*> rows[] = {
      {"192.0.2.1", "198.51.100.1", "192.0.2.1"},
      {"10.0.0.1", "198.51.100.1", "198.51.100.1"},
      {"10.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"},
      {"10.0.0.1", "203.0.113.9, 198.51.100.1, 10.0.0.2", "198.51.100.1"},
      {"10.0.0.1", " 198.51.100.1 ,10.0.0.2 , 10.0.0.3", "198.51.100.1"},
      {"2001:db8::1", "2001:db8:9::1", "2001:db8:9::1"},
      {"10.0.0.1", "", "10.0.0.1"},
      {"10.0.0.1", "10.0.0.2", "10.0.0.1"},
      {"10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"},
      {"10.0.0.1", "198.51.100.1,", "10.0.0.1"},
      {"10.0.0.1", "unknown", "10.0.0.1"},
  };
  for (auto [direct, forwarded, client] : rows) {
    INFO(direct << " for " << forwarded);
    CHECK(effective_client(direct, forwarded, proxies) == client);
  }
  CHECK(effective_client("10.0.0.1", "198.51.100.1", {}) == "10.0.0.1");
}

TEST_CASE("A guesser is counted by his address, of IPv6 by his /64") {
  CHECK(guessing_unit("192.0.2.7") != guessing_unit("192.0.2.8"));
  CHECK(guessing_unit("192.0.2.7") == guessing_unit("::ffff:192.0.2.7"));
  CHECK(guessing_unit("2001:db8:0:1::1") == guessing_unit("2001:db8:0:1:ffff::2"));
  CHECK(guessing_unit("2001:db8:0:1::1") != guessing_unit("2001:db8:0:2::1"));
  CHECK(guessing_unit("") == "");
}
