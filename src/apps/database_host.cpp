// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/database_host.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>

#include "base/text.h"

namespace apps {

namespace {

constexpr size_t kMostHostBytes = 255;

bool is_host(std::string_view text) {
  return text.size() <= kMostHostBytes && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return c >= 0x80 || std::isalnum(c) || c == '.' || c == '-' || c == '_';
         });
}

// With a zone behind it or without: "::1", "fe80::1%eth0".
bool is_ip6(std::string_view text) {
  std::string address(text.substr(0, text.find('%')));
  std::string_view zone = address.size() < text.size() ? text.substr(address.size() + 1) : "";
  in6_addr bytes;
  return is_host(zone) && address.find('\0') == address.npos && ::inet_pton(AF_INET6, address.c_str(), &bytes) == 1;
}

bool set_host(std::string_view text, DatabaseAccess& access) {
  if (!is_host(text) && !is_ip6(text)) return false;
  access.host = text;
  return true;
}

bool set_socket(std::string_view path, DatabaseAccess& access) {
  if (path.size() < 2 || path[0] != '/' || path[1] == '/' || path.find('\0') != path.npos) return false;
  access.socket = path;
  return true;
}

// What stands before the first ";" of a PDO source.
bool read_plain(std::string_view text, DatabaseAccess& access) {
  if (text.substr(0, 1) == "/") return set_socket(text, access);
  if (text.substr(0, 1) == "[") {
    size_t end = text.find(']');
    if (end == text.npos || !is_ip6(text.substr(1, end - 1))) return false;
    access.host = text.substr(1, end - 1);
    std::string_view rest = text.substr(end + 1);
    return rest.empty() || (rest[0] == ':' && read_database_port(rest.substr(1), access));
  }
  size_t colon = text.find(':');
  if (colon == text.npos || is_ip6(text)) return set_host(text, access);
  std::string_view before = text.substr(0, colon), behind = text.substr(colon + 1);
  if (behind.substr(0, 1) == "/") return (before == "unix" || set_host(before, access)) && set_socket(behind, access);
  return set_host(before, access) && read_database_port(behind, access);
}

bool read_pdo_word(std::string_view word, DatabaseAccess& access) {
  size_t equals = word.find('=');
  std::string_view name = base::trim(word.substr(0, equals));
  std::string_view value = equals == word.npos ? "" : base::trim(word.substr(equals + 1));
  if (name == "unix_socket") return set_socket(value, access);
  if (name == "port") return read_database_port(value, access);
  if (name == "host") return set_host(value, access);
  return name.empty() || name == "charset";
}

}  // namespace

bool read_database_host(std::string_view text, DatabaseAccess& access) {
  DatabaseAccess read;
  read.port = access.port;
  auto words = base::split(text, ';');
  std::string_view plain = base::trim(words[0]);
  if (plain.substr(0, 2) == "p:") plain.remove_prefix(2);
  if (!read_plain(plain, read)) return false;
  for (size_t i = 1; i < words.size(); ++i)
    if (!read_pdo_word(words[i], read)) return false;
  access.host = std::move(read.host);
  access.socket = std::move(read.socket);
  access.port = read.port;
  return true;
}

bool read_database_port(std::string_view text, DatabaseAccess& access) {
  text = base::trim(text);
  auto port = text.empty() ? std::optional<uint64_t>(0) : base::whole_number(text, 65535);
  if (port) access.port = static_cast<unsigned>(*port);
  return port.has_value();
}

}  // namespace apps
