// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/command_line.h"

#include <grp.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <iostream>
#include <string_view>

#include "actions/service.h"
#include "base/failure.h"
#include "base/text.h"
#include "base/program_version.h"
#include "jobs/changes.h"
#include "jobs/follow.h"
#include "platform/readable_file.h"

namespace cli {

namespace {

using actions::Outcome;

constexpr int kUsage = 2, kNotConsented = 3, kHeld = 4;

struct Arguments {
  std::vector<std::string> words;
  std::string root, state, confirm;
  bool yes = false, ignores_warnings = false, list = false, json = false;
  actions::Whereabouts where;
  actions::Options options;
};

void print(const std::string& text) { std::cout << text << std::flush; }

// Lines of a child's stderr go to our stderr, everything else to stdout.
void print_log(std::string_view marked) {
  while (!marked.empty()) {
    auto end = marked.find('\n');
    std::string_view line = marked.substr(0, end == std::string_view::npos ? marked.size() : end + 1);
    marked.remove_prefix(line.size());
    bool errors = line[0] == jobs::kErrorsMark;
    if (errors || line[0] == jobs::kOursMark) line.remove_prefix(1);
    (errors ? std::cerr : std::cout) << line << std::flush;
  }
}

int follow(actions::World& world, const std::string& id) {
  jobs::Follower follower(world.disk, world.need_state(), id, 0);
  for (;;) {
    auto news = follower.next(std::chrono::seconds(1));
    print_log(news.part.text);
    if (!news.over) continue;
    const jobs::Snapshot& job = follower.job();
    if (jobs::is_over(job.state)) return job.state == jobs::State::done ? 0 : 1;
    auto resumed = jobs::advance_job(world.need_engine(), job, jobs::Slice::whole);
    if (resumed.attached > 0) platform::wait_for(resumed.attached);
    follower.look_again();
    if (resumed.begun || job.state == jobs::State::running || job.state == jobs::State::still_busy) continue;
    print("-- " + jobs::state_words(job) + "; you can " + jobs::ways_on(job) + "\n");
    return 1;
  }
}

void print_plan(const actions::Answer& answer) {
  const base::Plan& plan = answer.proposal.plan;
  print("Plan for " + answer.task + "\n");
  for (size_t i = 0; i < plan.steps.size(); ++i)
    print(std::to_string(i + 1) + ". " + plan.steps[i].title + "\n");
  for (const auto& note : plan.notes) print("   " + base::printable_line(note) + "\n");
}

void print_choices(const actions::Answer& answer) {
  for (const auto& note : answer.proposal.plan.notes) print(answer.task + ": " + base::printable_line(note) + "\n");
  for (const auto& choice : answer.proposal.choices) {
    for (const auto& [name, value] : choice.options) print("  --" + name + "=" + value);
    print("  " + choice.words + "\n");
  }
}

bool asks_and_hears_yes() {
  if (!::isatty(0) || !::isatty(1)) return false;
  print("Do it? Type yes: ");
  std::string line;
  std::getline(std::cin, line);
  return base::trim(line) == "yes";
}

// What is said about it must not get between the bytes.
int produce(const actions::Download& download) {
  if (::isatty(1)) throw base::Failure("a zip is nothing for a terminal", "write it into a file: ... > " + download.name);
  auto notes = download.produce([&](std::string_view bytes) {
    if (!(std::cout << bytes)) throw base::Failure("cannot write " + download.name, "is there room for it?");
  });
  if (!std::cout.flush()) throw base::Failure("cannot write " + download.name, "is there room for it?");
  for (const auto& note : notes) std::cerr << base::printable_line(note) << "\n";
  return 0;
}

// The bytes are for a file or a pipe; whoever sits at a terminal is told where they lie.
int copy_out(const actions::Download& download) {
  if (download.produce) return produce(download);
  if (::isatty(1)) {
    print(download.file.native() + "\n");
    return 0;
  }
  platform::ReadableFile file(download.file);
  uint64_t at = 0;
  for (auto bytes = file.read(at, UINT64_MAX); !bytes.empty(); bytes = file.read(at, UINT64_MAX)) {
    std::cout << bytes;
    at += bytes.size();
  }
  std::cout.flush();
  if (!std::cout) throw base::Failure("cannot write " + download.name, "is there room for it?");
  return 0;
}

int tell(actions::World& world, actions::Asked asked, const actions::Answer& answer) {
  switch (answer.outcome) {
    case Outcome::refused: std::cerr << answer.text << "\n"; return answer.status < 500 ? kUsage : 1;
    case Outcome::nothing: print_plan(answer); return answer.proposal.needs_owner ? 1 : 0;
    case Outcome::choose: print_choices(answer); return kUsage;
    case Outcome::acted: print(answer.text); return answer.exit;
    case Outcome::given: return copy_out(answer.download);
    case Outcome::preparing:
      if (follow(world, answer.job) != 0) return 1;
      return tell(world, asked, actions::answer(world, asked));
    case Outcome::started:
    case Outcome::joined: return follow(world, answer.job);
    case Outcome::held:
    case Outcome::same_running:
      std::cerr << "-- skipped: job " << answer.job << " is not over\n";
      return kHeld;
    case Outcome::plan: break;
  }
  print_plan(answer);
  if (const auto& agreement = answer.proposal.agreement) {
    print("-- plan only, nothing changed; it needs that you accept the licence agreement, " + agreement->address + ": --" + agreement->option + "=yes\n");
    return kNotConsented;
  }
  if (asks_and_hears_yes()) {
    asked.confirm = answer.confirm;
    return tell(world, asked, actions::answer(world, asked));
  }
  bool warned = asked.yes && !answer.proposal.warnings.empty();
  print("-- plan only, nothing changed; to do it: " + (warned ? "--yes --ignore-warnings, or " : std::string()) + "--confirm=" + answer.confirm + "\n");
  return kNotConsented;
}

int print_list(actions::World& world) {
  print(world.site ? std::string(world.site->app->title) + " " + world.site->version.text() + " in " +
                         world.site->root.native() + "\n"
                   : world.site_problem + "\n");
  for (const auto& offer : actions::offers(world)) print("  " + offer.task + (offer.needs.empty() ? "" : " " + offer.needs) + "  -  " + offer.help + "\n");
  return world.site ? 0 : 1;
}

// Started by root, we become the owner of the site: what we write is then his, and web and command line find the
// same state. "The update was run as root" is a known cause of broken sites.
void leave_root(actions::World world) {
  auto facts = world.disk.look_through(world.root);
  if (::geteuid() != 0 || !facts || facts->owner == 0) return;
  if (::setgroups(1, &facts->group) != 0 || ::setgid(facts->group) != 0 || ::setuid(facts->owner) != 0)
    throw base::system_failure("cannot become the owner of " + world.root.native(), errno);
}

// --name=value: options of actions go to the action, all others are settings.
void sort_out(Arguments& arguments, std::vector<std::string> rest) {
  using actions::kOptionNames;
  for (auto& word : rest) {
    auto equals = word.find('=');
    std::string name = word.substr(0, equals);
    bool is_setting = word.rfind("--", 0) == 0 && equals != std::string::npos && arguments.words.empty();
    if (word.rfind("--", 0) == 0 && equals != std::string::npos) {
      std::string bare = name.substr(2);
      if (std::find(kOptionNames.begin(), kOptionNames.end(), bare) != kOptionNames.end()) {
        arguments.options[bare] = word.substr(equals + 1);
        continue;
      }
    }
    if (is_setting) arguments.where.overrides.emplace_back(name.substr(2), word.substr(equals + 1));
    else arguments.words.push_back(word);
  }
}

// With a value it is an action's option; the flag without one is the parser's, who would take both.
void take_version(Arguments& arguments, std::vector<std::string>& words) {
  constexpr std::string_view kOption = "--version=";
  std::erase_if(words, [&](const std::string& word) {
    bool is_option = word.starts_with(kOption);
    if (is_option) arguments.options["version"] = word.substr(kOption.size());
    return is_option;
  });
}

int run_task(actions::Program& program, Arguments arguments) {
  arguments.where.root = arguments.root.empty() ? platform::Path() : platform::Path(arguments.root);
  if (!arguments.root.empty()) arguments.where.root = std::filesystem::absolute(arguments.where.root);
  if (!arguments.state.empty()) arguments.where.state = std::filesystem::absolute(arguments.state);
  leave_root(actions::find_world(program, arguments.where));
  actions::World world = actions::find_world(program, arguments.where);
  if (arguments.words.empty()) return print_list(world);
  actions::Asked asked;
  asked.task = base::join(arguments.words, " ");
  asked.options = arguments.options;
  asked.confirm = arguments.confirm;
  asked.may_change = true;
  asked.yes = arguments.yes;
  asked.accepts_warnings = arguments.ignores_warnings;
  return tell(world, asked, actions::answer(world, asked));
}

}  // namespace

int run(actions::Program& program, const std::vector<std::string>& argv) {
  Arguments arguments;
  CLI::App app{"Unstick finds out why an update of Mautic or WHMCS died, and puts it right.", "unstick.cgi"};
  app.set_version_flag("--version", std::string("unstick ") + base::kProgramVersion);
  app.add_option("--root", arguments.root, "the application's folder (else: searched from this program's folder upwards)");
  app.add_option("--state", arguments.state, "folder for jobs, logs and backups (else: in the account's home)");
  app.add_option("--confirm", arguments.confirm, "consent to the plan that was shown with this code");
  app.add_flag("--yes", arguments.yes, "consent to the plan made in this moment");
  app.add_flag("--ignore-warnings", arguments.ignores_warnings, "with --yes: also when the plan has warnings");
  app.allow_extras();
  app.footer("ACTION [OPTION...]\n  Without an action: the list of actions that this site has.\n"
             "  Settings can be given as --NAME=VALUE before the action.\n"
             "  Exit status: 0 done, 1 failed, 2 wrong usage, 3 plan shown and not consented to, 4 something else runs");
  try {
    auto words = std::vector<std::string>(argv.rbegin(), argv.rend() - 1);
    take_version(arguments, words);
    app.parse(words);
    sort_out(arguments, app.remaining());
    return run_task(program, arguments);
  } catch (const CLI::ParseError& error) {
    int status = app.exit(error);
    return status == 0 ? 0 : kUsage;
  } catch (const base::Failure& failure) {
    std::cerr << base::printable(failure.full()) << "\n";
    return 1;
  }
}

}  // namespace cli
