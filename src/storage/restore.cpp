// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/restore.h"

#include <algorithm>
#include <set>

#include "base/failure.h"
#include "base/text.h"
#include "storage/restore_rules.h"
#include "storage/restore_sender.h"
#include "storage/restore_session.h"
#include "storage/sql_source.h"
#include "storage/sql_splitter.h"
#include "storage/sql_statement.h"

namespace storage {

namespace {

using Steady = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kBetweenReports{200};

bool loses_rows(const SqlStatement& statement) {
  return statement.object == SqlObject::table &&
         (statement.verb == SqlVerb::drop || statement.verb == SqlVerb::truncate || statement.or_replace);
}

// A SET that fails with these concerns the server or a variable that it does not have, not the rows.
bool may_be_left_away(unsigned code) {
  return code == kSqlNeedsSuper || code == kSqlUnknownVariable || code == kSqlGlobalVariable || code == kSqlReadOnlyVariable;
}

bool means_exists(unsigned code) {
  return code == kSqlTableExists || code == kSqlRoutineExists || code == kSqlTriggerExists || code == kSqlEventExists;
}

// What MySQL 5.7 writes into dumps and 8.0 no longer knows; it never concerned rows.
std::string without_old_modes(std::string_view set) {
  std::string text(set);
  for (std::string_view mode : {",NO_AUTO_CREATE_USER", "NO_AUTO_CREATE_USER,", "NO_AUTO_CREATE_USER"})
    if (size_t at = text.find(mode); at != std::string::npos) text.erase(at, mode.size());
  return text;
}

bool sets_reading(const SqlStatement& statement) {
  return std::any_of(statement.assignments.begin(), statement.assignments.end(),
                     [](const SqlAssignment& part) { return part.name == "sql_mode"; });
}

class Restore {
 public:
  Restore(Connection& connection, const RestoreOrder& order)
      : connection_(connection), order_(order), database_(connection.value("SELECT DATABASE()").value_or("")),
        lock_(connection, database_), source_(order.file), splitter_([this] { return source_.next(); }),
        rules_(database_, order.survey.of_several_databases), sender_(connection), present_(connection) {}

  bool run();
  RestoreResult take() { return std::move(result_); }

 private:
  void begin();
  void check_present();
  void drop_own_tables();
  bool is_sought(const SqlPiece& piece, const SqlStatement& statement);
  void see(const SqlPiece& piece, const SqlStatement& statement);
  void guard_tables(const SqlPiece& piece, const SqlStatement& statement) const;
  void begin_leaving_out();
  bool is_left_out(const SqlStatement& statement) const;
  void move_cursor(const SqlPiece& piece, const SqlStatement& statement);
  void send(const SqlPiece& piece, const SqlStatement& statement);
  void try_set(const SqlPiece& piece, const SqlStatement& statement);
  void send_set(const SqlPiece& piece, const SqlStatement& statement);
  bool drop_remains(const SqlStatement& statement);
  std::string without_definer(const SqlPiece& piece, const SqlStatement& statement);
  void note_skip(const SqlPiece& piece, const SqlStatement& statement, const std::string& why);
  bool go_on(const SqlPiece& piece);

  Connection& connection_;
  const RestoreOrder& order_;
  std::string database_;
  DatabaseLock lock_;
  SqlSource source_;
  SqlSplitter splitter_;
  SqlSession session_;
  RestoreRules rules_;
  RestoreSender sender_;
  PresentTables present_;
  std::string account_;           // CURRENT_USER()
  std::set<std::string> may_drop_, leave_out_, left_triggers_;
  RestoreCursor cursor_;
  std::string object_;            // what the cursor is about
  bool seeking_ = false;
  bool in_head_ = true;           // nothing but SET so far
  RestoreResult result_;
  Steady::time_point reported_{};
};

// ---- before the first statement

void Restore::check_present() {
  for (const SurveyTable& table : order_.survey.tables) {
    if (table.dropped || !present_.has(table.name)) continue;
    if (table.created && !table.if_absent)
      throw base::Failure("the table " + base::printable_line(table.name) + " is there already, and the file does not drop it",
                          "rename or drop the table first, or export with DROP TABLE");
    cursor_.existed.push_back(table.name);
  }
  for (const std::string& view : order_.survey.views)
    if (present_.has(view) && !may_drop_.count(present_.folded(view)))
      throw base::Failure("the table " + base::printable_line(view) + " is there, and the file holds a view of that name",
                          "rename the table first");
}

// A file that does not drop its tables is begun anew: those that it made the last time go.
void Restore::drop_own_tables() {
  const std::vector<std::string>& existed = order_.go_on_from->existed;
  for (const SurveyTable& table : order_.survey.tables) {
    if (table.dropped || table.first > order_.go_on_from->sql_offset) continue;
    if (std::find(existed.begin(), existed.end(), table.name) != existed.end())
      throw base::Failure("the table " + base::printable_line(table.name) + " was there before, and the file adds rows to it: "
                          "which of them were added cannot be told", "go back to the safety backup");
    if (table.created) connection_.run("DROP TABLE IF EXISTS " + quote_name(table.name));
  }
}

// With their triggers, which a file drops by their own names.
void Restore::begin_leaving_out() {
  for (const std::string& name : order_.leave_out) leave_out_.insert(present_.folded(name));
  if (leave_out_.empty()) return;
  for (const SqlRow& row : connection_.query("SHOW TRIGGERS"))
    if (leave_out_.count(present_.folded(row.at(2).value_or("")))) left_triggers_.insert(row.at(0).value_or(""));
}

void Restore::begin() {
  if (database_.empty()) throw base::Failure("no database is chosen", "set db_name");
  if (!order_.survey.can_be_restored()) throw base::Failure(order_.survey.obstacles.front());
  prepare_restore_session(connection_, result_.notes);
  account_ = connection_.value("SELECT CURRENT_USER()").value_or("");
  for (const std::string& name : order_.may_drop) may_drop_.insert(present_.folded(name));
  begin_leaving_out();
  cursor_.connection_id = connection_.id();
  if (!order_.go_on_from) return check_present();
  cursor_.existed = order_.go_on_from->existed;
  seeking_ = order_.survey.is_ours();
  if (!seeking_) drop_own_tables();
  // Placeholders of the file's views, which the last time left as tables.
  for (const std::string& view : order_.survey.views) may_drop_.insert(present_.folded(view));
}

// ---- each statement

void Restore::note_skip(const SqlPiece& piece, const SqlStatement& statement, const std::string& why) {
  for (SurveySkip& known : result_.skipped)
    if (known.words == statement.words && known.why == why) return void(++known.count);
  result_.skipped.push_back({statement.words, why, 1, piece.number, piece.line});
}

// Up to the cursor only the head's settings are made.
bool Restore::is_sought(const SqlPiece& piece, const SqlStatement& statement) {
  if (statement.verb != SqlVerb::set) in_head_ = false;
  if (!seeking_) return false;
  if (piece.offset < order_.go_on_from->sql_offset) {
    if (statement.verb == SqlVerb::set && !in_head_) session_.see(statement.assignments);
    return !in_head_;
  }
  if (piece.offset != order_.go_on_from->sql_offset || piece.number != order_.go_on_from->statement)
    throw base::Failure("the file is not the one that the restore began with", "restore it from its beginning");
  seeking_ = false;
  return false;
}

void Restore::guard_tables(const SqlPiece& piece, const SqlStatement& statement) const {
  if (!loses_rows(statement)) return;
  for (const SqlName& name : statement.names)
    if (present_.has(name.name) && !may_drop_.count(present_.folded(name.name)))
      throw stopped_at(piece, "the rows of the table " + base::printable_line(name.name) +
                                  " would be lost, which was not agreed to", "look at the dry run again");
}

bool Restore::is_left_out(const SqlStatement& statement) const {
  if (leave_out_.empty() || statement.names.empty()) return false;
  const std::string& name = statement.names[0].name;
  if (statement.object == SqlObject::trigger && statement.on_table.empty()) return left_triggers_.count(name) != 0;
  return leave_out_.count(present_.folded(statement.on_table.empty() ? name : statement.on_table)) != 0;
}

void Restore::move_cursor(const SqlPiece& piece, const SqlStatement& statement) {
  if (statement.verb == SqlVerb::set || statement.verb == SqlVerb::transaction || statement.names.empty()) return;
  bool index = statement.object == SqlObject::index;
  bool rows = index || statement.object == SqlObject::table || statement.object == SqlObject::view;
  const std::string& name = index ? statement.on_table : statement.names[0].name;
  // A view and its placeholder are one.
  std::string object = (rows ? "table" : word_of(statement.object)) + (" " + name);
  if (object == object_) return;
  sender_.commit(piece);
  object_ = std::move(object);
  cursor_.statement = piece.number;
  cursor_.sql_offset = piece.offset;
  cursor_.kind = index ? "table" : word_of(statement.object);
  cursor_.name = name;
  if (order_.on_cursor) order_.on_cursor(cursor_);
}

std::string Restore::without_definer(const SqlPiece& piece, const SqlStatement& statement) {
  const SqlDefiner& definer = *statement.definer;
  std::string text(piece.text.substr(0, definer.begin));
  text += piece.text.substr(definer.end);
  std::string name = statement.names.empty() ? std::string() : base::printable_line(statement.names[0].name);
  result_.definers.push_back("the " + std::string(word_of(statement.object)) + " " + name + " belonged to " +
                             base::printable_line(definer.account) + ", now to " + base::printable_line(account_));
  return text;
}

void Restore::try_set(const SqlPiece& piece, const SqlStatement& statement) {
  try {
    sender_.send(piece, statement, piece.text, session_.modes());
  } catch (const base::Failure&) {
    std::string other = without_old_modes(piece.text);
    if (connection_.error_code() != kSqlWrongValue || other == piece.text) throw;
    sender_.send(piece, statement, other, session_.modes());
  }
}

void Restore::send_set(const SqlPiece& piece, const SqlStatement& statement) {
  try {
    try_set(piece, statement);
  } catch (const base::Failure&) {
    if (connection_.lost() || !may_be_left_away(connection_.error_code())) throw;
    return note_skip(piece, statement, base::printable_line(connection_.error_text()));
  }
  session_.see(statement.assignments);
  if (sets_reading(statement)) session_.set_sql_mode(connection_.value("SELECT @@sql_mode").value_or(""));
}

// What the interrupted restore made and the file does not drop; tables only where they stand for a view.
bool Restore::drop_remains(const SqlStatement& statement) {
  if (!order_.go_on_from || statement.verb != SqlVerb::create) return false;
  const std::string& name = statement.names[0].name;
  const std::vector<std::string>& views = order_.survey.views;
  bool view = std::find(views.begin(), views.end(), name) != views.end();
  if (statement.object == SqlObject::table && !view) return false;
  const char* word = statement.object == SqlObject::table ? "view" : word_of(statement.object);
  connection_.run("DROP " + std::string(word) + " IF EXISTS " + quote_name(name));
  if (view) connection_.run("DROP TABLE IF EXISTS " + quote_name(name));
  return true;
}

void Restore::send(const SqlPiece& piece, const SqlStatement& statement) {
  ++result_.statements;
  if (statement.verb == SqlVerb::set) return send_set(piece, statement);
  std::string changed;
  bool foreign = statement.definer && statement.definer->account != "CURRENT_USER" && statement.definer->account != account_;
  if (foreign) changed = without_definer(piece, statement);
  std::string_view text = foreign ? std::string_view(changed) : piece.text;
  try {
    sender_.send(piece, statement, text, session_.modes());
  } catch (const base::Failure&) {
    if (connection_.lost() || !means_exists(connection_.error_code()) || !drop_remains(statement)) throw;
    sender_.send(piece, statement, text, session_.modes());
  }
}

void Restore::see(const SqlPiece& piece, const SqlStatement& statement) {
  SqlJudgement judgement = rules_.judge(piece, statement);
  if (is_sought(piece, statement)) return;
  if (judgement.verdict == SqlVerdict::refuse) throw stopped_at(piece, "it cannot be run: " + judgement.why, "");
  if (judgement.verdict == SqlVerdict::skip) {
    if (!judgement.silent) note_skip(piece, statement, judgement.why);
    return;
  }
  if (is_left_out(statement)) return;
  guard_tables(piece, statement);
  move_cursor(piece, statement);
  send(piece, statement);
}

bool Restore::go_on(const SqlPiece& piece) {
  auto now = Steady::now();
  if (now - reported_ < kBetweenReports) return true;
  reported_ = now;
  if (order_.stop_asked && order_.stop_asked()) return false;
  if (!order_.progress) return true;
  RestoreProgress at;
  at.name = cursor_.name;
  at.statement = piece.number;
  at.sql_bytes = piece.offset;
  at.file_bytes = source_.file_position();
  at.part = std::min(1.0, static_cast<double>(piece.offset) / static_cast<double>(std::max<uint64_t>(1, order_.survey.sql_bytes)));
  at.seeking = seeking_;
  order_.progress(at);
  return true;
}

bool Restore::run() {
  auto began = Steady::now();
  begin();
  SqlPiece piece;
  while (splitter_.next(piece)) {
    if (!go_on(piece)) return false;
    if (piece.ended == SqlEnd::inside)
      throw stopped_at(piece, "the file ends in the middle of it", "upload it again and compare its size, or export again");
    see(piece, read_statement(piece.text, session_.modes()));
    splitter_.set_modes(session_.modes());
  }
  if (seeking_) throw base::Failure("the file is not the one that the restore began with", "restore it from its beginning");
  sender_.commit(piece);
  result_.split_statements = sender_.split_statements();
  result_.sql_bytes = source_.sql_position();
  result_.seconds = std::chrono::duration<double>(Steady::now() - began).count();
  return true;
}

}  // namespace

std::optional<RestoreResult> restore_dump(Connection& connection, const RestoreOrder& order) {
  Restore restore(connection, order);
  if (!restore.run()) return std::nullopt;
  return restore.take();
}

}  // namespace storage
