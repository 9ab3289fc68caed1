// SPDX-License-Identifier: GPL-3.0-or-later
// One GET of a download, redirects followed: each address is checked before it is asked (listed_url.h), and each that its
// name resolves to before it is connected to (public_address.h). Behind a proxy the names are checked all the same; what
// they resolve to is the proxy's affair then.
#pragma once

#include <cstdint>
#include <string_view>

#include "platform/http.h"

namespace platform {

// The beginning of an answer that holds what was asked for.
struct AnswerHead {
  uint64_t from = 0;    // first byte of the whole that follows
  uint64_t length = 0;  // of what follows; 0 = unknown
};

// Takes what is received. What it throws ends the transfer and comes out of it.
class Receiver {
 public:
  virtual ~Receiver() = default;
  virtual void begin(const AnswerHead& head) = 0;  // once
  virtual void take(std::string_view bytes) = 0;
};

enum class Transferred {
  whole,
  stopped,        // stop_asked()
  out_of_range,   // the server has nothing from there on (416)
};

// From byte `from` of the whole on; a server may begin at 0 nevertheless, as the head then says. Throws Failure; a status
// that is no success is named: "https://github.com/a answers 404".
Transferred transfer(const DownloadOrder& order, uint64_t from, Receiver& receiver);

// curl_global_init(), once.
void prepare_curl();

}  // namespace platform
