// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/dump_objects.h"

#include "base/failure.h"
#include "base/text.h"
#include "storage/grants.h"

namespace storage {

namespace {

// Definitions come back in the bytes in which they were given, to be restored in the same character set.
class RawAnswers {
 public:
  explicit RawAnswers(Connection& connection) : connection_(connection) {
    connection_.run("SET character_set_results=NULL");
  }
  ~RawAnswers() {
    try {
      connection_.run("SET character_set_results=utf8mb4");
    } catch (const base::Failure&) {  // lost: the next statement says so
    }
  }
  RawAnswers(const RawAnswers&) = delete;
  RawAnswers& operator=(const RawAnswers&) = delete;

 private:
  Connection& connection_;
};

// Rows, or nullopt where the server refuses (not where the connection is lost: that is thrown on).
std::optional<std::vector<SqlRow>> query_if_allowed(Connection& connection, const std::string& sql) {
  try {
    return connection.query(sql);
  } catch (const base::Failure&) {
    if (connection.lost()) throw;
    return std::nullopt;
  }
}

std::vector<std::string> names(Connection& connection, const std::string& sql) {
  std::vector<std::string> found;
  for (SqlRow& row : connection.query(sql)) found.push_back(row[0].value_or(""));
  return found;
}

std::string shown(const std::string& name) { return base::printable_line(name); }

// Where SHOW CREATE of a kind has what.
struct Kind {
  const char* word;          // "TRIGGER"
  const char* plain;         // "the trigger"
  size_t sql_mode, definition, character_set, collation;
  size_t time_zone = 0;      // 0 = has none
};
constexpr Kind kTrigger{"TRIGGER", "the trigger", 1, 2, 3, 4};
constexpr Kind kEvent{"EVENT", "the event", 1, 3, 4, 5, 2};

void write_object(Connection& connection, const Kind& kind, const SqlRow& row, GzipMembers& out) {
  std::string settings = "SET SESSION sql_mode=" + connection.quote(row.at(kind.sql_mode).value_or("")) +
                         ", character_set_client=" + row.at(kind.character_set).value_or("utf8mb4") +
                         ", collation_connection=" + row.at(kind.collation).value_or("utf8mb4_general_ci");
  if (kind.time_zone) settings += ", time_zone=" + connection.quote(row.at(kind.time_zone).value_or("+00:00"));
  const std::string& definition = *row.at(kind.definition);
  std::string delimiter = ";;";
  while (base::contains(definition, delimiter)) delimiter += ";";
  // On a line of its own: the body may end in a comment.
  out.write(settings + ";\nDELIMITER " + delimiter + "\n" + definition + "\n" + delimiter + "\nDELIMITER ;\n");
}

// SHOW CREATE and the object's SQL; false, and a note, where the account may not see it.
bool dump_object(Connection& connection, const Kind& kind, const std::string& name, GzipMembers& out,
                 Manifest& manifest) {
  auto rows = query_if_allowed(connection, "SHOW CREATE " + (kind.word + (" " + quote_name(name))));
  if (!rows || rows->empty() || !rows->front().at(kind.definition)) {
    manifest.notes.push_back(kind.plain + (" " + shown(name) + " is not inside: ") +
                             shown(connection.target().user) + " may not read its definition");
    return false;
  }
  out.write("DROP " + (kind.word + (" IF EXISTS " + quote_name(name))) + ";\n");
  write_object(connection, kind, rows->front(), out);
  return true;
}

constexpr const char* kBackToOurs =
    "SET NAMES utf8mb4;\nSET SESSION sql_mode='NO_AUTO_VALUE_ON_ZERO', time_zone='+00:00';\n";

// The columns of a view; nullopt when it refers to what no longer is.
std::optional<std::vector<std::string>> view_columns(Connection& connection, const std::string& view) {
  auto rows = query_if_allowed(connection, "SHOW COLUMNS FROM " + quote_name(view));
  if (!rows || rows->empty()) return std::nullopt;
  std::vector<std::string> columns;
  for (const SqlRow& row : *rows) columns.push_back(row[0].value_or(""));
  return columns;
}

struct View {
  std::string name;
  SqlRow row;  // of SHOW CREATE VIEW
};

// Writes the view's placeholder; nullopt, and a note, when the view cannot be inside.
std::optional<View> begin_view(Connection& connection, const std::string& name, GzipMembers& out, Manifest& manifest) {
  auto rows = query_if_allowed(connection, "SHOW CREATE VIEW " + quote_name(name));
  if (!rows || rows->empty()) {
    manifest.notes.push_back("the view " + shown(name) + " is not inside: " + shown(connection.target().user) +
                             " may not read its definition (SHOW VIEW), or it is damaged");
    return std::nullopt;
  }
  auto columns = view_columns(connection, name);
  if (!columns) {
    manifest.notes.push_back("the view " + shown(name) + " is not inside: it refers to a table or column that is not there");
    return std::nullopt;
  }
  std::string placeholder;
  for (const std::string& column : *columns)
    placeholder += (placeholder.empty() ? "" : ", ") + quote_name(column) + " tinyint";
  out.write("DROP TABLE IF EXISTS " + quote_name(name) + ";\nDROP VIEW IF EXISTS " + quote_name(name) +
            ";\nCREATE TABLE " + quote_name(name) + " (" + placeholder + ");\n");
  return View{name, std::move(rows->front())};
}

}  // namespace

void note_missing_rights(Connection& connection, Manifest& manifest) {
  auto rows = query_if_allowed(connection, "SHOW GRANTS");
  if (!rows) return manifest.notes.push_back("the account's rights could not be read");
  std::vector<std::string> lines;
  for (const SqlRow& row : *rows) lines.push_back(row[0].value_or(""));
  Grants grants(lines, manifest.database);
  std::string user = shown(connection.target().user);
  auto note = [&](std::string_view right, std::string_view lost) {
    manifest.notes.push_back(user + " has no " + std::string(right) + " right on this database: " + std::string(lost) +
                             " may not be inside");
  };
  if (!grants.has("SELECT")) note("SELECT", "tables that it may not read");
  if (!grants.has("TRIGGER")) note("TRIGGER", "triggers");
  if (!grants.has("EVENT")) note("EVENT", "events");
  if (!grants.has("SHOW VIEW")) note("SHOW VIEW", "views");
  bool routines = grants.has("EXECUTE") || grants.has("ALTER ROUTINE") || grants.has("CREATE ROUTINE") ||
                  grants.has_everywhere("SELECT");
  if (!routines) note("EXECUTE or ALTER ROUTINE", "procedures and functions");
}

void dump_sequences(Connection& connection, const std::vector<DumpTable>& tables, GzipMembers& out,
                    Manifest& manifest) {
  for (const DumpTable& table : tables) {
    if (table.kind != TableKind::sequence) continue;
    std::string name = quote_name(table.name);
    std::string next = connection.value("SELECT next_not_cached_value FROM " + name).value_or("1");
    out.write("DROP SEQUENCE IF EXISTS " + name + ";\n" + table.definition + ";\nDO SETVAL(" + name + ", " + next +
              ", 0);\n");
    manifest.sequences.push_back(table.name);
  }
}

void dump_views(Connection& connection, const std::vector<DumpTable>& tables, GzipMembers& out, Manifest& manifest) {
  RawAnswers raw(connection);
  std::vector<View> views;
  for (const DumpTable& table : tables)
    if (table.kind == TableKind::view)
      if (auto view = begin_view(connection, table.name, out, manifest)) views.push_back(std::move(*view));
  for (const View& view : views) {
    out.write("DROP TABLE IF EXISTS " + quote_name(view.name) + ";\nSET SESSION character_set_client=" +
              view.row.at(2).value_or("utf8mb4") + ", collation_connection=" +
              view.row.at(3).value_or("utf8mb4_general_ci") + ";\n" + view.row.at(1).value_or("") + ";\n");
    manifest.views.push_back(view.name);
  }
  if (!views.empty()) out.write(kBackToOurs);
}

void dump_routines(Connection& connection, GzipMembers& out, Manifest& manifest) {
  std::vector<SqlRow> found = connection.query(
      "SELECT ROUTINE_NAME, ROUTINE_TYPE FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA=DATABASE() "
      "ORDER BY ROUTINE_TYPE, ROUTINE_NAME");
  RawAnswers raw(connection);
  for (const SqlRow& row : found) {
    std::string word = row[1].value_or(""), plain = "the " + base::lower(word), name = row[0].value_or("");
    if (dump_object(connection, Kind{word.c_str(), plain.c_str(), 1, 2, 3, 4}, name, out, manifest))
      manifest.routines.push_back(name);
  }
  if (!found.empty()) out.write(kBackToOurs);
}

void dump_triggers(Connection& connection, GzipMembers& out, Manifest& manifest) {
  std::vector<std::string> found = names(connection, "SHOW TRIGGERS");
  RawAnswers raw(connection);
  for (const std::string& name : found)
    if (dump_object(connection, kTrigger, name, out, manifest)) manifest.triggers.push_back(name);
  if (!found.empty()) out.write(kBackToOurs);
}

void dump_events(Connection& connection, GzipMembers& out, Manifest& manifest) {
  std::vector<std::string> found =
      names(connection, "SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA=DATABASE() "
                        "ORDER BY EVENT_NAME");
  RawAnswers raw(connection);
  for (const std::string& name : found)
    if (dump_object(connection, kEvent, name, out, manifest)) manifest.events.push_back(name);
  if (!found.empty()) out.write(kBackToOurs);
}

}  // namespace storage
