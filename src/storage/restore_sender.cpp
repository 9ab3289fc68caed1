// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/restore_sender.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "storage/sql_text.h"

namespace storage {

namespace {

constexpr size_t kPacketMargin = 1024;
constexpr uint64_t kGroupBytes = 8 << 20;
constexpr uint64_t kGroupStatements = 5000;
constexpr size_t kShownCharacters = 200;

struct Advice {
  unsigned code;
  const char* words;
};
constexpr std::array kAdvice = {
    Advice{1044, "the user needs all rights on this database: give them in the hosting panel"},
    Advice{1115, "the file comes from a server that knows more character sets: export it with utf8mb4 or utf8"},
    Advice{1142, "the user needs all rights on this database: give them in the hosting panel"},
    Advice{1227, "the user needs all rights on this database: give them in the hosting panel"},
    Advice{1273, "the file comes from another kind of server: replace this collation in it by utf8mb4_unicode_ci"},
    Advice{1286, "the file's storage engine is missing here: replace it by InnoDB in the file"},
    Advice{1419, "ask the host to set log_bin_trust_function_creators=1"},
    Advice{1062, "the file adds rows to a table that is not empty, or holds a row twice"},
};

const char* advice_for(unsigned code) {
  for (const Advice& known : kAdvice)
    if (known.code == code) return known.words;
  return nullptr;
}

}  // namespace

base::Failure stopped_at(const SqlPiece& piece, const std::string& cause, const std::string& advice) {
  std::string beginning = base::printable_line(piece.text.substr(0, kShownCharacters));
  if (piece.text.size() > kShownCharacters) beginning += "...";
  return base::Failure("the restore stopped at statement " + std::to_string(piece.number) + " (line " +
                       std::to_string(piece.line) + ", byte " + std::to_string(piece.offset) + ") `" + beginning + "`: " +
                       cause, advice);
}

RestoreSender::RestoreSender(Connection& connection) : connection_(connection) {
  auto packet = base::whole_number(connection.value("SELECT @@max_allowed_packet").value_or(""));
  packet_bytes_ = std::max<size_t>(packet.value_or(1 << 20), 16384) - kPacketMargin;
}

void RestoreSender::run(const SqlPiece& piece, std::string_view sql) {
  try {
    connection_.run(sql);
  } catch (const base::Failure& failure) {
    std::string said = base::printable_line(connection_.error_text()) + " (" + std::to_string(connection_.error_code()) + ")";
    if (connection_.lost()) said = "the connection to the database server was lost: " + said;
    const char* advice = advice_for(connection_.error_code());
    throw stopped_at(piece, said, advice ? advice : failure.advice());
  }
}

void RestoreSender::commit(const SqlPiece& piece) {
  if (grouping_ && group_statements_ > 0) run(piece, "COMMIT");
  group_bytes_ = group_statements_ = 0;
}

void RestoreSender::send(const SqlPiece& piece, const SqlStatement& statement, std::string_view text, const SqlModes& modes) {
  if (statement.verb == SqlVerb::insert || statement.verb == SqlVerb::replace)
    return send_rows(piece, statement, text, modes);
  if (text.size() > packet_bytes_)
    throw stopped_at(piece, "the server takes statements of up to " + base::size_words(packet_bytes_ + kPacketMargin) +
                                ", this one needs " + std::to_string(text.size() + kPacketMargin) + " bytes",
                     "ask the host for a larger max_allowed_packet");
  run(piece, text);
  for (const SqlAssignment& part : statement.assignments)
    if (part.name == "autocommit" && part.scope == SqlAssignment::Scope::session) grouping_ = false;
}

void RestoreSender::send_rows(const SqlPiece& piece, const SqlStatement& statement, std::string_view text,
                              const SqlModes& modes) {
  if (!grouping_) {
    run(piece, "SET autocommit=0");
    grouping_ = true;
  }
  if (text.size() <= packet_bytes_) run(piece, text);
  else send_pieces(piece, statement, text, modes);
  group_bytes_ += text.size();
  if (++group_statements_ >= kGroupStatements || group_bytes_ >= kGroupBytes) commit(piece);
}

void RestoreSender::send_pieces(const SqlPiece& piece, const SqlStatement& statement, std::string_view text,
                                const SqlModes& modes) {
  InsertRows scout(text, statement.rows_begin, modes);
  while (statement.rows_begin != 0 && scout.next()) {
  }
  std::string_view head = text.substr(0, statement.rows_begin), tail = scout.tail();
  std::string table = statement.names.empty() ? std::string() : base::printable_line(statement.names[0].name);
  if (statement.rows_begin == 0 || scout.broken())
    throw stopped_at(piece, "it is larger than the server's packet, and where its rows begin and end cannot be told",
                     "export with smaller INSERT statements");
  size_t most = std::min(packet_bytes_, std::max(kStatementBytes, head.size() + tail.size() + kPacketMargin));
  auto flush = [&] {
    if (buffer_.size() > head.size()) run(piece, buffer_.append(tail));
    buffer_.assign(head);
  };
  buffer_.assign(head);
  InsertRows rows(text, statement.rows_begin, modes);
  while (rows.next()) {
    std::string_view row = text.substr(rows.begin(), rows.end() - rows.begin());
    if (head.size() + row.size() + tail.size() > packet_bytes_)
      throw stopped_at(piece, "a row of the table " + table + " needs a max_allowed_packet of " +
                                  std::to_string(head.size() + row.size() + tail.size() + kPacketMargin) +
                                  " bytes, the server takes " + std::to_string(packet_bytes_ + kPacketMargin),
                       "ask the host for a larger max_allowed_packet");
    if (buffer_.size() + row.size() + tail.size() + 1 > most) flush();
    if (buffer_.size() > head.size()) buffer_ += ',';
    buffer_ += row;
  }
  flush();
  ++split_statements_;
}

}  // namespace storage
