// SPDX-License-Identifier: GPL-3.0-or-later
// An action becomes a plan, a plan becomes a job. A plan is a list of named steps; each step names a verb of
// steps/ and gives it its words. Plans are plain data: they are shown, compared, written to disk and run by
// another process.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace base {

// What running something changes.
enum class Effect {
  reads,     // never changes a byte of the site
  files,     // the site's files; takes the site's lock
  database,  // the site's database; takes the site's lock, backs up first
  both,
  routine,   // periodic work, the application's own or a backup: a lock for each command line instead of the site's
};

// What it means when the process died in the middle of a step.
enum class Interruption {
  cursor,   // the step goes on where it stopped
  restart,  // the step is safe from its beginning
  once,     // nobody knows: ask before it is run again
};

struct Step {
  std::string verb;                // a name of the table in steps/verbs.cpp
  std::string title;               // imperative, lower case: the operator reads it
  Interruption interruption = Interruption::once;
  std::vector<std::string> words;  // the verb's arguments: paths, an argument vector
  std::chrono::seconds timeout{};  // 0 = none
  bool always = false;             // also when a step before it failed
  std::string stage{};             // of a longer way whose parts have names of their own, the part that it belongs to
  std::string failure{};           // what to say when it fails, beside why: where the site stands then, and what to do
  std::string failure_back{};      // the same where what was done is taken back
};

struct Plan {
  std::string task;              // the task's present name, with options: "cache:clear --no-warmup"
  std::string headline;          // first line of the output: "Executing console cache:clear"
  Effect effect = Effect::reads;
  bool holds_routine = false;    // while it lives the application's periodic commands are skipped
  std::vector<Step> steps;
  std::string log_file{};          // in the site: also gets a line for each that the job says (jobs/log_file.h); empty: none
  std::vector<std::string> notes;  // what is kept, how to undo, what to expect: sentences for the plan page
};

std::string_view word(Effect effect);
std::string_view word(Interruption interruption);
Effect effect_of(std::string_view word);               // throws Failure on an unknown word
Interruption interruption_of(std::string_view word);   // the same

}  // namespace base
