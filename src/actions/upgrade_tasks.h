// SPDX-License-Identifier: GPL-3.0-or-later
// upgrade:v3 asked stage by stage, as the page of the script upgrade_v3.php asks: one question a request, each answered with the next.
// Underneath it is one job that goes on by itself; a question waits until the job has that stage behind it, at most 20 s.
//   preUpgradeChecks     the plan: what speaks against it; changes nothing
//   startUpgrade         the consent: fetches the package where there is none, and starts the job
//   the stages           a stage that is done succeeds again; the present one is waited for; a later one is an error that names the present
//   confirmDeleteBackup  a consent of its own: what the job keeps is deleted
// A stage that failed is told once. Asked again it goes on from there, where the new files are in the site; where all was taken back
// only startUpgrade begins again.
#pragma once

#include <string>
#include <vector>

#include "actions/world.h"

namespace actions {

struct TaskAnswer {
  bool good = false;
  std::string text;             // plain text; lines end with \n
  std::vector<std::string> errors, warnings;  // of preUpgradeChecks
  std::string help;             // address of the page about this error; may be empty
  std::string next_code, next_label;          // empty: that was the last one
  bool checked = false;         // preUpgradeChecks was asked
  bool may_begin = false;       // and nothing blocks
  bool finished = false;        // the last stage succeeded
};

// Throws nothing.
TaskAnswer answer_upgrade_task(World& world, const std::string& code);

}  // namespace actions
