// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/restore_rules.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace storage {

namespace {

SqlJudgement skip(std::string why) { return {SqlVerdict::skip, std::move(why), false}; }
SqlJudgement skip_silently() { return {SqlVerdict::skip, {}, true}; }
SqlJudgement refuse(std::string why) { return {SqlVerdict::refuse, std::move(why), false}; }

constexpr const char* kAccounts = "accounts and rights are the server's, not the database's";
constexpr const char* kServer = "it is about the whole server";
constexpr const char* kFiles = "it reads another file, which is not inside this one";
constexpr const char* kReads = "it changes nothing";
constexpr const char* kPrepared = "statements put together while they run are not run here";

struct SkippedWord {
  std::string_view words;  // what the statement begins with
  const char* why;
};
// Dumps of other kinds hold these too; a database without them is the one that was dumped.
constexpr std::array kSkipped = {
    SkippedWord{"GRANT", kAccounts},         SkippedWord{"REVOKE", kAccounts},
    SkippedWord{"CREATE USER", kAccounts},   SkippedWord{"CREATE ROLE", kAccounts},
    SkippedWord{"DROP USER", kAccounts},     SkippedWord{"DROP ROLE", kAccounts},
    SkippedWord{"ALTER USER", kAccounts},    SkippedWord{"RENAME USER", kAccounts},
    SkippedWord{"SET PASSWORD", kAccounts},  SkippedWord{"SET ROLE", kAccounts},
    SkippedWord{"SET DEFAULT", kAccounts},   SkippedWord{"FLUSH", kServer},
    SkippedWord{"RESET", kServer},           SkippedWord{"CHANGE", kServer},
    SkippedWord{"START", kServer},           SkippedWord{"STOP", kServer},
    SkippedWord{"PURGE", kServer},           SkippedWord{"SHUTDOWN", kServer},
    SkippedWord{"RESTART", kServer},         SkippedWord{"KILL", kServer},
    SkippedWord{"INSTALL", kServer},         SkippedWord{"UNINSTALL", kServer},
    SkippedWord{"CLONE", kServer},           SkippedWord{"BINLOG", kServer},
    SkippedWord{"CREATE SERVER", kServer},   SkippedWord{"DROP SERVER", kServer},
    SkippedWord{"CREATE TABLESPACE", kServer}, SkippedWord{"DROP TABLESPACE", kServer},
    SkippedWord{"CREATE LOGFILE", kServer},  SkippedWord{"CREATE FUNCTION", "it would load a library into the server"},
    SkippedWord{"CREATE AGGREGATE", "it would load a library into the server"},
    SkippedWord{"LOAD", kFiles},             SkippedWord{"PREPARE", kPrepared},
    SkippedWord{"EXECUTE", kPrepared},       SkippedWord{"DEALLOCATE", kPrepared},
    SkippedWord{"DROP PREPARE", kPrepared},  SkippedWord{"SELECT", kReads},
    SkippedWord{"SHOW", kReads},             SkippedWord{"DESCRIBE", kReads},
    SkippedWord{"DESC", kReads},             SkippedWord{"EXPLAIN", kReads},
    SkippedWord{"CHECK", kReads},            SkippedWord{"CHECKSUM", kReads},
    SkippedWord{"ANALYZE", kReads},          SkippedWord{"OPTIMIZE", kReads},
    SkippedWord{"SET TRANSACTION", kReads},  SkippedWord{"SET SESSION", kReads},
};

// Variables of the session that need rights on the server, or decide what its replicas see.
constexpr std::array<std::string_view, 17> kServerVariables = {
    "sql_log_bin",   "sql_log_off",      "gtid_next",        "gtid_purged",      "gtid_domain_id",    "gtid_seq_no",
    "server_id",     "binlog_format",    "pseudo_thread_id", "pseudo_slave_mode", "pseudo_replica_mode", "skip_replication",
    "wsrep_on",      "sql_require_primary_key", "binlog_row_image", "session_track_gtids", "rbr_exec_mode"};

SqlJudgement judge_set(const SqlStatement& statement) {
  for (const SqlAssignment& part : statement.assignments) {
    if (part.scope == SqlAssignment::Scope::global) return skip("it sets a variable of the whole server");
    bool server = part.scope == SqlAssignment::Scope::session &&
                  std::find(kServerVariables.begin(), kServerVariables.end(), part.name) != kServerVariables.end();
    if (server) return skip("setting " + part.name + " needs the SUPER right");
  }
  return {};
}

SqlJudgement judge_other(const SqlStatement& statement) {
  for (const SkippedWord& known : kSkipped)
    if (statement.words == known.words || statement.words.starts_with(std::string(known.words) + " "))
      return skip(known.why);
  return refuse("it is not a statement that dumps consist of");
}

SqlJudgement judge_transaction(const SqlStatement& statement) {
  bool runs = statement.words == "START TRANSACTION" || statement.words == "BEGIN" || statement.words == "COMMIT";
  return runs ? SqlJudgement{} : skip("rows that were written stay written");
}

}  // namespace

SqlJudgement RestoreRules::judge_database(const SqlStatement& statement) {
  if (statement.verb == SqlVerb::use) {
    std::string name = statement.names.empty() ? std::string() : statement.names[0].name;
    elsewhere_ = of_several_ && name != database_;
    return skip_silently();
  }
  if (statement.verb == SqlVerb::create) return skip("the rows go into the database that the site uses");
  if (statement.verb == SqlVerb::drop) return skip("only the tables that the file holds are replaced");
  return skip("the database's own character set stays");
}

SqlJudgement RestoreRules::judge(const SqlPiece& piece, const SqlStatement& statement) {
  if (piece.client_command) return skip(kFiles);
  if (statement.object == SqlObject::database) return judge_database(statement);
  if (elsewhere_ && statement.verb != SqlVerb::set) return skip_silently();
  if (statement.verb == SqlVerb::set)
    if (SqlJudgement set = judge_set(statement); set.verdict == SqlVerdict::skip) return set;
  if (statement.ambiguous) return refuse("what it does depends on the version of the server (code in comments)");
  if (statement.several) return refuse("it is several statements at once");
  for (const auto* list : {&statement.names, &statement.others})
    for (const SqlName& name : *list)
      if (!is_ours(name))
        return refuse("it is about the database " + base::printable_line(name.database) + ", not " +
                      base::printable_line(database_));
  if (statement.temporary) return refuse("dumps hold no temporary tables");
  if (statement.from_select) return refuse("it copies rows that other tables have at that moment");
  switch (statement.verb) {
    case SqlVerb::lock:
    case SqlVerb::unlock: return skip_silently();  // nobody else writes meanwhile, and the right may be missing
    case SqlVerb::set: return {};
    case SqlVerb::transaction: return judge_transaction(statement);
    case SqlVerb::other: return judge_other(statement);
    default: break;
  }
  bool known = statement.object != SqlObject::other && !statement.names.empty();
  return known ? SqlJudgement{} : judge_other(statement);
}

}  // namespace storage
