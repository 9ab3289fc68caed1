// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"

namespace support {

// Whole characters from the first byte to the last.
inline bool is_utf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    int length = base::utf8_length(text, at);
    if (length <= 0) return false;
    at += static_cast<size_t>(length);
  }
  return true;
}

}  // namespace support
