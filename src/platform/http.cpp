// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/http.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

#include "base/failure.h"
#include "base/text.h"
#include "platform/listed_url.h"
#include "platform/partial_file.h"
#include "platform/transfer.h"

namespace platform {

namespace {

constexpr long kConnectSeconds = 10;

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

Easy new_request() {
  prepare_curl();
  return {curl_easy_init(), curl_easy_cleanup};
}

// A text that is kept in memory.
class TextReceiver final : public Receiver {
 public:
  explicit TextReceiver(const DownloadOrder& order) : order_(order) {}

  void begin(const AnswerHead&) override {}
  void take(std::string_view bytes) override {
    if (text.size() + bytes.size() > order_.most_bytes)
      throw base::Failure(shown_url(order_.url) + " is larger than " + base::size_words(order_.most_bytes));
    text += bytes;
  }

  std::string text;

 private:
  const DownloadOrder& order_;
};

// Of a page; the rest is thrown away.
size_t keep_beginning(char* bytes, size_t size, size_t count, void* text) {
  auto& kept = *static_cast<std::string*>(text);
  kept.append(bytes, std::min(size * count, kMostPageBytes - kept.size()));
  return size * count;
}

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
    curl_easy_setopt(request.get(), CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(request.get(), CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(request.get(), CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(request.get(), CURLOPT_WRITEFUNCTION, keep_beginning);
    curl_easy_setopt(request.get(), CURLOPT_WRITEDATA, &answer.text);
    CURLcode result = curl_easy_perform(request.get());
    double connected = 0;
    curl_easy_getinfo(request.get(), CURLINFO_CONNECT_TIME, &connected);
    answer.timed_out = result == CURLE_OPERATION_TIMEDOUT && connected > 0;
    if (result != CURLE_OK) return answer.text.clear(), answer.problem = curl_easy_strerror(result), answer;
    long status = 0;
    char* location = nullptr;
    curl_easy_getinfo(request.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(request.get(), CURLINFO_REDIRECT_URL, &location);
    answer.status = static_cast<int>(status);
    if (location) answer.location = location;
    return answer;
  }

  std::optional<Downloaded> download(const DownloadOrder& order) override {
    PartialFile file(order);
    Transferred end = transfer(order, file.bytes(), file);
    if (end == Transferred::out_of_range) {  // another file than the one begun, or nothing of it is missing: nobody knows
      file.begin_anew();
      end = transfer(order, 0, file);
    }
    return end == Transferred::whole ? std::optional(file.commit()) : std::nullopt;
  }

  std::string text(const DownloadOrder& order) override {
    TextReceiver received(order);
    if (transfer(order, 0, received) != Transferred::whole)
      throw base::Failure("stopped before " + shown_url(order.url) + " answered");
    return received.text;
  }
};

}  // namespace

Http& curl_http() {
  static CurlHttp http;
  return http;
}

}  // namespace platform
