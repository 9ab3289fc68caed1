// SPDX-License-Identifier: GPL-3.0-or-later
// What must not stand in lines of logs that are shown, or pasted into a forum. Pure functions.
// Masked are: passwords in addresses (scheme://user:password@), values behind names such as password, secret or token, what a
// trace says a function was called with, queries and keys of our own program, e-mail addresses, IP addresses but those of this
// machine, and long words that look thrown. Kept are names of classes, files, tables, keys and indexes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace base {

constexpr std::string_view kMask = "***";

// Whether what has such a name (in lower case) is secret: password, api_key, mailer_password.
bool is_secret_name(std::string_view name);

// One line or several. Masking it again changes nothing.
std::string masked(std::string_view text);

// The same after these very values, also with each % doubled, as configurations have them, and escaped, as JSON has them.
// - 8 bytes and more: wherever they stand.
// - 4 to 7 bytes: where no letter, digit or _ goes on beside them.
// - 4 to 7 bytes that are a plain word or number (root, Mautic, 2026), and a few longer words that logs are full of (database): only
//   where they stand as a value, in quotes or behind =, but for an account's name ('root'@'localhost'). Elsewhere the stars would tell
//   the word to whoever knows the log, and hide what it says.
// - Fewer: nowhere.
std::string masked(std::string_view text, const std::vector<std::string>& secrets);

}  // namespace base
