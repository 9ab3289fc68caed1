// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/replacing.h"

#include <algorithm>

#include "actions/arranging.h"
#include "actions/closing.h"
#include "actions/console.h"
#include "actions/given.h"
#include "actions/safety_backup.h"
#include "actions/site_address.h"
#include "actions/upgrade_attempts.h"
#include "base/failure.h"
#include "base/text.h"
#include "jobs/changes.h"
#include "steps/verbs.h"
#include "storage/extract.h"
#include "storage/swap.h"

namespace actions {

namespace {

using base::Interruption;

constexpr size_t kMostJobs = 2000;

std::string release_words(const apps::Release& release) {
  return release.version.text() + (release.kind == apps::PackageKind::full ? ", full" : ", update");
}

std::vector<std::string> caches_of(World& world) {
  std::vector<std::string> folders;
  for (const auto& folder : world.need_site().caches) folders.push_back(folder.native());
  return folders;
}

apps::Allowed database_line(World& world, const apps::Site& next) {
  auto matched = apps::match(*next.app, next.version, next.app->database_step, world.settings.commands);
  if (auto* denied = std::get_if<apps::Denied>(&matched)) throw base::Failure(denied->reason);
  return std::get<apps::Allowed>(matched);
}

// nullopt when no PHP fits; then `next_step` says what the owner does instead.
std::optional<base::Step> database_step(World& world, const apps::Site& next, std::string& next_step) {
  auto line = database_line(world, next);
  try {
    auto made = console_step(world, next, line);
    made.step.title = "bring the database up to the new files: " + line.line;
    return made.step;
  } catch (const base::Failure& failure) {
    next_step = failure.full();
    return std::nullopt;
  }
}

void note_package(World& world, Proposal& proposal, const Source& source, const storage::OwnerOf& owner) {
  const apps::Site& site = world.need_site();
  auto& notes = proposal.plan.notes;
  std::string installed = site.version.empty() ? "an unknown version (" + site.version_problem + ")" : site.version.text();
  notes.push_back("brings in " + words_of(source) + "; the files say " + installed + " now");
  if (!source.file.empty())
    notes.push_back("needs " + base::size_words(source.bytes) + " and " + std::to_string(source.files) +
                    " files more on the disk, which are taken before anything is changed");
  notes.push_back("stay as they are: the configuration, uploads, own plugins, themes and translations, caches of other programs, and "
                  "this program");
  if (world.disk.look(site.root / ".htaccess") && owner(".htaccess") != storage::Owner::user)
    notes.push_back("of .htaccess stay the host's lines (how it runs PHP), passwords that it asks for, and RewriteBase; other changes of "
                    "yours in it do not: the former file is kept");
  notes.push_back("everything that is replaced is kept: files:rollback puts it back, until `kept` deletes it");
}

}  // namespace

std::vector<storage::OwnerRule> rules_around_us(World& world, std::vector<storage::OwnerRule> others) {
  const apps::Site& site = world.need_site();
  std::vector<storage::OwnerRule> rules;
  Path own = world.program.path.parent_path().lexically_relative(site.root);
  if (!own.empty() && *own.begin() != "..") {
    std::string program = own == "." ? world.program.path.filename().native() : own.begin()->native();
    rules.push_back({storage::Owner::user, program});
  }
  if (own == ".") rules.push_back({storage::Owner::user, world.settings.file.filename().native()});
  for (const char* name : {".unstick*", ".user.ini", "php.ini"}) rules.push_back({storage::Owner::user, name});
  rules.insert(rules.end(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end()));
  return rules;
}

base::Step keep_configuration_step(World& world) {
  base::Step step{"keep-configuration", "keep a copy of the configuration, which the database's step may change or move",
                  Interruption::restart, {}, {}};
  for (const auto& file : world.need_site().app->configuration_files(world.disk, world.need_site())) step.words.push_back(file.native());
  return step;
}

base::Step swap_step(World& world, std::string title, const Path& folder, std::string_view deleted_list,
                     const std::vector<storage::OwnerRule>& rules) {
  base::Step step{"swap-files", std::move(title), Interruption::cursor,
                  {world.need_site().root.native(), folder.native(), std::string(deleted_list)}, {}};
  for (const auto& rule : rules) step.words.push_back(storage::to_word(rule));
  return step;
}

Source source_of(World& world, const Path& package, const platform::Facts& facts) {
  storage::ZipPackage zip(package);
  Source source{package, facts, {}, world.need_site().app->release_of(zip), 0, 0};
  auto needed = storage::space_needed(zip);
  source.bytes = needed.bytes;
  source.files = needed.files;
  return source;
}

std::string words_of(const Source& source) {
  const Path& from = source.file.empty() ? source.folder : source.file;
  std::string size = source.file.empty() ? "" : ", " + base::size_words(source.facts.size_bytes);
  return release_words(source.release) + size + ", " + base::printable_line(from.native());
}

void need_replaceable(World& world) {
  need_open(world);
  const apps::Site& site = world.need_site();
  std::string title(site.app->title);
  if (!site.app->release_of) throw base::Failure("the files of " + title + " cannot be replaced by this program yet");
  if (site.root != site.project)
    throw base::Failure("this " + title + " is managed by Composer (" + base::printable_line(site.project.native()) +
                            "): a package would not fit it",
                        "update it with composer, or ask your host to");
  auto ours = world.disk.look(world.need_state().folder()), theirs = world.disk.look_through(site.root);
  if (ours && theirs && ours->device != theirs->device)
    throw base::Failure("our own data lies on another disk than the site: " + world.need_state().folder().native(),
                        "name a folder on the same disk as state = in the settings file");
}

std::vector<Path> consoles_of(const apps::Site& site, const Path& coming) {
  std::vector<Path> all = {site.console.empty() ? coming : site.console};
  for (auto name : site.app->consoles)
    if (Path path = site.root / name; path != all[0]) all.push_back(path);
  return all;
}

namespace {

void add_told(std::vector<base::Step>& steps, base::Step told) {
  if (!told.words.empty()) steps.push_back(std::move(told));
}

}  // namespace

void add_around(World& world, Proposal& proposal, Around around) {
  auto questions = site_questions(world);
  auto& steps = proposal.plan.steps;
  steps.push_back({"ask-site", "ask the site how it answers now", Interruption::restart, questions, {}});
  for (auto& step : around.first) steps.push_back(std::move(step));
  size_t close = steps.size();
  for (auto& step : around.inner) steps.push_back(std::move(step));
  auto caches = caches_of(world);
  // Before the caches go: PHP may run the former entrance a moment longer, which would begin to build new ones, and leave them by half.
  steps.push_back({"reset-opcode-cache", "empty PHP's opcode cache", Interruption::restart, {questions[0]}, {}});
  if (!caches.empty()) steps.push_back({"set-folders-aside", "set the caches aside", Interruption::restart, caches, {}});
  for (auto& step : compiled_steps(world)) steps.push_back(std::move(step));
  for (auto& step : around.after) steps.push_back(std::move(step));
  if (!close_site_before(world, proposal, close, consoles_of(world.need_site(), around.console)))
    throw base::Failure("the site cannot be closed meanwhile: this account may not write to its folders", "permissions:fix says which");
  if (!around.afterwards.empty()) around.afterwards.insert(around.afterwards.begin(), "what is left to you:");
  base::Step told{"say", "say what is left to do", Interruption::restart, std::move(around.afterwards), {}};
  if (around.judging.empty()) return add_told(steps, std::move(told));
  base::Step judge{"judge-site", "ask the site again", Interruption::cursor, {around.judging}, {}};
  judge.words.insert(judge.words.end(), questions.begin(), questions.end());
  steps.push_back(std::move(judge));
  steps.push_back({"delete-kept", "delete the old caches", Interruption::restart, caches, {}});
  add_told(steps, std::move(told));
}

apps::Site after(World& world, const Source& source) {
  apps::Site next = world.need_site();
  next.version = source.release.version;
  next.php = source.release.php;
  if (!source.release.console.empty()) next.console = next.root / source.release.console;
  return next;
}

void add_files(World& world, Proposal& proposal, Around& around, const Source& source) {
  auto arrangement = arrangement_of(world, source.file, source.release, apps::Laying::replace);
  auto rules = rules_around_us(world, std::move(arrangement.rules));
  note_package(world, proposal, source, storage::owner_by(rules));
  auto& notes = proposal.plan.notes;
  notes.insert(notes.end(), arrangement.notes.begin(), arrangement.notes.end());
  around.afterwards = std::move(arrangement.afterwards);
  if (arrangement.database == apps::DatabaseFit::behind) around.judging.clear();
  if (arrangement.database == apps::DatabaseFit::unknown) around.judging = "stay";
  around.console = after(world, source).console;
  if (!source.file.empty()) {
    base::Step stage{"stage-package", "unpack the package beside the site", Interruption::restart,
                     {source.file.native(), platform::fingerprint(source.facts)}, {}};
    for (const auto& placing : arrangement.placings) stage.words.push_back(storage::to_word(placing));
    around.first.push_back(std::move(stage));
  }
  around.inner.push_back(swap_step(world, "exchange the files; what was there is kept", source.folder, world.need_site().app->deleted_list, rules));
}

void add_backup(World& world, Proposal& proposal, Around& around, const Options& options, Reuse reuse) {
  if (proposal.plan.effect == Effect::both) return;
  Proposal backup;
  backup.plan.task = proposal.plan.task;
  add_safety_backup(world, backup, options, reuse);
  around.inner.insert(around.inner.begin(), backup.plan.steps.begin(), backup.plan.steps.end());
  for (auto& note : backup.plan.notes) proposal.plan.notes.push_back(std::move(note));
  around.judging = "stay";
  proposal.plan.effect = Effect::both;
  proposal.plan.holds_routine = true;
  proposal.plan.notes.push_back("to go back afterwards: `undo`, which brings files and database back to before the click");
}

std::string add_database_step(World& world, Proposal& proposal, Around& around, const apps::Site& next, const Options& options) {
  std::string next_step;
  auto step = database_step(world, next, next_step);
  if (!step) return next_step;
  add_backup(world, proposal, around, options);
  if (next.app->configuration_files) around.after.push_back(keep_configuration_step(world));
  around.after.push_back(std::move(*step));
  return {};
}

void add_replacement(World& world, Proposal& proposal, const Source& source, DatabaseStep database, const Options& options) {
  Around around;
  around.judging = "back";
  add_files(world, proposal, around, source);
  std::string next_step;
  bool has_step = !world.need_site().app->database_step.empty();
  if (database == DatabaseStep::run && has_step) next_step = add_database_step(world, proposal, around, after(world, source), options);
  if (!next_step.empty()) around.judging.clear();
  add_around(world, proposal, std::move(around));
  if (!next_step.empty()) add_database_advice(proposal, next_step);
}

void add_database_advice(Proposal& proposal, const std::string& next_step) {
  proposal.plan.notes.push_back("NO step on the database: " + next_step);
  proposal.plan.steps.push_back({"say", "say what is left to do", Interruption::restart,
                                 {"files only, database still behind: " + next_step}, {}});
}

namespace {

// Of which job the backup is that it put back: what came from that job on is undone. Empty: it was no backup of ours.
std::string restored_by(const jobs::Snapshot& job) {
  for (const auto& step : job.plan.steps) {
    if (step.verb != "restore-database") continue;
    std::string id = Path(step.words.at(2)).filename().native().substr(0, storage::kJobIdLength);
    return storage::is_job_id(id) ? id : "";
  }
  return {};
}

// Migrations are also run by themselves after "files only".
std::string newest_on_database(World& world) {
  std::string undone;  // jobs from this one on
  for (const auto& id : jobs::newest_jobs(world.disk, world.need_state(), kMostJobs)) {
    auto job = jobs::look_at(world.disk, world.need_state(), id);
    bool changes = job && job->plan.effect != Effect::reads && job->plan.effect != Effect::routine && jobs::began_on_database(*job);
    if (!changes || is_database_back(world, id) || (!undone.empty() && id >= undone)) continue;
    std::string restored = job->state == jobs::State::done ? restored_by(*job) : "";
    if (restored.empty()) return id;
    undone = undone.empty() ? restored : std::min(undone, restored);
  }
  return {};
}

}  // namespace

std::string problem_with_former_files(World& world, const std::string& job) {
  const apps::Site& site = world.need_site();
  const Path former = storage::SwapNames(world.need_state().swap_of(job)).old();
  if (!site.app->problem_with_files || !world.disk.look(former)) return {};
  apps::Examination examination(world.disk, site, given_of_database(world));
  return site.app->problem_with_files(examination, former);
}

bool left_mixture(World& world) {
  auto all = exchanges(world);
  return std::any_of(all.begin(), all.end(), [](const Exchanged& one) { return one.partly; });
}

std::vector<Exchanged> exchanges(World& world) {
  auto state = world.need_state();
  std::string newest_on_database = actions::newest_on_database(world);
  std::vector<Exchanged> all;
  for (const auto& entry : world.disk.list(state.kept()).value_or(std::vector<platform::Entry>{})) {
    storage::Swap swap(world.disk, storage::SwapNames(state.swap_of(entry.name)));
    if (!storage::is_job_id(entry.name) || !swap.begun()) continue;
    auto position = swap.position();
    bool back = world.disk.look(storage::SwapNames(state.swap_of(entry.name)).taken_back()).has_value();
    bool all_there = position.between + position.not_begun == 0, none_there = position.between + position.done == 0;
    Exchanged one{entry.name, "", !back && all_there, !back && all_there && swap.is_lost(), !back && !all_there && !none_there, false};
    if (auto job = jobs::look_at(world.disk, state, entry.name)) one.task = job->plan.task;
    one.on_database = newest_on_database >= entry.name;
    all.push_back(std::move(one));
  }
  std::reverse(all.begin(), all.end());
  return all;
}

}  // namespace actions
