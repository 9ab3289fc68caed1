// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sql_statement.h"

namespace storage {

const char* word_of(SqlObject object) {
  switch (object) {
    case SqlObject::table: return "table";
    case SqlObject::view: return "view";
    case SqlObject::trigger: return "trigger";
    case SqlObject::procedure: return "procedure";
    case SqlObject::function: return "function";
    case SqlObject::event: return "event";
    case SqlObject::sequence: return "sequence";
    case SqlObject::database: return "database";
    case SqlObject::index: return "index";
    case SqlObject::none:
    case SqlObject::other: break;
  }
  return "object";
}

}  // namespace storage
