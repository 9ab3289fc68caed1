// SPDX-License-Identifier: GPL-3.0-or-later
// A part of a job's log in the three shapes in which it leaves us.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jobs/log.h"

namespace web {

// Lines of a child's stderr begin with "! ".
std::string as_text(std::string_view marked);
// The same, so that no filter that looks for words recognises them: blanks, quotes, < and ? as \xNN.
std::string as_escaped_text(std::string_view marked);
// <span class="err|own"> around marked lines; everything HTML-escaped.
std::string as_html(std::string_view marked);
// One {"event":"output",...} line for each line (or the beginning of one) of the log.
std::string as_events(std::string_view marked);

// Other events.
std::string event(std::string_view name, const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace web
