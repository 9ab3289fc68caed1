// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/cgi.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "web/gateway.h"
#include "web/router.h"

namespace web {

namespace {

class CgiGateway final : public Gateway {
 public:
  std::string variable(const char* name) override {
    const char* value = std::getenv(name);
    return value ? value : "";
  }

  size_t read(char* into, size_t most) override {
    size_t got = 0;
    while (got < most) {
      ssize_t count = ::read(0, into + got, most - got);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) break;
      got += static_cast<size_t>(count);
    }
    return got;
  }

  void write(std::string_view bytes) override { pending_ += bytes; }

  bool flush() override {
    gone_ = gone_ || !write_whole(1, pending_);
    pending_.clear();
    return !gone_;
  }

  // A web server takes the end of our output for the end of the answer, whatever our exit status; the log shows that.
  void break_off() override {
    pending_.clear();
    gone_ = broken_ = true;
  }
  bool is_broken() const { return broken_; }

  bool is_fastcgi() const override { return false; }

 private:
  std::string pending_;
  bool gone_ = false;
  bool broken_ = false;
};

}  // namespace

int serve_cgi(actions::Program& program) {
  // A job must not inherit the server's pipes, or the server waits for it.
  for (int fd : {0, 1, 2}) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  CgiGateway gateway;
  serve(program, gateway);
  gateway.flush();
  return gateway.is_broken() ? 1 : 0;
}

}  // namespace web
