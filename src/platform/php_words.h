// SPDX-License-Identifier: GPL-3.0-or-later
// A range of PHP versions in words for people.
#pragma once

#include <string>

#include "platform/php.h"

namespace platform {

// "8.0.2 to 8.2.99", as releases state it; "7.2 or later (to 8.x)" where the whole of a major version fits; "" without limits.
std::string limits_of(const PhpRange& range);
// The same; "any version" without limits.
std::string words_of(const PhpRange& range);

}  // namespace platform
