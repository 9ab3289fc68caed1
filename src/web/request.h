// SPDX-License-Identifier: GPL-3.0-or-later
// A request as the router wants it. Query and form are read by cgicc behind two guards: it drops a last query word
// without `=` and takes `;` for a separator (so we hand it words it cannot misread), and it allocates what
// CONTENT_LENGTH says (so we look at that first).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "web/gateway.h"

namespace web {

constexpr size_t kMostFormBytes = 64 << 10;

// A request that cannot be read: the status and the sentence to answer with.
struct BadRequest {
  int status;
  std::string text;
};

struct Request {
  std::string method;
  std::vector<std::string> words;                                // query words without a value, decoded
  std::vector<std::pair<std::string, std::string>> parameters;   // NAME=value of query and form, decoded, in order

  std::string accept, authorization, cookie, key_header, range, if_range;
  bool navigation = false;     // a browser's address bar or a link, not a script, image or prefetch
  bool wants_html = false;
  bool same_origin = false;    // the browser says that a page of ours asks
  bool prefetch = false;
  bool https = false;
  std::string client;          // address, forwarded ones not looked at
  std::string forwarded_for;   // X-Forwarded-For as it came
  // A proxy, or whoever says to be one, says that the client's connection is encrypted: by X-Forwarded-Proto, which
  // decides where it is there; else by any of the other ways.
  bool forwarded_proto_https = false, forwarded_https = false;
  std::string host;            // safe characters only; empty when the client sent nonsense
  std::string path;            // of the URL that reached us, without query
  std::string server_software;
  std::string document_root;
  bool live_output = false;    // our .htaccess says that this server passes text on at once

  // The first value of a name; nullopt when it is not there.
  std::optional<std::string> value(std::string_view name) const;
  // `pretty`, `quiet`, `strict`: as a word or with any value but 0.
  bool flag(std::string_view name) const;
};

// Reads variables and, for POST, the body. Throws BadRequest.
Request read_request(Gateway& gateway);

}  // namespace web
