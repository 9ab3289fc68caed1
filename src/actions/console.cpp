// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/console.h"

#include "actions/closing.h"
#include "actions/packages.h"
#include "actions/safety_backup.h"
#include "base/failure.h"
#include "base/text.h"
#include "steps/verbs.h"

namespace actions {

namespace {

const platform::PhpCandidate& need_php(const platform::PhpChoice& choice, const apps::Site& site,
                                       const apps::Allowed& line) {
  if (choice.php()) return *choice.php();
  throw base::Failure(choice.reason, "set php = /path/to/php in the settings file, or put this line into the hosting "
                                     "panel's cron page: php " + site.console.native() + " " + line.line +
                                     " --no-interaction");
}

void write_shim(World& world, const Path& shim) {
  if (world.disk.read(shim, 65536) != platform::shim_source())
    world.disk.replace(shim, platform::shim_source(), 0600, platform::Sync::no);
}

Path need_package(World& world, const std::string& name) {
  if (auto package = find_package(world, name)) return package->file;
  throw base::Failure("there is no package " + name + " in " + world.need_site().root.native(), "upload it there in binary mode");
}

// The application deletes the package it is given: it gets a duplicate.
void add_package(World& world, const std::string& name, base::Plan& plan) {
  std::string option = "=" + name;
  std::string path = "=" + std::string(steps::kKeptPlaceholder) + "/" + name;
  for (auto& word : plan.steps.back().words) {
    bool ends_so = word.size() > option.size() && word.compare(word.size() - option.size(), option.size(), option) == 0;
    if (ends_so) word.replace(word.size() - option.size(), option.size(), path);
  }
  Path package = need_package(world, name);
  plan.steps.insert(plan.steps.begin(), {"keep-duplicate", "copy the package, because the application deletes it",
                                         base::Interruption::restart, {package.native(), name}, {}});
  plan.steps.push_back({"delete-kept", "delete the copy", base::Interruption::restart, {}, {}});
}

}  // namespace

ConsoleStep console_step(World& world, const apps::Site& site, const apps::Allowed& line) {
  auto choice = choose_php(world, site.php);
  ConsoleStep made;
  made.php = need_php(choice, site, line);
  made.step = {"console", "run " + line.line, line.interruption, {site.project.native()}, line.timeout};
  Path shim = world.need_state().php_shim();
  if (made.php.sapi == platform::Sapi::cgi) write_shim(world, shim);
  for (auto& word : platform::php_argv(made.php, std::string(site.app->memory_limit), shim)) made.step.words.push_back(word);
  made.step.words.push_back(site.console.native());
  for (const auto& word : line.words) made.step.words.push_back(word);
  return made;
}

Proposal propose_console(World& world, const apps::Allowed& line, const Options& options) {
  const apps::Site& site = world.need_site();
  need_open(world);
  if (site.console.empty() && site.app->console_problem) throw site.app->console_problem(world.disk, site);
  if (site.console.empty() || !world.disk.look_through(site.console))
    throw base::Failure("the application's console is missing: " + site.console.native(),
                        "its files are incomplete");
  auto [step, php] = console_step(world, site, line);

  Proposal proposal;
  proposal.plan.task = line.line + (refuses_backup(options) ? " (backup=no)" : "");
  proposal.plan.headline = "Executing console " + line.line;
  proposal.plan.effect = line.effect;
  proposal.plan.holds_routine = line.effect == Effect::database || line.effect == Effect::both;
  if (line.backup == apps::Backup::first) add_safety_backup(world, proposal, options, Reuse::allowed);
  proposal.plan.steps.push_back(std::move(step));
  if (line.closes_site) close_around_last_step(world, proposal);
  if (!line.package.empty()) add_package(world, line.package, proposal.plan);
  proposal.plan.notes.push_back("runs with PHP " + php.version.text() + " (" + php.path.native() + ")");
  proposal.findings = php.path.native() + " " + site.version.text();
  return proposal;
}

}  // namespace actions
