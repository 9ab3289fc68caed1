// SPDX-License-Identifier: GPL-3.0-or-later
// Where the engine tells what it does. Nobody below web/ and cli/ prints.
#pragma once

#include <string_view>

namespace base {

enum class Stream { ours, output, errors };  // who speaks: the program itself, a child's stdout, a child's stderr

class Report {
 public:
  virtual ~Report() = default;
  // Any bytes, in any portions; made printable by the receiver.
  virtual void say(Stream stream, std::string_view bytes) = 0;
  // One line of our own.
  void line(std::string_view text) {
    say(Stream::ours, text);
    say(Stream::ours, "\n");
  }
};

}  // namespace base
