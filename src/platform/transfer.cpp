// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/transfer.h"

#include <curl/curl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <exception>
#include <memory>
#include <mutex>

#include "base/failure.h"
#include "base/program_version.h"
#include "base/text.h"
#include "platform/certificates.h"
#include "platform/listed_url.h"
#include "platform/public_address.h"

namespace platform {

namespace {

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Multi = std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)>;

constexpr int kMostRedirects = 5;
constexpr long kConnectSeconds = 15;
constexpr long kStalledSeconds = 60;
constexpr long kStalledBytes = 100;  // in a second
constexpr int kLookMilliseconds = 200;

// What one request and libcurl's callbacks know of each other.
class Exchange {
 public:
  Exchange(const DownloadOrder& order, const std::string& certificates, Receiver& receiver)
      : order_(order),
        receiver_(receiver),
        easy_(curl_easy_init(), curl_easy_cleanup),
        multi_(curl_multi_init(), curl_multi_cleanup) {
    if (!easy_ || !multi_) throw base::system_failure("cannot download " + shown_url(order.url), ENOMEM);
    set_up_connection();
    set_up_trust(certificates);
  }
  ~Exchange() {
    if (added_) curl_multi_remove_handle(multi_.get(), easy_.get());
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // False when it was stopped.
  bool get(const std::string& url, uint64_t from) {
    url_ = url;
    set(CURLOPT_URL, url_.c_str());
    range_ = std::to_string(from) + "-";
    if (from > 0) set(CURLOPT_RANGE, range_.c_str());
    curl_multi_add_handle(multi_.get(), easy_.get());
    added_ = true;
    for (int running = 1; running > 0;) {
      if (order_.stop_asked && order_.stop_asked()) return false;
      curl_multi_perform(multi_.get(), &running);
      if (running > 0) curl_multi_poll(multi_.get(), nullptr, 0, kLookMilliseconds, nullptr);
    }
    judge();
    return true;
  }

  long status() const {
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    return status;
  }
  // Of a redirect, absolute; empty when there is none.
  std::string location() const {
    char* url = nullptr;
    curl_easy_getinfo(easy_.get(), CURLINFO_REDIRECT_URL, &url);
    return url ? url : "";
  }

 private:
  template <typename Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(easy_.get(), option, value);
  }

  void set_up_connection() {
    set(CURLOPT_PROTOCOLS_STR, "https");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_USERAGENT, agent_.c_str());  // GitHub's API refuses those that have none
    set(CURLOPT_PROXY, order_.proxy.c_str());
    set(CURLOPT_NOPROXY, "");  // else the environment's
    set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    set(CURLOPT_LOW_SPEED_TIME, kStalledSeconds);
    set(CURLOPT_LOW_SPEED_LIMIT, kStalledBytes);
    set(CURLOPT_ERRORBUFFER, words_.data());
    set(CURLOPT_WRITEFUNCTION, &Exchange::on_body);
    set(CURLOPT_WRITEDATA, this);
    if (!order_.proxy.empty()) return;
    set(CURLOPT_OPENSOCKETFUNCTION, &Exchange::on_socket);
    set(CURLOPT_OPENSOCKETDATA, this);
  }

  void set_up_trust(const std::string& certificates) {
    curl_blob blob{const_cast<char*>(certificates.data()), certificates.size(), CURL_BLOB_NOCOPY};
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_CAINFO_BLOB, &blob);
    set(CURLOPT_PROXY_CAINFO_BLOB, &blob);
  }

  // An address of the name is about to be connected to.
  static curl_socket_t on_socket(void* self, curlsocktype, curl_sockaddr* address) {
    auto& exchange = *static_cast<Exchange*>(self);
    if (!is_public_address(address->addr)) {
      exchange.refused_ = address_words(address->addr);
      return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }

  static size_t on_body(char* bytes, size_t size, size_t count, void* self) {
    auto& exchange = *static_cast<Exchange*>(self);
    try {
      return exchange.take({bytes, size * count}) ? size * count : 0;
    } catch (...) {  // must not cross libcurl
      exchange.thrown_ = std::current_exception();
      return 0;
    }
  }

  bool take(std::string_view bytes) {
    if (!begin()) return false;
    receiver_.take(bytes);
    return true;
  }

  // False when the answer is none that was asked for: its body is not wanted.
  bool begin() {
    if (begun_) return true;
    unwanted_ = status() != 200 && status() != 206;
    if (unwanted_) return false;
    begun_ = true;
    curl_off_t length = -1;
    curl_easy_getinfo(easy_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    receiver_.begin({status() == 206 ? first_byte() : 0, length > 0 ? static_cast<uint64_t>(length) : 0});
    return true;
  }

  // Of "Content-Range: bytes 100-199/200".
  uint64_t first_byte() const {
    curl_header* header = nullptr;
    std::string_view value;
    if (curl_easy_header(easy_.get(), "Content-Range", 0, CURLH_HEADER, -1, &header) == CURLHE_OK)
      value = base::trim(header->value);
    auto from = value.starts_with("bytes ") ? base::whole_number(value.substr(6, value.find('-') - 6)) : std::nullopt;
    if (!from) throw base::Failure(shown_url(url_) + " answers a part without saying which");
    return *from;
  }

  // Throws what went wrong.
  void judge() {
    int left = 0;
    const CURLMsg* message = curl_multi_info_read(multi_.get(), &left);
    CURLcode result = message ? message->data.result : CURLE_FAILED_INIT;
    if (thrown_) std::rethrow_exception(thrown_);
    if (unwanted_) return;
    if (result == CURLE_OUT_OF_MEMORY) throw base::system_failure("cannot download " + shown_url(url_), ENOMEM);
    if (result != CURLE_OK) throw base::Failure("cannot download " + shown_url(url_) + ": " + words_for(result));
    begin();  // an empty body
  }

  std::string words_for(CURLcode result) const {
    if (!refused_.empty() && result == CURLE_COULDNT_CONNECT)
      return "its name leads to " + refused_ + " here, which is no address of the internet";
    if (result == CURLE_OPERATION_TIMEDOUT && begun_) return "nothing came for " + std::to_string(kStalledSeconds) + " seconds";
    return base::printable_line(words_[0] ? words_.data() : curl_easy_strerror(result));
  }

  const DownloadOrder& order_;
  Receiver& receiver_;
  const std::string agent_ = std::string("unstick/") + base::kProgramVersion;
  std::string url_, range_, refused_;
  std::array<char, CURL_ERROR_SIZE> words_{};
  std::exception_ptr thrown_;
  bool begun_ = false, unwanted_ = false, added_ = false;
  Easy easy_;
  Multi multi_;
};

}  // namespace

void prepare_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

Transferred transfer(const DownloadOrder& order, uint64_t from, Receiver& receiver) {
  prepare_curl();
  const std::string certificates = trusted_certificates(posix_disk());
  std::string url = order.url;
  for (int redirects = 0; redirects <= kMostRedirects; ++redirects) {
    Exchange exchange(order, certificates, receiver);
    if (!exchange.get(listed_url(url, order.hosts), from)) return Transferred::stopped;
    long status = exchange.status();
    if (status == 200 || status == 206) return Transferred::whole;
    if (status == 416 && from > 0) return Transferred::out_of_range;
    std::string next = status >= 300 && status < 400 ? exchange.location() : "";
    if (next.empty()) throw base::Failure(shown_url(url) + " answers " + std::to_string(status));
    url = next;
  }
  throw base::Failure(shown_url(order.url) + " redirects more than " + std::to_string(kMostRedirects) + " times");
}

}  // namespace platform
