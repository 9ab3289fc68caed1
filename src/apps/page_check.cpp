// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/page_check.h"

#include "base/masking.h"
#include "base/page_words.h"

namespace apps {

namespace {

constexpr size_t kMostSaid = 300;

}  // namespace

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
  PageSaid said{address + " answers " + std::to_string(page->status), page->text, page->status};
  if (std::string words = base::page_words(base::masked(page->text), kMostSaid); !words.empty()) said.words += ": " + words;
  return said;
}

}  // namespace apps
