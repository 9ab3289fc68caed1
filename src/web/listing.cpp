// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/listing.h"

#include <nlohmann/json.hpp>

#include "actions/canary.h"
#include "actions/closing.h"
#include "actions/run_links.h"
#include "base/failure.h"
#include "base/text.h"
#include "jobs/changes.h"
#include "web/rendering.h"

namespace web {

namespace {

std::string site_line(const actions::World& world) {
  if (!world.site) return world.site_problem;
  const apps::Site& site = *world.site;
  return std::string(site.app->title) + " " + (site.version.empty() ? site.version_problem : site.version.text()) +
         " in " + base::printable_line(site.root.native());
}

std::string choices_text(const actions::Answer& answer, const Links& links) {
  std::string text;
  for (const auto& note : answer.proposal.plan.notes) text += answer.task + ": " + base::printable_line(note) + "\n";
  for (const auto& choice : answer.proposal.choices) {
    for (const auto& [name, value] : choice.options) text += name + "=" + value + "  -  ";
    text += base::printable_line(choice.words) + "\n";
    if (!choice.options.empty()) text += "    " + links.printed(links.task(answer.task, choice.options)) + "\n";
  }
  return text + "-- nothing changed\n";
}

}  // namespace

std::optional<jobs::Snapshot> unfinished_job(actions::World& world) {
  bool is_there = world.state_is_ready || (world.state_folder && world.disk.look(world.state_folder->folder));
  if (!is_there) return std::nullopt;
  return jobs::unfinished_job(world.disk, world.need_state(), world.program.over_memory);
}

std::vector<std::string> standing_warnings_of(actions::World& world) {
  std::vector<std::string> warnings;
  if (!world.state_problem.empty()) warnings.push_back(world.state_problem);
  for (const auto& problem : world.settings.problems) warnings.push_back("settings: " + problem);
  if (std::string words = actions::words_of_unnamed_proxy(world); !words.empty()) warnings.push_back(words);
  return warnings;
}

std::string former_key_words(size_t count) {
  return "the key was changed, and " +
         (count == 1 ? std::string("a link that was made") : std::to_string(count) + " links that were made") +
         " with a former key still work" + (count == 1 ? "s" : "");
}

std::vector<std::string> warnings_of(actions::World& world) {
  auto warnings = standing_warnings_of(world);
  if (auto canary = actions::look_at_canary(world)) warnings.push_back(canary->words);
  try {
    if (auto job = unfinished_job(world))
      warnings.push_back("job " + job->id + " (" + job->plan.task + ") is " + jobs::state_words(*job));
    if (size_t count = actions::links_of_former_keys(world).size(); count > 0)
      warnings.push_back(former_key_words(count) + ": links:keep keeps them, links:revoke with link=all ends them all");
    actions::need_open(world);
  } catch (const base::Failure& failure) {
    warnings.push_back(failure.full());
  }
  return warnings;
}

std::string list_text(actions::World& world, const Links& links, const std::vector<std::string>& warnings) {
  std::string text = site_line(world) + "\n";
  for (const auto& warning : warnings) text += "! " + base::printable_line(warning) + "\n";
  bool console = false;
  text += "\nActions:\n";
  for (const auto& offer : actions::offers(world)) {
    if (offer.console && !console) {
      text += "\nConsole commands:\n";
      console = true;
    }
    text += offer.task + (offer.needs.empty() ? "" : " " + offer.needs) + "  -  " + offer.help + "\n";
    if (offer.needs.empty()) text += "    " + links.printed(links.task(offer.task)) + "\n";
  }
  return text;
}

std::string list_events(actions::World& world, const Links& links) {
  std::string out = event("site", {{"text", site_line(world)}});
  for (const auto& warning : warnings_of(world)) out += event("warning", {{"text", warning}});
  for (const auto& offer : actions::offers(world))
    out += event("action", {{"task", offer.task},
                            {"needs", offer.needs},
                            {"help", offer.help},
                            {"effect", std::string(base::word(offer.effect))},
                            {"consent", offer.consent == actions::Consent::at_once ? "at once" : "plan first"},
                            {"link", offer.needs.empty() ? links.printed(links.task(offer.task)) : ""}});
  return out;
}

std::string plan_last_line(const actions::Answer& answer, actions::Options options, const Links& links) {
  const auto& agreement = answer.proposal.agreement;
  const std::string begin = "-- plan only, nothing changed; ";
  if (!agreement) return begin + "to do it: " + links.printed(links.confirm(answer.task, options, answer.confirm));
  options[agreement->option] = "yes";
  return begin + "it needs that you accept the licence agreement, " + agreement->address +
         "; the plan with it: " + links.printed(links.task(answer.task, options));
}

std::string plan_text(const actions::Answer& answer, const actions::Options& options, const Links& links) {
  const base::Plan& plan = answer.proposal.plan;
  if (answer.outcome == actions::Outcome::choose) return choices_text(answer, links);
  std::string text = "Plan for " + answer.task + "\n";
  for (size_t i = 0; i < plan.steps.size(); ++i)
    text += std::to_string(i + 1) + ". " + base::printable_line(plan.steps[i].title) + "\n";
  for (const auto& note : plan.notes) text += "   " + base::printable_line(note) + "\n";
  if (answer.outcome == actions::Outcome::nothing)
    return text + (answer.proposal.needs_owner ? "-- nothing changed: something is needed first, see above\n"
                                               : "-- done: nothing to do\n");
  return text + plan_last_line(answer, options, links) + "\n";
}

std::string plan_event(const actions::Answer& answer, const Links& links) {
  const base::Plan& plan = answer.proposal.plan;
  nlohmann::ordered_json json = {{"event", "plan"}, {"task", answer.task}};
  json["steps"] = nlohmann::ordered_json::array();
  for (const auto& step : plan.steps) json["steps"].push_back(step.title);
  json["notes"] = plan.notes;
  json["nothing_to_do"] = answer.outcome == actions::Outcome::nothing;
  for (const auto& choice : answer.proposal.choices)
    json["choices"].push_back(
        {{"words", choice.words},
         {"options", choice.options},
         {"link", choice.options.empty() ? "" : links.printed(links.task(answer.task, choice.options))}});
  if (const auto& agreement = answer.proposal.agreement)
    json["agreement"] = {{"option", agreement->option}, {"address", agreement->address}};
  else if (!answer.confirm.empty()) json["confirm"] = answer.confirm;
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string held_words(const actions::Answer& answer, const std::optional<jobs::Snapshot>& job) {
  std::string who = "job " + answer.job;
  if (job) who += " (" + job->plan.task + "), " + jobs::state_words(*job);
  if (answer.outcome == actions::Outcome::same_running) return "-- skipped: the same task runs already: " + who;
  bool interrupted = job && job->state == jobs::State::interrupted;
  return "-- skipped: the site belongs to " + who +
         (interrupted ? "; you can " + jobs::ways_on(*job) : "");
}

std::string last_line(const std::string& text) {
  auto all = base::lines(text);
  return all.empty() ? "" : std::string(all.back());
}

}  // namespace web
