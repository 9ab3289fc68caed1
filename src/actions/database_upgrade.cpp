// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/database_upgrade.h"

#include <algorithm>

#include "actions/console.h"
#include "actions/database_access.h"
#include "actions/given.h"
#include "actions/safety_backup.h"
#include "apps/database_upgrade.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"
#include "steps/verbs.h"

namespace actions {

namespace {

using base::Interruption;

constexpr std::chrono::seconds kHelpPatience{10};
constexpr const char* kAgreementOption = "eula";
constexpr size_t kMostAsked = 4;
constexpr int kNoLoader = 199;  // exit status of encoded files

apps::DatabaseUpgrade need_upgrade(World& world) {
  const apps::Site& site = world.need_site();
  apps::Examination examination(world.disk, site, given_by(world, apps::Needs::nothing));
  auto upgrade = site.app->database_upgrade(examination);
  if (!upgrade)
    throw base::Failure("the installer of " + std::string(site.app->title) + " is not there",
                        "doctor says what to upload");
  return std::move(*upgrade);
}

// The argument vector that runs the installer with this PHP.
std::vector<std::string> command_of(World& world, const platform::PhpCandidate& php,
                                    const apps::DatabaseUpgrade& upgrade) {
  auto words = platform::php_argv(php, std::string(world.need_site().app->memory_limit), world.need_state().php_shim());
  words.push_back(upgrade.script.native());
  return words;
}

// Those that fit, the chosen one first: of several some may lack what the installer needs.
std::vector<platform::PhpCandidate> fitting(const platform::PhpChoice& choice, const platform::PhpRange& range) {
  std::vector<platform::PhpCandidate> all;
  if (choice.php()) all.push_back(*choice.php());
  for (const auto& php : choice.tried) {
    bool fits =
        (range.least.empty() || php.version >= range.least) && (range.most.empty() || php.version <= range.most);
    bool is_other = all.empty() || php.path != all[0].path;
    if (fits && is_other && php.problem.empty() && !php.version.empty()) all.push_back(php);
  }
  std::erase_if(all, [](const platform::PhpCandidate& php) { return php.sapi != platform::Sapi::cli; });
  if (all.size() > kMostAsked) all.resize(kMostAsked);
  return all;
}

bool is_help_with_upgrade(const platform::Capture& said, const apps::DatabaseUpgrade& upgrade) {
  return said.exit.good() && !said.timed_out && upgrade.offered_in(said.output);
}

// Empty, and `why` says why, where the upgrade cannot be run on the command line.
std::vector<std::string> command_line(World& world, const apps::DatabaseUpgrade& upgrade, std::string& why) {
  why = "this release brings no installer for the command line";
  if (upgrade.script.empty()) return {};
  why = "this host ends what runs longer than a request";
  if (jobs::host_is_inline(world.disk, world.need_state())) return {};
  auto choice = choose_php(world, world.need_site().php);
  why = choice.reason;
  std::vector<std::string> reasons;
  for (const auto& php : fitting(choice, world.need_site().php)) {
    auto words = command_of(world, php, upgrade), asked = words;
    asked.insert(asked.end(), upgrade.help.begin(), upgrade.help.end());
    auto said = platform::capture(
        {asked, {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/", "LANG=C"}, world.need_site().root}, kHelpPatience);
    if (is_help_with_upgrade(said, upgrade)) {
      words.insert(words.end(), upgrade.words.begin(), upgrade.words.end());
      return words;
    }
    reasons.push_back(said.exit.good() ? "with PHP " + php.version.text() + " its help does not name the upgrade"
                                       : "PHP " + php.version.text() + " answers " + said.exit.words() +
                                             (said.exit.code == kNoLoader ? ": it has no ionCube Loader" : ""));
  }
  if (!reasons.empty()) why = base::join(reasons, "; ");
  return {};
}

base::Step proof_step(World& world, const apps::DatabaseUpgrade& upgrade, std::string_view when, std::string title, bool has_backup) {
  const std::string root = world.need_site().root.native();
  base::Step step{"await-answer",
                  std::move(title),
                  Interruption::cursor,
                  {root, storage::target_words(target_of_job(world)), std::string(when), upgrade.question,
                   base::join(upgrade.answers, "|")},
                  {}};
  step.failure = std::string("the upgrade did not come to its end. ") +
                 (has_backup ? "The backup that this job made right before is whole: doctor has the link that brings it back, and names known causes"
                             : "This job made no backup; doctor names known causes");
  return step;
}

// By whom and how, and what proves it.
void add_run(World& world, Proposal& proposal, Around& around, const apps::DatabaseUpgrade& upgrade, bool has_backup) {
  std::string why;
  auto command = command_line(world, upgrade, why);
  if (!command.empty()) {
    base::Step run{
        "run-installer",
        "run the upgrade: " + base::printable_line(upgrade.script.native()) + " " + base::join(upgrade.words, " "),
        Interruption::cursor,
        {world.need_site().root.native(), storage::target_words(target_of_job(world)), upgrade.question,
         base::join(upgrade.answers, "|"), upgrade.script.native()},
        {}};
    run.words.insert(run.words.end(), command.begin(), command.end());
    around.after.push_back(std::move(run));
    around.after.push_back(proof_step(world, upgrade, steps::kNowWord, "read the version in the database again", has_backup));
    return;
  }
  proposal.plan.notes.push_back(
      "the upgrade is run by you, in your browser, while this job waits and keeps the site closed but for install/ (" +
      base::printable_line(why) + "); job:stop ends the waiting and opens the site");
  auto wait = proof_step(world, upgrade, steps::kWaitWord, "wait until you have run the upgrade at " + upgrade.address, has_backup);
  wait.words.push_back("the upgrade cannot be run from here (" + base::printable_line(why) +
                       "). NOW, in your browser:");
  for (size_t i = 0; i < upgrade.by_hand.size(); ++i)
    wait.words.push_back("  " + std::to_string(i + 1) + ". " + upgrade.by_hand[i]);
  around.after.push_back(std::move(wait));
}

// What is moved out is renamed into our folder; from one disk to another only files can be.
bool can_be_kept(World& world, const Path& path) {
  auto ours = world.disk.look(world.need_state().folder()), its = world.disk.look(path);
  return !ours || !its || its->kind == platform::Kind::file || its->device == ours->device;
}

// One step moves out all that a job moves out.
void add_tidying(World& world, Proposal& proposal, Around& around, const apps::DatabaseUpgrade& upgrade) {
  base::Step tidy{"take-out", "move install/ out of the site; it is kept", Interruption::restart, {}, {}};
  auto before = std::find_if(around.first.begin(), around.first.end(),
                             [](const base::Step& step) { return step.verb == "take-out"; });
  if (before != around.first.end()) tidy.words = std::move(before->words), around.first.erase(before);
  for (const auto& path : upgrade.left_over) {
    if (can_be_kept(world, path))
      tidy.words.push_back(path.native());
    else
      proposal.plan.notes.push_back("delete it yourself afterwards, for our own data lies on another disk: " +
                                    base::printable_line(path.native()));
  }
  around.after.push_back(std::move(tidy));
}

// What was accepted, when, for whoever reads the job's log later.
void add_agreement(Proposal& proposal, Around& around, const std::string& address, const Options& options) {
  if (address.empty()) return;
  if (!options.count(kAgreementOption)) proposal.agreement = Agreement{kAgreementOption, address};
  around.first.insert(around.first.begin(), {"say",
                                             "write down that the licence agreement was accepted",
                                             Interruption::restart,
                                             {"the licence agreement, " + address + ", was accepted (eula=yes) on " +
                                              platform::utc_words(platform::system_clock().now())},
                                             {}});
}

}  // namespace

void add_database_upgrade(World& world, Proposal& proposal, Around& around, const Options& options) {
  auto upgrade = need_upgrade(world);
  add_backup(world, proposal, around, options, Reuse::never);  // only one from right before can be put back without a loss
  around.after.push_back(keep_configuration_step(world));
  add_run(world, proposal, around, upgrade, !refuses_backup(options));
  add_tidying(world, proposal, around, upgrade);
  for (const auto& caution : upgrade.cautions) proposal.plan.notes.push_back(base::printable_line(caution));
  add_agreement(proposal, around, upgrade.agreement, options);
}

base::Step say_afterwards(World& world) {
  return {"say", "say what to look at now", Interruption::restart, need_upgrade(world).afterwards, {}};
}

}  // namespace actions
