// SPDX-License-Identifier: GPL-3.0-or-later
// The verb `examine-site`: the proof at the end of a repair. Whatever the steps before said, the site is read again.
#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"
#include "steps/asking.h"
#include "steps/verbs.h"

namespace steps {

Outcome examine_site(Supervisor& supervisor, const base::Step& step) {
  std::set<std::string> known(step.words.begin() + 1, step.words.end());
  auto opened = base::whole_number(supervisor.noted(std::string(kOpenedNote)));
  int wrong = supervisor.examine(step.words.at(0), known, platform::from_unix_seconds(static_cast<int64_t>(opened.value_or(0))));
  if (supervisor.noted(kVerdictNote) == kStillBad) {
    supervisor.line("the site's pages answer no better than before: see above what they say; `doctor` with php=yes asks them too, `logs` shows the newest errors");
    ++wrong;
  }
  if (wrong == 0) return {};
  supervisor.line("what this job replaced is kept (`kept` lists it): `undo` takes all of it back, `recover` looks again");
  std::string words = std::to_string(wrong) + (wrong == 1 ? " thing is" : " things are") + " wrong still, see above";
  return {{1, 0}, false, "not everything is in order: " + words, false, false, true};
}

}  // namespace steps
