// SPDX-License-Identifier: GPL-3.0-or-later
// A log in the shapes in which it leaves us: nothing in it can be taken for our own words, for HTML or for JSON.
#include "web/rendering.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace {

using namespace web;
using base::contains;

const std::string kLog = "\x01" "Executing console a\nplain <b>\n\x02warning & \"x\"\nlast";

std::vector<nlohmann::json> events_of(const std::string& text) {
  std::vector<nlohmann::json> all;
  for (auto line : base::lines(text)) all.push_back(nlohmann::json::parse(line));
  return all;
}

}  // namespace

TEST_CASE("As text a log reads as it was written, errors marked") {
  CHECK(as_text(kLog) == "Executing console a\nplain <b>\n! warning & \"x\"\nlast");
  CHECK(as_text("").empty());
  CHECK(as_text("\n\n") == "\n\n");
  CHECK(as_text("\x02\n\x01") == "! \n");
}

TEST_CASE("Escaped for a filter, a text keeps its lines and loses what filters look for") {
  std::string text = as_escaped_text("You have an error in your SQL syntax; <?php echo('1%')\n\x02" "a \"b\"\n");
  CHECK_FALSE(contains(text, "SQL syntax"));
  CHECK_FALSE(contains(text, "<?php"));
  CHECK(text.find_first_of(" <>'\"?%(") == std::string::npos);
  CHECK(base::lines(text).size() == 2);
  CHECK(contains(text, "You\\x20have\\x20an"));
  CHECK(contains(text, "!\\x20a\\x20\\x22b\\x22"));
  CHECK(as_escaped_text("\xC3\xA4") == "\xC3\xA4");
}

TEST_CASE("As HTML nothing of a log is markup") {
  std::string html = as_html(kLog + "\n</pre><script>alert(1)</script>\n\x02<img src=x onerror='y'>\n");
  CHECK_FALSE(contains(html, "<b>"));
  CHECK_FALSE(contains(html, "<script"));
  CHECK_FALSE(contains(html, "</pre>"));
  CHECK_FALSE(contains(html, "<img"));
  CHECK_FALSE(contains(html, "onerror='"));
  CHECK(contains(html, "<span class=\"unstick\">Executing console a\n</span>"));
  CHECK(contains(html, "<span class=\"err\">warning &amp; &quot;x&quot;\n</span>"));
  CHECK(contains(html, "plain &lt;b&gt;\n"));
  for (char mark : {'\x01', '\x02'}) CHECK(html.find(mark) == std::string::npos);
}

TEST_CASE("As events every line is one JSON object that says who spoke") {
  auto events = events_of(as_events(kLog));
  REQUIRE(events.size() == 4);
  const char* streams[] = {"unstick", "out", "err", "out"};
  const char* texts[] = {"Executing console a\n", "plain <b>\n", "warning & \"x\"\n", "last"};
  for (size_t i = 0; i < 4; ++i) {
    CHECK(events[i].at("event") == "output");
    CHECK(events[i].at("stream") == streams[i]);
    CHECK(events[i].at("text") == texts[i]);
  }
}

TEST_CASE("An event holds any text, on one line") {
  std::string line = event("note", {{"text", "a\nb\"\\\x01\xC3\xA4"}, {"link", "?view=x"}});
  CHECK(base::lines(line).size() == 1);
  CHECK(line.substr(0, 16) == "{\"event\":\"note\",");
  auto parsed = nlohmann::json::parse(line);
  CHECK(parsed.at("text") == "a\nb\"\\\x01\xC3\xA4");
  CHECK(parsed.at("link") == "?view=x");
  CHECK_NOTHROW(nlohmann::json::parse(event("note", {{"text", "\xff\xfe"}})));
}
