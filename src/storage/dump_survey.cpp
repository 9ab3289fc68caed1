// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/dump_survey.h"

#include <algorithm>
#include <chrono>
#include <map>

#include "base/failure.h"
#include "base/text.h"
#include "storage/dump_words.h"
#include "storage/restore_rules.h"
#include "storage/sql_splitter.h"
#include "storage/sql_statement.h"

namespace storage {

namespace {

using Steady = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kBetweenReports{200};
// Names are bounded by what servers take; a file of millions of them is no dump.
constexpr size_t kMostObjects = 200000;

void add_once(std::vector<std::string>& list, const std::string& name) {
  if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(name);
}

enum class Pass { done, stopped, of_several };

class Survey {
 public:
  Survey(const SurveyOrder& order, bool of_several)
      : order_(order), source_(order.file), splitter_([this] { return source_.next(); }), rules_(order.database, of_several) {
    out_.of_several_databases = of_several;
  }

  Pass run();
  DumpSurvey take() { return std::move(out_); }

 private:
  void see(const SqlPiece& piece, const SqlStatement& statement);
  void see_object(const SqlPiece& piece, const SqlStatement& statement);
  void see_table(const SqlPiece& piece, const SqlStatement& statement);
  void see_use(const SqlStatement& statement);
  SurveyTable& table(const SqlPiece& piece, const std::string& name);
  void note_skip(const SqlPiece& piece, const SqlStatement& statement, const std::string& why);
  void note_obstacle(std::string sentence);
  void finish();
  void drop_placeholders();
  bool go_on();

  const SurveyOrder& order_;
  SqlSource source_;
  SqlSplitter splitter_;
  SqlSession session_;
  RestoreRules rules_;
  DumpSurvey out_;
  std::map<std::string, size_t> tables_;  // name -> index
  bool in_transaction_ = false;
  SqlEnd ended_ = SqlEnd::delimiter;
  Steady::time_point reported_ = Steady::now();
};

SurveyTable& Survey::table(const SqlPiece& piece, const std::string& name) {
  auto [at, fresh] = tables_.try_emplace(name, out_.tables.size());
  if (fresh) {
    if (tables_.size() > kMostObjects) throw base::Failure("the file holds more than " + std::to_string(kMostObjects) + " tables");
    SurveyTable& added = out_.tables.emplace_back();
    added.name = name;
    added.first = piece.offset;
  }
  return out_.tables[at->second];
}

void Survey::note_skip(const SqlPiece& piece, const SqlStatement& statement, const std::string& why) {
  std::string words = piece.client_command ? base::printable_line(piece.text.substr(0, piece.text.find_first_of(" \t")).substr(0, 20))
                                           : statement.words;
  for (SurveySkip& known : out_.skipped)
    if (known.words == words && known.why == why) return void(++known.count);
  out_.skipped.push_back({words, why, 1, piece.number, piece.line});
}

void Survey::note_obstacle(std::string sentence) {
  if (out_.obstacles.size() < DumpSurvey::kMostObstacles) out_.obstacles.push_back(std::move(sentence));
}

void Survey::see_table(const SqlPiece& piece, const SqlStatement& statement) {
  for (const SqlName& name : statement.names) {
    SurveyTable& found = table(piece, name.name);
    if (statement.verb == SqlVerb::drop || statement.verb == SqlVerb::truncate || statement.or_replace) found.dropped = true;
    if (statement.verb == SqlVerb::create) found.created = true;
    if (statement.verb == SqlVerb::create && statement.if_not_exists) found.if_absent = true;
    if (statement.verb == SqlVerb::insert || statement.verb == SqlVerb::replace) ++found.inserts;
    found.sql_bytes += piece.text.size();
    found.end = piece.end;
  }
}

void Survey::see_object(const SqlPiece& piece, const SqlStatement& statement) {
  if (statement.object == SqlObject::table) return see_table(piece, statement);
  if (statement.object == SqlObject::index) {  // of a table
    SurveyTable& found = table(piece, statement.on_table);
    found.end = piece.end;
    return;
  }
  for (const SqlName& name : statement.names) {
    if (statement.verb == SqlVerb::drop) {
      add_once(out_.dropped_others, word_of(statement.object) + (" " + name.name));
    } else if (statement.verb == SqlVerb::create) {
      switch (statement.object) {
        case SqlObject::view: out_.views.push_back(name.name); break;
        case SqlObject::trigger: out_.triggers.push_back(name.name); break;
        case SqlObject::procedure:
        case SqlObject::function: out_.routines.push_back(name.name); break;
        case SqlObject::event: out_.events.push_back(name.name); break;
        case SqlObject::sequence: out_.sequences.push_back(name.name); break;
        default: break;
      }
    }
  }
}

void Survey::see_use(const SqlStatement& statement) {
  if (statement.verb == SqlVerb::use && !statement.names.empty()) add_once(out_.databases, statement.names[0].name);
}

void Survey::see(const SqlPiece& piece, const SqlStatement& statement) {
  see_use(statement);
  SqlJudgement judgement = rules_.judge(piece, statement);
  if (judgement.verdict == SqlVerdict::refuse)
    return note_obstacle("statement " + std::to_string(piece.number) + " (line " + std::to_string(piece.line) + ", `" +
                         base::printable_line(piece.text.substr(0, 60)) + "`) cannot be run: " + judgement.why);
  if (judgement.verdict == SqlVerdict::skip) {
    if (!judgement.silent) note_skip(piece, statement, judgement.why);
    return;
  }
  if (statement.verb == SqlVerb::set) session_.see(statement.assignments);
  if (statement.verb == SqlVerb::transaction) in_transaction_ = statement.words != "COMMIT";
  if (statement.definer && statement.definer->account != "CURRENT_USER") add_once(out_.definers, statement.definer->account);
  see_object(piece, statement);
}

// A view's placeholder is a table until the view takes its name.
void Survey::drop_placeholders() {
  auto is_view = [&](const SurveyTable& found) {
    return found.inserts == 0 && std::find(out_.views.begin(), out_.views.end(), found.name) != out_.views.end();
  };
  for (const SurveyTable& found : out_.tables)
    if (is_view(found)) add_once(out_.dropped_others, "view " + found.name);
  out_.tables.erase(std::remove_if(out_.tables.begin(), out_.tables.end(), is_view), out_.tables.end());
}

void Survey::finish() {
  out_.packing = source_.packing();
  out_.file_bytes = source_.file_bytes();
  out_.sql_bytes = source_.sql_position();
  read_head_comments(out_, splitter_.head_comments());
  drop_placeholders();
  bool complete = says_complete(splitter_.last_comment());
  bool must = out_.writer == DumpWriter::ours || out_.writer == DumpWriter::mysqldump || out_.writer == DumpWriter::mariadb_dump;
  if (complete) {
    out_.completeness = DumpSurvey::Completeness::complete;
    if (out_.taken.empty()) out_.taken = base::printable_line(completion_time(splitter_.last_comment()));
  } else if (must || ended_ == SqlEnd::inside || in_transaction_) {
    out_.completeness = DumpSurvey::Completeness::cut_off;
    out_.obstacles.insert(out_.obstacles.begin(), "the file is cut off: it ends " + std::string(ended_ == SqlEnd::inside ? "in the middle of a statement"
                  : must ? "without the line that says that the dump is complete" : "before its COMMIT") +
                  "; upload it again and compare its size, or export again");
  }
  auto& names = out_.databases;
  const std::string ours = base::printable_line(order_.database);
  if (out_.statements == 0)
    note_obstacle("the file holds no SQL statement");
  else if (names.size() > 1 && std::find(names.begin(), names.end(), order_.database) == names.end())
    note_obstacle("the file holds several databases and none is named " + ours + ": export the one that is wanted alone");
  else if (out_.tables.empty() && out_.obstacles.empty() && out_.views.empty() && out_.routines.empty())
    note_obstacle("the file holds no table of the database " + ours);
}

bool Survey::go_on() {
  auto now = Steady::now();
  if (now - reported_ < kBetweenReports) return true;
  reported_ = now;
  if (order_.stop_asked && order_.stop_asked()) return false;
  if (order_.progress)
    order_.progress(static_cast<double>(source_.file_position()) / static_cast<double>(std::max<uint64_t>(1, source_.file_bytes())));
  return true;
}

Pass Survey::run() {
  SqlPiece piece;
  while (splitter_.next(piece)) {
    ++out_.statements;
    ended_ = piece.ended;
    if (piece.text.size() > out_.largest_statement) {
      out_.largest_statement = piece.text.size();
      out_.largest_number = piece.number;
      out_.largest_line = piece.line;
    }
    if (piece.ended != SqlEnd::inside) see(piece, read_statement(piece.text, session_.modes()));
    splitter_.set_modes(session_.modes());
    if (out_.databases.size() > 1 && !out_.of_several_databases) return Pass::of_several;
    if (!go_on()) return Pass::stopped;
  }
  finish();
  return Pass::done;
}

}  // namespace

std::vector<std::string> DumpSurvey::may_drop() const {
  std::vector<std::string> names;
  for (const SurveyTable& table : tables)
    if (table.dropped) names.push_back(table.name);
  return names;
}

std::optional<DumpSurvey> survey_dump(const SurveyOrder& order) {
  for (bool of_several : {false, true}) {
    Survey survey(order, of_several);
    Pass pass = survey.run();
    if (pass == Pass::stopped) return std::nullopt;
    if (pass == Pass::done) return survey.take();
  }
  return std::nullopt;  // not reached: the second pass does not ask for another
}

}  // namespace storage
