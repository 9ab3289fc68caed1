// SPDX-License-Identifier: GPL-3.0-or-later
// Addresses: who is asking, and is he on a list. Pure functions on text; no name is ever looked up.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace web {

// An IPv4 or IPv6 address as 16 bytes (IPv4 as ::ffff:a.b.c.d). nullopt when the text is none.
std::optional<std::string> parse_address(std::string_view text);

// "192.0.2.7", "192.0.2.0/24", "2001:db8::/32". False also when the network is not one.
bool in_network(const std::string& address, std::string_view network);
bool in_any(const std::string& address, const std::vector<std::string>& networks);

// The client that counts: `direct`, or, when that is one of our trusted proxies, the last address of
// X-Forwarded-For that is not.
std::string effective_client(const std::string& direct, const std::string& forwarded_for,
                             const std::vector<std::string>& trusted_proxies);

// Whether a Host header names this very machine.
bool is_loopback(std::string_view host);

// What a guesser cannot change cheaply: the address, for IPv6 its /64.
std::string guessing_unit(const std::string& client);

}  // namespace web
