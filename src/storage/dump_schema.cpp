// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/dump_schema.h"

#include <algorithm>
#include <array>

#include "base/failure.h"
#include "base/text.h"

namespace storage {

namespace {

template <size_t Count>
bool is_one_of(const std::array<std::string_view, Count>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 12> kNumbers = {"tinyint", "smallint", "mediumint", "int", "integer", "bigint",
                                                       "decimal", "numeric", "float", "double", "real", "year"};
constexpr std::array<std::string_view, 17> kBytes = {
    "bit",       "binary",     "varbinary",       "tinyblob",  "blob",       "mediumblob",   "longblob",
    "geometry",  "point",      "linestring",      "polygon",   "multipoint", "multilinestring", "multipolygon",
    "geometrycollection", "geomcollection", "vector"};
// Every character of these has one place in utf8mb4, and comes back to where it was.
constexpr std::array<std::string_view, 9> kExactSets = {"utf8mb4", "utf8mb3", "utf8",    "latin1", "ascii",
                                                        "ucs2",    "utf16",   "utf16le", "utf32"};
constexpr std::array<std::string_view, 3> kRowless = {"MRG_MYISAM", "MRG_MyISAM", "FEDERATED"};

uint64_t number_of(const std::optional<std::string>& text) {
  return text ? base::whole_number(*text).value_or(0) : 0;
}

TableKind kind_of(const std::string& type) {
  if (base::contains(type, "VIEW")) return TableKind::view;
  return type == "SEQUENCE" ? TableKind::sequence : TableKind::table;
}

bool is_transactional(const std::vector<SqlRow>& engines, const std::string& engine) {
  return std::any_of(engines.begin(), engines.end(), [&](const SqlRow& row) { return row[0] == engine; });
}

bool is_generated(std::string_view extra) {
  return base::contains(extra, "VIRTUAL") || base::contains(extra, "STORED GENERATED") ||
         base::contains(extra, "PERSISTENT");
}

// The definition; empty when the table is gone by now.
std::string definition_of(Connection& connection, const DumpTable& table) {
  const char* word = table.kind == TableKind::sequence ? "SEQUENCE " : "TABLE ";
  try {
    std::vector<SqlRow> rows = connection.query("SHOW CREATE " + (word + quote_name(table.name)));
    return rows.empty() ? std::string() : rows[0].at(1).value_or("");
  } catch (const base::Failure& failure) {
    if (connection.error_code() == kSqlNoSuchTable) return {};
    throw base::Failure("cannot read the definition of the table " + base::printable_line(table.name) + ": " +
                            failure.what(), failure.advice());
  }
}

}  // namespace

bool keeps_rows(std::string_view engine) { return !is_one_of(kRowless, engine); }

std::vector<DumpTable> read_tables(Connection& connection) {
  std::vector<SqlRow> engines = connection.query("SELECT ENGINE FROM information_schema.ENGINES WHERE TRANSACTIONS='YES'");
  std::vector<DumpTable> tables;
  for (SqlRow& row : connection.query("SELECT TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_ROWS, DATA_LENGTH FROM "
                                      "information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE()")) {
    DumpTable& table = tables.emplace_back();
    table.name = row[0].value_or("");
    table.kind = kind_of(row[1].value_or(""));
    table.engine = row[2].value_or("");
    table.expected_rows = number_of(row[3]);
    table.expected_bytes = number_of(row[4]);
    table.transactional = is_transactional(engines, table.engine);
    table.has_history = row[1] == "SYSTEM VERSIONED";
    table.has_rows = keeps_rows(table.engine);
  }
  std::sort(tables.begin(), tables.end(), [](const DumpTable& a, const DumpTable& b) { return a.name < b.name; });
  for (DumpTable& table : tables) {
    if (table.kind == TableKind::view) continue;
    table.definition = definition_of(connection, table);
    connection.run("ROLLBACK TO SAVEPOINT unstick");  // lets go of the table: nobody waits for us
  }
  return tables;
}

std::string without_counter(std::string_view definition) {
  constexpr std::string_view word = " AUTO_INCREMENT=";
  // Only the options behind the last line's ")" count: a comment or default may hold the words too.
  size_t options = definition.rfind("\n)");
  size_t at = options == std::string_view::npos ? options : definition.find(word, options);
  std::string result(definition);
  if (at == std::string_view::npos) return result;
  size_t end = result.find_first_not_of("0123456789", at + word.size());
  return result.erase(at, end == std::string::npos ? end : end - at);
}

std::optional<std::string> first_difference(const std::vector<DumpTable>& before, const std::vector<DumpTable>& after) {
  for (size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
    if (i == before.size()) return after[i].name;
    if (i == after.size()) return before[i].name;
    if (before[i].name != after[i].name) return std::min(before[i].name, after[i].name);
    if (before[i].kind != after[i].kind ||
        without_counter(before[i].definition) != without_counter(after[i].definition))
      return before[i].name;
  }
  return std::nullopt;
}

DumpColumn column_of(const std::string& name, std::string_view type, std::string_view character_set) {
  DumpColumn column;
  column.name = name;
  column.expression = quote_name(name);
  if (is_one_of(kNumbers, type)) {
    column.literal = Literal::number;
    // The server prints a FLOAT with six digits; as a DOUBLE it prints all that count.
    if (type == "float") column.expression = "(" + column.expression + "+0e0)";
  } else if (is_one_of(kBytes, type)) {
    column.literal = Literal::hex;
  } else {
    column.is_text = true;
    if (character_set.empty() || is_one_of(kExactSets, character_set)) return column;
    column.expression = "CAST(" + column.expression + " AS BINARY)";
    column.literal = Literal::hex;
    column.introducer = "_" + std::string(character_set) + " ";
  }
  return column;
}

std::vector<DumpColumn> read_columns(Connection& connection, const std::string& table) {
  std::vector<DumpColumn> columns;
  for (const SqlRow& row : connection.query(
           "SELECT COLUMN_NAME, LOWER(DATA_TYPE), CHARACTER_SET_NAME, UPPER(EXTRA) FROM information_schema.COLUMNS "
           "WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME=" + connection.quote(table) + " ORDER BY ORDINAL_POSITION"))
    if (!is_generated(row[3].value_or("")))
      columns.push_back(column_of(row[0].value_or(""), row[1].value_or(""), row[2].value_or("")));
  return columns;
}

}  // namespace storage
