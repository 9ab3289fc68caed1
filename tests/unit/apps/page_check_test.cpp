// SPDX-License-Identifier: GPL-3.0-or-later
// What of a page may be looked up in a table of symptoms: a site that works quotes any sentence somewhere.
#include "apps/page_check.h"

#include <catch2/catch.hpp>

namespace {

std::string telling(int status, const std::string& text) {
  platform::PageAnswer page;
  page.status = status;
  page.text = text;
  return apps::telling_words(page);
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

const std::string kLong = repeated("<p>some words of a page</p>", 200);

}  // namespace

TEST_CASE("A short page without a form tells all of its words") {
  CHECK(telling(200, "<html><style>x</style><h1>Oops!</h1><p>It failed.</p></html>") == "Oops! It failed.");
  CHECK(telling(404, "It failed.") == "It failed.");
  CHECK(telling(200, "").empty());
}

TEST_CASE("A page that is built to its end tells nothing, and of a long one only the beginning does") {
  CHECK(telling(200, "<html><form></form>It failed.</html>").empty());
  CHECK(telling(200, "<html><NAV></NAV>It failed.</html>").empty());
  std::string words = telling(200, "<html><h1>Oops!</h1>" + kLong + "It failed.</html>");
  CHECK(words.find("Oops!") == 0);
  CHECK(words.find("It failed.") == std::string::npos);
}

TEST_CASE("A page that an error cut off tells its last words") {
  std::string words = telling(200, "<html><nav></nav>Welcome" + kLong + "<b>Fatal error</b>: It failed.");
  CHECK(words.find("Fatal error : It failed.") != std::string::npos);
  CHECK(words.find("Welcome") == std::string::npos);
  // What came is not all of it: nobody knows its end.
  CHECK(telling(200, "<html><nav></nav>It failed." + std::string(platform::kMostPageBytes, ' ')).empty());
}

TEST_CASE("A server's error tells all of its words, however long and with what on it") {
  CHECK(telling(500, "<nav></nav><form></form>" + kLong + "It failed.</html>").find("It failed.") != std::string::npos);
}
