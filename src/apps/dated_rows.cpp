// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/dated_rows.h"

#include "base/failure.h"
#include "base/text.h"

namespace apps {

namespace {

constexpr uint64_t kMostNewer = 100000;

}  // namespace

std::string moment_of(std::string taken) {
  constexpr std::string_view kForm = "dddd-dd-dd dd:dd:dd";
  if (taken.size() < kForm.size()) return {};
  if (taken[11] == ' ') taken[11] = '0';
  for (size_t i = 0; i < kForm.size(); ++i) {
    bool fits = kForm[i] == 'd' ? taken[i] >= '0' && taken[i] <= '9' : taken[i] == kForm[i];
    if (!fits) return {};
  }
  return taken.substr(0, kForm.size());
}

std::vector<std::string> newer_rows(storage::Connection& connection, const App& app, const std::string& prefix, const std::string& moment) {
  std::vector<std::string> found;
  for (const auto& rows : app.dated_rows) {
    try {
      auto count = connection.value("SELECT COUNT(*) FROM (SELECT 1 FROM " + storage::quote_name(prefix + std::string(rows.table)) +
                                    " WHERE " + storage::quote_name(rows.column) + " > " + connection.quote(moment) +
                                    " LIMIT " + std::to_string(kMostNewer) + ") newer");
      uint64_t number = base::whole_number(count.value_or("")).value_or(0);
      if (number > 0) found.push_back((number == kMostNewer ? "more than " : "") + std::to_string(number) + " " + std::string(rows.words));
    } catch (const base::Failure&) {
      if (connection.lost()) throw;
    }
  }
  return found;
}

}  // namespace apps
