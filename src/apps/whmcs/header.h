// SPDX-License-Identifier: GPL-3.0-or-later
// What a file of WHMCS says of itself in plain text at its top; the encoded rest is never looked at. Pure functions.
// The lines, out of files of 4.5 to 9.0:
//   <?php //00d4b                              4.5 to 7: encoded for one PHP
//   <?php //ICB0 72:0 81:ec84 82:1a8e8         8 and later: for several; behind each colon where its part begins, in
//   hexadecimal
//   // * Version 4.5.2                         4.5
//   // * Version: 5.3.11                       5.3
//   // * Version: 5.3.14 (5.3.14-release.1)    5.3 and later; in brackets the form that the database has
//   // * Version:8.13.0 (8.13.0-release.1)     8
//   // * BuildId:5a99322.433                   5.3 and later
//   // * Build Date:07 May 2025
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/version.h"
#include "platform/php.h"

namespace apps::whmcs {

constexpr size_t kHeadBytes = 16 * 1024;  // all of a header, and of the lines behind it that the encoder adds

struct Header {
  base::Version version;                   // empty: none is stated
  std::string build;                       // empty in old releases
  std::vector<base::Version> encoded_for;  // lowest first; empty: the file does not say
  // Why the file cannot be whole; empty: nothing tells that it is not.
  std::string damage;
};

// `text`: the first kHeadBytes of a file of this size. nullopt: it is none of WHMCS's, or not even its title arrived.
std::optional<Header> header_in(std::string_view text, uint64_t size_bytes);

// From the lowest PHP of the list to the end of its highest's major: each part runs on later PHPs too, up to where the
// next begins (7.4 runs what is encoded for 7.2), and loaders of newer ones take the last. Without limits where the
// list is empty.
platform::PhpRange range_of(const std::vector<base::Version>& encoded_for);

// "8.13.0-release.1" and "8.13.0-rc.1" as WHMCS orders them: numbers, then alpha < beta < rc < release, then the last
// number. Where one of them has numbers alone, as old headers and databases have, the last number of a release does not
// count.
std::strong_ordering compare(const base::Version& one, const base::Version& other);

}  // namespace apps::whmcs
