// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/request.h"

#include <cgicc/CgiInput.h>
#include <cgicc/Cgicc.h>

#include <algorithm>
#include <array>
#include <exception>

#include "base/text.h"

namespace web {

namespace {

constexpr size_t kMostQueryBytes = 64 << 10;
constexpr uint64_t kMostDrainedBytes = 32 << 20;
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";
// Every name that takes a value; all others without a value are words, of which one may be the key.
constexpr std::array<std::string_view, 24> kNames = {
    "task", "format", "wait", "job",    "from",  "view", "run",  "apiTask", "confirm", "file",   "version", "backup",
    "php",  "check",  "eula", "tables", "lines", "for",  "days", "link",    "page",    "pretty", "quiet",   "strict"};

bool is_name(std::string_view text) { return std::find(kNames.begin(), kNames.end(), text) != kNames.end(); }

// cgicc's view of the request: our guarded query and body, and no cookies (it is never asked for them).
class GuardedInput final : public cgicc::CgiInput {
 public:
  GuardedInput(std::string query, std::string body, bool post)
      : query_(std::move(query)), body_(std::move(body)), post_(post) {}

  size_t read(char* data, size_t length) override {
    size_t count = std::min(length, body_.size() - position_);
    body_.copy(data, count, position_);
    position_ += count;
    return count;
  }

  std::string getenv(const char* name) override {
    std::string_view wanted = name;
    if (wanted == "QUERY_STRING") return query_;
    if (wanted == "REQUEST_METHOD") return post_ ? "POST" : "GET";
    if (!post_) return {};
    if (wanted == "CONTENT_TYPE") return std::string(kFormType);
    if (wanted == "CONTENT_LENGTH") return std::to_string(body_.size());
    return {};
  }

 private:
  std::string query_, body_;
  bool post_;
  size_t position_ = 0;
};

// The form that cgicc reads rightly: every word ends with &, and ; is no separator.
std::string guarded(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == ';') out += "%3B";
    else out += c;
  }
  return out + "&";
}

// Reads and forgets a body that will be refused: mod_cgid gives the client nothing at all when a program answers
// without reading, and mod_cgi reads no answer before the body is gone.
void drain(Gateway& gateway, uint64_t length) {
  std::array<char, 16384> buffer{};
  for (uint64_t left = std::min(length, kMostDrainedBytes); left > 0;) {
    size_t got = gateway.read(buffer.data(), std::min<uint64_t>(left, buffer.size()));
    if (got == 0) return;
    left -= got;
  }
}

std::string read_body(Gateway& gateway) {
  std::string type = base::lower(gateway.variable("CONTENT_TYPE"));
  auto semicolon = type.find(';');
  auto length = base::whole_number(gateway.variable("CONTENT_LENGTH"));
  if (!length) throw BadRequest{411, "The request does not say how long its form is."};
  bool is_form = base::trim(std::string_view(type).substr(0, semicolon)) == kFormType;
  if (!is_form || *length > kMostFormBytes) drain(gateway, *length);
  if (!is_form) throw BadRequest{415, "Forms must be sent as " + std::string(kFormType) + "."};
  if (*length > kMostFormBytes) throw BadRequest{413, "The form is larger than 64 KiB."};
  std::string body(*length, '\0');
  size_t got = gateway.read(body.data(), body.size());
  if (got != body.size()) throw BadRequest{400, "The form did not arrive whole."};
  return body;
}

void take_elements(Request& request, GuardedInput& input) {
  cgicc::Cgicc cgi(&input);
  for (const auto& element : cgi.getElements()) {
    std::string name = element.getName();
    if (element.getValue().empty() && !is_name(name)) {
      if (!name.empty()) request.words.push_back(std::move(name));
    } else {
      request.parameters.emplace_back(std::move(name), element.getValue());
    }
  }
}

std::string safe_host(const std::string& host) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]_";
  return host.size() <= 255 && host.find_first_not_of(allowed) == std::string::npos ? host : "";
}

// The path of the URL: relative links keep it, so only printed absolute ones need it.
std::string url_path(Gateway& gateway) {
  std::string uri = gateway.variable("REQUEST_URI");
  if (uri.empty() || uri[0] != '/') uri = gateway.variable("SCRIPT_NAME");
  std::string path = uri.substr(0, uri.find('?'));
  bool printable =
      std::all_of(path.begin(), path.end(), [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != ';'; });
  return printable ? path : gateway.variable("SCRIPT_NAME");
}

void take_headers(Request& request, Gateway& gateway) {
  request.accept = gateway.variable("HTTP_ACCEPT");
  request.authorization = gateway.variable("HTTP_AUTHORIZATION");
  if (request.authorization.empty()) request.authorization = gateway.variable("REDIRECT_HTTP_AUTHORIZATION");
  request.cookie = gateway.variable("HTTP_COOKIE");
  request.key_header = gateway.variable("HTTP_X_UNSTICK_KEY");
  request.range = gateway.variable("HTTP_RANGE");
  request.if_range = gateway.variable("HTTP_IF_RANGE");
  request.wants_html = base::contains(request.accept, "text/html");
  request.same_origin = gateway.variable("HTTP_SEC_FETCH_SITE") == "same-origin";
  std::string mode = gateway.variable("HTTP_SEC_FETCH_MODE");
  request.navigation = mode.empty() ? request.wants_html : mode == "navigate";
  for (const char* name : {"HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ"})
    request.prefetch = request.prefetch || base::contains(base::lower(gateway.variable(name)), "prefetch");
  std::string https = base::lower(gateway.variable("HTTPS"));
  request.https = https == "on" || https == "1" || gateway.variable("REQUEST_SCHEME") == "https";
}

// Of a chain of proxies the first, who met the client, counts.
std::string first_word(Gateway& gateway, const char* name) {
  std::string value = base::lower(gateway.variable(name));
  return std::string(base::trim(std::string_view(value).substr(0, value.find(','))));
}

// In the other ways that proxies have of saying it.
bool says_https(Gateway& gateway) {
  for (const char* name : {"HTTP_X_FORWARDED_SCHEME", "HTTP_X_URL_SCHEME"})
    if (first_word(gateway, name) == "https") return true;
  for (const char* name : {"HTTP_X_FORWARDED_SSL", "HTTP_FRONT_END_HTTPS"})
    if (base::lower(gateway.variable(name)) == "on") return true;
  std::string forwarded = first_word(gateway, "HTTP_FORWARDED");
  std::erase(forwarded, '"');
  return base::contains(forwarded, "proto=https");
}

void take_forwarded(Request& request, Gateway& gateway) {
  request.forwarded_for = gateway.variable("HTTP_X_FORWARDED_FOR");
  std::string proto = first_word(gateway, "HTTP_X_FORWARDED_PROTO");
  request.forwarded_proto_https = proto == "https";
  request.forwarded_https = proto.empty() ? says_https(gateway) : request.forwarded_proto_https;
}

void take_places(Request& request, Gateway& gateway) {
  request.client = gateway.variable("REMOTE_ADDR");
  take_forwarded(request, gateway);
  request.host = safe_host(gateway.variable("HTTP_HOST"));
  if (request.host.empty()) request.host = safe_host(gateway.variable("SERVER_NAME"));
  request.path = url_path(gateway);
  request.server_software = gateway.variable("SERVER_SOFTWARE");
  request.document_root = gateway.variable("DOCUMENT_ROOT");
  request.live_output = !gateway.variable("UNSTICK_LIVE").empty();
}

}  // namespace

std::optional<std::string> Request::value(std::string_view name) const {
  for (const auto& [known, value] : parameters)
    if (known == name) return value;
  return std::nullopt;
}

bool Request::flag(std::string_view name) const {
  auto set = value(name);
  return set && *set != "0";
}

Request read_request(Gateway& gateway) {
  Request request;
  request.method = gateway.variable("REQUEST_METHOD");
  if (request.method.empty()) request.method = "GET";
  std::string query = gateway.variable("QUERY_STRING");
  if (query.size() > kMostQueryBytes) throw BadRequest{414, "The address is longer than 64 KiB."};
  bool post = request.method == "POST";
  GuardedInput input(guarded(query), post ? guarded(read_body(gateway)) : "", post);
  try {
    take_elements(request, input);
  } catch (const std::exception&) {
    throw BadRequest{400, "The request cannot be read."};
  }
  take_headers(request, gateway);
  take_places(request, gateway);
  return request;
}

}  // namespace web
