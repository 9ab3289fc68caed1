// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/public_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <string>

namespace {

struct Address {
  sockaddr_storage storage{};

  explicit Address(const std::string& text) {
    sockaddr_in four{};
    sockaddr_in6 six{};
    if (::inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) {
      four.sin_family = AF_INET;
      std::memcpy(&storage, &four, sizeof four);
    } else {
      REQUIRE(::inet_pton(AF_INET6, text.c_str(), &six.sin6_addr) == 1);
      six.sin6_family = AF_INET6;
      std::memcpy(&storage, &six, sizeof six);
    }
  }
  const sockaddr& get() const { return reinterpret_cast<const sockaddr&>(storage); }
};

}  // namespace

TEST_CASE("Addresses of the internet are public, to the last one before a special range") {
  for (const char* text :
       {"140.82.112.3", "185.199.108.133", "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.255", "192.0.3.0",
        "192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255",
        "198.51.101.0", "203.0.112.255", "203.0.114.0", "223.255.255.255", "2606:50c0:8000::154", "2001:200::1", "2001:4860:4860::8888",
        "2001:db7:ffff::1", "2001:db9::", "2003::1", "2a00::1", "3ffe:ffff::1", "3fff:1000::", "64:ff9b::140.82.112.3"}) {
    INFO(text);
    CHECK(platform::is_public_address(Address(text).get()));
  }
}

TEST_CASE("Addresses of this host, its neighbours and nobody are not") {
  for (const char* text :
       {"0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1", "127.255.255.255",
        "169.254.0.0", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.255", "192.0.2.1", "192.88.99.1",
        "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255", "198.51.100.7", "203.0.113.80", "224.0.0.1",
        "239.255.255.255", "240.0.0.1", "255.255.255.255"}) {
    INFO(text);
    CHECK_FALSE(platform::is_public_address(Address(text).get()));
  }
  for (const char* text :
       {"::", "::1", "::127.0.0.1", "::ffff:140.82.112.3", "::ffff:127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::127.0.0.1",
        "64:ff9b:0:0:0:1:8c52:7003", "64:ff9b:1::140.82.112.3", "100::1", "1fff::1", "2001::1", "2001:0:4136:e378::1", "2001:2::1",
        "2001:1ff:ffff::1", "2001:db8::1", "2002:7f00:1::1", "2002:8c52:7003::1", "3fff::1", "3fff:fff:ffff::1", "4000::1", "5f00::1",
        "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1"}) {
    INFO(text);
    CHECK_FALSE(platform::is_public_address(Address(text).get()));
  }
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  CHECK_FALSE(platform::is_public_address(reinterpret_cast<const sockaddr&>(local)));
}

TEST_CASE("An address in words is the usual form") {
  CHECK(platform::address_words(Address("192.0.2.7").get()) == "192.0.2.7");
  CHECK(platform::address_words(Address("2001:DB8:0::1").get()) == "2001:db8::1");
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  CHECK(platform::address_words(reinterpret_cast<const sockaddr&>(local)).empty());
}
