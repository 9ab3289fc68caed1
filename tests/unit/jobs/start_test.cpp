// SPDX-License-Identifier: GPL-3.0-or-later
// Which jobs may start beside which, and what becomes of those that die. The program that is started as a job's
// process is /bin/true: a job that dies at once.
#include "jobs/start.h"

#include <fcntl.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>

#include "base/failure.h"
#include "base/text.h"
#include "support/fake_disk.h"
#include "support/temp_folder.h"
#include "support/wait_until.h"

namespace {

using namespace jobs;
using base::Effect;
using support::TempFolder;
using support::wait_until;

platform::Disk& disk() { return platform::posix_disk(); }

base::Plan plan_of(const std::string& task, Effect effect, bool holds_routine = false) {
  base::Plan plan;
  plan.task = plan.headline = task;
  plan.effect = effect;
  plan.holds_routine = holds_routine;
  plan.steps = {{"console", "run it", base::Interruption::restart, {"/", "/bin/true"}, {}}};
  return plan;
}

struct Host {
  TempFolder folder;
  base::Fd image{::open("/bin/true", O_RDONLY | O_CLOEXEC)};
  Engine engine{disk(), storage::StateNames(folder.path()), {image, "/bin/true", {}}};

  Start start(const base::Plan& plan, Repeat repeat = Repeat::join) { return start_job(engine, plan, repeat); }
  storage::JobNames names(const std::string& id) { return storage::JobNames(engine.state.job(id)); }
  Snapshot look(const std::string& id) { return look_at(disk(), engine.state, id).value(); }
  void write(const std::string& id, const Event& event) { append(names(id).journal(), event); }
  // The started process has gone.
  void settle(const std::string& id) {
    REQUIRE(wait_until([&] {
      State state = look(id).state;
      return state != State::running && state != State::still_busy;
    }));
  }
  // A job that was started and whose process "lives": we hold its locks.
  std::pair<std::string, Lease> living(const base::Plan& plan) {
    std::string id = start(plan).id;
    settle(id);
    auto lease = take_lease(disk(), names(id));
    REQUIRE(lease);
    return {id, std::move(*lease)};
  }
  void age(const std::string& id) {
    auto old = std::filesystem::file_time_type::clock::now() - std::chrono::seconds(61);
    std::filesystem::last_write_time(names(id).plan(), old);
  }
};

const Event kDone{.what = What::finish, .text = "done"};
const base::Plan kClear = plan_of("cache:clear", Effect::files), kPurge = plan_of("cache:purge", Effect::files),
                 kMigrate = plan_of("doctrine:migrations:migrate", Effect::database, true),
                 kSegments = plan_of("mautic:segments:update", Effect::routine),
                 kCampaigns = plan_of("mautic:campaigns:update", Effect::routine), kStatus = plan_of("status", Effect::reads);

}  // namespace

TEST_CASE("A job is started, and its death is seen") {
  Host host;
  auto started = host.start(kClear);
  CHECK(started.how == Begun::started);
  CHECK(current_job(disk(), host.engine.state)->id == started.id);
  host.settle(started.id);
  CHECK(host.look(started.id).state == State::interrupted);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("The site belongs to a changing job until that is over or given up") {
  Host host;
  auto [id, lease] = host.living(kClear);
  auto other = host.start(kPurge);
  CHECK(other.how == Begun::held);
  CHECK(other.id == id);
  lease = {};
  CHECK(host.start(kPurge).how == Begun::held);  // interrupted: still its
  SECTION("over") { host.write(id, kDone); }
  SECTION("given up") { give_up_job(host.engine, id); }
  CHECK(host.start(kPurge).how == Begun::started);
}

TEST_CASE("The site's unfinished job is seen at each look, one that is over at none") {
  Host host;
  OverMemory memory;
  auto unfinished = [&] { return unfinished_job(disk(), host.engine.state, memory); };
  CHECK_FALSE(unfinished());
  std::string first = host.start(kClear).id;
  host.settle(first);
  REQUIRE(unfinished());
  CHECK(unfinished()->state == State::interrupted);
  host.write(first, kDone);
  for (int look = 0; look < 3; ++look) CHECK_FALSE(unfinished());
  std::string second = host.start(kPurge).id;
  host.settle(second);
  REQUIRE(unfinished());
  CHECK(unfinished()->id == second);
  SECTION("given up") {
    host.write(second, {.what = What::given_up});
    CHECK_FALSE(unfinished());
  }
  SECTION("the folder of an earlier time was put back, in which that very job was not over") {
    host.write(second, kDone);
    CHECK_FALSE(unfinished());
    auto journal = host.names(second).journal();
    disk().remove_file(journal);
    create_journal(journal);
    CHECK(unfinished());
  }
  SECTION("removed") {
    host.write(second, kDone);
    CHECK_FALSE(unfinished());
    remove_job(disk(), host.engine.state, second);
    CHECK_FALSE(unfinished());
  }
}

TEST_CASE("The same changing task within a minute joins its job, running or over, and starts nothing") {
  Host host;
  auto [id, lease] = host.living(kClear);
  for (bool over : {false, true}) {
    if (over) lease = {}, host.write(id, kDone);
    auto again = host.start(kClear);
    CHECK(again.how == Begun::joined);
    CHECK(again.id == id);
  }
  CHECK(newest_jobs(disk(), host.engine.state, 9).size() == 1);
  SECTION("but not when it is meant anew") { CHECK(host.start(kClear, Repeat::again).how == Begun::started); }
  SECTION("nor after a minute") {
    host.age(id);
    CHECK(host.start(kClear).how == Begun::started);
  }
  SECTION("nor another task") { CHECK(host.start(kPurge).how == Begun::started); }
}

TEST_CASE("The same task joins a job that lives, however old") {
  Host host;
  auto [id, lease] = host.living(kClear);
  host.age(id);
  CHECK(host.start(kClear).how == Begun::joined);
  CHECK(host.start(kClear, Repeat::again).how == Begun::held);
}

TEST_CASE("A job that was given up is not joined") {
  Host host;
  std::string id = host.start(kClear).id;
  host.settle(id);
  give_up_job(host.engine, id);
  CHECK(host.start(kClear).how == Begun::started);
}

TEST_CASE("Reading jobs run beside everything, and hold nobody up") {
  Host host;
  auto [id, lease] = host.living(kMigrate);
  CHECK(host.start(kStatus).how == Begun::started);
  CHECK(host.start(kStatus).how == Begun::started);
  CHECK(current_job(disk(), host.engine.state)->id == id);
  Host free;
  auto [reading, its] = free.living(kStatus);
  CHECK_FALSE(current_job(disk(), free.engine.state));
  CHECK(free.start(kClear).how == Begun::started);
}

TEST_CASE("Different routine tasks run side by side, the same one once") {
  Host host;
  auto [id, lease] = host.living(kSegments);
  auto again = host.start(kSegments);
  CHECK(again.how == Begun::same_running);
  CHECK(again.id == id);
  CHECK(host.start(kCampaigns).how == Begun::started);
  CHECK_FALSE(current_job(disk(), host.engine.state));
  lease = {};
  CHECK(host.start(kSegments).how == Begun::started);
}

TEST_CASE("Routine tasks are skipped while a repair or migration lives, not beside another job, nor after its death") {
  Host host;
  auto [id, lease] = host.living(kMigrate);
  CHECK(host.start(kSegments).how == Begun::held);
  lease = {};
  CHECK(host.start(kSegments).how == Begun::started);
  Host other;
  auto [clear, its] = other.living(kClear);
  CHECK(other.start(kSegments).how == Begun::started);
}

TEST_CASE("A routine job does not stand in a changing one's way") {
  Host host;
  auto [id, lease] = host.living(kSegments);
  CHECK(host.start(kClear).how == Begun::started);
}

TEST_CASE("A job that cannot be started says why, holds nothing, and is told as failed") {
  Host host;
  host.folder.write("garbage", "\x01\x02", 0755);
  base::Fd garbage(::open((host.folder / "garbage").c_str(), O_RDONLY | O_CLOEXEC));
  Engine broken{disk(), host.engine.state, {garbage, "/x/unstick.cgi", {}}};
  CHECK_THROWS_WITH(start_job(broken, kClear, Repeat::join), "cannot start /x/unstick.cgi: Exec format error");
  auto ids = newest_jobs(disk(), host.engine.state, 9);
  REQUIRE(ids.size() == 1);
  CHECK(host.look(ids[0]).state == State::failed);
  CHECK(host.start(kPurge).how == Begun::started);
}

TEST_CASE("Nothing can be given up while it runs, and what is over stays what it was") {
  Host host;
  auto [id, lease] = host.living(kClear);
  CHECK_THROWS_WITH(give_up_job(host.engine, id), "the job still runs");
  lease.runner.reset();
  CHECK_THROWS_WITH(give_up_job(host.engine, id), "the job still runs");
  lease.busy.reset();
  host.write(id, kDone);
  give_up_job(host.engine, id);
  CHECK(host.look(id).state == State::done);
}

TEST_CASE("A way back that cannot be begun, at whatever call, is not gone by whoever resumes the job later") {
  Host host;
  std::string id = host.start(kClear).id;
  host.settle(id);
  support::FaultyDisk faulty(disk());
  Engine engine{faulty, host.engine.state, host.engine.launcher};
  auto has_mark = [&] { return disk().look(host.names(id).back()).has_value(); };
  SECTION("no room on the disk") {
    for (size_t n = 1; n <= 2; ++n) {
      faulty.mend();
      faulty.fail_from(n, ENOSPC);
      CHECK_THROWS_WITH(roll_back_job(engine, id), Catch::Contains("No space left"));
      CHECK_FALSE(has_mark());
      CHECK(host.look(id).state == State::interrupted);
    }
  }
  SECTION("no process") {
    host.folder.write("garbage", "\x01\x02", 0755);
    base::Fd garbage(::open((host.folder / "garbage").c_str(), O_RDONLY | O_CLOEXEC));
    Engine broken{disk(), host.engine.state, {garbage, "/x/unstick.cgi", {}}};
    CHECK_THROWS_AS(roll_back_job(broken, id), base::Failure);
    CHECK_FALSE(has_mark());
    host.folder.write(host.names(id).back().lexically_relative(host.folder.path()).native(), "");  // it was going back before
    CHECK_THROWS_AS(roll_back_job(broken, id), base::Failure);
    CHECK(has_mark());
  }
  SECTION("somebody else has it") {
    auto lease = take_lease(disk(), host.names(id));
    CHECK_THROWS_WITH(roll_back_job(engine, id), Catch::Contains("has taken the job"));
    CHECK_FALSE(has_mark());
  }
}

TEST_CASE("A job is given up on a full disk too, for its journal has room") {
  Host host;
  std::string id = host.start(kClear).id;
  host.settle(id);
  support::FaultyDisk faulty(disk());
  faulty.fail_from(1, ENOSPC);
  Engine engine{faulty, host.engine.state, host.engine.launcher};
  CHECK_THROWS_AS(resume_job(engine, id, Slice::whole), base::Failure);
  give_up_job(engine, id);
  CHECK(host.look(id).state == State::given_up);
}

TEST_CASE("Stopping a job that runs leaves it a word, once or twice") {
  Host host;
  auto [id, lease] = host.living(kClear);
  stop_job(host.engine, host.look(id));
  CHECK(disk().look(host.names(id).stop()));
  CHECK_NOTHROW(stop_job(host.engine, host.look(id)));
}

TEST_CASE("A command that outlived its job is ended with its group") {
  Host host;
  auto [id, lease] = host.living(kClear);
  auto child = platform::start({{"/bin/sleep", "300"}, {}, {}}, platform::Session::own_group, {lease.busy.number()});
  host.write(id, {.what = What::begin, .step = 0});
  host.write(id, {.what = What::child, .pid = child.pid, .ticks = platform::start_ticks(child.pid).value()});
  lease = {};
  CHECK(host.look(id).state == State::still_busy);
  stop_job(host.engine, host.look(id));
  CHECK(platform::wait_for(child.pid).signal == SIGTERM);
}

TEST_CASE("Another process that has the number of the command that ended is not touched") {
  Host host;
  auto [id, lease] = host.living(kClear);
  lease.runner.reset();
  auto child = platform::start({{"/bin/sleep", "300"}, {}, {}}, platform::Session::own_group);
  host.write(id, {.what = What::child, .pid = child.pid, .ticks = platform::start_ticks(child.pid).value() + 1});
  stop_job(host.engine, host.look(id));
  CHECK_FALSE(platform::try_wait(child.pid));
  platform::end_child(child.pid, platform::Session::own_group, std::chrono::seconds(5));
}

TEST_CASE("A host that killed two processes early is one where jobs live in requests") {
  Host host;
  std::string id = host.start(kClear).id;
  host.settle(id);
  const Event run{.what = What::run, .pid = 1, .detached = true};
  host.write(id, run);
  CHECK(host.look(id).early_deaths == 1);
  CHECK(advance_job(host.engine, host.look(id), Slice::answer).attached == 0);  // once more on its own
  CHECK_FALSE(host_is_inline(disk(), host.engine.state));
  host.settle(id);
  host.write(id, run);
  CHECK(host.look(id).early_deaths == 2);
  auto resumed = advance_job(host.engine, host.look(id), Slice::answer);
  CHECK(host_is_inline(disk(), host.engine.state));
  REQUIRE(resumed.attached > 0);
  platform::wait_for(resumed.attached);
  auto next = host.start(kSegments);
  CHECK(next.how == Begun::started);
  CHECK(host.look(next.id).state == State::waiting);
}

TEST_CASE("Only what may be repeated is taken up without being asked, and not for ever") {
  Host host;
  std::string id = host.start(kClear).id;
  host.settle(id);
  CHECK_FALSE(may_advance(host.look(id)));  // it never began: nobody knows why
  host.write(id, {.what = What::run, .pid = 1, .detached = true});
  CHECK(may_advance(host.look(id)));
  host.write(id, {.what = What::begin, .step = 0});
  CHECK(may_advance(host.look(id)));
  auto once = host.look(id);
  once.plan.steps[0].interruption = base::Interruption::once;
  CHECK_FALSE(may_advance(once));
  auto stopped = host.look(id);
  stopped.stopped = true;
  CHECK_FALSE(may_advance(stopped));
  auto hopeless = host.look(id);
  hopeless.deaths_here = 3;
  CHECK_FALSE(may_advance(hopeless));
  host.write(id, kDone);
  CHECK_FALSE(may_advance(host.look(id)));
  CHECK_FALSE(advance_job(host.engine, host.look(id), Slice::answer).begun);
}
