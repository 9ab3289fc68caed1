// SPDX-License-Identifier: GPL-3.0-or-later
// Asking web servers, over libcurl: the site itself, and the few hosts that releases come from. An interface, so that
// tests can answer. Nothing of the host's configuration is read (no openssl.cnf, no netrc, no proxy variables), and no
// cookie, password or referrer is ever sent.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/disk.h"

namespace platform {

struct PageAnswer {
  int status = 0;         // 0: there was no answer
  bool timed_out = false;  // no whole answer within the limit
  std::string location;   // of a redirect, as it was sent
  std::string problem;    // why there was none, in words; empty when there was one
  std::string text;       // the first kMostPageBytes of the page, as they were sent; whatever the status
};

constexpr size_t kMostPageBytes = 64 << 10;  // styles may stand before the first word

struct DownloadOrder {
  std::string url;                 // https only
  std::vector<std::string> hosts;  // the only ones that it, or a redirect, may lead to
  std::string proxy;               // "http://proxy.example.com:3128"; empty = none
  Path file;                       // appears when it is complete; FILE.partial is gone on with, where the server allows that
  uint64_t most_bytes = 0;
  std::function<void(uint64_t bytes, uint64_t of)> progress;  // some times a second; `of` is 0 when unknown. May be empty
  std::function<bool()> stop_asked;                           // may be empty
};

struct Downloaded {
  uint64_t bytes = 0;
  std::string sha256;  // of the file, 64 hex digits
};

class Http {
 public:
  virtual ~Http() = default;

  // One GET; http or https, any address, certificates are not looked at (what is asked is whether the site answers). No
  // redirect is followed, and of the body only the beginning is kept. Never throws: what goes wrong is in the answer.
  virtual PageAnswer ask(const std::string& url, std::chrono::seconds limit) = 0;

  // Downloads a file. nullopt: stopped; then, and after a Failure, FILE.partial may be left for the next attempt, and
  // `file` is as it was. Each host, each redirect and each resolved address is checked: private ranges are refused,
  // certificates are proved against the system's store or, where there is none, Mozilla's, which is built in. Behind
  // `proxy` it is the proxy that resolves: there the hosts are checked, their addresses are not.
  virtual std::optional<Downloaded> download(const DownloadOrder& order) = 0;
  // The same for a short text; throws Failure, with the HTTP status when there was one ("... answers 403").
  virtual std::string text(const DownloadOrder& order) = 0;
};

Http& curl_http();

}  // namespace platform
