// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/gateway.h"

#include <unistd.h>

#include <cerrno>

namespace web {

bool write_whole(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

}  // namespace web
