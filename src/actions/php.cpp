// SPDX-License-Identifier: GPL-3.0-or-later
// The action `php`, and what running a console command needs of it.
#include "platform/php.h"

#include "actions/action.h"
#include "actions/console.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/php_words.h"

namespace actions {

namespace {

std::string candidate_words(const platform::PhpCandidate& php, bool chosen) {
  std::string words = std::string(chosen ? "* " : "  ") + php.path.native() + "  ";
  words += php.version.empty() ? "no version" : php.version.text();
  static constexpr const char* sapis[] = {"cli", "cgi", "litespeed", "unknown"};
  words += std::string("  ") + sapis[static_cast<size_t>(php.sapi)];
  return php.problem.empty() ? words : words + "  (" + php.problem + ")";
}

}  // namespace

platform::PhpChoice choose_php(World& world, const platform::PhpRange& range, platform::AskPhp ask) {
  Path memory;
  try {
    if (ask == platform::AskPhp::no && !world.state_folder) return {};
    memory = world.need_state().php_memory();
  } catch (const base::Failure&) {
    // Without it every candidate is asked again.
  }
  auto candidates = platform::candidate_paths(world.disk, world.settings.php, world.program.path_variable);
  return platform::choose_php(world.disk, candidates, world.settings.php, range, memory, ask);
}

int list_php(World& world, const Options&, base::Report& report) {
  auto choice = choose_php(world, world.site ? world.site->php : platform::PhpRange{});
  if (world.site)
    report.line(std::string(world.site->app->title) + " " + world.site->version.text() + " runs on PHP " +
                platform::words_of(world.site->php));
  for (size_t i = 0; i < choice.tried.size(); ++i)
    report.line(candidate_words(choice.tried[i], choice.chosen == i));
  if (choice.tried.empty()) report.line("no PHP command line was found on this server");
  report.line(choice.reason);
  if (choice.chosen) return 0;
  report.line("without one, console commands can only run from the hosting panel's cron page; its line is");
  if (world.site) report.line("  php " + world.site->console.native() + " COMMAND --no-interaction");
  return 1;
}

}  // namespace actions
