// SPDX-License-Identifier: GPL-3.0-or-later
// The files of www/ that pages carry inside, made into strings by the build.
#pragma once

#include <string_view>

namespace web {

extern const std::string_view kStyle;          // www/style.css
extern const std::string_view kOriginScript;   // www/origin.js
extern const std::string_view kScript;         // www/script.js
extern const std::string_view kConsoleScript;  // www/console.js

}  // namespace web
