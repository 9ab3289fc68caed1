// SPDX-License-Identifier: GPL-3.0-or-later
// Percent signs in the parameters of a Symfony application: %% stands for one, %name% for another parameter, and a name that there is
// none of is an error (ParameterBag::resolveString, EnvVarProcessor `resolve`: /%%|%([^%\s]+)%/). A % that begins neither stays.
#pragma once

#include <string>
#include <string_view>

namespace base {

// Whether something stands between two of them that is no parameter's name as applications have them: kernel.project_dir, env(NAME).
bool has_raw_percent(std::string_view text);

// The text with every % doubled that stands neither doubled nor around such a name.
std::string with_raw_percent_doubled(std::string_view text);

// Any text, so that it is read as itself.
std::string with_percent_doubled(std::string_view text);

}  // namespace base
