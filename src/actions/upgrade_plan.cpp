// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/upgrade_plan.h"

#include <algorithm>
#include <set>

#include "actions/closing.h"
#include "actions/console.h"
#include "actions/database_access.h"
#include "actions/doctor.h"
#include "actions/given.h"
#include "actions/replacing.h"
#include "actions/upgrade.h"
#include "apps/examination.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"
#include "steps/configuration_text.h"
#include "steps/verbs.h"
#include "storage/swap_list.h"

namespace actions {

namespace {

using apps::Abandoned;
using apps::MajorUpgrade;
using apps::Standing;
using base::Interruption;
using base::Step;

// A plan of one stage after the other: which steps belong to which, and what is said when one fails.
class Stages {
 public:
  explicit Stages(const MajorUpgrade& upgrade) : upgrade_(upgrade) {}
  // The new release's files are in their place when it begins.
  void begin_behind_the_exchange(std::string way_back) {
    newer_ = true;
    way_back_ = std::move(way_back);
  }
  bool is_behind_the_exchange() const { return newer_; }
  const std::string& way_back() const { return way_back_; }

  Step of(std::string_view code, Step step) const {
    step.stage = code;
    auto stage = stage_of(upgrade_, step);
    step.failure = upgrade_failure(upgrade_, stage, newer_ ? Standing::newer : stage.standing, way_back_);
    step.failure_back = newer_ ? step.failure : upgrade_failure(upgrade_, stage, Standing::own_data);
    return step;
  }

  // Steps that belong to no stage of their own: those around the rest.
  void complete(std::vector<Step>& steps) const {
    std::string now(upgrade_.stages.front().code);
    bool ends = false;
    for (auto& step : steps) {
      ends = ends || step.verb == "open-site";
      if (!step.stage.empty()) now = step.stage;
      else step = of(ends ? upgrade_.stages.back().code : now, std::move(step));
    }
  }

 private:
  const MajorUpgrade& upgrade_;
  bool newer_ = false;
  std::string way_back_;
};

apps::Allowed need_line(World& world, const apps::Site& site, std::string_view line) {
  auto matched = apps::match(*site.app, site.version, std::string(line), world.settings.commands);
  if (auto* denied = std::get_if<apps::Denied>(&matched)) throw base::Failure(denied->reason);
  return std::get<apps::Allowed>(matched);
}

bool brings_release(const Step& step) { return step.verb == "swap-files" && step.stage == "moveMautic2and3Files"; }

class Upgrading {
 public:
  Upgrading(World& world, const Options& options)
      : world_(world), options_(options), upgrade_(need_upgrade(world)), stages_(upgrade_), site_(world.need_site()) {
    proposal_ = begin_proposal(kUpgradeTask, options, Effect::files);
    around_.judging = "back";
  }

  Proposal whole() {
    for (const auto& obstacle : obstacles_to_begin()) note(obstacle);
    if (proposal_.needs_owner) return std::move(proposal_);
    auto source = package_leading_to(world_, options_, upgrade_.leads_to, proposal_);
    if (proposal_.preparation) return std::move(proposal_);
    if (!source) return ask_for_package();
    note_space(*source);
    add_files(world_, proposal_, around_, *source);
    next_ = after(world_, *source);
    add_newer_part();
    if (proposal_.needs_owner) return std::move(proposal_);
    put_in_order(*source);
    return finished("the way back: `undo` brings all of " + std::string(upgrade_.from) + " back, files and database, also afterwards");
  }

  Proposal rest(const std::optional<Abandoned>& left) {
    next_ = site_;
    abandoned_ = left;
    auto& notes = proposal_.plan.notes;
    notes.push_back("the files are those of " + std::string(upgrade_.to) + ", and the upgrade did not come to its end: goes on behind that");
    if (left) {
      notes.push_back("found: " + left->what + "; " + base::join(left->evidence, "; "));
      note_what_comes_back(*left);
    }
    std::string brought_in = exchanged_by(world_), from(upgrade_.from);
    stages_.begin_behind_the_exchange(
        "`undo` takes back this job alone; back to " + from + ": " +
        (brought_in.empty() ? "its files are those that the script moved away, which `undo` lays there again; its database only where a backup of before is there"
                            : "files:rollback job=" + brought_in + ", then db:restore backup=" + brought_in));
    add_newer_part();
    if (proposal_.needs_owner) return std::move(proposal_);
    for (auto& step : around_.inner) step = stages_.of("backupDatabase", std::move(step));
    return finished(stages_.way_back());
  }

 private:
  // By name: the owner may have taken things out since.
  void note_what_comes_back(const Abandoned& left) {
    auto& notes = proposal_.plan.notes;
    std::vector<std::string> names;
    auto rules = storage::owner_by(rules_around_us(world_, left.owners));
    for (const auto& entry : storage::plan_swap(world_.disk, site_.root, left.former, rules).entries) {
      names.push_back(base::printable_line(entry.path));
      proposal_.findings += entry.path + "\n";
    }
    std::string former = base::printable_line(left.former.native());
    notes.push_back(names.empty() ? "nothing of yours has to come back from " + former
                                  : "comes back from " + former + ", as the site lacks it or has it cut off: " + base::some_of(names, 40));
    notes.push_back("all else in " + former + " is kept out of the site, until `kept:delete` deletes it: look before that whether something of yours is among it");
    if (world_.disk.look(site_.root / ".htaccess.m3"))
      notes.push_back("left to you: .htaccess is that of " + std::string(upgrade_.from) + ", and the one of " + std::string(upgrade_.to) +
                      " stays beside it as .htaccess.m3: take over what you changed, and rename it");
  }

  // What blocks first.
  std::vector<apps::Obstacle> obstacles_to_begin() {
    apps::Examination examination(world_.disk, site_, given_by(world_, apps::Needs::nothing));
    auto all = upgrade_.obstacles(examination);
    if (examination.database())
      for (const auto& table : examination.tables()) database_bytes_ += table.data_bytes;
    try {
      console_step(world_, site_, need_line(world_, site_, site_.app->database_step));
    } catch (const base::Failure& failure) {
      all.push_back({true, failure.full()});
    }
    std::stable_partition(all.begin(), all.end(), [](const apps::Obstacle& one) { return one.blocks; });
    return all;
  }

  void note(const apps::Obstacle& obstacle) {
    proposal_.plan.notes.push_back((obstacle.blocks ? "ERROR: " : "WARNING: ") + obstacle.text);
    proposal_.findings += obstacle.text + "\n";
    (obstacle.blocks ? proposal_.errors : proposal_.warnings).push_back(obstacle.text);
    if (obstacle.blocks) proposal_.nothing_to_do = proposal_.needs_owner = true;
  }

  // Nothing of the owner's is copied: there must be room for the new release and for the backup of the database. Only read here; the
  // first is proved by taking it before anything is changed.
  void note_space(const Source& source) {
    uint64_t needed = source.bytes + database_bytes_;
    auto free = platform::free_bytes(site_.root);
    if (free && *free < needed)
      note({false, "the disk has " + base::size_words(*free) + " free, and " + base::size_words(needed) + " may be needed, for the new files and the backup of the database"});
  }

  Proposal ask_for_package() {
    std::string version(upgrade_.version);
    proposal_.plan.notes.push_back("FIRST the package of " + std::string(upgrade_.to) + " is needed, and none is at hand: upload " + version + ".zip into " +
                                   base::printable_line(site_.root.native()) + " in binary mode, and ask again; or let this program download it:");
    proposal_.choices.push_back({{{"version", version}}, "download " + version + ".zip"});
    return std::move(proposal_);
  }

  // Everything behind the exchange of the files.
  void add_newer_part() {
    std::string next_step = add_database_step(world_, proposal_, around_, next_, options_);
    if (!next_step.empty()) return note({true, next_step});
    Step migrate = std::move(around_.after.back());
    around_.after.clear();
    add_configuration();
    add_migrations(around_.after, "applyMigrations", std::move(migrate));
    add_own_things();
    add_tidying();
    auto built = console_step(world_, next_, need_line(world_, next_, site_.app->warm_step));
    built.step.verb = "build-cache";
    built.step.title = "build the cache: " + std::string(site_.app->warm_step);
    built.step.interruption = Interruption::restart;
    around_.after.push_back(stages_.of("buildCache", std::move(built.step)));
  }

  // Neither the console's exit code nor its words are the proof.
  void add_migrations(std::vector<Step>& steps, std::string_view code, Step migrate) {
    const Path folder = site_.root / upgrade_.migrations;
    auto way = find_database(world_.disk, &site_, world_.settings);
    Step count{kCounting, "count the migrations that are left", Interruption::restart,
               {site_.root.native(), storage::target_words(target_of_job(world_)), folder.native(), way.access.prefix + folder.filename().native(), kLeft}, {}};
    Step proof = count;
    proof.title = "look that no migration is left";
    proof.words.back() = "none";
    steps.push_back(stages_.of(code, std::move(count)));
    steps.push_back(stages_.of(code, std::move(migrate)));
    steps.push_back(stages_.of(code, std::move(proof)));
  }

  // Kept in any case: migrations of the new release may write it as well.
  void add_configuration() {
    Step keep{"keep-configuration", "keep a copy of the configuration", Interruption::restart, {}, {}};
    for (const auto& file : site_.app->configuration_files(world_.disk, site_)) keep.words.push_back(file.native());
    around_.after.push_back(stages_.of("updateLocalConfig", std::move(keep)));
    auto mended = upgrade_.configuration(world_.disk, site_);
    if (!mended) return;
    steps::configuration_text({world_.disk, {}}, mended->file, mended->edits);  // what cannot be edited is told before anything begins
    Step write{"write-configuration", "rewrite " + base::printable_line(mended->file.native()) + " as " + std::string(upgrade_.to) + " reads it",
               Interruption::restart,
               {site_.root.native(), mended->file.native(), mended->fingerprint, std::to_string(mended->mode), std::string(steps::kTried)}, {}};
    write.words.insert(write.words.end(), mended->edits.begin(), mended->edits.end());
    proposal_.findings += base::join(write.words, " ") + "\n";
    around_.after.push_back(stages_.of("updateLocalConfig", std::move(write)));
  }

  void add_own_things() {
    Step present{"check-present", "look that your plugins, themes and media are there", Interruption::restart, {site_.root.native()}, {}};
    for (auto& name : upgrade_.own_things(world_.disk, site_)) present.words.push_back(std::move(name));
    if (abandoned_) {
      around_.after.push_back(stages_.of("restoreUserData", swap_step(world_, "bring back what is yours", abandoned_->former, "", rules_around_us(world_, abandoned_->owners))));
      apps::Site former = site_;
      former.root = abandoned_->former;
      for (auto& name : upgrade_.own_things(world_.disk, former)) present.words.push_back(std::move(name));
    }
    add_earlier(present);
    around_.after.push_back(stages_.of("restoreUserData", std::move(present)));
  }

  // What the job looked for with which this goes on.
  void add_earlier(Step& present) {
    auto job = upgrade_job(world_);
    if (!job || job->state == jobs::State::done || !stages_.is_behind_the_exchange()) return;
    std::set<std::string> known(present.words.begin(), present.words.end());
    for (const auto& step : job->plan.steps)
      if (step.verb == present.verb)
        for (const auto& name : step.words)
          if (known.insert(name).second) present.words.push_back(name);
  }

  void add_tidying() {
    Step tidy{"take-out", "move out what such an upgrade leaves in the site; it is kept", Interruption::restart, {}, {}};
    auto left = upgrade_.left_over(world_.disk, site_);
    if (abandoned_) left.push_back(abandoned_->former);
    for (const auto& path : left) {
      proposal_.plan.notes.push_back("moves out of the site, and keeps: " + base::printable_line(path.native()));
      tidy.words.push_back(path.native());
    }
    around_.after.push_back(stages_.of("cleanupFiles", std::move(tidy)));
  }

  // The backup first; the former release's own migrations; then the new files.
  void put_in_order(const Source& source) {
    Step stage = std::move(around_.first.back()), swap = std::move(around_.inner.back());
    around_.first.pop_back();
    around_.inner.pop_back();
    for (auto& step : around_.inner) step = stages_.of("backupDatabase", std::move(step));
    auto migrate = console_step(world_, site_, need_line(world_, site_, site_.app->database_step));
    migrate.step.verb = "present-console";
    migrate.step.title = "bring the database up to the present release: " + std::string(site_.app->database_step);
    add_migrations(around_.inner, "applyV2Migrations", std::move(migrate.step));
    around_.inner.push_back(stages_.of("fetchUpdates", {"check-package", "look at the package", Interruption::restart,
                                                        {source.file.native(), platform::fingerprint(source.facts)}, {}}));
    around_.inner.push_back(stages_.of("extractUpdate", std::move(stage)));
    around_.inner.push_back(stages_.of("moveMautic2and3Files", std::move(swap)));
    proposal_.findings += words_of(source) + "\n";
  }

  Proposal finished(const std::string& way_back) {
    auto& plan = proposal_.plan;
    add_heading();
    add_around(world_, proposal_, std::move(around_));
    Path log = site_.root / upgrade_.log_file;
    plan.steps.push_back({"put-log-away", "move the log out of the site", Interruption::restart, {log.native()}, {}});
    auto mends = [](apps::Mend mend) { return mend == apps::Mend::migrations || mend == apps::Mend::upgrade || mend == apps::Mend::caches; };
    plan.steps.push_back(proof_step(world_, diagnose(world_), mends, false));
    plan.steps.back().always = false;
    plan.steps.push_back({"say", "say what is left to do", Interruption::restart, {"left to you: " + std::string(upgrade_.afterwards)}, {}});
    stages_.complete(plan.steps);
    plan.log_file = log.native();
    plan.notes.push_back("writes its log into " + base::printable_line(log.native()) + " too, which only this account may read, and moves it away at the end");
    if (!way_back.empty()) plan.notes.push_back(way_back);
    plan.notes.push_back("left to you afterwards: " + std::string(upgrade_.afterwards));
    return std::move(proposal_);
  }

  // As the script's log begins.
  void add_heading() {
    std::string now = platform::utc_words(platform::system_clock().now());
    Step heading{"say", "write down where it begins", Interruption::restart,
                 {"===== STARTING MAUTIC 3 UPGRADE AT " + now.substr(0, now.rfind(' ')) + "... =====", "Installed Mautic version: " + site_.version.text(),
                  "New Mautic version: " + next_.version.text()}, {}};
    around_.first.insert(around_.first.begin(), std::move(heading));
  }

  World& world_;
  const Options& options_;
  const MajorUpgrade& upgrade_;
  Stages stages_;
  const apps::Site& site_;
  apps::Site next_;
  std::optional<Abandoned> abandoned_;
  uint64_t database_bytes_ = 0;  // 0 too where nobody knows
  Proposal proposal_;
  Around around_;
};

}  // namespace

std::string exchanged_by(World& world) {
  for (const auto& one : exchanges(world)) {
    auto job = one.in_place ? jobs::look_at(world.disk, world.need_state(), one.job) : std::nullopt;
    if (job && std::any_of(job->plan.steps.begin(), job->plan.steps.end(), brings_release)) return one.job;
  }
  return {};
}

Proposal plan_whole_upgrade(World& world, const Options& options) { return Upgrading(world, options).whole(); }

Proposal plan_rest_of_upgrade(World& world, const Options& options, const std::optional<Abandoned>& left) {
  return Upgrading(world, options).rest(left);
}

}  // namespace actions
