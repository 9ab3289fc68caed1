// SPDX-License-Identifier: GPL-3.0-or-later
// Which statements of a file are run. Only what dumps consist of is run, and only on the connected database: what asks
// for more rights, reads or writes other files, or touches accounts is skipped and listed; what cannot be left away
// without a wrong result, or is about another database, refuses the file. The dry run and the restore ask the same.
// The bodies of triggers, routines, views and events are not judged: they are the site's own code, as its PHP is, and
// run with the rights of its account. Nor are the values of rows.
#pragma once

#include <string>

#include "storage/sql_splitter.h"
#include "storage/sql_statement.h"

namespace storage {

enum class SqlVerdict { run, skip, refuse };

struct SqlJudgement {
  SqlVerdict verdict = SqlVerdict::run;
  std::string why;  // of skip and refuse, a part of a sentence: "it sets a variable of the whole server"
  bool silent = false;  // skipped, and not worth a word (USE of the only database)
};

class RestoreRules {
 public:
  // `database`: the connected one. `of_several`: the file names several databases; only what follows USE `database` is run.
  RestoreRules(std::string database, bool of_several) : database_(std::move(database)), of_several_(of_several) {}

  SqlJudgement judge(const SqlPiece& piece, const SqlStatement& statement);

 private:
  SqlJudgement judge_database(const SqlStatement& statement);
  bool is_ours(const SqlName& name) const { return name.database.empty() || name.database == database_; }

  std::string database_;
  bool of_several_;
  bool elsewhere_ = false;  // behind a USE of another of the file's databases
};

}  // namespace storage
