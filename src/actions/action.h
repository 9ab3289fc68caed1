// SPDX-License-Identifier: GPL-3.0-or-later
// The native actions, one row each. Router, help, page, command line and tests read this one table.
//
// *at once*: asked is done. *plan first*: asked without consent an action answers with its plan and changes nothing
// (consent.h). An action either makes a plan that runs as a job, or acts within the request.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actions/world.h"
#include "base/plan.h"
#include "base/report.h"

namespace actions {

using base::Effect;

enum class Consent { at_once, plan_first };

enum class Special {
  nothing,
  dangerous,      // can lose something that nothing brings back, or stops something half way: its button looks like it
  tells_secret,   // what `act` tells is told once and kept nowhere, also not for those who bring a used consent again
};

// The parameters of a request beside the task: names are from the fixed list of DESIGN 3, values are checked by
// check_options(). None ever carries a path.
using Options = std::map<std::string, std::string>;
constexpr std::array<std::string_view, 12> kOptionNames = {"file", "version", "backup", "job",   "php", "check",
                                                           "eula", "tables",  "lines",  "for",   "days", "link"};

// One of several things that an action could be about: the options that name it, and what it is.
struct Choice {
  Options options;
  std::string words;
};

// What has to be accepted before anybody can consent, by an option of its own: `option`=yes.
struct Agreement {
  std::string option;
  std::string address;  // where it can be read
};

struct Proposal {
  base::Plan plan;
  // What the plan rests on: if this text is another one when consent is given, the new plan is shown instead.
  std::string findings;
  bool nothing_to_do = false;   // plan.notes say why
  bool needs_owner = false;     // nothing_to_do: not before the owner has done what plan.notes say
  std::vector<std::string> errors{};    // what has to be mended before there can be a plan; plan.notes say it too
  std::vector<std::string> warnings{};  // what has to be accepted, which --yes alone does not; plan.notes say it too
  std::vector<Choice> choices{};  // not empty: it was not said which; plan.notes explain, nothing can be consented to
  std::optional<Agreement> agreement{};  // still to be accepted
  // The plan cannot be made before this reading job is done, which is started at once.
  std::optional<base::Plan> preparation{};
  // Instead of a job: tells the report within the request, as Action::act does, and returns the exit status. For actions
  // that read; runs once, while the World lives.
  std::function<int(base::Report&)> answer{};
};

// Where the bytes of a download go. What it throws is passed on.
using Take = std::function<void(std::string_view bytes)>;

// A file that is given out as it lies there, or one that is made while it is given out.
struct Download {
  Path file;
  std::string name;  // for the disk of whoever gets it: letters, digits, . _ -
  std::string type;  // media type
  std::string mark;  // another one whenever the bytes are others; letters and digits
  // Instead of `file`: makes all bytes in order; returns sentences for whoever keeps them. Throws Failure when it cannot go
  // on: what was taken till then is no whole file, and must not be taken for one.
  std::function<std::vector<std::string>(const Take&)> produce{};
};

struct Action {
  std::string_view name;
  std::string_view help;      // one line, an imperative in lower case
  std::string_view options;   // names of the options it takes, separated by blanks
  Effect effect = Effect::reads;
  Consent consent = Consent::at_once;
  // The steps it would take. May throw Failure. nullptr: none, the action reads and answers in the request.
  Proposal (*propose)(World&, const Options&) = nullptr;
  // Does it within the request and tells the report; returns the exit status. nullptr: the plan runs as a job.
  int (*act)(World&, const Options&, base::Report&) = nullptr;
  // Gives out a file instead. May throw Failure. nullptr: another action.
  Download (*give)(World&, const Options&) = nullptr;
  Special special = Special::nothing;
};

// A proposal of this name, with its options in the task's name. Of one that changes the database alone the application's periodic
// commands wait for the end.
Proposal begin_proposal(std::string_view name, const Options& options, Effect effect);

std::span<const Action> native_actions();
const Action* find_action(std::string_view name);

// Throws Failure naming the first option that the action does not take, or whose value is not of its form.
void check_options(const Action& action, const Options& options);

// Whether a value has the form that every value of this option has.
bool value_fits(std::string_view name, std::string_view value);

// The rows' functions; each group in a file of its own.
int examine(World& world, const Options& options, base::Report& report);
int show_logs(World& world, const Options& options, base::Report& report);
Proposal propose_follow_logs(World& world, const Options& options);
int write_report(World& world, const Options& options, base::Report& report);
int list_php(World& world, const Options& options, base::Report& report);
Proposal propose_recover(World& world, const Options& options);
Proposal propose_files_verify(World& world, const Options& options);
int show_database(World& world, const Options& options, base::Report& report);
int list_backups(World& world, const Options& options, base::Report& report);
Proposal propose_cache_purge(World& world, const Options& options);
Proposal propose_db_backup(World& world, const Options& options);
Proposal propose_db_restore(World& world, const Options& options);
Proposal propose_db_repair(World& world, const Options& options);
Proposal propose_backup_download(World& world, const Options& options);
Download give_backup(World& world, const Options& options);
Proposal propose_backup_delete(World& world, const Options& options);
int act_backup_delete(World& world, const Options& options, base::Report& report);
Proposal propose_files_backup(World& world, const Options& options);
Proposal propose_own_files_backup(World& world, const Options& options);
Proposal propose_files_download(World& world, const Options& options);
Download give_files(World& world, const Options& options);
Download give_own_files(World& world, const Options& options);
Proposal propose_config_fix(World& world, const Options& options);
Proposal propose_permissions(World& world, const Options& options);
int list_links(World& world, const Options& options, base::Report& report);
Proposal propose_link(World& world, const Options& options);
int make_link(World& world, const Options& options, base::Report& report);
Proposal propose_keeping(World& world, const Options& options);
int keep_links(World& world, const Options& options, base::Report& report);
Proposal propose_revoking(World& world, const Options& options);
int revoke_links(World& world, const Options& options, base::Report& report);
Proposal propose_old_bookmarks(World& world, const Options& options);
int install_old_bookmarks(World& world, const Options& options, base::Report& report);
Proposal propose_self_remove(World& world, const Options& options);
int remove_self(World& world, const Options& options, base::Report& report);
Proposal propose_job_stop(World& world, const Options& options);
Proposal propose_job_unlock(World& world, const Options& options);
Proposal propose_job_resume(World& world, const Options& options);
Proposal propose_files_replace(World& world, const Options& options);
Proposal propose_files_rollback(World& world, const Options& options);
Proposal propose_update_finish(World& world, const Options& options);
Proposal propose_upgrade(World& world, const Options& options);
Proposal propose_upgrade_back(World& world, const Options& options);
Proposal propose_undo(World& world, const Options& options);
int list_kept(World& world, const Options& options, base::Report& report);
Proposal propose_kept_delete(World& world, const Options& options);
Proposal propose_job_rollback(World& world, const Options& options);
int act_job_rollback(World& world, const Options& options, base::Report& report);
int act_job_stop(World& world, const Options& options, base::Report& report);
int act_job_unlock(World& world, const Options& options, base::Report& report);
int act_job_resume(World& world, const Options& options, base::Report& report);

}  // namespace actions
