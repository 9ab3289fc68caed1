// SPDX-License-Identifier: GPL-3.0-or-later
// Where the engine tells what it does. Nobody below web/ and cli/ prints.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace base {

// The fields of one event for machines, in their order.
using Fields = std::vector<std::pair<std::string, std::string>>;

enum class Stream { ours, output, errors };  // who speaks: the program itself, a child's stdout, a child's stderr

class Report {
 public:
  virtual ~Report() = default;
  // Any bytes, in any portions; made printable by the receiver.
  virtual void say(Stream stream, std::string_view bytes) = 0;
  // The same for machines: a finding, say. Who only reads text never sees it; what it says must stand in lines too.
  virtual void event(std::string_view name, const Fields& fields) { static_cast<void>(name), static_cast<void>(fields); }
  // One line of our own.
  void line(std::string_view text) {
    say(Stream::ours, text);
    say(Stream::ours, "\n");
  }
};

}  // namespace base
