// SPDX-License-Identifier: GPL-3.0-or-later
// One exchange with the web server, CGI or FastCGI: its variables, the body, and where the answer goes.
#pragma once

#include <string>
#include <string_view>

namespace web {

class Gateway {
 public:
  virtual ~Gateway() = default;
  virtual std::string variable(const char* name) = 0;       // empty when it is not set
  virtual size_t read(char* into, size_t most) = 0;         // of the body; less than asked only at its end
  virtual void write(std::string_view bytes) = 0;           // may wait for flush() or the request's end
  virtual bool flush() = 0;                                 // false: the client is gone, stop
  // The answer is no whole one and must not look like one: nothing more is sent, and the connection is broken off where
  // the web server can be made to.
  virtual void break_off() = 0;
  bool head_written = false;                                // set by write_head(): no second answer may follow
  virtual bool is_fastcgi() const = 0;
  virtual bool is_crowded() const { return false; }         // so many requests wait that this one should be short
};

// Writes all of it to a file descriptor. False: whoever should read it is gone.
bool write_whole(int fd, std::string_view bytes);

}  // namespace web
