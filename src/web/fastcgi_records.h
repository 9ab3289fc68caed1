// SPDX-License-Identifier: GPL-3.0-or-later
// What we send of the FastCGI protocol (specification 1.0: 3.3, 5.3, 5.5). libfcgi would send an answer in
// parts of 8 KB and its end apart from them, and wake the web server for each.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace web {

constexpr size_t kMostRecordBytes = 32 << 10;

// A record of output. REQUIRES: up to kMostRecordBytes; none adds nothing, for an empty record is the end.
void add_output(std::string& records, int request, std::string_view bytes);
// The end of the output and of the request.
void add_end(std::string& records, int request);

}  // namespace web
