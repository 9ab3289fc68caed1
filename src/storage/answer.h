// SPDX-License-Identifier: GPL-3.0-or-later
// What a database answers to a question whose answer others write, and whether it was written anew: also the same value again.
#pragma once

#include <string>

#include "storage/mysql.h"

namespace storage {

struct Answer {
  std::string value;  // the first column of the first row, trimmed; empty where there is none
  std::string mark;   // all columns of that row; empty where there is none
};

// The value that a mark was made of.
std::string value_of(const std::string& mark);

// Both throw Failure as Connection::query.
Answer ask(Connection& connection, const std::string& question);
// Stands for all tables and their columns: another one after whatever changes them.
std::string structure_of(Connection& connection);

}  // namespace storage
