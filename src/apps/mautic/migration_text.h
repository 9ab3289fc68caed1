// SPDX-License-Identifier: GPL-3.0-or-later
// What one migration's PHP surely does to tables and columns, read from its text and never run. What is conditional, computed or
// written in a way that is not known here is left out: all that is told here is done by up() in any case.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace apps::mautic {

// A table that is made, or a column that is added; names without the prefix, in lower case.
struct SchemaAddition {
  std::string table;
  std::string column;  // empty: the table

  bool operator==(const SchemaAddition&) const = default;
};

// Of statements: keys are columns that get a foreign key in a statement of their own, not those of a CREATE TABLE.
struct SchemaAdditions {
  std::vector<SchemaAddition> adds, keys;
};

struct MigrationText {
  std::vector<SchemaAddition> adds, keys;
  std::set<std::string> let_go;  // words of whatever it drops, renames or changes, outside of down(); more than these, too
};

// Throws Failure when the text is no PHP.
MigrationText read_migration_text(std::string_view text, const std::string& name);

// What a statement adds; `kPrefixMark` stands for the tables' prefix. For read_migration_text, and tests.
inline constexpr char kPrefixMark = '\x01', kUnknownMark = '\x02';
SchemaAdditions additions_of(std::string_view sql);

}  // namespace apps::mautic
