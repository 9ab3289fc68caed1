// SPDX-License-Identifier: GPL-3.0-or-later
// A web server in a few lines: variables and a body in, an answer out.
#pragma once

#include <algorithm>
#include <map>
#include <string>

#include "web/gateway.h"

namespace support {

class FakeGateway final : public web::Gateway {
 public:
  std::map<std::string, std::string> variables;
  std::string body;       // what there is to read, whatever CONTENT_LENGTH says
  size_t read_bytes = 0;  // how much of it was read
  size_t most_asked = 0;  // the largest single read
  std::string written;
  bool gone = false;
  bool broken_off = false;

  FakeGateway() = default;
  explicit FakeGateway(const std::string& query) { variables["QUERY_STRING"] = query; }

  std::string variable(const char* name) override {
    auto found = variables.find(name);
    return found == variables.end() ? "" : found->second;
  }
  size_t read(char* into, size_t most) override {
    most_asked = std::max(most_asked, most);
    size_t count = body.copy(into, most, read_bytes);
    read_bytes += count;
    return count;
  }
  void write(std::string_view bytes) override { written += bytes; }
  bool flush() override { return !gone; }
  void break_off() override { broken_off = true; }
  bool is_fastcgi() const override { return false; }

  // A form as a browser posts it.
  void post(const std::string& form) {
    variables["REQUEST_METHOD"] = "POST";
    variables["CONTENT_TYPE"] = "application/x-www-form-urlencoded";
    variables["CONTENT_LENGTH"] = std::to_string(form.size());
    body = form;
  }

  std::string head() const { return written.substr(0, written.find("\r\n\r\n") + 4); }
  std::string text() const { return written.substr(head().size()); }
};

}  // namespace support
