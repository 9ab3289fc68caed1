// SPDX-License-Identifier: GPL-3.0-or-later
// A consent is for one plan, once, for ten minutes, and its code cannot be read out of what we keep of it.
#include "actions/consent.h"

#include <catch2/catch.hpp>
#include <set>

#include "base/text.h"
#include "support/fake_disk.h"

namespace {

using namespace actions;
using support::MemoryDisk;

struct House {
  MemoryDisk disk;
  Program program{disk, "/x/unstick.cgi", {}, {}, {}};
  World world = made();

  World made() {
    disk.put_folder("/state");
    disk.put_file("/x/unstick.ini", "state = /state\n");
    return find_world(program, {});
  }
  std::string issue() { return issue_consent(world, "cache:purge", {{"job", "last"}}, "findings\n1"); }
  // The one consent that is kept.
  Path kept() {
    auto entries = disk.list("/state/plans").value();
    REQUIRE(entries.size() == 1);
    return Path("/state/plans") / entries[0].name;
  }
};

}  // namespace

TEST_CASE("A consent comes back with exactly what was shown") {
  House house;
  std::string code = house.issue();
  CHECK(base::url_encode(code) == code);
  CHECK(code.size() >= 22);
  auto consent = find_consent(house.world, code);
  REQUIRE(consent);
  CHECK(consent->task == "cache:purge");
  CHECK(consent->options == Options{{"job", "last"}});
  CHECK(consent->findings == "findings\n1");
  CHECK_FALSE(consent->expired);
  CHECK_FALSE(consent->used);
}

TEST_CASE("A consent is used once, and answers with what it was used for") {
  House house;
  std::string code = house.issue();
  CHECK(use_consent(house.world, code));
  CHECK_FALSE(use_consent(house.world, code));
  CHECK(find_consent(house.world, code)->used);
  CHECK(find_consent(house.world, code)->answer.empty());
  note_consent_answer(house.world, code, "20261121-093015123-k3v9qa");
  CHECK(find_consent(house.world, code)->answer == "20261121-093015123-k3v9qa");
  CHECK_FALSE(use_consent(house.world, code));
}

TEST_CASE("A consent is over after ten minutes") {
  House house;
  std::string code = house.issue();
  std::string text = house.disk.read(house.kept(), 9999).value();
  auto at = text.find("\"expires\":") + 10;
  auto expires = static_cast<int64_t>(std::stoll(text.substr(at)));
  auto now = platform::unix_seconds(platform::system_clock().now());
  CHECK(expires - now <= 600);
  CHECK(expires - now >= 590);
  text.replace(at, text.find_first_not_of("0123456789", at) - at, std::to_string(now - 1));
  house.disk.put_file(house.kept(), text);
  CHECK(find_consent(house.world, code)->expired);
}

TEST_CASE("What was never issued is no consent") {
  House house;
  std::string code = house.issue();
  for (const std::string& other : {std::string(), code + "a", code.substr(1), std::string("../version"), std::string(100000, 'a')})
    CHECK_FALSE(find_consent(house.world, other));
  CHECK(find_consent(house.world, code));
}

TEST_CASE("The code cannot be read out of the state folder") {
  House house;
  std::string code = house.issue();
  for (const auto& [path, what] : house.disk.tree("/state")) {
    CHECK_FALSE(base::contains(path, code));
    CHECK_FALSE(base::contains(what, code));
  }
  CHECK(house.disk.look(house.kept())->mode == 0600);
}

TEST_CASE("A consent that was damaged is none") {
  for (const char* text : {"", "{", "[]", "null", "{}", "{\"task\":5}", "{\"task\":\"x\",\"options\":7}", "{\"task\":\"x\",\"expires\":\"soon\"}"}) {
    INFO(text);
    House house;
    std::string code = house.issue();
    house.disk.put_file(house.kept(), text);
    std::optional<Consented> consent;
    CHECK_NOTHROW(consent = find_consent(house.world, code));
    if (consent) CHECK((consent->expired || consent->task.empty()));
  }
}

TEST_CASE("Old consents are cleared away when a new one is issued") {
  House house;
  house.issue();
  house.disk.set_changed(house.kept(), std::chrono::system_clock::now() - std::chrono::hours(25));
  std::string code = house.issue();
  CHECK(find_consent(house.world, code));
  house.kept();
}

TEST_CASE("No two codes are the same, and none is there without a state folder") {
  House house;
  std::set<std::string> codes;
  for (int i = 0; i < 100; ++i) codes.insert(house.issue());
  CHECK(codes.size() == 100);
  std::string code = house.issue();
  house.world.state_folder.reset();
  CHECK_FALSE(find_consent(house.world, code));
}
