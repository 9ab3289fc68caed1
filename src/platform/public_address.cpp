// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/public_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace platform {

namespace {

using Bytes6 = std::array<uint8_t, 16>;

struct Range4 {
  uint32_t first;
  unsigned bits;
};

constexpr uint32_t ip4(unsigned a, unsigned b, unsigned c, unsigned d) { return a << 24 | b << 16 | c << 8 | d; }

constexpr Range4 kElsewhere4[] = {
    {ip4(0, 0, 0, 0), 8},        // this network
    {ip4(10, 0, 0, 0), 8},       // private
    {ip4(100, 64, 0, 0), 10},    // carrier-grade NAT
    {ip4(127, 0, 0, 0), 8},      // loopback
    {ip4(169, 254, 0, 0), 16},   // link-local; the clouds' metadata services
    {ip4(172, 16, 0, 0), 12},    // private
    {ip4(192, 0, 0, 0), 24},     // protocol assignments
    {ip4(192, 0, 2, 0), 24},     // documentation
    {ip4(192, 88, 99, 0), 24},   // 6to4 relays
    {ip4(192, 168, 0, 0), 16},   // private
    {ip4(198, 18, 0, 0), 15},    // benchmarks
    {ip4(198, 51, 100, 0), 24},  // documentation
    {ip4(203, 0, 113, 0), 24},   // documentation
    {ip4(224, 0, 0, 0), 3},      // multicast, reserved, broadcast
};

struct Range6 {
  Bytes6 first;
  unsigned bits;
};

constexpr Range6 kGlobal6 = {{0x20}, 3};
constexpr Range6 kNat64 = {{0x00, 0x64, 0xff, 0x9b}, 96};
constexpr Range6 kElsewhere6[] = {
    {{0x20, 0x01}, 23},              // protocol assignments, Teredo
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x20, 0x02}, 16},              // 6to4
    {{0x3f, 0xff}, 20},              // documentation
};

bool in_range(uint32_t address, const Range4& range) { return (address ^ range.first) >> (32 - range.bits) == 0; }

bool in_range(const Bytes6& address, const Range6& range) {
  for (unsigned bit = 0; bit < range.bits; ++bit)
    if (((address[bit / 8] ^ range.first[bit / 8]) >> (7 - bit % 8) & 1) != 0) return false;
  return true;
}

bool is_public4(uint32_t address) {
  return std::none_of(std::begin(kElsewhere4), std::end(kElsewhere4),
                      [&](const Range4& range) { return in_range(address, range); });
}

bool is_public6(const Bytes6& address) {
  if (in_range(address, kNat64)) return is_public4(ip4(address[12], address[13], address[14], address[15]));
  return in_range(address, kGlobal6) && std::none_of(std::begin(kElsewhere6), std::end(kElsewhere6),
                                                     [&](const Range6& range) { return in_range(address, range); });
}

}  // namespace

bool is_public_address(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in four;
    std::memcpy(&four, &address, sizeof four);
    return is_public4(ntohl(four.sin_addr.s_addr));
  }
  if (address.sa_family != AF_INET6) return false;
  sockaddr_in6 six;
  std::memcpy(&six, &address, sizeof six);
  Bytes6 bytes;
  std::memcpy(bytes.data(), six.sin6_addr.s6_addr, bytes.size());
  return is_public6(bytes);
}

std::string address_words(const sockaddr& address) {
  char text[INET6_ADDRSTRLEN] = "";
  const void* bytes = nullptr;
  if (address.sa_family == AF_INET) bytes = &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
  if (address.sa_family == AF_INET6) bytes = &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  return bytes && ::inet_ntop(address.sa_family, bytes, text, sizeof text) ? text : "";
}

}  // namespace platform
