// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/download.h"

#include <algorithm>

#include "base/failure.h"
#include "base/text.h"
#include "platform/readable_file.h"
#include "web/response.h"

namespace web {

namespace {

constexpr size_t kFlushBytes = 64 << 10;

// Clients that hold a part of an older file must get the whole new one.
bool range_counts(const Request& request, const std::string& tag) {
  return !request.range.empty() && (request.if_range.empty() || request.if_range == tag);
}

void send_bytes(Gateway& gateway, platform::ReadableFile& file, ByteRange range) {
  for (uint64_t at = range.first; at <= range.last;) {
    auto bytes = file.read(at, range.last - at + 1);
    if (bytes.empty()) return;  // it became shorter: the client sees too few bytes and knows
    gateway.write(bytes);
    if (!gateway.flush()) return;
    at += bytes.size();
  }
}

std::pair<std::string, std::string> disposition(const actions::Download& download) {
  return {"Content-Disposition", "attachment; filename=\"" + download.name + "\""};
}

void send_produced(Gateway& gateway, const actions::Download& download) {
  write_head(gateway, 200, download.type, {{"X-Accel-Buffering", "no"}, disposition(download)});
  size_t waiting = 0;
  try {
    download.produce([&](std::string_view bytes) {
      gateway.write(bytes);
      if ((waiting += bytes.size()) < kFlushBytes) return;
      if (!gateway.flush()) throw base::Failure("the client went away");
      waiting = 0;
    });
    gateway.flush();
  } catch (const base::Failure&) {
    gateway.break_off();
  }
}

}  // namespace

RangeKind read_range(std::string_view header, uint64_t size_bytes, ByteRange& range) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return RangeKind::none;
  header.remove_prefix(kUnit.size());
  auto dash = header.find('-');
  if (dash == std::string_view::npos || header.find(',') != std::string_view::npos) return RangeKind::none;
  auto first = base::whole_number(header.substr(0, dash)), last = base::whole_number(header.substr(dash + 1));
  bool from_end = dash == 0, to_end = dash + 1 == header.size();
  if ((!first && !from_end) || (!last && !to_end) || (from_end && to_end)) return RangeKind::none;
  if (first && last && *first > *last) return RangeKind::none;
  if (from_end ? *last == 0 || size_bytes == 0 : *first >= size_bytes) return RangeKind::unsatisfiable;
  range.first = from_end ? size_bytes - std::min(*last, size_bytes) : *first;
  range.last = from_end || to_end ? size_bytes - 1 : std::min(*last, size_bytes - 1);
  return RangeKind::one;
}

void send_file(Gateway& gateway, const Request& request, const actions::Download& download) {
  if (download.produce) return send_produced(gateway, download);
  platform::ReadableFile file(download.file);
  uint64_t size = file.size_bytes();
  std::string tag = "\"" + download.mark + "\"";
  ByteRange range{0, size == 0 ? 0 : size - 1};
  RangeKind kind = range_counts(request, tag) ? read_range(request.range, size, range) : RangeKind::none;
  Headers headers = {{"Accept-Ranges", "bytes"}, {"ETag", tag}, {"X-Accel-Buffering", "no"}};
  std::string of_size = "/" + std::to_string(size);
  if (kind == RangeKind::unsatisfiable) {
    headers.push_back({"Content-Range", "bytes *" + of_size});
    return write_answer(gateway, 416, kText, "There are no such bytes.\n", headers);
  }
  headers.push_back(disposition(download));
  headers.push_back({"Content-Length", std::to_string(size == 0 ? 0 : range.bytes())});
  if (kind == RangeKind::one)
    headers.push_back(
        {"Content-Range", "bytes " + std::to_string(range.first) + "-" + std::to_string(range.last) + of_size});
  write_head(gateway, kind == RangeKind::one ? 206 : 200, download.type, headers);
  if (size > 0) send_bytes(gateway, file, range);
  gateway.flush();
}

}  // namespace web
