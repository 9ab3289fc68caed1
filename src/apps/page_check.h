// SPDX-License-Identifier: GPL-3.0-or-later
// The page of the site that doctor asked, for every application's check of it: the website's PHP is often another one than the command
// line's, and only a page can tell what it lacks.
#pragma once

#include <optional>
#include <string>

#include "apps/examination.h"

namespace apps {

struct PageSaid {
  std::string words;  // "https://example.com/s/login answers 500: ...", secrets masked, cut
  std::string text;   // all that came
  int status = 0;     // of HTTP
};

// nullopt: nobody asked, or nothing came; then `looked` says so.
std::optional<PageSaid> said_by_page(const Examination& examination, Looked& looked);

}  // namespace apps
