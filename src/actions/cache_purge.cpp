// SPDX-License-Identifier: GPL-3.0-or-later
// The action `cache:purge`: the cache folders of the layout in use are renamed away, compiled templates are moved out
// of theirs; then they are deleted.
#include "actions/action.h"
#include "actions/arranging.h"
#include "actions/site_address.h"
#include "base/text.h"

namespace actions {

namespace {

// Folders that the site does have, and nobody knows where.
std::vector<std::string> not_known(World& world) {
  const apps::Site& site = world.need_site();
  return site.app->compiled ? site.app->compiled(world.disk, site).unknown : std::vector<std::string>{};
}

}  // namespace

Proposal propose_cache_purge(World& world, const Options&) {
  const apps::Site& site = world.need_site();
  std::vector<std::string> folders;
  for (const auto& folder : site.caches)
    if (world.disk.look(folder)) folders.push_back(folder.native());
  auto compiled = compiled_steps(world);

  Proposal proposal;
  proposal.plan.task = "cache:purge";
  proposal.plan.headline = "Executing cache:purge";
  proposal.plan.effect = Effect::files;
  proposal.findings = base::join(folders, "\n");
  proposal.plan.notes = not_known(world);
  if (folders.empty() && compiled.empty()) {
    proposal.nothing_to_do = true;
    proposal.needs_owner = !proposal.plan.notes.empty();
    if (!proposal.needs_owner) proposal.plan.notes.push_back("nothing to do: there is no cache in " + site.root.native());
    return proposal;
  }
  for (const auto& folder : folders) proposal.plan.notes.push_back("empties " + folder);
  for (const auto& step : compiled)
    proposal.plan.notes.push_back("takes compiled templates out of " + base::join(step.words, ", "));
  proposal.plan.notes.push_back(
      "the application builds its cache anew with the next page; if the site then answers worse than before, "
      "the old cache is put back");
  auto questions = site_questions(world);
  std::vector<std::string> judge = {"back"};
  judge.insert(judge.end(), questions.begin(), questions.end());
  auto& steps = proposal.plan.steps;
  steps.push_back({"ask-site", "ask the site how it answers now", base::Interruption::restart, questions, {}});
  if (!folders.empty())
    steps.push_back({"set-folders-aside", "set the old cache aside", base::Interruption::restart, folders, {}});
  steps.insert(steps.end(), compiled.begin(), compiled.end());
  steps.push_back({"judge-site", "ask the site again", base::Interruption::cursor, judge, {}});
  steps.push_back({"delete-kept", "delete the old cache", base::Interruption::restart, folders, {}});
  return proposal;
}

}  // namespace actions
