// SPDX-License-Identifier: GPL-3.0-or-later
// A consent is a code that was printed with a plan: whoever brings it back within 10 minutes agrees to exactly that
// plan, once. The state folder keeps only the code's hash, with the task, its options and what the plan rested on. A
// new key makes the codes void that were printed before it.
#pragma once

#include <optional>
#include <string>

#include "actions/action.h"

namespace actions {

struct Consented {
  std::string task;      // the whole task line
  Options options;
  std::string findings;
  bool expired = false;
  bool used = false;     // then `answer` is what it was used for
  std::string answer;    // a job's id, or what the action said; empty while that is not known yet
};

// A new code for this plan, 130 bits of chance, for use in a URL.
std::string issue_consent(World& world, const std::string& task, const Options& options, const std::string& findings);

// What the code stands for; nullopt when it is unknown, or was issued under another key.
std::optional<Consented> find_consent(World& world, const std::string& code);

// Uses it up. False when somebody else did in the same moment.
bool use_consent(World& world, const std::string& code);
// Writes down what it was used for, for those who bring it again.
void note_consent_answer(World& world, const std::string& code, const std::string& answer);

}  // namespace actions
