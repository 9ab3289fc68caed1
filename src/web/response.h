// SPDX-License-Identifier: GPL-3.0-or-later
// Answers: the head that every one of them has, and the short ones that are known as a whole.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "web/gateway.h"

namespace web {

using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kText = "text/plain; charset=utf-8";
constexpr const char* kHtml = "text/html; charset=utf-8";
constexpr const char* kEvents = "application/x-ndjson";

// Status line and headers; every answer carries what keeps it out of caches, indexes, frames and referrers.
void write_head(Gateway& gateway, int status, const std::string& type, const Headers& more = {});

// A whole answer, sent at the end of the request. With `body_too` false (HEAD) the head only.
void write_answer(Gateway& gateway, int status, const std::string& type, const std::string& body,
                  const Headers& more = {}, bool body_too = true);

}  // namespace web
