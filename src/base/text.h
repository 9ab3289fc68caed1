// SPDX-License-Identifier: GPL-3.0-or-later
// Text as it crosses our borders: made safe for a terminal, a log, HTML or a URL. Pure functions; all strings
// are bytes, UTF-8 unless said otherwise.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace base {

std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char at);
std::vector<std::string_view> lines(std::string_view text);  // without their newlines; no empty last line
std::string join(const std::vector<std::string>& parts, std::string_view between);
// "a, b, c and 12 more": the first `most`, printable.
std::string some_of(const std::vector<std::string>& names, size_t most);
std::string lower(std::string_view ascii);
std::string capitalised(std::string text);  // its first letter, when that is an ASCII one
bool contains(std::string_view text, std::string_view part);

// "1,234,567" is not used anywhere: sizes read "1.2 MB", durations "3.2 s" or "4 min 10 s".
std::string size_words(uint64_t bytes);
std::string seconds_words(double seconds);
std::string ago_words(std::chrono::seconds age);  // "just now", "5 minutes ago", "2 days ago"

// Whole decimal number, nothing around it; nullopt otherwise or above `most`.
std::optional<uint64_t> whole_number(std::string_view text, uint64_t most = UINT64_MAX);

// The one that stands right behind `mark`, where that comes first; nullopt when it does not come, or no number follows.
std::optional<uint64_t> number_behind(std::string_view text, std::string_view mark);

std::string hex(std::string_view bytes);
std::string base64url(std::string_view bytes);                          // without padding
std::optional<std::string> from_base64(std::string_view text);          // standard alphabet, padding optional
std::string url_encode(std::string_view text);                          // all but A-Za-z0-9._~-
std::string url_decode(std::string_view text);                          // %XX and +; broken escapes stay as they are

// Bytes that are no UTF-8 and control characters but tab and newline, as \xNN; "\r\n" becomes "\n".
std::string printable(std::string_view text);
// The same on one line: newline and tab too are shown as \n and \t. For names and values inside a sentence.
std::string printable_line(std::string_view text);

std::string html_escape(std::string_view text);

// Length of the UTF-8 character that starts at text[at]: 1-4; 0 = not valid; -1 = cut off by the end of text.
int utf8_length(std::string_view text, size_t at);

}  // namespace base
