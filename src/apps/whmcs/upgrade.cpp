// SPDX-License-Identifier: GPL-3.0-or-later
// The upgrade of a WHMCS, in the order of its documentation. Its installer works in the browser; on the command line
// too where its help says so, for which there is no documentation: so that only the version in the database counts.
#include <algorithm>

#include "apps/database_upgrade.h"
#include "apps/whmcs/configuration.h"
#include "apps/whmcs/state.h"
#include "apps/whmcs/whmcs.h"
#include "base/text.h"

namespace apps::whmcs {

namespace {

constexpr const char* kAgreement = "https://www.whmcs.com/license/";
constexpr std::string_view kStockThemes[] = {"six", "twenty-one", "nexus"};

std::vector<std::string> answers_for(const base::Version& files) {
  if (base::contains(files.text(), "-")) return {files.text()};
  return {files.text(), files.text() + "-release.1"};
}

std::vector<std::string> sentences_afterwards(Examination& examination, const Stored& stored) {
  std::string site = stored.url.empty() ? "the site's address" : base::printable_line(stored.url);
  auto admin = Configuration(examination.disk, examination.site.root).admin();
  std::string folder = admin ? examination.shown(*admin) : "the folder of the admin area";
  bool is_stock = std::find(std::begin(kStockThemes), std::end(kStockThemes), stored.theme) != std::end(kStockThemes);
  return {
      "the admin area: " + site + "/" + folder + "/ (its sidebar and Configuration > System Health show the version)",
      is_stock ? "the site uses the theme " + stored.theme +
                     " of WHMCS itself: changes that you made to it are gone with the update"
               : "compare your theme " + base::printable_line(stored.theme) +
                     " and your order forms with what the release changed",
      "what changed, also in templates: " + std::string(kReleaseNotes)};
}

}  // namespace

std::optional<DatabaseUpgrade> database_upgrade(Examination& examination) {
  const Site& site = examination.site;
  auto installer = find_installer(examination.disk, site.root);
  Stored stored = stored_in_database(examination);
  if (!installer || site.version.empty() || stored.version.empty()) return std::nullopt;
  if (!installer->version.empty() && compare(installer->version, site.version) != 0) return std::nullopt;
  DatabaseUpgrade upgrade;
  upgrade.script = installer->command_line;
  upgrade.help = {"-h"};
  upgrade.words = {"-u", "-n"};
  upgrade.offers = "upgrade";
  upgrade.address =
      (stored.url.empty() ? "https://YOUR-SITE" : base::printable_line(stored.url)) + "/install/install.php";
  upgrade.by_hand = {"open " + upgrade.address, "accept the licence agreement, and continue",
                     "the backup that it asks for is made already",
                     "start the upgrade, once, and wait until it reports success",
                     "should it say \"Upgrade Failed\": stop this job, and ask doctor"};
  upgrade.question = "SELECT value FROM tblconfiguration WHERE setting = 'Version'";
  upgrade.answers = answers_for(site.version);
  upgrade.left_over = {installer->folder};
  for (const auto& change : recent_changes(examination))
    upgrade.cautions.push_back(
        change + ": see first that no upload and no upgrade is still under way; a second one beside it destroys data");
  if (const std::string& failed = examination.given.failed_upgrade; !failed.empty())
    upgrade.cautions.push_back(
        "CAUTION: " + failed +
        ": put it back before you try again, for an upgrade stops at what it finds changed already");
  upgrade.afterwards = sentences_afterwards(examination, stored);
  upgrade.agreement = kAgreement;
  return upgrade;
}

}  // namespace apps::whmcs
