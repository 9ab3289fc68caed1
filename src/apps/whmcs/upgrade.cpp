// SPDX-License-Identifier: GPL-3.0-or-later
// The upgrade of a WHMCS, in the order of its documentation. Its installer works in the browser; on the command line
// too where its help says so, for which there is no documentation: so that only the version in the database counts.
#include <algorithm>

#include "apps/database_upgrade.h"
#include "apps/whmcs/configuration.h"
#include "apps/whmcs/state.h"
#include "apps/whmcs/stock_templates.h"
#include "apps/whmcs/whmcs.h"
#include "base/text.h"

namespace apps::whmcs {

namespace {

constexpr const char* kAgreement = "https://www.whmcs.com/license/";
constexpr const char *kUpgradeOption = "-u", *kSilentOption = "-n";
constexpr std::string_view kStockThemes[] = {"six", "twenty-one", "nexus"};

// With the suffix and without: old releases know none, and what they wrote stays.
std::vector<std::string> answers_for(const base::Version& files) {
  constexpr std::string_view kSuffix = "-release.1";
  const std::string& text = files.text();
  if (text.ends_with(kSuffix)) return {text, text.substr(0, text.size() - kSuffix.size())};
  if (base::contains(text, "-")) return {text};
  return {text, text + std::string(kSuffix)};
}

// "-u, --upgrade  Upgrade WHMCS": the options of a line of a help, and what it says of them in lower case.
struct HelpLine {
  std::vector<std::string_view> options;
  std::string words;

  bool has(std::string_view option) const { return std::find(options.begin(), options.end(), option) != options.end(); }
};

HelpLine read_help(std::string_view line) {
  constexpr std::string_view kBetween = " \t,|";
  HelpLine read;
  line = base::trim(line);
  while (line.starts_with('-')) {
    size_t end = std::min(line.find_first_of(kBetween), line.size());
    read.options.push_back(line.substr(0, end));
    line = line.substr(std::min(line.find_first_not_of(kBetween, end), line.size()));
  }
  read.words = base::lower(line);
  return read;
}

bool says_upgrade(const HelpLine& line) {
  bool denies = base::contains(line.words, "not ") || base::contains(line.words, "cannot") || base::contains(line.words, "no upgrade");
  return line.has("--upgrade") || (base::contains(line.words, "upgrade") && !denies);
}

// Both options themselves are listed, and the one is the upgrade: a help may name what it does not do.
bool is_offered_in(const std::string& help) {
  bool upgrades = false, asks_nothing = false;
  for (std::string_view text : base::lines(help)) {
    HelpLine line = read_help(text);
    upgrades = upgrades || (line.has(kUpgradeOption) && says_upgrade(line));
    asks_nothing = asks_nothing || line.has(kSilentOption);
  }
  return upgrades && asks_nothing;
}

// What to review where WHMCS's own templates were changed in their places.
std::string templates_words(Examination& examination) {
  const Site& site = examination.site;
  auto templates = changed_templates(examination.disk, site.root, site.version, examination.given.packages);
  if (!templates)
    return "whether templates of WHMCS itself were changed in their places cannot be told: put the zip of the full release " +
           site.version.text() + " into the site's folder, and files:verify names them";
  if (templates->changed.empty()) return "no template of WHMCS itself was changed in its place (" + templates->told_by + ")";
  return "review these templates, which WHMCS brings and which are not as " + templates->told_by + " has them: " + names_of(*templates);
}

std::vector<std::string> sentences_afterwards(Examination& examination, const Stored& stored) {
  std::string site = stored.url.empty() ? "the site's address" : base::printable_line(stored.url);
  auto admin = Configuration(examination.disk, examination.site.root).admin();
  std::string folder = admin ? examination.shown(*admin) : "the folder of the admin area";
  bool is_stock = std::find(std::begin(kStockThemes), std::end(kStockThemes), stored.theme) != std::end(kStockThemes);
  return {
      "the admin area: " + site + "/" + folder + "/ (its sidebar and Configuration > System Health show the version)",
      templates_words(examination),
      is_stock ? "the site uses the theme " + stored.theme +
                     " of WHMCS itself: changes to it that an upload overwrote are gone with that"
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
  upgrade.words = {kUpgradeOption, kSilentOption};
  upgrade.offered_in = is_offered_in;
  upgrade.address =
      (stored.url.empty() ? "https://YOUR-SITE" : base::printable_line(stored.url)) + "/install/install.php";
  upgrade.by_hand = {"open " + upgrade.address, "accept the licence agreement, and continue",
                     "the backup that it asks for is made already",
                     "start the upgrade, once, and wait until it reports success",
                     "should it say \"Upgrade Failed\": stop this job, and ask doctor"};
  upgrade.question = version_question(examination);
  upgrade.answers = answers_for(site.version);
  upgrade.left_over = {installer->folder};
  for (const auto& change : recent_changes(examination))
    upgrade.cautions.push_back(
        change + ": see first that no upload and no upgrade is still under way; a second one beside it destroys data");
  if (auto failed = failed_upgrade(examination); !failed.words.empty())
    upgrade.cautions.push_back("CAUTION: " + failed.words + ": an upgrade stops at what it finds changed already");
  upgrade.afterwards = sentences_afterwards(examination, stored);
  upgrade.agreement = kAgreement;
  return upgrade;
}

}  // namespace apps::whmcs
