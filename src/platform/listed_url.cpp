// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/listed_url.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

#include "base/failure.h"
#include "base/text.h"

namespace platform {

namespace {

using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string part(const Url& url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url.get(), which, &text, 0) != CURLUE_OK) return "";
  std::unique_ptr<char, decltype(&curl_free)> owner(text, curl_free);
  return text;
}

}  // namespace

std::string listed_url(const std::string& url, const std::vector<std::string>& hosts) {
  Url read(curl_url(), curl_url_cleanup);
  if (!read || curl_url_set(read.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
    throw base::Failure("not asked, it is no address: " + shown_url(url));
  if (part(read, CURLUPART_SCHEME) != "https") throw base::Failure("not asked, it is not https: " + shown_url(url));
  std::string host = base::lower(part(read, CURLUPART_HOST)), port = part(read, CURLUPART_PORT);
  bool named = !part(read, CURLUPART_USER).empty() || !part(read, CURLUPART_PASSWORD).empty();
  bool listed = std::find(hosts.begin(), hosts.end(), host) != hosts.end();
  if (!listed || named || (!port.empty() && port != "443"))
    throw base::Failure("not asked, it is none of the hosts that releases come from: " + shown_url(url));
  return part(read, CURLUPART_URL);
}

std::string shown_url(const std::string& url) { return base::printable_line(url.substr(0, url.find_first_of("?#"))); }

}  // namespace platform
