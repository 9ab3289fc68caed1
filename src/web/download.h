// SPDX-License-Identifier: GPL-3.0-or-later
// A file for the browser's disk: streamed with constant memory, in one range when the client asks for one, so that a
// download that broke off goes on (RFC 9110, sections 13.1.5 and 14). Requests for several ranges get the whole. One
// that is made meanwhile has no length and no ranges; should its making fail, the answer is broken off
// (Gateway::break_off).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "actions/service.h"
#include "web/gateway.h"
#include "web/request.h"

namespace web {

struct ByteRange {
  uint64_t first = 0, last = 0;  // both inside

  uint64_t bytes() const { return last - first + 1; }
  bool operator==(const ByteRange&) const = default;
};

enum class RangeKind { none, one, unsatisfiable };

// What a Range header asks of a file of this size. Anything that is not one well-formed range of bytes is `none`.
RangeKind read_range(std::string_view header, uint64_t size_bytes, ByteRange& range);

// Writes the whole answer. Throws Failure, before anything was written, when the file cannot be opened.
void send_file(Gateway& gateway, const Request& request, const actions::Download& download);

}  // namespace web
