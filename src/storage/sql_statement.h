// SPDX-License-Identifier: GPL-3.0-or-later
// What one SQL statement is, as far as a restore must know: its kind, the object it is about, where its DEFINER clause
// and its rows lie. Code in comments of old versions (up to 5.6) runs everywhere and is read as if it stood alone.
// What a server may run or leave away depending on its version (/*!80000 */, /*M! */) makes a statement `ambiguous`
// unless it cannot change what the statement is about. Pure; positions are bytes in the statement's text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/sql_session.h"

namespace storage {

enum class SqlVerb {
  create, drop, alter, truncate, insert, replace, lock, unlock, set, use, transaction, setval, other,
};

enum class SqlObject { none, table, view, trigger, procedure, function, event, sequence, database, index, other };

const char* word_of(SqlObject object);  // "table", "view", ...

struct SqlName {
  std::string database;  // the qualifier; empty when there is none
  std::string name;

  bool operator==(const SqlName&) const = default;
};

struct SqlDefiner {
  size_t begin = 0, end = 0;  // of "DEFINER=`user`@`host`" (and what stands for it)
  std::string account;        // "user@host"; "CURRENT_USER"
};

struct SqlStatement {
  SqlVerb verb = SqlVerb::other;
  SqlObject object = SqlObject::none;
  std::vector<SqlName> names;   // what it is about: one, or those of DROP TABLE a, b; of USE and CREATE DATABASE too
  std::string on_table;         // of a trigger or an index: its table
  std::vector<SqlName> others;  // further tables that it takes along: RENAME TO, LIKE, UNION=(...), the trigger's table
  std::optional<SqlDefiner> definer;
  bool if_exists = false;       // DROP ... IF EXISTS
  bool if_not_exists = false;   // CREATE ... IF NOT EXISTS
  bool or_replace = false;
  bool temporary = false;
  bool ambiguous = false;
  bool several = false;         // more follows behind a ";" (the delimiter is another): servers refuse that
  bool from_select = false;     // INSERT ... SELECT, CREATE TABLE ... SELECT
  size_t name_begin = 0, name_end = 0;  // of the first name, with its qualifier and quotes
  size_t rows_begin = 0;        // INSERT and REPLACE ... VALUES: the first row's "("; 0 = there are none
  std::string words;            // the first words in capitals, "CREATE USER", at most three: to call it by
  std::vector<SqlAssignment> assignments;  // of SET
};

// Reads no further than it must: of an INSERT the part before its rows.
SqlStatement read_statement(std::string_view text, const SqlModes& modes);

// The rows of an INSERT, one after the other; each with its brackets.
class InsertRows {
 public:
  InsertRows(std::string_view text, size_t rows_begin, const SqlModes& modes);
  // False after the last row; then tail() is what stands behind ("ON DUPLICATE KEY UPDATE ..."; may be empty).
  bool next();
  size_t begin() const { return begin_; }
  size_t end() const { return end_; }
  std::string_view tail() const { return text_.substr(tail_); }
  // The brackets do not match: the borders cannot be told.
  bool broken() const { return broken_; }

 private:
  std::string_view text_;
  SqlModes modes_;
  size_t begin_ = 0, end_ = 0, at_ = 0, tail_ = 0;
  bool broken_ = false;
};

}  // namespace storage
