// SPDX-License-Identifier: GPL-3.0-or-later
// The verb `set-modes`.
#include "storage/permissions.h"

#include "base/failure.h"
#include "base/text.h"
#include "steps/pace.h"
#include "steps/permissions.h"

namespace steps {

namespace {

constexpr int kMostRounds = 1000;  // one for each level of folders that could not be entered before
constexpr size_t kMostNamed = 20;

storage::PermissionOrder order_of(Supervisor& supervisor, const base::Step& step) {
  storage::PermissionOrder order;
  order.top = step.words.at(0);
  order.account = static_cast<uid_t>(base::whole_number(step.words.at(1)).value());
  for (size_t i = 2; i + 1 < step.words.size(); i += 2) {
    const std::string& kind = step.words[i];
    auto& list = kind == kWrittenWord ? order.written : kind == kCacheWord ? order.caches : order.left_out;
    list.emplace_back(step.words[i + 1]);
  }
  order.stop_asked = [&supervisor] { return supervisor.stop_asked(); };
  return order;
}

// What the rounds came to.
struct Sum {
  uint64_t changed = 0, renewed = 0;
  std::vector<std::string> problems;
};

void tell(Supervisor& supervisor, const Sum& sum, const platform::Path& journal) {
  supervisor.line("the permissions of " + std::to_string(sum.changed) + " files and folders changed, " + std::to_string(sum.renewed) +
                  " folders made anew");
  if (sum.changed + sum.renewed > 0) supervisor.line("as they were: " + base::printable_line(journal.native()));
  for (size_t i = 0; i < sum.problems.size() && i < kMostNamed; ++i) supervisor.line("! " + base::printable_line(sum.problems[i]));
}

}  // namespace

void modes_back(Supervisor& supervisor, const std::string& job) {
  uint64_t restored = storage::restore_modes(supervisor.disk(), {supervisor.state().modes_of(job), job});
  supervisor.line("the permissions of " + std::to_string(restored) + " files and folders are as they were");
}

Outcome restore_modes(Supervisor& supervisor, const base::Step& step) {
  modes_back(supervisor, step.words.at(0));
  return {};
}

Outcome set_modes(Supervisor& supervisor, const base::Step& step) {
  auto order = order_of(supervisor, step);
  supervisor.disk().make_folder(supervisor.kept(), 0700);
  storage::ModeJournal journal{supervisor.state().modes_of(supervisor.job()), supervisor.job()};
  storage::finish_renewals(supervisor.disk(), journal);
  Sum sum;
  storage::Permissions found;
  for (int round = 0; round < kMostRounds && sum.problems.empty(); ++round) {
    found = storage::find_permissions(supervisor.disk(), order);
    if (found.stopped) return {{}, true, {}};
    if (found.nothing_to_change()) break;
    sum.problems = storage::mend_permissions(supervisor.disk(), found, journal);
    sum.changed += found.changes.size();
    sum.renewed += found.renew.size();
  }
  sum.changed -= std::min<uint64_t>(sum.changed, sum.problems.size());
  tell(supervisor, sum, journal.file);
  for (size_t i = 0; i < found.foreign.size() && i < kMostNamed; ++i)
    supervisor.line("still of another account, and " + std::string(found.foreign[i].trouble) + ": " +
                    base::printable_line(found.foreign[i].path.native()));
  if (!found.foreign.empty()) supervisor.line("permissions:fix names what to ask the host for");
  if (sum.problems.empty()) return {};
  return {{1, 0}, false, std::to_string(sum.problems.size()) + " could not be changed"};
}

}  // namespace steps
