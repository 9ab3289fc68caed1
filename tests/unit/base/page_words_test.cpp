// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "base/page_words.h"

using base::page_words;

TEST_CASE("A page's words are what a reader sees of it") {
  struct Row {
    const char *page, *words;
  };
  for (const auto& [page, words] : {
           Row{"", ""},
           Row{"Mautic does not support PHP version 8.2.35 at this time.", "Mautic does not support PHP version 8.2.35 at this time."},
           Row{"<html><head><title>Site is offline</title><style>b{c:d}</style></head>\n<body>\n  <h1>Sorry</h1>later</body>", "Site is offline Sorry later"},
           Row{"<SCRIPT src='x'>if (a<b) c();</SCRIPT>done<!-- <b>not</b> this -->", "done"},
           Row{"a < b and 1<2", "a < b and 1<2"},
           // ---- cut off
           Row{"<p>text</p><style>b{", "text"}, Row{"text <a href='", "text"}, Row{"text <", "text <"}, Row{"text <!-- never", "text"},
       })
    CHECK(page_words(page, 100) == words);
}

TEST_CASE("A page's words are safe to print and no longer than asked for") {
  CHECK(page_words("a\x1b[31mb", 100).find('\x1b') == std::string::npos);
  CHECK(page_words("one two three", 7) == "one two...");
  CHECK(page_words("\xc3\xa4\xc3\xa4", 3) == "\xc3\xa4...");
}
