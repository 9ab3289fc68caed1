// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/upgrade_tasks.h"

#include <algorithm>
#include <thread>

#include "actions/service.h"
#include "actions/upgrade.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/process.h"
#include "steps/asking.h"

namespace actions {

namespace {

using namespace std::chrono_literals;
using apps::MajorUpgrade;
using apps::UpgradeStage;
using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{20};  // of one request; the script's page gives up on longer ones
constexpr const char* kChecks = "preUpgradeChecks";
constexpr const char* kDelete = "confirmDeleteBackup";
constexpr int kMostDeaths = 2;  // in a row, in one step: then the host ends it each time
constexpr size_t kMostNoteBytes = 100;
constexpr const char* kToldNote = "told";  // of the job: its failure was answered

class Tasks {
 public:
  explicit Tasks(World& world) : world_(world), upgrade_(need_upgrade(world)), until_(SteadyClock::now() + kPatience) {}

  TaskAnswer answer(const std::string& code) {
    if (code == kChecks) return checks();
    if (code == kDelete) return delete_kept();
    auto stage = std::find_if(upgrade_.stages.begin(), upgrade_.stages.end(), [&](const UpgradeStage& one) { return one.code == code; });
    if (stage == upgrade_.stages.end()) return error("unknown apiTask given: " + base::printable_line(code.substr(0, 60)), kChecks);
    auto job = upgrade_job(world_);
    bool is_first = stage == upgrade_.stages.begin();
    bool asks_again = job && job->state == jobs::State::failed && world_.disk.look(note_of(*job));
    // Of the stages only the first is a consent; the others go on with what was consented to, where it stands in the site.
    bool begins = is_first ? !job || jobs::is_over(job->state) : asks_again && upgrade_is_unfinished(world_);
    if (begins) return begin(*stage);
    if (!job) return error("No upgrade was started.", kChecks);
    if (job->state == jobs::State::done && !upgrade_.leads_to(world_.need_site().version))
      return error("The upgrade was taken back.", kChecks);
    return follow(*stage, job->id);
  }

 private:
  platform::Path note_of(const jobs::Snapshot& job, const char* name = kToldNote) {
    return storage::JobNames(world_.need_state().job(job.id)).note(name);
  }

  TaskAnswer error(std::string text, std::string_view next_code) {
    TaskAnswer answer;
    answer.text = std::move(text);
    answer.next_code = next_code;
    answer.next_label = label_of(next_code);
    return answer;
  }

  TaskAnswer good(std::string text, std::string_view next_code) {
    TaskAnswer answer = error(std::move(text), next_code);
    answer.good = true;
    return answer;
  }

  std::string label_of(std::string_view code) const {
    if (code == kChecks) return "Looking whether the site is ready";
    for (const auto& stage : upgrade_.stages)
      if (stage.code == code) return std::string(stage.label);
    return {};
  }

  // ---- before

  TaskAnswer checks() {
    TaskAnswer answer;
    answer.good = answer.checked = true;
    try {
      Proposal proposal = propose_upgrade(world_, {});
      answer.errors = std::move(proposal.errors);
      answer.warnings = std::move(proposal.warnings);
      if (proposal.nothing_to_do && answer.errors.empty()) answer.errors = std::move(proposal.plan.notes);
    } catch (const base::Failure& failure) {
      answer.errors.push_back(base::printable_line(failure.full()));
    }
    answer.may_begin = answer.errors.empty();
    answer.text = std::string(upgrade_.afterwards);
    return answer;
  }

  Answer ask(const Options& options) {
    Asked asked;
    asked.task = kUpgradeTask;
    asked.options = options;
    asked.may_change = asked.yes = asked.accepts_warnings = true;
    Answer answer = actions::answer(world_, asked);
    bool lacks_package = answer.outcome == Outcome::choose && !options.contains("version");
    return lacks_package ? ask({{"version", std::string(upgrade_.version)}}) : answer;
  }

  TaskAnswer begin(const UpgradeStage& stage) {
    for (int downloads = 0;; ++downloads) {
      Answer answer = ask({});
      if (answer.outcome == Outcome::preparing && downloads > 0) return error("The package was fetched, and is not recognised.", kChecks);
      switch (answer.outcome) {
        case Outcome::started:
        case Outcome::joined: return follow(stage, answer.job);
        case Outcome::preparing: {
          auto job = wait(answer.job, [](const jobs::Snapshot&) { return false; });
          if (job && !jobs::is_over(job->state)) return still(stage, "fetching " + std::string(upgrade_.version) + ".zip");
          if (!job || job->state != jobs::State::done) {
            const UpgradeStage& fetch = *stage_of("fetchUpdates");
            return failed(fetch, upgrade_failure(upgrade_, fetch, apps::Standing::former), job ? job->failed_why : "", stage.code);
          }
          continue;
        }
        case Outcome::nothing:
        case Outcome::choose: return error(base::join(answer.proposal.plan.notes, "\n"), kChecks);
        case Outcome::held: return error("Another job holds the site: " + answer.job, stage.code);
        default: return error(answer.text, kChecks);
      }
    }
  }

  const UpgradeStage* stage_of(std::string_view code) const {
    auto found = std::find_if(upgrade_.stages.begin(), upgrade_.stages.end(), [&](const UpgradeStage& one) { return one.code == code; });
    return found == upgrade_.stages.end() ? &upgrade_.stages.front() : &*found;
  }

  // ---- while it runs

  // Until `enough`, or the job does not go on; on hosts that kill detached processes it goes on here.
  template <typename Enough>
  std::optional<jobs::Snapshot> wait(const std::string& id, Enough enough) {
    for (;;) {
      auto job = jobs::look_at(world_.disk, world_.need_state(), id);
      if (!job || jobs::is_over(job->state) || enough(*job)) return job;
      bool runs = job->state == jobs::State::running || job->state == jobs::State::still_busy;
      if (!runs && !take_up(*job)) return job;
      if (SteadyClock::now() >= until_) return job;
      std::this_thread::sleep_for(100ms);
    }
  }

  // Once a request, and not what somebody stopped, what dies at one place again and again, or what nobody knows how far it came.
  bool take_up(const jobs::Snapshot& job) {
    const auto& steps = job.plan.steps;
    bool asks_first = job.in_step && job.steps_done < steps.size() && steps[job.steps_done].interruption == base::Interruption::once;
    if (taken_up_ || job.stopped || job.deaths_here > kMostDeaths || asks_first) return false;
    auto engine = world_.need_engine();
    bool is_inline = jobs::host_is_inline(world_.disk, engine.state);
    taken_up_ = !is_inline;
    auto resumed = jobs::may_advance(job) ? jobs::advance_job(engine, job, jobs::Slice::request)
                                          : jobs::resume_job(engine, job.id, is_inline ? jobs::Slice::request : jobs::Slice::whole);
    if (resumed.attached > 0) platform::wait_for(resumed.attached);
    return true;
  }

  // It goes on behind stages that another job did: who asks for one of these waits for what comes before it.
  bool goes_on(const jobs::Snapshot& job) const {
    const auto& steps = job.plan.steps;
    return std::any_of(upgrade_.stages.begin(), upgrade_.stages.end(), [&](const UpgradeStage& stage) {
      return std::none_of(steps.begin(), steps.end(), [&](const base::Step& step) { return step.stage == stage.code; });
    });
  }

  // Behind all steps that the stage has in this job.
  static bool is_behind(const jobs::Snapshot& job, std::string_view code) {
    if (job.state == jobs::State::done) return true;
    size_t reached = job.failed.good() ? job.steps_done : job.failed_step;
    const auto& steps = job.plan.steps;
    for (size_t i = reached; i < steps.size(); ++i)
      if (steps[i].stage == code) return false;
    return true;
  }

  // The first that is not behind.
  const UpgradeStage& present(const jobs::Snapshot& job) const {
    for (const auto& stage : upgrade_.stages)
      if (!is_behind(job, stage.code)) return stage;
    return upgrade_.stages.back();
  }

  TaskAnswer follow(const UpgradeStage& stage, const std::string& id) {
    auto job = wait(id, [&](const jobs::Snapshot& now) { return is_behind(now, stage.code) || (&present(now) != &stage && !goes_on(now)); });
    if (!job) return error("The upgrade's job is gone.", kChecks);
    bool is_last = stage.code == upgrade_.stages.back().code;
    if (job->state == jobs::State::done && is_last) return finished(*job);
    if (is_behind(*job, stage.code) && !is_last) return good("OK", (&stage + 1)->code);
    if (job->state == jobs::State::failed) return tell_failure(*job);
    if (job->state == jobs::State::given_up) return error("The upgrade was given up.", kChecks);
    const UpgradeStage& now = present(*job);
    if (job->state == jobs::State::interrupted)
      return error("The upgrade is " + jobs::state_words(*job) + ". job:resume goes on with it, job:rollback takes back what can be, job:unlock gives it up.", now.code);
    if (&now == &stage || is_last || goes_on(*job)) return still(stage, jobs::position_words(*job));
    return error("The upgrade stands at " + std::string(now.code) + ".", now.code);
  }

  TaskAnswer still(const UpgradeStage& stage, const std::string& position) {
    TaskAnswer answer = good("OK", stage.code);
    answer.next_label += ": " + position;
    return answer;
  }

  TaskAnswer tell_failure(const jobs::Snapshot& job) {
    world_.disk.replace(note_of(job), "", 0600, platform::Sync::no);
    if (job.failed.good()) return error("The upgrade was taken back: " + std::string(upgrade_.from) + " is in its place.", kChecks);
    const base::Step& step = job.plan.steps.at(job.failed_step);
    const UpgradeStage stage = actions::stage_of(upgrade_, step);
    look_again();
    bool stays = upgrade_is_unfinished(world_);
    bool went_back = !stays && stage.standing == apps::Standing::newer;
    return failed(stage, went_back ? step.failure_back : step.failure, job.failed_why, stays ? stage.code : std::string_view(kChecks));
  }

  // While the job was waited for it exchanged the files.
  void look_again() {
    const apps::Site site = world_.need_site();
    if (auto now = site.app->recognise(world_.disk, site.root)) world_.site = std::move(now);
  }

  TaskAnswer failed(const UpgradeStage& stage, const std::string& text, const std::string& why, std::string_view next) {
    TaskAnswer answer = error(text, next);
    if (!why.empty()) answer.text += "\nThe cause: " + base::printable_line(why);
    if (!stage.error.empty()) answer.help = std::string(upgrade_.help) + "#" + base::lower(stage.error);
    return answer;
  }

  TaskAnswer finished(const jobs::Snapshot& job) {
    std::string verdict = world_.disk.read(note_of(job, steps::kVerdictNote), kMostNoteBytes).value_or("");
    bool is_proved = verdict == steps::kProved;
    TaskAnswer answer = good("We're done: this is " + std::string(upgrade_.to) +
                             (is_proved ? ", and its pages answer" : ". Its pages could not be asked from here: open the site and look") +
                             ". Left to you: " + std::string(upgrade_.afterwards) + ".\nWhat was replaced is kept out of the site's reach; when you have seen that all is well, "
                             "let it go with kept:delete, or by confirmDeleteBackup.", "");
    answer.finished = true;
    return answer;
  }

  // ---- after

  // Of all jobs of this upgrade: one that failed may have brought in the files that a later one went on with.
  TaskAnswer delete_kept() {
    auto newest = upgrade_job(world_);
    bool is_through = newest && newest->state == jobs::State::done && upgrade_.leads_to(world_.need_site().version);
    if (!is_through) return error("There is no upgrade that came to its end, so there is nothing to let go of.", kChecks);
    auto state = world_.need_state();
    for (const auto& id : jobs::newest_jobs(world_.disk, state, SIZE_MAX)) {
      auto job = jobs::look_at(world_.disk, state, id);
      bool keeps = job && is_upgrade(*job) && world_.disk.look(state.kept_by(id));
      if (!keeps) continue;
      if (auto problem = let_go(id)) return *problem;
    }
    return good("What the upgrade replaced is deleted. The backups of the database stay (backups lists them).", "");
  }

  // What to answer instead of going on; nullopt: it is deleted.
  std::optional<TaskAnswer> let_go(const std::string& id) {
    Asked asked;
    asked.task = "kept:delete";
    asked.options = {{"job", id}};
    asked.may_change = asked.yes = true;
    Answer answer = actions::answer(world_, asked);
    if (answer.outcome == Outcome::held) return error("Another job holds the site: " + answer.job, kDelete);
    if (answer.job.empty()) return error(answer.text.empty() ? "It cannot be deleted now." : answer.text, kDelete);
    auto deleted = wait(answer.job, [](const jobs::Snapshot&) { return false; });
    if (deleted && deleted->state == jobs::State::done) return std::nullopt;
    if (deleted && !jobs::is_over(deleted->state)) return good("OK", kDelete);
    return error("Not everything could be deleted" + (deleted && !deleted->failed_why.empty() ? ": " + deleted->failed_why : std::string()), kDelete);
  }

  World& world_;
  const MajorUpgrade& upgrade_;
  SteadyClock::time_point until_;
  bool taken_up_ = false;
};

}  // namespace

TaskAnswer answer_upgrade_task(World& world, const std::string& code) {
  try {
    return Tasks(world).answer(code);
  } catch (const base::Failure& failure) {
    TaskAnswer answer;
    answer.text = base::printable_line(failure.full());
    answer.next_code = kChecks;
    answer.next_label = "Looking whether the site is ready";
    return answer;
  }
}

}  // namespace actions
