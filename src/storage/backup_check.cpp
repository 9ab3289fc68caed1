// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/backup_check.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "base/failure.h"
#include "base/text.h"
#include "storage/dump_schema.h"
#include "storage/restore_sender.h"
#include "storage/restore_session.h"
#include "storage/sql_source.h"
#include "storage/sql_splitter.h"
#include "storage/sql_statement.h"

namespace storage {

namespace {

using Steady = std::chrono::steady_clock;

uint64_t rows_of(Connection& connection, const std::string& table) {
  return base::whole_number(connection.value("SELECT COUNT(*) FROM " + quote_name(table)).value_or("")).value_or(0);
}

std::string table_name(const std::string& prefix, size_t number) {
  std::array<char, 16> digits{};
  std::snprintf(digits.data(), digits.size(), "%04zu", number);
  return prefix + digits.data();
}

// SHOW CREATE TABLE writes each foreign key on a line of its own.
std::string without_foreign_keys(std::string_view definition) {
  std::string out;
  for (std::string_view line : base::lines(definition)) {
    std::string_view trimmed = base::trim(line);
    if (trimmed.starts_with("CONSTRAINT `") && base::contains(trimmed, " FOREIGN KEY (")) continue;
    if (trimmed.starts_with(")") && out.ends_with(",\n")) out.erase(out.size() - 2, 1);
    out += line;
    out += '\n';
  }
  return out;
}

class Check {
 public:
  Check(Connection& connection, const CheckOrder& order)
      : connection_(connection), order_(order), lock_(connection, connection.value("SELECT DATABASE()").value_or("")),
        source_(order.file), splitter_([this] { return source_.next(); }),
        sender_(connection) {}
  ~Check() { drop(); }
  Check(const Check&) = delete;
  Check& operator=(const Check&) = delete;

  bool run();
  BackupCheck take() { return std::move(out_); }

 private:
  void see(const SqlPiece& piece, const SqlStatement& statement);
  void begin_table(const SqlPiece& piece, const SqlStatement& statement);
  void count();
  void drop();
  void give_up(const std::string& why);
  const ManifestTable* in_manifest(const std::string& name) const;
  std::string renamed(std::string_view text, const SqlStatement& statement) const;
  void note_the_rest();

  Connection& connection_;
  const CheckOrder& order_;
  DatabaseLock lock_;
  SqlSource source_;
  SqlSplitter splitter_;
  RestoreSender sender_;
  SqlSession session_;
  std::string table_;      // of the file, that is being filled; empty = none
  std::string temporary_;  // its name here
  size_t number_ = 0;
  std::vector<std::string> seen_;
  std::string no_more_;    // why no further table can be tried
  BackupCheck out_;
};

const ManifestTable* Check::in_manifest(const std::string& name) const {
  for (const ManifestTable& table : order_.manifest.tables)
    if (table.name == name) return &table;
  return nullptr;
}

void Check::give_up(const std::string& why) {
  out_.not_checked.push_back("the table " + base::printable_line(table_) + ": " + why);
  ++out_.unproved_tables;
  drop();
}

void Check::drop() {
  if (!temporary_.empty() && !connection_.lost()) {
    try {
      connection_.run("DROP TABLE IF EXISTS " + quote_name(temporary_));
    } catch (const base::Failure& failure) {
      out_.not_checked.push_back("the table " + temporary_ + " could not be dropped: " + failure.what());
    }
  }
  temporary_.clear();
  table_.clear();
}

void Check::count() {
  if (table_.empty()) return;
  const ManifestTable& expected = *in_manifest(table_);
  CheckedTable checked{table_, expected.rows, rows_of(connection_, temporary_)};
  if (!checked.is_right())
    out_.wrong.push_back("the table " + base::printable_line(table_) + " has " + std::to_string(checked.rows) +
                         " rows, the manifest says " + std::to_string(checked.expected_rows));
  out_.tables.push_back(std::move(checked));
  drop();
}

std::string Check::renamed(std::string_view text, const SqlStatement& statement) const {
  std::string out(text.substr(0, statement.name_begin));
  out += quote_name(temporary_);
  out += text.substr(statement.name_end);
  return out;
}

void Check::begin_table(const SqlPiece& piece, const SqlStatement& statement) {
  count();
  const std::string& name = statement.names[0].name;
  const ManifestTable* table = in_manifest(name);
  if (!table) return;  // a view's placeholder
  seen_.push_back(name);
  if (!keeps_rows(table->engine)) return void(out_.not_checked.push_back("the table " + base::printable_line(name) + ": it shows the rows of others"));
  table_ = name;
  if (!no_more_.empty()) return give_up(no_more_);
  std::string wanted = table_name(order_.prefix, ++number_);
  std::string text(piece.text);
  text.replace(statement.name_begin, statement.name_end - statement.name_begin, quote_name(wanted));
  try {
    connection_.run(without_foreign_keys(text));
    temporary_ = std::move(wanted);  // from now on it is ours to drop
  } catch (const base::Failure& failure) {
    if (connection_.lost()) throw;
    constexpr unsigned kNoRight = 1142;
    if (connection_.error_code() == kNoRight) no_more_ = "the account may not create tables";
    give_up(no_more_.empty() ? failure.what() : no_more_);
  }
  if (order_.progress)
    order_.progress(name, static_cast<double>(source_.file_position()) / static_cast<double>(std::max<uint64_t>(1, source_.file_bytes())));
}

void Check::see(const SqlPiece& piece, const SqlStatement& statement) {
  if (statement.verb == SqlVerb::set) {
    session_.see(statement.assignments);
    return sender_.send(piece, statement, piece.text, session_.modes());
  }
  if (statement.object != SqlObject::table || statement.names.empty()) return count();
  if (statement.verb == SqlVerb::create) return begin_table(piece, statement);
  bool rows = statement.verb == SqlVerb::insert || statement.verb == SqlVerb::replace || statement.verb == SqlVerb::alter;
  if (!rows) return count();
  if (temporary_.empty() || statement.names[0].name != table_) return;
  try {
    std::string text = renamed(piece.text, statement);
    sender_.send(piece, read_statement(text, session_.modes()), text, session_.modes());
  } catch (const base::Failure& failure) {
    if (connection_.lost()) throw;
    give_up(failure.what());
  }
}

// What the manifest lists and the file does not hold; what this check leaves out.
void Check::note_the_rest() {
  for (const ManifestTable& table : order_.manifest.tables) {
    if (std::find(seen_.begin(), seen_.end(), table.name) != seen_.end()) continue;
    out_.wrong.push_back("the table " + base::printable_line(table.name) + " is not inside");
    ++out_.unproved_tables;
  }
  const std::array lists = {std::pair{"views", &order_.manifest.views}, std::pair{"triggers", &order_.manifest.triggers},
                            std::pair{"procedures and functions", &order_.manifest.routines},
                            std::pair{"events", &order_.manifest.events}, std::pair{"sequences", &order_.manifest.sequences}};
  for (const auto& [plain, list] : lists)
    if (!list->empty()) out_.not_checked.push_back(std::to_string(list->size()) + " " + plain + ": left out of this check");
}

bool Check::run() {
  auto began = Steady::now();
  std::vector<std::string> notes;
  prepare_restore_session(connection_, notes);
  SqlPiece piece;
  bool ours = false;
  while (splitter_.next(piece)) {
    if (order_.stop_asked && order_.stop_asked()) return false;
    if (!ours && !splitter_.head_comments().starts_with("-- Unstick "))
      throw base::Failure(base::printable_line(order_.file.filename().native()) + " is not one of our backups",
                          "only those can be checked this way");
    ours = true;
    see(piece, read_statement(piece.text, session_.modes()));
    splitter_.set_modes(session_.modes());
  }
  count();
  note_the_rest();
  out_.seconds = std::chrono::duration<double>(Steady::now() - began).count();
  return true;
}

}  // namespace

std::optional<BackupCheck> check_backup(Connection& connection, const CheckOrder& order) {
  Check check(connection, order);
  if (!check.run()) return std::nullopt;
  return check.take();
}

std::optional<std::vector<std::string>> differing_counts(Connection& connection, const Manifest& manifest,
                                                         const std::function<bool()>& stop_asked) {
  std::vector<std::string> wrong;
  for (const ManifestTable& table : manifest.tables) {
    if (stop_asked && stop_asked()) return std::nullopt;
    if (!keeps_rows(table.engine)) continue;
    uint64_t rows = rows_of(connection, table.name);
    if (rows != table.rows)
      wrong.push_back("the table " + base::printable_line(table.name) + " has " + std::to_string(rows) + " rows, the backup held " +
                      std::to_string(table.rows));
  }
  return wrong;
}

size_t drop_check_tables(Connection& connection, const std::string& prefix) {
  size_t dropped = 0;
  for (const SqlRow& row : connection.query("SHOW FULL TABLES WHERE Table_type='BASE TABLE'")) {
    std::string name = row[0].value_or("");
    if (!name.starts_with(prefix) || name.size() < prefix.size() + 4) continue;
    if (name.find_first_not_of("0123456789", prefix.size()) != std::string::npos) continue;
    connection.run("DROP TABLE " + quote_name(name));
    ++dropped;
  }
  return dropped;
}

}  // namespace storage
