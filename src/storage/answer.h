// SPDX-License-Identifier: GPL-3.0-or-later
// What a database answers to a question whose answer others write, and whether it was written anew: also the same value again.
#pragma once

#include <functional>
#include <string>

#include "storage/mysql.h"

namespace storage {

struct Answer {
  std::string value;  // the first column of the first row, trimmed; empty where there is none
  std::string mark;   // all columns of that row; empty where there is none
};

// The value that a mark was made of.
std::string value_of(const std::string& mark);

// The following throw Failure as Connection::query.

Answer ask(Connection& connection, const std::string& question);
// Stands for all tables with their columns, keys and triggers: another one after whatever changes them.
std::string structure_of(Connection& connection);
// Stands for the rows of all tables; each is read as a whole. Empty where that was not done: stopped between two, or one cannot be read.
std::string contents_of(Connection& connection, const std::function<bool()>& stop_asked);

}  // namespace storage
