// SPDX-License-Identifier: GPL-3.0-or-later
// The page of the site that doctor asked, for every application's check of it: the website's PHP is often another one than the command
// line's, and only a page can tell what it lacks. The status tells little: many hosts give an error's page out with 200.
#pragma once

#include <optional>
#include <string>

#include "apps/examination.h"

namespace apps {

struct PageSaid {
  std::string answer;  // "https://example.com/s/login answers 500"
  std::string words;   // the same with what the page says behind it, secrets masked, cut
  std::string telling; // telling_words() of it
  int status = 0;      // of HTTP
  bool is_empty = false;  // given out as if all were well, without one word on it
};

// nullopt: nobody asked, or nothing came; then `looked` says so.
std::optional<PageSaid> said_by_page(const Examination& examination, Looked& looked);

// The words of a page in which a table of symptoms may be looked up; not masked. A page that works may quote any of its sentences, in an
// announcement or an article. So these are all words of a server's error and of a short page without a form and a menu, the first of
// a long one, the last of one that an error cut off, and none of a page that is built to its end. Pure.
std::string telling_words(const platform::PageAnswer& page);

}  // namespace apps
