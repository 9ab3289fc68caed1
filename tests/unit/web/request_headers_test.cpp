// SPDX-License-Identifier: GPL-3.0-or-later
// What the headers say: who asks, how, for what kind of answer.
#include <catch2/catch.hpp>

#include "support/fake_gateway.h"
#include "web/request.h"

namespace {

using namespace web;
using support::FakeGateway;
using Variables = std::map<std::string, std::string>;

Request request_with(const Variables& variables) {
  FakeGateway gateway;
  gateway.variables = variables;
  return read_request(gateway);
}

constexpr const char* kBrowser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

}  // namespace

TEST_CASE("A navigation is what the browser says it is, and without its word who accepts HTML") {
  struct {
    Variables variables;
    bool navigation;
  } rows[] = {
      {{{"HTTP_ACCEPT", kBrowser}}, true},  // plain HTTP: browsers send no Sec-Fetch header
      {{{"HTTP_ACCEPT", kBrowser}, {"HTTP_SEC_FETCH_MODE", "navigate"}}, true},
      {{{"HTTP_ACCEPT", "*/*"}, {"HTTP_SEC_FETCH_MODE", "navigate"}}, true},
      {{{"HTTP_ACCEPT", kBrowser}, {"HTTP_SEC_FETCH_MODE", "cors"}}, false},
      {{{"HTTP_ACCEPT", kBrowser}, {"HTTP_SEC_FETCH_MODE", "no-cors"}}, false},
      {{{"HTTP_ACCEPT", kBrowser}, {"HTTP_SEC_FETCH_MODE", "same-origin"}}, false},
      {{{"HTTP_ACCEPT", "*/*"}}, false},
      {{}, false},
      {{{"HTTP_ACCEPT", "application/x-ndjson"}}, false},
  };
  for (const auto& row : rows) CHECK(request_with(row.variables).navigation == row.navigation);
  CHECK(request_with({{"HTTP_ACCEPT", kBrowser}}).wants_html);
  CHECK_FALSE(request_with({{"HTTP_ACCEPT", "*/*"}}).wants_html);
}

TEST_CASE("A prefetch is known by each of its headers") {
  for (const Variables& variables : {Variables{{"HTTP_SEC_PURPOSE", "prefetch"}},
                                     Variables{{"HTTP_SEC_PURPOSE", "prefetch;prerender"}},
                                     Variables{{"HTTP_SEC_PURPOSE", "prefetch;anonymous-client-ip"}},
                                     Variables{{"HTTP_PURPOSE", "prefetch"}}, Variables{{"HTTP_PURPOSE", "Prefetch"}},
                                     Variables{{"HTTP_X_MOZ", "prefetch"}}, Variables{{"HTTP_X_PURPOSE", "prefetch"}}})
    CHECK(request_with(variables).prefetch);
  for (const Variables& variables : {Variables{}, Variables{{"HTTP_PURPOSE", ""}}, Variables{{"HTTP_X_MOZ", "x"}},
                                     Variables{{"HTTP_ACCEPT", "prefetch"}}})
    CHECK_FALSE(request_with(variables).prefetch);
}

TEST_CASE("Credentials are found where servers put them") {
  CHECK(request_with({{"HTTP_AUTHORIZATION", "Bearer x"}}).authorization == "Bearer x");
  CHECK(request_with({{"REDIRECT_HTTP_AUTHORIZATION", "Bearer x"}}).authorization == "Bearer x");
  CHECK(request_with({{"HTTP_AUTHORIZATION", "a"}, {"REDIRECT_HTTP_AUTHORIZATION", "b"}}).authorization == "a");
  CHECK(request_with({{"HTTP_X_UNSTICK_KEY", "k"}}).key_header == "k");
  CHECK(request_with({{"HTTP_COOKIE", "a=b"}}).cookie == "a=b");
}

TEST_CASE("HTTPS is told by the server, in its ways") {
  for (const Variables& variables : {Variables{{"HTTPS", "on"}}, Variables{{"HTTPS", "ON"}}, Variables{{"HTTPS", "1"}},
                                     Variables{{"REQUEST_SCHEME", "https"}}})
    CHECK(request_with(variables).https);
  for (const Variables& variables : {Variables{}, Variables{{"HTTPS", "off"}}, Variables{{"HTTPS", ""}},
                                     Variables{{"REQUEST_SCHEME", "http"}}, Variables{{"HTTP_X_FORWARDED_PROTO", "https"}}})
    CHECK_FALSE(request_with(variables).https);
}

TEST_CASE("A host name that could not be one is not taken from the client") {
  const std::pair<const char*, const char*> rows[] = {
      {"example.org", "example.org"},   {"example.org:8080", "example.org:8080"}, {"[2001:db8::1]:80", "[2001:db8::1]:80"},
      {"my_host", "my_host"},           {"", "server"},                           {"a b", "server"},
      {"a\"><script>", "server"},       {"a/b", "server"},                        {"a\r\nX: y", "server"},
      {"a@b", "server"},                {"\xC3\xA4.org", "server"},
  };
  for (auto [sent, host] : rows) {
    INFO(sent);
    CHECK(request_with({{"HTTP_HOST", sent}, {"SERVER_NAME", "server"}}).host == host);
  }
  CHECK(request_with({{"HTTP_HOST", std::string(256, 'a')}, {"SERVER_NAME", "s"}}).host == "s");
  CHECK(request_with({{"HTTP_HOST", "a b"}, {"SERVER_NAME", "c d"}}).host == "");
}

TEST_CASE("The path is that of the URL, without its query, and nothing that could end an attribute or a header") {
  const std::pair<const char*, const char*> rows[] = {
      {"/unstick/unstick.cgi?KEY&task=a", "/unstick/unstick.cgi"},
      {"/unstick/", "/unstick/"},
      {"/a%20b/", "/a%20b/"},
      {"", "/script"},
      {"http://evil/", "/script"},
      {"/a\"b", "/script"},
      {"/a b", "/script"},
      {"/a\r\nSet-Cookie: x", "/script"},
      {"/\xC3\xA4", "/script"},
      {"/a;Domain=evil.example", "/script"},
  };
  for (auto [uri, path] : rows) {
    INFO(uri);
    CHECK(request_with({{"REQUEST_URI", uri}, {"SCRIPT_NAME", "/script"}}).path == path);
  }
}

TEST_CASE("Places and servers are taken as the server names them") {
  auto request = request_with({{"REMOTE_ADDR", "192.0.2.1"},
                               {"HTTP_X_FORWARDED_FOR", "198.51.100.1"},
                               {"HTTP_X_FORWARDED_PROTO", "https"},
                               {"SERVER_SOFTWARE", "Apache/2.4"},
                               {"DOCUMENT_ROOT", "/home/u/public_html"},
                               {"UNSTICK_LIVE", "1"},
                               {"REQUEST_METHOD", "HEAD"}});
  CHECK(request.client == "192.0.2.1");
  CHECK(request.forwarded_for == "198.51.100.1");
  CHECK(request.forwarded_https);
  CHECK(request.server_software == "Apache/2.4");
  CHECK(request.document_root == "/home/u/public_html");
  CHECK(request.live_output);
  CHECK(request.method == "HEAD");
  // A client can send any header, but not this variable.
  CHECK_FALSE(request_with({{"HTTP_UNSTICK_LIVE", "1"}}).live_output);
}
