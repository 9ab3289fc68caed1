// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/grants.h"

#include "base/text.h"

namespace storage {

namespace {

constexpr std::string_view kGrant = "GRANT ";
constexpr std::string_view kOn = " ON ";

// The next name between backquotes (or double quotes, or bare) and what stands behind it.
std::string take_name(std::string_view& text) {
  std::string name;
  char quote = !text.empty() && (text[0] == '`' || text[0] == '"') ? text[0] : '\0';
  size_t at = quote ? 1 : 0;
  for (; at < text.size(); ++at) {
    if (!quote && (text[at] == '.' || text[at] == ' ')) break;
    if (quote && text[at] == quote) {
      if (at + 1 == text.size() || text[at + 1] != quote) break;
      ++at;
    }
    name += text[at];
  }
  text.remove_prefix(std::min(text.size(), quote ? at + 1 : at));
  return name;
}

}  // namespace

bool grant_matches(std::string_view pattern, std::string_view database) {
  if (pattern.empty()) return database.empty();
  if (pattern[0] == '%') {
    for (size_t skipped = 0; skipped <= database.size(); ++skipped)
      if (grant_matches(pattern.substr(1), database.substr(skipped))) return true;
    return false;
  }
  bool escaped = pattern[0] == '\\' && pattern.size() > 1;
  if (escaped) pattern.remove_prefix(1);
  if (database.empty() || (pattern[0] != database[0] && (escaped || pattern[0] != '_'))) return false;
  return grant_matches(pattern.substr(1), database.substr(1));
}

Grants::Grants(const std::vector<std::string>& lines, std::string_view database) {
  for (std::string_view line : lines) {
    size_t on = line.find(kOn);
    if (!line.starts_with(kGrant) || on == std::string_view::npos) continue;  // a role, or a revoke
    std::string_view scope = line.substr(on + kOn.size());
    bool everywhere = scope.starts_with("*.*");
    if (!everywhere) {
      std::string pattern = take_name(scope);
      if (!scope.starts_with(".*") || !grant_matches(pattern, database)) continue;
    }
    for (std::string_view privilege : base::split(line.substr(kGrant.size(), on - kGrant.size()), ','))
      (everywhere ? everywhere_ : here_).emplace(base::trim(privilege));
  }
}

bool Grants::has_everywhere(std::string_view privilege) const {
  return everywhere_.count(privilege) || everywhere_.count("ALL PRIVILEGES") || everywhere_.count("ALL");
}

bool Grants::has(std::string_view privilege) const {
  return has_everywhere(privilege) || here_.count(privilege) || here_.count("ALL PRIVILEGES") || here_.count("ALL");
}

}  // namespace storage
