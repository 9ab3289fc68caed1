// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/http.h"

#include <curl/curl.h>

#include <memory>
#include <mutex>

#include "base/failure.h"

namespace platform {

namespace {

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

Easy new_request() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  return {curl_easy_init(), curl_easy_cleanup};
}

size_t throw_away(char*, size_t size, size_t count, void*) { return size * count; }

class CurlHttp final : public Http {
 public:
  PageAnswer ask(const std::string& url, std::chrono::seconds limit) override {
    PageAnswer answer;
    Easy request = new_request();
    if (!request) return answer.problem = "there is not enough memory", answer;
    curl_easy_setopt(request.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(request.get(), CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(request.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(request.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(request.get(), CURLOPT_TIMEOUT, static_cast<long>(limit.count()));
    curl_easy_setopt(request.get(), CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(request.get(), CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(request.get(), CURLOPT_WRITEFUNCTION, throw_away);
    CURLcode result = curl_easy_perform(request.get());
    answer.timed_out = result == CURLE_OPERATION_TIMEDOUT;
    if (result != CURLE_OK) return answer.problem = curl_easy_strerror(result), answer;
    long status = 0;
    char* location = nullptr;
    curl_easy_getinfo(request.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(request.get(), CURLINFO_REDIRECT_URL, &location);
    answer.status = static_cast<int>(status);
    if (location) answer.location = location;
    return answer;
  }

  std::optional<Downloaded> download(const DownloadOrder& order) override {
    throw base::Failure("cannot download " + order.url);
  }

  std::string text(const DownloadOrder& order) override { throw base::Failure("cannot download " + order.url); }
};

}  // namespace

Http& curl_http() {
  static CurlHttp http;
  return http;
}

}  // namespace platform
