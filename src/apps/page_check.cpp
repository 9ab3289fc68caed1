// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/page_check.h"

#include <algorithm>

#include "base/masking.h"
#include "base/page_words.h"
#include "base/text.h"

namespace apps {

namespace {

constexpr size_t kMostSaid = 300;
constexpr size_t kMostMasked = 4096;  // what is shown is at its beginning
// Of words. The pages with which an application stops say little more than that.
constexpr size_t kShortPage = 1500;
constexpr size_t kBeginning = 200;  // of a long page: its title and its first heading
constexpr size_t kEnd = 600;        // of a page that an error cut off

bool is_whole(const platform::PageAnswer& page) { return page.text.size() < platform::kMostPageBytes; }

// A form to log in or to search with, a menu: what stops at its beginning has none.
bool has_fittings(const std::string& low) { return base::contains(low, "<form") || base::contains(low, "<nav"); }

std::string shown_words(const std::string& text) {
  return base::page_words(base::masked(base::page_words(text, kMostMasked)), kMostSaid);
}

}  // namespace

std::string telling_words(const platform::PageAnswer& page) {
  std::string words = base::page_words(page.text, platform::kMostPageBytes);
  if (page.status >= 500) return words;
  const std::string low = base::lower(page.text);
  if (!has_fittings(low)) return words.size() <= kShortPage ? words : words.substr(0, kBeginning);
  bool is_cut_off = is_whole(page) && !base::contains(low, "</html");
  return is_cut_off ? words.substr(words.size() - std::min(words.size(), kEnd)) : "";
}

std::optional<PageSaid> said_by_page(const Examination& examination, Looked& looked) {
  const auto& page = examination.given.page;
  const std::string& address = examination.given.page_address;
  if (!examination.given.may_run_php)
    looked.not_looked.emplace_back("only the site's pages can tell: ask with php=yes");
  else if (!page)
    looked.not_looked.emplace_back("the site's address is not known (url = in the settings file names it)");
  else if (page->status == 0)
    looked.not_looked.push_back(address + " cannot be asked from here: " + (page->timed_out ? "no answer in time" : page->problem));
  if (!looked.not_looked.empty()) return std::nullopt;
  PageSaid said{base::printable_line(address) + " answers " + std::to_string(page->status), "", telling_words(*page), page->status};
  if (!page->location.empty()) said.answer += " and leads to " + base::printable_line(page->location.substr(0, kMostSaid));
  std::string shown = shown_words(page->text);
  said.words = said.answer + (shown.empty() ? "" : ": " + shown);
  said.is_empty = page->status >= 200 && page->status < 300 && shown.empty() && is_whole(*page);
  return said;
}

}  // namespace apps
