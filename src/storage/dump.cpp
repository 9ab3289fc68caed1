// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/dump.h"

#include <algorithm>
#include <chrono>

#include "base/failure.h"
#include "base/text.h"
#include "storage/dump_objects.h"
#include "storage/dump_schema.h"
#include "storage/dump_session.h"
#include "storage/dump_writer.h"

namespace storage {

namespace {

using Steady = std::chrono::steady_clock;

// Asking the clock for every row would cost more than the row.
constexpr uint64_t kRowsBetweenLooks = 256;
constexpr std::chrono::milliseconds kBetweenReports{200};


bool means_changed_table(unsigned code) {
  return code == kSqlTableChanged || code == kSqlNoSuchTable || code == kSqlUnknownColumn;
}

class Dump {
 public:
  Dump(Connection& connection, const DumpOrder& order, platform::Clock& clock)
      : connection_(connection), order_(order), clock_(clock) {
    uint64_t packet = base::whole_number(connection.value("SELECT @@max_allowed_packet").value_or("")).value_or(1 << 20);
    limits_ = statement_limits(packet);
  }

  // True when it is done, false when it was stopped; `changed` names a table that made it impossible this time.
  bool attempt(std::optional<std::string>& changed);
  Manifest take_manifest() { return std::move(manifest_); }

 private:
  void begin();
  bool write_tables(GzipMembers& out, std::optional<std::string>& changed);
  bool write_table(const DumpTable& table, GzipMembers& out);
  void note_limits(const DumpTable& table);
  bool write_rows(const DumpTable& table, GzipMembers& out);
  void write_objects(GzipMembers& out);
  void finish(GzipMembers& out);
  bool go_on(GzipMembers& out);
  void let_go() { connection_.run("ROLLBACK TO SAVEPOINT unstick"); }

  Connection& connection_;
  const DumpOrder& order_;
  platform::Clock& clock_;
  StatementLimits limits_{};
  Manifest manifest_;
  std::vector<DumpTable> tables_;
  std::string head_;
  DumpProgress progress_;
  uint64_t expected_bytes_ = 0;
  uint64_t done_bytes_ = 0;   // of expected_bytes_, the tables that are finished
  double table_bytes_ = 0;    // of the present table, by its rows
  Steady::time_point reported_{};
};

void Dump::begin() {
  manifest_ = {};
  progress_ = {};
  done_bytes_ = expected_bytes_ = 0;
  manifest_.application = order_.application;
  manifest_.database = connection_.value("SELECT DATABASE()").value_or("");
  manifest_.server = connection_.server_version();
  if (manifest_.database.empty()) throw base::Failure("no database is chosen", "set db_name");
  prepare_session(connection_, manifest_);
  begin_snapshot(connection_);
  manifest_.taken = platform::utc_words(clock_.now());
  tables_ = read_tables(connection_);
  note_missing_rights(connection_, manifest_);
  for (const DumpTable& table : tables_) {
    progress_.expected_rows += table.expected_rows;
    expected_bytes_ += table.expected_bytes;
    progress_.table_count += table.kind == TableKind::table;
  }
}

bool Dump::attempt(std::optional<std::string>& changed) {
  auto began = Steady::now();
  begin();
  auto file = platform::create_large_file(order_.file, 0600);
  file->reserve(expected_dump_bytes(connection_));
  head_ = dump_head(manifest_);
  GzipMembers out(std::move(file), head_);
  dump_sequences(connection_, tables_, out, manifest_);
  let_go();
  if (!write_tables(out, changed)) return false;
  if (changed) return false;
  write_objects(out);
  changed = first_difference(tables_, read_tables(connection_));
  end_snapshot(connection_);
  if (changed || !go_on(out)) return false;
  finish(out);
  manifest_.seconds = std::chrono::duration<double>(Steady::now() - began).count();
  return true;
}

bool Dump::write_tables(GzipMembers& out, std::optional<std::string>& changed) {
  for (const DumpTable& table : tables_) {
    if (table.kind != TableKind::table) continue;
    progress_.table = table.name;
    ++progress_.table_number;
    try {
      if (!write_table(table, out)) return false;
      let_go();
    } catch (const base::Failure& failure) {
      if (means_changed_table(connection_.error_code())) {
        changed = table.name;
        end_snapshot(connection_);
        return true;
      }
      throw base::Failure("the backup stopped at the table " + base::printable_line(table.name) + ": " + failure.what(),
                          failure.advice(), failure.error());
    }
    done_bytes_ += table.expected_bytes;
  }
  return true;
}

bool Dump::write_table(const DumpTable& table, GzipMembers& out) {
  std::string name = quote_name(table.name);
  out.write("\n--\n-- Table " + base::printable_line(name) + "\n--\nDROP TABLE IF EXISTS " + name + ";\n" +
            table.definition + ";\n");
  manifest_.tables.push_back({table.name, table.engine, 0, 0});
  note_limits(table);
  return !table.has_rows || write_rows(table, out);
}

void Dump::note_limits(const DumpTable& table) {
  std::string name = base::printable_line(table.name);
  if (!table.has_rows)
    manifest_.notes.push_back("the rows of the table " + name + " are not inside: its engine " + table.engine +
                              " shows those of others");
  else if (!table.transactional)
    manifest_.notes.push_back("the table " + name + " (" + table.engine +
                              ") is outside the snapshot: its rows are as of the moment when they were read");
  if (table.has_history)
    manifest_.notes.push_back("the history of the table " + name + " is not inside, only its present rows");
}

bool Dump::write_rows(const DumpTable& table, GzipMembers& out) {
  std::vector<DumpColumn> columns = read_columns(connection_, table.name);
  if (columns.empty()) {  // dropped by now: the server says so in the way that the caller waits for
    connection_.run("SELECT 1 FROM " + quote_name(table.name) + " LIMIT 0");
    throw base::Failure("its columns cannot be read");
  }
  RowWriter writer(out, limits_, table.name, columns);
  ManifestTable& entry = manifest_.tables.back();
  uint64_t begin = out.input_bytes(), looked = begin, earlier = progress_.rows;
  double bytes_a_row =
      static_cast<double>(table.expected_bytes) / static_cast<double>(std::max<uint64_t>(1, table.expected_rows));
  out.write("/*!40000 ALTER TABLE " + quote_name(table.name) + " DISABLE KEYS */;\n");
  RowStream rows = connection_.stream(writer.select());
  while (rows.next()) {
    writer.write(rows.values(), rows.lengths());
    if (++entry.rows % kRowsBetweenLooks != 0 && out.input_bytes() - looked < GzipMembers::kBlockBytes) continue;
    looked = out.input_bytes();
    progress_.rows = earlier + entry.rows;
    table_bytes_ = bytes_a_row * static_cast<double>(entry.rows);
    if (!go_on(out)) return false;
  }
  writer.end();
  out.write("/*!40000 ALTER TABLE " + quote_name(table.name) + " ENABLE KEYS */;\n");
  entry.sql_bytes = out.input_bytes() - begin;
  manifest_.packet_bytes = std::max(manifest_.packet_bytes, writer.packet_bytes());
  progress_.rows = earlier + entry.rows;
  table_bytes_ = 0;
  return true;
}

void Dump::write_objects(GzipMembers& out) {
  progress_.table.clear();
  dump_routines(connection_, out, manifest_);
  dump_triggers(connection_, out, manifest_);
  let_go();
  dump_views(connection_, tables_, out, manifest_);
  let_go();
  dump_events(connection_, out, manifest_);
}

void Dump::finish(GzipMembers& out) {
  out.write(dump_tail(manifest_));
  GzipTotals totals = out.finish(dump_head(manifest_));
  out.commit();
  manifest_.sql_bytes = totals.input_bytes;
  manifest_.file_bytes = totals.file_bytes;
  manifest_.sha256 = totals.sha256;
}

bool Dump::go_on(GzipMembers& out) {
  auto now = Steady::now();
  if (now - reported_ < kBetweenReports) return true;
  reported_ = now;
  if (order_.stop_asked && order_.stop_asked()) return false;
  progress_.sql_bytes = out.input_bytes();
  progress_.file_bytes = out.file_bytes();
  double done = static_cast<double>(done_bytes_) + table_bytes_;
  progress_.part = std::min(1.0, done / static_cast<double>(std::max<uint64_t>(1, expected_bytes_)));
  if (order_.progress) order_.progress(progress_);
  return true;
}

}  // namespace

uint64_t expected_dump_bytes(Connection& connection) {
  auto bytes = connection.value(
      "SELECT CAST(COALESCE(SUM(DATA_LENGTH), 0) AS UNSIGNED) FROM information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE()");
  // Rows compress to a quarter of what they take in a table, or to less.
  return base::whole_number(bytes.value_or("")).value_or(0) / 4 + (1 << 20);
}

std::optional<Manifest> dump_database(Connection& connection, const DumpOrder& order, platform::Clock& clock) {
  Dump dump(connection, order, clock);
  std::optional<std::string> changed;
  for (int attempts = 0; attempts < 2; ++attempts) {
    changed.reset();
    if (dump.attempt(changed)) return dump.take_manifest();
    if (!changed) return std::nullopt;
  }
  throw base::Failure("the table " + base::printable_line(*changed) + " was changed while the backup was made, twice",
                      "something is altering the database (an update or migration?): wait for its end, then try again");
}

}  // namespace storage
