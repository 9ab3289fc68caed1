// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/listed_url.h"

#include <catch2/catch.hpp>

#include "base/failure.h"

using platform::listed_url;

namespace {

const std::vector<std::string> kHosts = {"github.com", "release-assets.githubusercontent.com"};

}  // namespace

TEST_CASE("https addresses of listed hosts may be asked") {
  for (const char* url : {"https://github.com/mautic/mautic/releases/download/5.2.1/5.2.1.zip", "https://github.com/", "https://github.com:443/a",
                          "https://release-assets.githubusercontent.com/a?X-Amz-Signature=0&b=%2F"}) {
    INFO(url);
    CHECK(listed_url(url, kHosts) == url);
  }
  CHECK(listed_url("HTTPS://GITHUB.com/a", kHosts) == "https://GITHUB.com/a");
}

TEST_CASE("Nothing else may be asked, and the refusal says why") {
  const std::pair<const char*, const char*> rows[] = {
      {"", "no address"},
      {"https://", "no address"},
      {"https:///a", "none of the hosts"},
      {"https://github.com/a b", "no address"},
      {"https://github.com/a\r\nHost: b", "no address"},
      {"/relative", "no address"},
      {"github.com/a", "no address"},
      {"http://github.com/", "not https"},
      {"ftp://github.com/", "not https"},
      {"file:///etc/passwd", "not https"},
      {"gopher://github.com/", "not https"},
      {"https://example.com/", "none of the hosts"},
      {"https://github.com.example.com/", "none of the hosts"},
      {"https://evil-github.com/", "none of the hosts"},
      {"https://www.github.com/", "none of the hosts"},
      {"https://github.com./", "none of the hosts"},
      {"https://github.com:8443/", "none of the hosts"},
      {"https://github.com:80/", "none of the hosts"},
      {"https://github.com@example.com/", "none of the hosts"},
      {"https://me@github.com/", "none of the hosts"},
      {"https://me:secret@github.com/", "none of the hosts"},
      {"https://127.0.0.1/", "none of the hosts"},
      {"https://[::1]/", "none of the hosts"},
      {"https://2130706433/", "none of the hosts"},
      {"https://example.com/#@github.com/", "none of the hosts"},
      {"https://example.com?github.com", "none of the hosts"},
      {"https://example.com\\@github.com/", ""},
  };
  for (auto [url, words] : rows) {
    INFO(url);
    CHECK_THROWS_WITH(listed_url(url, kHosts), Catch::Contains(words) && Catch::StartsWith("not asked"));
  }
  CHECK_THROWS_AS(listed_url("https://github.com/", {}), base::Failure);
}

TEST_CASE("For people an address has no query, which may be a signature, and no control characters") {
  CHECK(platform::shown_url("https://a.example/b?signature=1#c") == "https://a.example/b");
  CHECK(platform::shown_url("https://a.example/\n\x1b[31m") == "https://a.example/\\n\\x1b[31m");
}
