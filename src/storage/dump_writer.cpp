// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/dump_writer.h"

#include <algorithm>
#include <cstring>

namespace storage {

namespace {

// A row up to this size gets its room in one block at once; the block before ends a little early.
constexpr size_t kAtOnceBytes = 32 << 10;
// In a row that goes in parts, values larger than this go through a variable of their own.
constexpr size_t kVariableBytes = 256;
constexpr size_t kPacketMargin = 1024;

char* put(char* to, std::string_view text) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

}  // namespace

RowWriter::RowWriter(GzipMembers& out, const StatementLimits& limits, const std::string& table,
                     const std::vector<DumpColumn>& columns)
    : out_(out), limits_(limits), columns_(columns), fixed_bytes_(4) {
  head_ = "INSERT INTO " + quote_name(table) + " (";
  select_ = "SELECT ";
  for (const DumpColumn& column : columns) {
    const char* comma = &column == &columns.front() ? "" : ",";
    head_ += comma + quote_name(column.name);
    select_ += comma + column.expression;
    fixed_bytes_ += column.introducer.size() + 1;
  }
  head_ += ") VALUES\n";
  select_ += " FROM " + quote_name(table);
}

size_t RowWriter::worst_bytes(const char* const* values, const unsigned long* lengths) const {
  size_t bytes = fixed_bytes_;
  for (size_t i = 0; i < columns_.size(); ++i) bytes += values[i] ? worst_literal_bytes(lengths[i]) : 4;
  return bytes;
}

size_t RowWriter::exact_bytes(const char* const* values, const unsigned long* lengths) const {
  size_t bytes = fixed_bytes_;
  for (size_t i = 0; i < columns_.size(); ++i)
    bytes += values[i] ? literal_bytes(columns_[i].literal, {values[i], lengths[i]}) : 4;
  return bytes;
}

void RowWriter::write(const char* const* values, const unsigned long* lengths) {
  size_t worst = worst_bytes(values, lengths);
  size_t open = open_ ? static_cast<size_t>(out_.input_bytes() - statement_begin_) : 0;
  Placement placement = place_row(limits_, open, head_.size(), worst);
  if (placement == Placement::in_parts)
    placement = place_row(limits_, open, head_.size(), exact_bytes(values, lengths));
  begin_row(placement);
  if (placement == Placement::in_parts)
    write_in_parts(values, lengths);
  else if (worst <= kAtOnceBytes)
    write_at_once(values, lengths, worst);
  else
    write_piecewise(values, lengths);
}

void RowWriter::begin_row(Placement placement) {
  if (placement == Placement::same_statement) return out_.write(",\n");
  end();
  if (placement == Placement::in_parts) return;
  statement_begin_ = out_.input_bytes();
  open_ = true;
  out_.write(head_);
}

void RowWriter::end() {
  if (!open_) return;
  out_.write(";\n");
  open_ = false;
  packet_bytes_ = std::max(packet_bytes_, out_.input_bytes() - statement_begin_ + kPacketMargin);
}

void RowWriter::write_at_once(const char* const* values, const unsigned long* lengths, size_t worst) {
  char* begin = out_.room(worst);
  char* to = begin;
  char before = '(';
  for (size_t i = 0; i < columns_.size(); ++i) {
    *to++ = before;
    before = ',';
    if (!values[i]) {
      to = put(to, "NULL");
      continue;
    }
    if (!columns_[i].introducer.empty()) to = put(to, columns_[i].introducer);
    to = put_literal(to, columns_[i].literal, {values[i], lengths[i]});
  }
  *to++ = ')';
  out_.advance(static_cast<size_t>(to - begin));
}

void RowWriter::write_piecewise(const char* const* values, const unsigned long* lengths) {
  for (size_t i = 0; i < columns_.size(); ++i) {
    out_.write(i == 0 ? "(" : ",");
    if (values[i])
      write_value(columns_[i], {values[i], lengths[i]});
    else
      out_.write("NULL");
  }
  out_.write(")");
}

void RowWriter::write_value(const DumpColumn& column, std::string_view value) {
  out_.write(column.introducer);
  if (column.literal == Literal::number) return out_.write(value);
  bool hex = column.literal == Literal::hex && !value.empty();
  out_.write(hex ? "0x" : "'");
  while (!value.empty()) {
    std::string_view piece = value.substr(0, kAtOnceBytes);
    char* begin = out_.room(2 * piece.size());
    char* end = hex ? put_hex(begin, piece) : put_escaped(begin, piece);
    out_.advance(static_cast<size_t>(end - begin));
    value.remove_prefix(piece.size());
  }
  if (!hex) out_.write("'");
}

void RowWriter::write_variable(size_t number, std::string_view value) {
  std::string name = "@unstick_" + std::to_string(number);
  out_.write("SET " + name + "=_binary'';\n");
  for (size_t at = 0; at < value.size(); at += limits_.part_bytes) {
    out_.write("SET " + name + "=CONCAT(" + name + ",");
    write_value(DumpColumn{{}, {}, Literal::hex, {}, false}, value.substr(at, limits_.part_bytes));
    out_.write(");\n");
  }
  // A server that takes smaller packets makes NULL of the value with no more than a warning: stop there instead.
  out_.write("SET @unstick_whole=IF(LENGTH(" + name + ")<=>" + std::to_string(value.size()) +
             ",1,(SELECT 'max_allowed_packet is too small' UNION SELECT 'for this row'));\n");
  packet_bytes_ = std::max<uint64_t>({packet_bytes_, value.size() + kPacketMargin, 2 * limits_.part_bytes + kPacketMargin});
}

void RowWriter::write_in_parts(const char* const* values, const unsigned long* lengths) {
  auto in_variable = [&](size_t i) {
    return values[i] && lengths[i] > kVariableBytes && columns_[i].literal != Literal::number;
  };
  for (size_t i = 0; i < columns_.size(); ++i)
    if (in_variable(i)) write_variable(i, {values[i], lengths[i]});
  out_.write(head_);
  std::string cleared;
  for (size_t i = 0; i < columns_.size(); ++i) {
    out_.write(i == 0 ? "(" : ",");
    std::string name = "@unstick_" + std::to_string(i);
    if (in_variable(i)) {
      const std::string& introducer = columns_[i].introducer;  // "_sjis "
      std::string set = introducer.empty() ? "utf8mb4" : introducer.substr(1, introducer.size() - 2);
      out_.write(columns_[i].is_text ? "CONVERT(" + name + " USING " + set + ")" : name);
      cleared += (cleared.empty() ? "SET " : ",") + name + "=NULL";
    } else if (values[i]) {
      write_value(columns_[i], {values[i], lengths[i]});
    } else {
      out_.write("NULL");
    }
  }
  out_.write(cleared.empty() ? ");\n" : ");\n" + cleared + ";\n");
}

}  // namespace storage
