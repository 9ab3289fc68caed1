// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/action.h"

#include <algorithm>
#include <array>

#include "base/failure.h"
#include "base/text.h"

namespace actions {

namespace {

constexpr std::array kActions = {
    Action{"doctor", "say what is wrong with the site, with evidence; changes nothing", "php", Effect::reads, Consent::at_once,
           nullptr, examine},
    Action{"recover", "mend what doctor finds, in the documentation's order, with backups; shows its plan first", "file version backup tables eula",
           Effect::both, Consent::plan_first, propose_recover},
    Action{"logs", "show the newest errors of the application's and the server's logs, grouped", "lines", Effect::reads,
           Consent::at_once, nullptr, show_logs},
    Action{"logs:follow", "wait for new lines in these logs and show them as they come, for 10 minutes", "", Effect::reads,
           Consent::at_once, propose_follow_logs},
    Action{"report", "write all of it up for the forum, with secrets masked", "", Effect::reads, Consent::at_once, nullptr, write_report},
    Action{"cache:purge", "empty the application's caches; works while its PHP is broken", "", Effect::files,
           Consent::at_once, propose_cache_purge, nullptr},
    Action{"db:backup", "write the whole database into a verified backup", "", Effect::routine, Consent::at_once,
           propose_db_backup, nullptr},
    Action{"db:restore", "put a backup, or a dump that was uploaded, into the database; or prove one with check=yes",
           "backup file check", Effect::database, Consent::plan_first, propose_db_restore, nullptr, nullptr,
           Special::dangerous},
    Action{"db:status", "show the database's server, sizes, engines and what is in the way of migrations", "",
           Effect::reads, Consent::at_once, nullptr, show_database},
    Action{"db:repair", "mend what SQL alone can mend in the database; shows each statement first", "backup tables", Effect::database,
           Consent::plan_first, propose_db_repair},
    Action{"files:verify", "look for signs of a half or mixed release, or compare every file with its package", "file",
           Effect::reads, Consent::at_once, propose_files_verify, nullptr},
    Action{"files:backup", "write all files of the site into a verified zip", "", Effect::routine, Consent::at_once,
           propose_files_backup},
    Action{"files:backup-own", "the same of what is not the application's own: data, configuration, plugins, themes", "",
           Effect::routine, Consent::at_once, propose_own_files_backup},
    Action{"files:download", "download all files of the site as a zip; needs no room on the server", "", Effect::reads,
           Consent::at_once, propose_files_download, nullptr, give_files},
    Action{"files:download-own", "the same of what is not the application's own", "", Effect::reads, Consent::at_once,
           propose_files_download, nullptr, give_own_files},
    Action{"backups", "list the backups, and which of them are complete", "", Effect::reads, Consent::at_once, nullptr,
           list_backups},
    Action{"backup:download", "download one backup", "backup", Effect::reads, Consent::at_once, propose_backup_download,
           nullptr, give_backup},
    Action{"backup:delete", "delete one backup", "backup", Effect::routine, Consent::plan_first, propose_backup_delete,
           act_backup_delete, nullptr, Special::dangerous},
    Action{"files:replace", "exchange the application's files for those of a package, with a way back", "file version backup",
           Effect::both, Consent::plan_first, propose_files_replace, nullptr},
    Action{"files:rollback", "put the files back that were replaced", "job", Effect::files, Consent::plan_first,
           propose_files_rollback, nullptr, nullptr, Special::dangerous},
    Action{"update:finish", "bring an update to its end that died half way", "file version backup", Effect::both,
           Consent::plan_first, propose_update_finish, nullptr},
    Action{"undo", "take the last repair back, files and database, to before the click", "", Effect::both, Consent::plan_first,
           propose_undo, nullptr, nullptr, Special::dangerous},
    Action{"kept", "list what jobs replaced and set aside, with sizes", "", Effect::reads, Consent::at_once, nullptr, list_kept},
    Action{"kept:delete", "let go of what one job kept", "job", Effect::files, Consent::plan_first, propose_kept_delete, nullptr, nullptr,
           Special::dangerous},
    Action{"config:fix", "mend the application's configuration, from a copy or in place", "file tables", Effect::files,
           Consent::plan_first, propose_config_fix},
    Action{"upgrade:v3", "bring Mautic 2.16 to Mautic 3: backup, migrations, files, configuration, cache; shows its plan first",
           "file version backup", Effect::both, Consent::plan_first, propose_upgrade},
    Action{"upgrade:back", "bring Mautic 2 back where upgrade_v3.php stopped while it exchanged the files; shows its plan first", "", Effect::files,
           Consent::plan_first, propose_upgrade_back},
    Action{"permissions:fix", "mend file permissions that keep the site out or let everybody in", "", Effect::files,
           Consent::plan_first, propose_permissions},
    Action{"php", "list the PHPs of this server and which one fits the application", "", Effect::reads,
           Consent::at_once, nullptr, list_php},
    Action{"links", "list the links that were made for bookmarks and cron pages, with their last result", "", Effect::reads,
           Consent::at_once, nullptr, list_links},
    Action{"links:make", "make a link that may do one thing, for a bookmark or a cron page: for=TASK, days=365",
           "for days php lines file", Effect::routine, Consent::plan_first, propose_link, make_link, nullptr,
           Special::tells_secret},
    Action{"links:revoke", "revoke one of these links, or all", "link", Effect::routine, Consent::plan_first, propose_revoking,
           revoke_links, nullptr, Special::dangerous},
    Action{"links:keep", "keep the links that were made with a former key", "", Effect::routine, Consent::plan_first, propose_keeping,
           keep_links},
    Action{"links:install", "keep old bookmarks of commands.php and upgrade_v3.php alive: this program answers them", "", Effect::files,
           Consent::plan_first, propose_old_bookmarks, install_old_bookmarks},
    Action{"self:remove", "remove this program and what it made, with its backups or without", "backup", Effect::both,
           Consent::plan_first, propose_self_remove, remove_self, nullptr, Special::dangerous},
    Action{"job:resume", "take an interrupted job up where it stopped", "job", Effect::both, Consent::plan_first,
           propose_job_resume, act_job_resume},
    Action{"job:rollback", "take back what an interrupted job has done", "job", Effect::both, Consent::plan_first,
           propose_job_rollback, act_job_rollback, nullptr, Special::dangerous},
    Action{"job:stop", "stop the running job", "job", Effect::both, Consent::plan_first, propose_job_stop,
           act_job_stop, nullptr, Special::dangerous},
    Action{"job:unlock", "give an interrupted job up, so that other actions can run", "job", Effect::both,
           Consent::plan_first, propose_job_unlock, act_job_unlock, nullptr, Special::dangerous},
};

consteval bool table_is_sound() {
  for (size_t i = 0; i < kActions.size(); ++i) {
    if (kActions[i].name.empty() || kActions[i].help.empty()) return false;
    if (kActions[i].help.find('\n') != std::string_view::npos) return false;
    if (!kActions[i].propose && !kActions[i].act) return false;
    for (size_t j = 0; j < i; ++j)
      if (kActions[i].name == kActions[j].name) return false;
  }
  return true;
}
static_assert(table_is_sound(), "an action without help, twice, or that does nothing");

bool only_of(std::string_view text, std::string_view allowed, size_t most) {
  return !text.empty() && text.size() <= most && text.find_first_not_of(allowed) == std::string_view::npos;
}

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

}  // namespace

Proposal begin_proposal(std::string_view name, const Options& options, Effect effect) {
  Proposal proposal;
  proposal.plan.task = name;
  for (const auto& [option, value] : options) proposal.plan.task += " --" + option + "=" + value;
  proposal.plan.headline = "Executing " + proposal.plan.task;
  proposal.plan.effect = effect;
  proposal.plan.holds_routine = effect == Effect::database;
  return proposal;
}

std::span<const Action> native_actions() { return kActions; }

const Action* find_action(std::string_view name) {
  auto found = std::find_if(kActions.begin(), kActions.end(), [&](const Action& row) { return row.name == name; });
  return found == kActions.end() ? nullptr : &*found;
}

bool value_fits(std::string_view name, std::string_view value) {
  if (name == "job") return value == "last" || storage::is_job_id(value);
  if (name == "lines") return only_of(value, kDigits, 6);
  if (name == "version") return only_of(value, "0123456789.", 20);
  if (name == "days") return base::whole_number(value, 3650).value_or(0) > 0;
  if (name == "link") return value == "all" || only_of(value, "0123456789abcdef", 12);
  if (name == "for") return !value.empty() && value.size() <= 300;  // a task, looked up as any other
  if (name == "php" || name == "check" || name == "eula") return value == "yes";
  if (name == "tables") return only_of(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_,", 4000);
  return only_of(value, kNameCharacters, 200) && value[0] != '.';  // file, backup
}

void check_options(const Action& action, const Options& options) {
  auto taken = base::split(action.options, ' ');
  for (const auto& [name, value] : options) {
    if (std::find(taken.begin(), taken.end(), name) == taken.end())
      throw base::Failure(std::string(action.name) + " takes no option " + base::printable_line(name));
    if (!value_fits(name, value))
      throw base::Failure("the value of " + name + " is not of its form: " + base::printable_line(value.substr(0, 100)));
  }
}

}  // namespace actions
