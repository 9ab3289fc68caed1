// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/fastcgi_records.h"

#include <fastcgi.h>

namespace web {

namespace {

void add_header(std::string& records, int type, int request, size_t content_bytes) {
  for (size_t byte : {size_t{FCGI_VERSION_1}, static_cast<size_t>(type), static_cast<size_t>(request) >> 8,
                      static_cast<size_t>(request), content_bytes >> 8, content_bytes, size_t{0}, size_t{0}})
    records += static_cast<char>(byte & 255);
}

}  // namespace

void add_output(std::string& records, int request, std::string_view bytes) {
  if (bytes.empty()) return;
  add_header(records, FCGI_STDOUT, request, bytes.size());
  records += bytes;
}

void add_end(std::string& records, int request) {
  add_header(records, FCGI_STDOUT, request, 0);
  add_header(records, FCGI_END_REQUEST, request, sizeof(FCGI_EndRequestBody));
  records.append(sizeof(FCGI_EndRequestBody), '\0');  // exit status 0, FCGI_REQUEST_COMPLETE
}

}  // namespace web
