// SPDX-License-Identifier: GPL-3.0-or-later
// What a dump asks of its session with the server, and what its file asks of the session that restores it.
#pragma once

#include <string>

#include "storage/manifest.h"
#include "storage/mysql.h"

namespace storage {

// Limits of time and rows lifted, as far as the account may; those that stay are noted.
void prepare_session(Connection& connection, Manifest& manifest);

// One moment for all tables; the savepoint `unstick` is what ROLLBACK TO lets go of tables by.
void begin_snapshot(Connection& connection);
void end_snapshot(Connection& connection);

// The first lines of the file. Their length depends on names and versions alone, not on packet_bytes: they are written
// again when that is known.
std::string dump_head(const Manifest& manifest);
// The last ones; the very last says that the dump is complete.
std::string dump_tail(const Manifest& manifest);

}  // namespace storage
