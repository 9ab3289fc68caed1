// SPDX-License-Identifier: GPL-3.0-or-later
// A web that answers what a test says.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/failure.h"
#include "platform/http.h"

namespace support {

class FakeHttp final : public platform::Http {
 public:
  std::function<platform::PageAnswer(const std::string& url)> answer = [](const std::string&) {
    platform::PageAnswer none;
    none.problem = "no route";
    return none;
  };
  std::function<std::optional<platform::Downloaded>(const platform::DownloadOrder& order)> give;
  std::function<std::string(const platform::DownloadOrder& order)> say;
  std::vector<std::string> asked;

  platform::PageAnswer ask(const std::string& url, std::chrono::seconds) override {
    asked.push_back(url);
    return answer(url);
  }
  std::optional<platform::Downloaded> download(const platform::DownloadOrder& order) override {
    asked.push_back(order.url);
    if (!give) throw base::Failure("cannot download " + order.url);
    return give(order);
  }
  std::string text(const platform::DownloadOrder& order) override {
    asked.push_back(order.url);
    if (!say) throw base::Failure("cannot read " + order.url);
    return say(order);
  }
};

}  // namespace support
