// SPDX-License-Identifier: GPL-3.0-or-later
// What of Mautic's configuration must not be told: the values behind names that say so, and passwords inside of addresses
// (mailer_dsn, messenger_dsn_email).
#include "apps/mautic/configuration.h"
#include "apps/mautic/mautic.h"
#include "base/masking.h"
#include "base/text.h"

namespace apps::mautic {

namespace {

// As the application uses it: %% is one.
std::string plain(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == '%' && text.substr(i + 1, 1) == "%") ++i;
  }
  return out;
}

// scheme://user:PASSWORD@host
std::string password_in_address(const std::string& text) {
  size_t scheme = text.find("://"), sign = text.rfind('@');
  size_t colon = scheme == text.npos ? text.npos : text.find(':', scheme + 3);
  return colon == text.npos || sign == text.npos || colon > sign ? "" : text.substr(colon + 1, sign - colon - 1);
}

void collect(const std::string& key, const base::PhpValue& value, bool inside, std::vector<std::string>& all) {
  bool is_secret = inside || base::is_secret_name(base::lower(key)) || key.ends_with("_auth");
  if (auto* array = value.as<base::PhpArray>()) {
    for (const auto& element : array->elements()) {
      auto* name = std::get_if<std::string>(&element.key);
      collect(name ? *name : "", element.value, is_secret, all);
    }
    return;
  }
  std::string text = plain(value.words().value_or(""));
  if (is_secret) all.push_back(text);
  all.push_back(password_in_address(text));
}

}  // namespace

std::vector<std::string> secrets(platform::Disk& disk, const Site& site) {
  Configuration configuration(disk, site);
  std::vector<std::string> all;
  for (const auto& element : configuration.elements()) collect(element.key, *element.value, false, all);
  std::erase(all, "");
  return all;
}

}  // namespace apps::mautic
