// SPDX-License-Identifier: GPL-3.0-or-later
// Which addresses lie on the internet. A release comes from there, never from the host itself or its neighbours: a name
// that leads to them (a forged answer, an entry in /etc/hosts) is not followed. Pure functions.
#pragma once

#include <sys/socket.h>

#include <string>

namespace platform {

// False for private, loopback, link-local, carrier-grade NAT, multicast, documentation, reserved and unspecified addresses,
// and for IPv6 forms that hold an IPv4 address (mapped, 6to4, Teredo), but for NAT64's 64:ff9b::/96, by which a host without
// IPv4 reaches all of it: there the address inside counts. Other families are never public.
// Source: the special-purpose registries of IANA (RFC 6890 and its successors).
bool is_public_address(const sockaddr& address);

// "192.0.2.7", "2001:db8::1"; empty for other families.
std::string address_words(const sockaddr& address);

}  // namespace platform
