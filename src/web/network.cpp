// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/network.h"

#include <arpa/inet.h>

#include <array>

#include "base/text.h"

namespace web {

namespace {

constexpr std::string_view kMapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);

bool same_bits(const std::string& a, const std::string& b, unsigned bits) {
  for (unsigned i = 0; i < bits; ++i) {
    unsigned shift = 7 - i % 8;
    if (((static_cast<unsigned char>(a[i / 8]) ^ static_cast<unsigned char>(b[i / 8])) >> shift) & 1U) return false;
  }
  return true;
}

bool is_mapped(const std::string& bytes) { return bytes.compare(0, 12, kMapped) == 0; }

}  // namespace

std::optional<std::string> parse_address(std::string_view text) {
  std::string name(base::trim(text));
  if (name.size() > 2 && name.front() == '[' && name.back() == ']') name = name.substr(1, name.size() - 2);
  std::array<char, 16> bytes{};
  if (::inet_pton(AF_INET, name.c_str(), bytes.data()) == 1) return std::string(kMapped) + std::string(bytes.data(), 4);
  if (::inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1) return std::string(bytes.data(), 16);
  return std::nullopt;
}

bool in_network(const std::string& address, std::string_view network) {
  auto slash = network.find('/');
  auto base = parse_address(network.substr(0, slash));
  auto given = parse_address(address);
  if (!base || !given) return false;
  unsigned bits = 128;
  if (slash != std::string_view::npos) {
    bool version4 = is_mapped(*base) && network.find(':') == std::string_view::npos;
    auto length = base::whole_number(network.substr(slash + 1), version4 ? 32 : 128);
    if (!length) return false;
    bits = static_cast<unsigned>(*length) + (version4 ? 96 : 0);
  }
  return same_bits(*base, *given, bits);
}

bool in_any(const std::string& address, const std::vector<std::string>& networks) {
  for (const auto& network : networks)
    if (in_network(address, network)) return true;
  return false;
}

std::string effective_client(const std::string& direct, const std::string& forwarded_for,
                             const std::vector<std::string>& trusted_proxies) {
  if (!in_any(direct, trusted_proxies)) return direct;
  auto hops = base::split(forwarded_for, ',');
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    std::string address(base::trim(*hop));
    if (!parse_address(address)) break;
    if (!in_any(address, trusted_proxies)) return address;
  }
  return direct;
}

bool is_loopback(std::string_view host) {
  std::string_view name = host.starts_with('[') ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
  return name == "localhost" || name == "127.0.0.1" || name == "[::1]";
}

std::string guessing_unit(const std::string& client) {
  auto bytes = parse_address(client);
  if (!bytes) return client;
  return is_mapped(*bytes) ? *bytes : bytes->substr(0, 8);
}

}  // namespace web
