// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/mautic/database_findings.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace apps::mautic {

namespace {

using std::string;
using std::string_view;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What stands in `text` between the first `before` and the next `behind`; empty when it does not.
string between(const string& text, string_view before, string_view behind) {
  size_t begin = text.find(before);
  if (begin == text.npos) return {};
  begin += before.size();
  size_t end = text.find(behind, begin);
  return end == text.npos ? "" : text.substr(begin, end - begin);
}

bool names_code(const string& text, unsigned code) {
  string digits = std::to_string(code);
  for (size_t at = text.find(digits); at != text.npos; at = text.find(digits, at + 1)) {
    bool alone = (at == 0 || !is_digit(text[at - 1])) && (at + digits.size() == text.size() || !is_digit(text[at + digits.size()]));
    bool as_code = at >= 1 && (text[at - 1] == ' ' || text[at - 1] == '(' || text[at - 1] == '[' || text[at - 1] == ':');
    if (alone && as_code) return true;
  }
  return false;
}

}  // namespace

std::vector<string> prefixes_in(const std::set<string>& tables) {
  constexpr std::array<string_view, 5> kMarks = {"leads", "lead_lists", "campaigns", "emails", "ip_addresses"};
  constexpr string_view kRare = "lead_fields";
  std::vector<string> prefixes;
  for (const auto& table : tables) {
    if (!table.ends_with(kRare)) continue;
    string prefix = table.substr(0, table.size() - kRare.size());
    bool whole = std::all_of(kMarks.begin(), kMarks.end(), [&](string_view mark) { return tables.count(prefix + string(mark)) > 0; });
    if (whole) prefixes.push_back(prefix);
  }
  return prefixes;
}

LeastServer least_server(const base::Version& release, const string& metadata) {
  auto said = nlohmann::json::parse(metadata, nullptr, false);
  auto text = [&](const char* key) {
    bool is_text = said.is_object() && said.contains(key) && said[key].is_string();
    return is_text && base::Version::parse(said[key].get<string>()) ? said[key].get<string>() : "";
  };
  LeastServer least{text("minimum_mysql_version"), text("minimum_mariadb_version")};
  if (!least.mysql.empty() || !least.mariadb.empty() || release.empty()) return least;
  // Of releases that say nothing: what upgrade_v3.php asks for, and the releases' own statements later on.
  if (release >= base::Version::of("7.0.0")) return {"8.4.0", "10.11.0"};
  if (release >= base::Version::of("4.2.0")) return {"5.7.14", "10.2.7"};
  bool is_of_3 = release.major() == 3 && release.minor() <= 1;
  return is_of_3 ? LeastServer{"5.7.14", "10.2"} : LeastServer{};
}

base::Version server_number(const string& version, bool is_mariadb) {
  constexpr string_view kReplication = "5.5.5-";  // what MariaDB puts before its own for old clients
  string_view text = version;
  if (is_mariadb && text.starts_with(kReplication) && text.size() > kReplication.size() && is_digit(text[kReplication.size()]))
    text.remove_prefix(kReplication.size());
  size_t end = 0;
  while (end < text.size() && (is_digit(text[end]) || text[end] == '.')) ++end;
  return base::Version::parse(text.substr(0, end)).value_or(base::Version());
}

std::optional<SchemaError> schema_error(const string& text, const string& prefix) {
  string column = between(text, "Unknown column '", "'");
  if (!column.empty()) return SchemaError{"", base::lower(column.substr(column.rfind('.') + 1))};
  bool says_absent = base::contains(text, "doesn't exist") || base::contains(text, "42S02");
  string table = says_absent ? between(text, "Table '", "'") : "";
  table = table.substr(table.rfind('.') + 1);
  if (table.empty() || !table.starts_with(prefix) || table.size() == prefix.size()) return std::nullopt;
  return SchemaError{table.substr(prefix.size()), ""};
}

unsigned migration_error(const string& text) {
  bool is_sql = base::contains(text, "SQLSTATE") || base::contains(text, "An exception occurred while executing");
  bool migrates = base::contains(text, "migration") || base::contains(text, "Migration");
  if (!is_sql || !migrates) return 0;
  if (base::contains(text, "errno: 150") || base::contains(text, "errno: 121")) return 1005;
  for (unsigned code : {1050U, 1060U, 1061U, 1091U, 1005U, 1071U, 1709U, 1118U, 1832U, 1452U})
    if (names_code(text, code)) return code;
  return 0;
}

string migration_named(const string& text) {
  constexpr string_view kName = "Migrations\\Version";
  size_t at = text.find(kName);
  if (at == text.npos) at = text.find("Migrations\\\\Version");
  if (at == text.npos) return {};
  at = text.find("Version", at) + 7;
  size_t end = at;
  while (end < text.size() && (is_digit(text[end]) || text[end] == 'z')) ++end;
  return text.substr(at, end - at);
}

}  // namespace apps::mautic
