// SPDX-License-Identifier: GPL-3.0-or-later
// The cut sweep of create_job: afterwards there is a whole job or none.
#include <catch2/catch.hpp>

#include "jobs/job.h"
#include "support/cut_sweep.h"
#include "support/limits.h"
#include "support/temp_folder.h"

namespace {

using namespace jobs;
using support::Cut;
using support::Ended;
using support::FaultyDisk;
using support::MemoryDisk;
using support::TempFolder;

base::Plan small_plan() {
  base::Plan plan;
  plan.task = plan.headline = "cache:purge";
  plan.steps = {{"delete-kept", "delete it", base::Interruption::restart, {}, {}}};
  return plan;
}

class World {
 public:
  FaultyDisk& disk() { return faulty_; }
  void run() { create_job(faulty_, state, small_plan()); }
  std::vector<std::string> left() const {
    std::vector<std::string> names;
    if (auto entries = platform::posix_disk().list(state.jobs()))
      for (const auto& entry : *entries) names.push_back(entry.name);
    return names;
  }

 private:
  TempFolder folder_;
  FaultyDisk faulty_{platform::posix_disk()};

 public:
  storage::StateNames state{folder_.path()};
};

}  // namespace

TEST_CASE("A new job is there as a whole or not at all, wherever its making is cut") {
  size_t calls = support::sweep([] { return std::make_unique<World>(); }, [](World& world, const Cut& cut) {
    CHECK(cut.ended == (cut.error == 0 ? Ended::death : Ended::failure));
    auto left = world.left();
    for (const auto& id : left) CHECK_FALSE(look_at(platform::posix_disk(), world.state, id));
    if (cut.error == ENOSPC || cut.error == EDQUOT) CHECK(left.empty());
    // The next one is not in its way.
    CHECK_NOTHROW(world.run());
    CHECK(newest_jobs(platform::posix_disk(), world.state, 9).size() == left.size() + 1);
  });
  CHECK(calls >= 4);
}

TEST_CASE("A job whose journal cannot be made leaves nothing, and says why") {
  // The journal is made on the real disk, whose folder is missing here.
  MemoryDisk memory;
  memory.put_folder("/nowhere-at-all/state");
  auto before = memory.tree();
  try {
    create_job(memory, storage::StateNames("/nowhere-at-all/state"), small_plan());
    FAIL("made");
  } catch (const base::Failure& failure) {
    CHECK(failure.error() == ENOENT);
  }
  auto after = memory.tree();
  after.erase("/nowhere-at-all/state/jobs");
  CHECK(after == before);
}
