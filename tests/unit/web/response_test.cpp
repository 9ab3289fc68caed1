// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/response.h"

#include <catch2/catch.hpp>

#include "base/text.h"
#include "support/fake_gateway.h"

namespace {

using namespace web;
using base::contains;
using support::FakeGateway;

std::string answer(int status, const std::string& body, const Headers& more = {}, bool body_too = true) {
  FakeGateway gateway;
  write_answer(gateway, status, kText, body, more, body_too);
  return gateway.written;
}

}  // namespace

TEST_CASE("Every answer says its status and stays out of caches, indexes and referrers") {
  FakeGateway gateway;
  write_answer(gateway, 200, kText, "body\n");
  CHECK(gateway.written.substr(0, 16) == "Status: 200 OK\r\n");
  for (const char* header : {"Content-Type: text/plain; charset=utf-8\r\n", "Cache-Control: no-store, private\r\n",
                             "X-Content-Type-Options: nosniff\r\n", "X-Robots-Tag: noindex\r\n",
                             "Referrer-Policy: no-referrer\r\n"})
    CHECK(contains(gateway.head(), header));
  CHECK(gateway.text() == "body\n");
  CHECK(gateway.head_written);
}

TEST_CASE("Every status that we answer has its reason") {
  for (int status : {200, 202, 204, 303, 400, 403, 404, 405, 409, 411, 413, 414, 415, 429, 500, 503, 507}) {
    INFO(status);
    std::string line = answer(status, "").substr(0, 60);
    CHECK(contains(line, "Status: " + std::to_string(status) + " "));
    CHECK_FALSE(contains(line, "Unknown"));
  }
}

TEST_CASE("A whole answer says its length, so that a part of it is not taken for all") {
  CHECK(contains(answer(200, "12345"), "\r\nContent-Length: 5\r\n"));
  CHECK(contains(answer(403, ""), "\r\nContent-Length: 0\r\n"));
  CHECK_FALSE(contains(answer(204, "", {}, false), "Content-Length"));
  FakeGateway gateway;
  write_head(gateway, 200, kText);
  CHECK_FALSE(contains(gateway.written, "Content-Length"));
}

TEST_CASE("HEAD gets the head of the answer alone") {
  CHECK(answer(200, "body", {}, false).substr(answer(200, "body", {}, false).size() - 4) == "\r\n\r\n");
}

TEST_CASE("Nothing from outside can end a header or begin another one") {
  for (const char* evil : {"a\r\nSet-Cookie: x=y", "a\nSet-Cookie: x=y", "a\rSet-Cookie: x=y", "a\r\n\r\n<script>", "\x01\x1b"}) {
    FakeGateway gateway;
    write_answer(gateway, 303, kText, "body", {{"Location", evil}});
    INFO(base::printable_line(gateway.head()));
    CHECK_FALSE(contains(gateway.head(), "\r\nSet-Cookie"));
    CHECK_FALSE(contains(gateway.head(), "\nSet-Cookie"));
    CHECK(gateway.text() == "body");
    for (char c : gateway.head()) CHECK((static_cast<unsigned char>(c) >= 0x20 || c == '\r' || c == '\n'));
  }
  FakeGateway nul;
  write_answer(nul, 303, kText, "", {{"Location", std::string("a\0b", 3)}});
  CHECK(contains(nul.head(), "Location: a b\r\n"));
}
