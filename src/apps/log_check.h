// SPDX-License-Identifier: GPL-3.0-or-later
// The check of the error logs, for every application: causes that only a log names. An old error proves nothing, so that one counts
// only while nothing was done about it: it is younger than our last repair and than a week, of limits of the host than a day, of files
// than the release, the cache and what the error itself names. Errors of other applications of the account are left out.
// What the application's own installer wrote down or printed in an upgrade of ours that did not come to its end counts until that is put
// right, and what it wrote before that upgrade does not.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/examination.h"
#include "apps/symptoms.h"

namespace apps {

// What an application knows about its errors.
struct LogCauses {
  const Symptom* (*symptom_of)(std::string_view text);
  // Its folders in the site's root: other applications may lie in folders beside them.
  std::vector<std::string> folders;
  // That every release brings anew, from the site's root on.
  std::span<const std::string_view> release_files;  // none that we rename when we close the site
  Path installer_logs;  // the folder; empty where there is no installer
  // A check sees the cause in the files themselves, with better evidence; or the row is not meant for errors of that log.
  bool (*is_told)(Examination& examination, const Symptom& symptom, const LogError& error);
  // Takes the symptom's words, and may put in what the error names.
  void (*word)(Examination& examination, const Symptom& symptom, const LogError& error, Finding& finding);
};

Looked look_at_logs(Examination& examination, const LogCauses& causes);

}  // namespace apps
