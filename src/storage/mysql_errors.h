// SPDX-License-Identifier: GPL-3.0-or-later
// What the server's and the client library's error codes mean to an operator, in one place.
#pragma once

#include <string>
#include <string_view>

#include "base/failure.h"
#include "storage/mysql.h"

namespace storage {

struct SqlProblem {
  unsigned code = 0;
  std::string message;  // the server's own words
};

// Why no connection came about: names place, user and database and says what to try.
base::Failure connect_failure(const DatabaseTarget& target, const SqlProblem& problem);

// Why a statement failed; `sql` is shown up to 80 bytes.
base::Failure statement_failure(const DatabaseTarget& target, const SqlProblem& problem, std::string_view sql);

// The connection is gone with this error.
bool is_lost_connection(unsigned code);
// Nobody answered at that place; another may be tried.
bool is_unreachable(unsigned code);
// The same attempt may succeed with TLS (without it the server refuses), or without (the handshake failed).
bool wants_tls(unsigned code);
bool is_tls_failure(unsigned code);

}  // namespace storage
