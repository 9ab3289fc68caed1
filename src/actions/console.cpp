// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/console.h"

#include "base/failure.h"
#include "base/text.h"

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

// A console command is safe from its beginning when it only builds caches; everything else is asked about.
base::Interruption interruption_of(const apps::Allowed& line) {
  for (std::string_view name : {"cache:clear", "cache:warmup", "doctrine:migrations:migrate"})
    if (line.name == name) return base::Interruption::restart;
  return base::Interruption::once;
}

}  // namespace

Proposal propose_console(World& world, const apps::Allowed& line) {
  const apps::Site& site = world.need_site();
  if (site.console.empty() || !world.disk.look_through(site.console))
    throw base::Failure("the application's console is missing: " + site.console.native(),
                        "its files are incomplete");
  auto choice = choose_php(world);
  const auto& php = need_php(choice, site, line);
  Path shim = world.need_state().php_shim();
  if (php.sapi == platform::Sapi::cgi) write_shim(world, shim);

  base::Step step{"console", "run " + line.line, interruption_of(line), {site.project.native()}, line.timeout};
  for (auto& word : platform::php_argv(php, std::string(site.app->memory_limit), shim)) step.words.push_back(word);
  step.words.push_back(site.console.native());
  for (const auto& word : line.words) step.words.push_back(word);

  Proposal proposal;
  proposal.plan.task = line.line;
  proposal.plan.headline = "Executing console " + line.line;
  proposal.plan.effect = line.effect;
  proposal.plan.holds_routine = line.effect == Effect::database || line.effect == Effect::both;
  proposal.plan.steps.push_back(std::move(step));
  proposal.plan.notes.push_back("runs with PHP " + php.version.text() + " (" + php.path.native() + ")");
  proposal.findings = php.path.native() + " " + site.version.text();
  return proposal;
}

}  // namespace actions
