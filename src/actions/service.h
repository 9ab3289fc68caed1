// SPDX-License-Identifier: GPL-3.0-or-later
// What a request and a command line share: a task is asked, and this says what comes of it. The two differ only in
// how they tell it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actions/action.h"
#include "jobs/start.h"

namespace actions {

struct Asked {
  std::string task;       // as it came: any bytes
  Options options;
  std::string confirm;    // a consent code, may be empty
  // Whether what came with the request (the key itself, not only a cookie that a browser sends by itself) may start
  // changing things at once. Without it a changing task answers with its plan.
  bool may_change = false;
  bool by_link = false;   // a link that was made for this task: it never consents, and shows a job's output only
  bool yes = false;       // command line: consent to the plan made in this moment
  bool accepts_warnings = false;  // also where that plan has warnings
};

enum class Outcome {
  refused,       // `text` says why, `status` is the HTTP status for it
  plan,          // plan only, nothing changed: `proposal`, and `confirm` to consent to it; with an agreement that is still to be
                 // accepted the code counts together with its option only, and is shown to nobody who has not accepted
  nothing,       // there is nothing to do: proposal.plan.notes say why
  choose,        // it was not said which: proposal.choices are what there is
  acted,         // done within the request: `text` is what it said, `exit` its result
  given,         // `download` is what was asked for
  preparing,     // `job` reads what the plan needs; ask again when it is over
  started,       // `job` was started
  joined,        // `job` runs already, or has just run, for the same task
  held,          // not now: the site belongs to `job`
  same_running,  // not again: `job` does the same now (routine)
};

struct Answer {
  Outcome outcome = Outcome::refused;
  int status = 403;
  std::string text;
  Proposal proposal;
  std::string task;      // in its present form
  Effect effect = Effect::reads;
  std::vector<std::pair<std::string, base::Fields>> events;  // of what acted: `text` for machines, beside it
  std::string confirm;
  std::string job;
  Download download;
  int exit = 0;
};

// Does it, or says what it would do. Failures of what is asked come back as `refused` with 500 (507: no space left);
// nothing is thrown.
Answer answer(World& world, const Asked& asked);

// What may be asked: for the list page and the help.
struct Offer {
  std::string task;      // ready to be asked, with usual options
  std::string needs;     // words that only the user knows: such an offer is no link
  std::string help;
  Effect effect = Effect::reads;
  Consent consent = Consent::at_once;
  bool console = false;
  bool may_be_linked = true;  // see task_for_link()
};
std::vector<Offer> offers(World& world);

// The task in its present form, if a link may start it: one that is done at once, and that prints. Throws Failure with the reason
// when it may not.
std::string task_for_link(World& world, const std::string& task, const Options& options);

// "Task NAME is not allowed."
std::string not_allowed(std::string_view task);

}  // namespace actions
