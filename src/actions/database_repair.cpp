// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/database_repair.h"

#include "actions/closing.h"
#include "actions/database_access.h"
#include "actions/given.h"
#include "actions/running_upgrade.h"
#include "actions/safety_backup.h"
#include "base/failure.h"
#include "base/text.h"

namespace actions {

namespace {

std::set<std::string> named_tables(const Options& options) {
  std::set<std::string> names;
  auto said = options.find("tables");
  if (said == options.end()) return names;
  for (auto name : base::split(said->second, ','))
    if (!name.empty()) names.emplace(name);
  return names;
}

std::vector<apps::DatabaseRepair> find_repairs(World& world, const Options& options) {
  const apps::Site& site = world.need_site();
  if (!site.app->database_repairs) return {};
  apps::Examination examination(world.disk, site, given_by(world, apps::Needs::nothing));
  return site.app->database_repairs(examination, named_tables(options));
}

}  // namespace

bool add_database_repair(World& world, Proposal& proposal, const Options& options) {
  auto target = target_of_job(world);
  base::Step step{"run-statements", "mend the database " + base::printable_line(target.name), base::Interruption::cursor,
                  {world.need_site().root.native(), storage::target_words(target)}, {}};
  auto& notes = proposal.plan.notes;
  size_t without = step.words.size();
  for (const auto& repair : find_repairs(world, options)) {
    if (!repair.statements.empty()) notes.push_back(repair.what + ":");
    for (const auto& sql : repair.statements) {
      bool is_question = sql.starts_with("SELECT ");
      notes.push_back("  " + base::printable_line(sql) + (is_question ? "  (must answer 0, else nothing more is done)" : ""));
      step.words.push_back(sql);
    }
    notes.insert(notes.end(), repair.notes.begin(), repair.notes.end());
  }
  if (step.words.size() == without) return false;
  proposal.plan.steps.push_back(std::move(step));
  return true;
}

Proposal propose_db_repair(World& world, const Options& options) {
  need_open(world);
  need_no_upgrade(world);
  Proposal proposal = begin_proposal("db:repair", options, Effect::database);
  add_safety_backup(world, proposal, options, Reuse::never);
  if (!add_database_repair(world, proposal, options)) {
    proposal.plan.steps.clear();
    proposal.nothing_to_do = true;
    proposal.plan.notes.insert(proposal.plan.notes.begin(),
                               "nothing was found that SQL alone could mend: doctor says what is wrong with the site");
    return proposal;
  }
  proposal.findings = base::join(proposal.plan.steps.back().words, "\n");
  if (!refuses_backup(options))
    proposal.plan.notes.push_back("to go back: db:restore with the backup that is made first; it has the id of the job");
  close_site_before(world, proposal, 0);  // what is written until it is closed is in the backup
  return proposal;
}

}  // namespace actions
