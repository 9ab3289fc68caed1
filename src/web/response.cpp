// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/response.h"

#include <algorithm>
#include <array>

namespace web {

namespace {

constexpr std::array<std::pair<int, const char*>, 19> kReasons = {{{200, "OK"},
                                                                   {202, "Accepted"},
                                                                   {204, "No Content"},
                                                                   {206, "Partial Content"},
                                                                   {303, "See Other"},
                                                                   {400, "Bad Request"},
                                                                   {403, "Forbidden"},
                                                                   {404, "Not Found"},
                                                                   {405, "Method Not Allowed"},
                                                                   {409, "Conflict"},
                                                                   {411, "Length Required"},
                                                                   {413, "Content Too Large"},
                                                                   {414, "URI Too Long"},
                                                                   {415, "Unsupported Media Type"},
                                                                   {416, "Range Not Satisfiable"},
                                                                   {429, "Too Many Requests"},
                                                                   {500, "Internal Server Error"},
                                                                   {503, "Service Unavailable"},
                                                                   {507, "Insufficient Storage"}}};

const char* reason_of(int status) {
  auto found = std::find_if(kReasons.begin(), kReasons.end(), [&](const auto& row) { return row.first == status; });
  return found == kReasons.end() ? "Unknown" : found->second;
}

// Nothing that came from outside may end a header.
std::string header_value(std::string value) {
  std::replace_if(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return value;
}

}  // namespace

void write_head(Gateway& gateway, int status, const std::string& type, const Headers& more) {
  std::string head = "Status: " + std::to_string(status) + " " + reason_of(status) + "\r\n";
  auto add = [&](const std::string& name, const std::string& value) {
    head += name + ": " + header_value(value) + "\r\n";
  };
  if (!type.empty()) add("Content-Type", type);
  add("Cache-Control", "no-store, private");
  add("X-Content-Type-Options", "nosniff");
  add("X-Robots-Tag", "noindex");
  add("Referrer-Policy", "no-referrer");
  for (const auto& [name, value] : more) add(name, value);
  gateway.write(head + "\r\n");
  gateway.head_written = true;
}

void write_answer(Gateway& gateway, int status, const std::string& type, const std::string& body, const Headers& more,
                  bool body_too) {
  Headers all = more;
  if (body_too) all.push_back({"Content-Length", std::to_string(body.size())});
  write_head(gateway, status, type, all);
  if (body_too) gateway.write(body);
}

}  // namespace web
