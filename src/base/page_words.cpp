// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/page_words.h"

#include "base/text.h"

namespace base {

namespace {

// Behind the tag that begins at `at`; of a style or a script behind its end.
size_t behind_tag(std::string_view page, const std::string& low, size_t at) {
  for (const std::string_view name : {"style", "script", "!--"}) {
    if (low.compare(at + 1, name.size(), name) != 0) continue;
    std::string_view end = name == "!--" ? std::string_view("-->") : name == "style" ? std::string_view("</style") : std::string_view("</script");
    size_t found = low.find(end, at);
    if (found == low.npos) return page.size();
    at = found;
    break;
  }
  size_t close = page.find('>', at);
  return close == page.npos ? page.size() : close + 1;
}

// A "<" of plain text begins no tag.
bool is_tag(const std::string& low, size_t at) {
  if (low[at] != '<' || at + 1 == low.size()) return false;
  char next = low[at + 1];
  return (next >= 'a' && next <= 'z') || next == '/' || next == '!' || next == '?';
}

}  // namespace

std::string page_words(std::string_view page, size_t most_bytes) {
  const std::string low = lower(page);
  std::string plain;
  for (size_t at = 0; at < page.size();) {
    bool tag = is_tag(low, at);
    bool blank = tag || page[at] == ' ' || page[at] == '\n' || page[at] == '\r' || page[at] == '\t';
    if (!blank) plain += page[at];
    else if (!plain.empty() && plain.back() != ' ') plain += ' ';
    at = tag ? behind_tag(page, low, at) : at + 1;
  }
  std::string words = printable_line(trim(plain));
  if (words.size() <= most_bytes) return words;
  size_t end = most_bytes;
  while (end > 0 && (static_cast<unsigned char>(words[end]) & 0xC0) == 0x80) --end;
  return words.substr(0, end) + "...";
}

}  // namespace base
