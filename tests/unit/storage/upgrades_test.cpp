// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of upgrades that left a database half changed, and what settles them.
#include "storage/upgrades.h"

#include <catch2/catch.hpp>

#include "base/failure.h"
#include "support/fake_disk.h"

namespace {

const std::string kFirst = "20261121-101500123-aaaaaa", kBetween = "20261121-111500123-bbbbbb", kSecond = "20261121-121500123-cccccc",
                  kLater = "20261121-131500123-dddddd";

struct Known {
  support::MemoryDisk disk;
  storage::StateNames state{"/state"};

  Known() { disk.make_folder("/state", 0700); }

  void note(const std::string& job) {
    storage::Upgrade upgrade;
    upgrade.job = job;
    upgrade.began = platform::WallTime(std::chrono::seconds(1000));
    upgrade.question = "SELECT 1";
    upgrade.wanted = {"8.13.0-release.1", "8.13.0"};
    upgrade.mark_before = "8.6.2-release.1|2026-11-21 10:00:00|";
    upgrade.failed = true;
    storage::note_upgrade(disk, state, upgrade);
  }
  std::vector<std::string> open() {
    std::vector<std::string> jobs;
    for (const auto& one : storage::upgrades(disk, state))
      if (!one.settled) jobs.push_back(one.job);
    return jobs;
  }
};

using Jobs = std::vector<std::string>;

}  // namespace

TEST_CASE("What was noted of an upgrade is read again, and noted anew for the same job it replaces that") {
  Known known;
  CHECK(storage::upgrades(known.disk, known.state).empty());
  known.note(kFirst);
  known.note(kFirst);
  auto all = storage::upgrades(known.disk, known.state);
  REQUIRE(all.size() == 1);
  CHECK(all[0].job == kFirst);
  CHECK(all[0].began == platform::WallTime(std::chrono::seconds(1000)));
  CHECK(all[0].ended == platform::WallTime{});
  CHECK(all[0].wanted == Jobs{"8.13.0-release.1", "8.13.0"});
  CHECK(all[0].mark_before == "8.6.2-release.1|2026-11-21 10:00:00|");
  CHECK(all[0].failed);
}

TEST_CASE("One that came to its end settles all before it, and of these only the newest stays") {
  Known known;
  known.note(kFirst);
  known.note(kSecond);
  storage::settle_upgrades(known.disk, known.state);
  auto all = storage::upgrades(known.disk, known.state);
  REQUIRE(all.size() == 1);
  CHECK(all[0].job == kSecond);
  CHECK(all[0].settled);
  CHECK_FALSE(all[0].failed);
}

TEST_CASE("A backup settles what came from it on, and nothing of before") {
  Known known;
  known.note(kFirst);
  known.note(kSecond);
  storage::put_back_to(known.disk, known.state, kLater);
  CHECK(known.open() == Jobs{kFirst, kSecond});
  storage::put_back_to(known.disk, known.state, kSecond);
  CHECK(known.open() == Jobs{kFirst});
  storage::put_back_to(known.disk, known.state, kFirst);
  CHECK(known.open().empty());
}

TEST_CASE("A backup of a half changed database brings that back, after it was put right") {
  Known known;
  known.note(kFirst);
  storage::put_back_to(known.disk, known.state, kFirst);
  storage::put_back_to(known.disk, known.state, kBetween);  // made behind the failure, and before it was put right
  CHECK(known.open() == Jobs{kFirst});
}

TEST_CASE("An end is reached by the version that was wanted, and by newer ones") {
  storage::Upgrade upgrade;
  upgrade.wanted = {"8.13.0-release.1", "8.13.0"};
  CHECK(storage::is_reached(upgrade, "8.13.0-release.1"));
  CHECK(storage::is_reached(upgrade, "8.13.0"));
  CHECK(storage::is_reached(upgrade, "9.0.1-release.1"));
  CHECK_FALSE(storage::is_reached(upgrade, "8.12.9-release.1"));
  CHECK_FALSE(storage::is_reached(upgrade, ""));
}

TEST_CASE("A list that cannot be read is a failure that says where it lies") {
  Known known;
  known.disk.put_file(known.state.upgrades(), "[{");
  CHECK_THROWS_WITH(storage::upgrades(known.disk, known.state), Catch::Contains("/state/upgrades.json"));
}
