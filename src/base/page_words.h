// SPDX-License-Identifier: GPL-3.0-or-later
// What a page says to whoever sees it in a browser, on one line. A pure function.
#pragma once

#include <string>
#include <string_view>

namespace base {

// The words of HTML or plain text, also of one that was cut off: without tags, styles and scripts, blanks as one space, at most
// `most_bytes`, with "..." where that is not all. Safe to print. Character references stay as they are.
std::string page_words(std::string_view page, size_t most_bytes);

}  // namespace base
