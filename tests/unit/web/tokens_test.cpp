// SPDX-License-Identifier: GPL-3.0-or-later
// Signed words: good for what they say, as long as they say, and for nothing else.
#include "web/tokens.h"

#include <catch2/catch.hpp>
#include <set>

#include "base/text.h"

namespace {

using namespace web;
using namespace std::chrono_literals;

const std::string kSecret(32, 's'), kMark = "mark of the key";
const platform::WallTime kNow = platform::from_unix_seconds(1795253415);  // 2026-11-21 09:30:15
const std::string kJob = "20261121-093015123-k3v9qa";

bool fits(const std::string& session, platform::WallTime now = kNow) { return session_fits(kSecret, kMark, session, now); }

bool page_fits(const std::string& token, platform::WallTime now = kNow) { return page_token_fits(kSecret, kMark, token, now); }

std::optional<ViewToken> parsed(const std::string& text, platform::WallTime now = kNow) {
  return parse_view_token(kSecret, text, now);
}

// Every text that differs from `text` in one character, and every beginning of it.
std::vector<std::string> forgeries(const std::string& text) {
  std::vector<std::string> all;
  for (size_t i = 0; i < text.size(); ++i)
    for (char c : {'a', 'r', '0', '9', '.', '-', 'Z'}) {
      std::string other = text;
      other[i] = c;
      if (other != text) all.push_back(other);
    }
  for (size_t length = 0; length < text.size(); ++length) all.push_back(text.substr(0, length));
  for (const char* more : {"a", ".", "=", " ", "\n"}) all.push_back(text + more);
  return all;
}

}  // namespace

TEST_CASE("A session fits for 12 hours, under its secret and key alone") {
  std::string session = new_session(kSecret, kMark, kNow);
  CHECK(fits(session));
  CHECK(fits(session, kNow + 12h - 1s));
  CHECK_FALSE(fits(session, kNow + 12h));
  CHECK_FALSE(session_fits(std::string(32, 't'), kMark, session, kNow));
  CHECK_FALSE(session_fits(kSecret, "mark of a new key", session, kNow));
  CHECK_FALSE(session_fits(kSecret, "", session, kNow));
}

TEST_CASE("No session can be forged or prolonged") {
  std::string session = new_session(kSecret, kMark, kNow);
  size_t passed = 0;
  for (const auto& forged : forgeries(session)) passed += fits(forged) ? 1 : 0;
  CHECK(passed == 0);
  auto rest = session.substr(session.find('.'));
  CHECK_FALSE(fits("99999999999" + rest));
  for (const char* bad : {"", ".", "..", "1.2.3", "x"}) CHECK_FALSE(fits(bad));
  CHECK_FALSE(fits(std::string(100000, '.')));
}

TEST_CASE("No two sessions are the same") {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.insert(new_session(kSecret, kMark, kNow));
  CHECK(seen.size() == 100);
}

TEST_CASE("A session can stand in a cookie header among others") {
  std::string session = new_session(kSecret, kMark, kNow);
  CHECK(session.find_first_of(" ;,=\"\\") == std::string::npos);
  std::string name = kSessionCookie;
  const std::string headers[] = {name + "=" + session, "a=b; " + name + "=" + session, name + "=" + session + ";c=d",
                                 "x" + name + "=no; " + name + "=" + session, " ; " + name + "=" + session + " ;"};
  for (const std::string& header : headers) CHECK(cookie_value(header, name) == session);
  const std::string without[] = {"", "a=b", name, "x" + name + "=y", "a=" + name + "=y"};
  for (const std::string& header : without)
    CHECK(cookie_value(header, name).empty());
  CHECK(cookie_value("a=b=c", "a") == "b=c");
}

TEST_CASE("A link to a job shows that job, in its way, until a week after the job was made") {
  for (View view : {View::reads, View::advances}) {
    std::string token = view_token(kSecret, new_view(view, kJob));
    CHECK(base::url_encode(token) == token);
    auto read = parsed(token);
    REQUIRE(read);
    CHECK(read->view == view);
    CHECK(read->job == kJob);
    CHECK(view_token(kSecret, *read) == token);
    CHECK(parsed(token, kNow + 7 * 24h - 1s));
    CHECK_FALSE(parsed(token, kNow + 7 * 24h + 1s));
    CHECK_FALSE(parse_view_token(std::string(32, 't'), token, kNow));
  }
}

TEST_CASE("Each follower's link is his own") {
  std::string one = view_token(kSecret, new_view(View::reads, kJob)), other = view_token(kSecret, new_view(View::reads, kJob));
  CHECK(one != other);
  CHECK(parsed(one));
  CHECK(parsed(other));
}

TEST_CASE("No link can be forged, and none that shows can be made one that advances") {
  std::string token = view_token(kSecret, new_view(View::reads, kJob));
  size_t passed = 0;
  for (const auto& forged : forgeries(token)) passed += parsed(forged) ? 1 : 0;
  CHECK(passed == 0);
  std::string advancing = token;
  advancing[0] = 'a';
  CHECK_FALSE(parsed(advancing));
  for (const char* bad : {"", ".", "a.", "r20261121-093015123-k3v9qa", "a../../../../../../etc/x.mac"}) CHECK_FALSE(parsed(bad));
  CHECK_FALSE(parsed(std::string(100000, 'a') + ".b"));
}

TEST_CASE("A session is no link and a link no session") {
  CHECK_FALSE(parsed(new_session(kSecret, kMark, kNow)));
  CHECK_FALSE(fits(view_token(kSecret, new_view(View::reads, kJob))));
  CHECK_FALSE(session_fits(kSecret, "", view_token(kSecret, new_view(View::reads, kJob)), kNow));
}

TEST_CASE("A page's token is good for 12 hours, for this key, and is no session") {
  const std::string token = new_page_token(kSecret, kMark, kNow);
  CHECK(page_fits(token));
  CHECK(page_fits(token, kNow + 11h));
  CHECK_FALSE(page_fits(token, kNow + 12h));
  CHECK_FALSE(page_token_fits(kSecret, "another key", token, kNow));
  CHECK_FALSE(fits(token));
  CHECK_FALSE(page_fits(new_session(kSecret, kMark, kNow)));
  for (const auto& forged : forgeries(token)) CHECK_FALSE(page_fits(forged));
}

TEST_CASE("What is no link to a job, or one whose time is over, is known without any secret") {
  std::string token = view_token(std::string(32, 't'), new_view(View::reads, kJob));
  CHECK(may_be_view_token(token, kNow));
  CHECK_FALSE(may_be_view_token(token, kNow + 8 * 24h));
  for (const char* text : {"", "x", "ANYTHING", "r20261121.x", "r20261121-09301512X-k3v9qa.x"}) {
    INFO(text);
    CHECK_FALSE(may_be_view_token(text, kNow));
  }
}
