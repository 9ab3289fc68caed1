// SPDX-License-Identifier: GPL-3.0-or-later
// How a line of a log begins, in the formats of logs.h: its time, its level, and what follows. A pure function.
#pragma once

#include <optional>
#include <string_view>

#include "platform/clock.h"

namespace apps {

struct LogHead {
  enum class Kind { monolog, php, server };

  Kind kind = Kind::php;
  std::optional<platform::WallTime> when;  // as if the line's own clock were UTC, where `is_local`
  bool is_local = false;                   // in a time whose offset the line does not tell
  std::string_view level;                  // "CRITICAL", "error"; empty in Kind::php: it stands in the text
  std::string_view text;                   // points into the line
};

// nullopt: the line goes on with what another began.
std::optional<LogHead> read_head(std::string_view line);

}  // namespace apps
