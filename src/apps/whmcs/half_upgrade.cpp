// SPDX-License-Identifier: GPL-3.0-or-later
// A database that an upgrade of ours left half changed. It is looked at whatever files lie there by now: no release fits such a database.
#include "apps/whmcs/checks.h"
#include "apps/whmcs/state.h"

namespace apps::whmcs {

Looked look_at_half_upgrade(Examination& examination) {
  if (!examination.given.attempts_unknown.empty()) return {{}, {examination.given.attempts_unknown}, {}};
  if (examination.given.failed.number > 0 && !examination.database()) return {{}, {"the database cannot be asked"}, {}};
  auto failed = failed_upgrade(examination);
  if (!failed.is_half) return {{}, {}, failed.words};
  Finding finding{"an upgrade did not come to its end, and may have left the database half changed", {failed.words},
                  "an upgrade that runs over that stops at what it finds changed already, and no release fits such a database", Mend::nothing,
                  "restore a backup of your own from before the upgrade (db:restore with file=...), or ask WHMCS's support with what install/log says",
                  Weight::breaks};
  if (failed.backup.empty()) return {{std::move(finding)}, {}, {}};
  if (examination.given.closed_by == examination.given.failed.first) {
    finding.otherwise = "the job that has the site closed leads back: job:rollback";
  } else {
    finding.mend = Mend::database_back;
    finding.remedies = {{"db:restore", {{"backup", failed.backup}}}};
    finding.otherwise =
        "see in install/log, and in the log of that job, why it stopped, and mend that before you try again. Where somebody has put the "
        "database back by other means, this brings the same in once more";
  }
  return {{std::move(finding)}, {}, {}};
}

}  // namespace apps::whmcs
