// SPDX-License-Identifier: GPL-3.0-or-later
// A site is closed and opened again; the sweep shows that no cut leaves an entrance that is neither itself nor the stub.
#include "storage/site_closure.h"

#include <catch2/catch.hpp>

#include <set>

#include "support/cut_sweep.h"
#include "support/temp_folder.h"

namespace {

using namespace storage;
using support::Cut;
using support::Ended;
using support::FaultyDisk;
using support::MemoryDisk;

const std::string kJob = "20261121-093015123-k3v9qa", kOther = "20261121-093015999-aaaaaa";
const std::string kIndex = "/site/index.php", kConsole = "/site/bin/console";
const std::string kMark(kStubMark);
const std::vector<Entrance> kEntrances = {{kIndex, "<?php // " + kMark}, {kConsole, "#!php " + kMark}, {"/site/none.php", kMark},
                                          {"/site/link.php", "link " + kMark}};

struct Site {
  MemoryDisk memory;
  FaultyDisk faulty{memory};
  StateNames state{"/state"};

  Site() {
    memory.put_folder("/state");
    memory.put_file(kIndex, "the front", 0640);
    memory.put_file(kConsole, "the console", 0755);
    memory.put_file("/site/behind.php", "behind", 0644);
    memory.put_link("/site/link.php", "/site/behind.php");
  }
  FaultyDisk& disk() { return faulty; }
  void close(const std::string& job = kJob) { close_site(faulty, state, job, kEntrances); }
  std::vector<Taken> open(const std::string& job = kJob) { return open_site(faulty, state, job); }
  std::string text(const std::string& file) { return memory.read(file, 100).value_or("(nothing)"); }
};

support::Tree open_tree() { return Site().memory.tree("/site"); }

struct Closing : Site {
  void run() { close(); }
};
struct Opening : Site {
  Opening() { close(), faulty.mend(); }
  void run() { open(); }
};

// Where no file can have a second name; a copy that is killed is cut off.
class CopyingDisk final : public support::PassingDisk {
 public:
  using PassingDisk::PassingDisk;
  void duplicate(const Path& from, const Path& to) override {
    if (under_.look(from)->kind != platform::Kind::file) return under_.duplicate(from, to);  // links have second names everywhere
    std::string whole = under_.read(from, 1 << 20).value();
    under_.create(to, whole, 0600);
  }
};
struct CopyingClosing : Site {
  CopyingDisk copying{faulty};
  CopyingClosing() { close(), memory.put_file(kIndex, "uploaded", 0640), faulty.mend(); }
  void close() { close_site(copying, state, kJob, kEntrances); }
  void run() { close(); }
};

void check_entrances(Site& site) {
  CHECK((site.text(kIndex) == "the front" || site.text(kIndex) == kEntrances[0].stub));
  CHECK((site.text(kConsole) == "the console" || site.text(kConsole) == kEntrances[1].stub));
}

void check_opens(Site& site) {
  site.open();
  CHECK(site.memory.tree("/site") == open_tree());
  CHECK(site.memory.look(kIndex)->mode == 0640);
  CHECK_FALSE(closed_by(site.memory, site.state));
}

}  // namespace

TEST_CASE("A closed site says so at each entrance, and the files wait beside under names that nobody can guess") {
  Site site;
  site.close();
  CHECK(site.text(kIndex) == kEntrances[0].stub);
  CHECK(site.text(kConsole) == kEntrances[1].stub);
  CHECK(closed_by(site.memory, site.state) == kJob);
  auto aside = behind_stub(site.memory, site.state, kJob, kConsole);
  CHECK(aside.parent_path() == "/site/bin");
  CHECK(aside.filename().native().size() > 30);
  CHECK(aside.filename().native().ends_with("-console"));
  CHECK(site.text(aside.native()) == "the console");
  CHECK(site.memory.look(aside)->mode == 0755);
  CHECK(behind_stub(site.memory, site.state, kOther, kConsole) == kConsole);
  site.close();
  CHECK(behind_stub(site.memory, site.state, kJob, kConsole) == aside);
  check_opens(site);
  CHECK(behind_stub(site.memory, site.state, kJob, kConsole) == kConsole);
}

TEST_CASE("The file behind a stub is found by whoever knows nothing of the state folder") {
  Site site;
  CHECK_FALSE(file_behind(site.memory, kIndex));
  site.close();
  auto aside = file_behind(site.memory, kIndex);
  REQUIRE(aside);
  CHECK(site.text(aside->native()) == "the front");
  CHECK(file_behind(site.memory, kConsole) == behind_stub(site.memory, site.state, kJob, kConsole));
  site.memory.remove_file(*aside);
  CHECK_FALSE(file_behind(site.memory, kIndex));
}

TEST_CASE("However many entrances a site has, it is opened again") {
  Site site;
  std::vector<Entrance> many;
  for (int i = 0; i < 2000; ++i) {
    many.push_back({"/site/modules/gateways/callback/gateway" + std::to_string(i) + ".php", "<?php // " + kMark + std::string(1400, 'x')});
    site.memory.put_file(many.back().file, "callback");
  }
  auto before = site.memory.tree("/site");
  CHECK(close_site(site.memory, site.state, kJob, many).size() == many.size());
  CHECK(closed_by(site.memory, site.state) == kJob);
  CHECK(site.open().empty());
  CHECK(site.memory.tree("/site") == before);
}

TEST_CASE("A list that would not be read again closes nothing") {
  Site site;
  std::vector<Entrance> many;
  for (int i = 0; i < 20; ++i) {
    many.push_back({"/site/" + std::to_string(i) + ".php", std::to_string(i) + kMark + std::string(1 << 20, 'x')});
    site.memory.put_file(many.back().file, "page");
  }
  auto before = site.memory.tree("/site");
  CHECK_THROWS_WITH(close_site(site.memory, site.state, kJob, many), Catch::Contains("too many entrances"));
  CHECK(site.memory.tree("/site") == before);
  CHECK_FALSE(closed_by(site.memory, site.state));
}

TEST_CASE("What a former release closed is opened, though its list held each stub's text") {
  Site site;
  site.close();
  auto aside = behind_stub(site.memory, site.state, kJob, kIndex);
  site.memory.put_file(site.state.closed(), R"({"job":")" + kJob + R"(","entrances":[{"file":")" + kIndex + R"(","aside":")" + aside.native() +
                                                R"(","stub":")" + kEntrances[0].stub + R"(","goes":false}]})");
  CHECK(site.open().empty());
  CHECK(site.text(kIndex) == "the front");
  CHECK_FALSE(closed_by(site.memory, site.state));
}

TEST_CASE("Without its list a site is opened by the names of what waits") {
  Site site;
  site.close();
  site.memory.put_file(site.state.closed(), "{");
  CHECK_FALSE(is_list_readable(site.memory, site.state));
  CHECK_THROWS_WITH(closed_by(site.memory, site.state), Catch::Contains("cannot be read"));
  std::vector<Path> names;
  for (const auto& entrance : kEntrances) names.push_back(entrance.file);
  CHECK(open_by_names(site.memory, site.state, names).left.empty());
  check_opens(site);
}

TEST_CASE("A site that was moved while it was closed is not said to be open, and is opened by names where it lies") {
  Site site;
  site.close();
  site.memory.rename("/site", "/moved");
  CHECK_THROWS_WITH(site.open(), Catch::Contains("are gone: /site"));
  CHECK(closed_by(site.memory, site.state) == kJob);
  auto opened = open_by_names(site.memory, site.state, {"/moved/index.php", "/moved/bin/console", "/moved/none.php", "/moved/link.php"});
  CHECK(opened.files == std::vector<Path>{"/moved/index.php", "/moved/bin/console", "/moved/link.php"});
  CHECK(opened.left.empty());
  CHECK_FALSE(closed_by(site.memory, site.state));
  site.memory.rename("/moved", "/site");
  CHECK(site.memory.tree("/site") == open_tree());
}

TEST_CASE("Opening by names keeps the list as long as something of it is closed, and tells what nothing waits beside") {
  Site site;
  site.close();
  site.memory.remove_file(behind_stub(site.memory, site.state, kJob, kIndex));
  auto opened = open_by_names(site.memory, site.state, {kIndex, kConsole});
  CHECK(opened.files == std::vector<Path>{kConsole});
  CHECK(opened.left == std::vector<Path>{kIndex});
  CHECK(closed_by(site.memory, site.state) == kJob);
  site.memory.put_file(kIndex, "uploaded again");
  open_by_names(site.memory, site.state, {kIndex, kConsole, "/site/link.php"});
  CHECK_FALSE(closed_by(site.memory, site.state));
}

TEST_CASE("A stub tells its job, and of what waits beside it the newest counts") {
  Site site;
  CHECK(job_of_stub(site.memory, kIndex).empty());
  site.memory.put_file(kIndex, "<?php /* " + kMark + kJob + ". */");
  CHECK(job_of_stub(site.memory, kIndex) == kJob);
  const auto now = std::chrono::system_clock::now();
  for (auto [digit, age] : {std::pair('a', 2), std::pair('b', 1), std::pair('c', 3)}) {
    const std::string aside = "/site/.unstick-" + std::string(26, digit) + "-index.php";
    site.memory.put_file(aside, std::string(1, digit));
    site.memory.set_changed(aside, now - std::chrono::hours(age));
  }
  site.memory.put_file("/site/.unstick-" + std::string(18, 'a') + "-abcdefg-index.php", "a former one of another file");
  REQUIRE(file_behind(site.memory, kIndex));
  CHECK(site.text(file_behind(site.memory, kIndex)->native()) == "b");
}

TEST_CASE("A site that another job closed is not closed a second time") {
  Site site;
  site.close(kOther);
  CHECK_THROWS_AS(site.close(), base::Failure);
  CHECK(site.open().empty());
  CHECK(closed_by(site.memory, site.state) == kOther);
  site.open(kOther);
  CHECK(site.memory.tree("/site") == open_tree());
}

TEST_CASE("A stub that this state folder knows nothing of is never taken for the application's file") {
  Site site;
  site.close();
  StateNames other("/other");
  site.memory.put_folder("/other");
  CHECK_THROWS_WITH(close_site(site.memory, other, kOther, kEntrances), Catch::Contains("is the stub of another job"));
  CHECK_FALSE(closed_by(site.memory, other));
  check_opens(site);
}

TEST_CASE("What waits beside an entrance over which something was uploaded is kept when the site is closed once more") {
  Site site;
  site.close();
  site.memory.put_file(kIndex, "<?php // cut off upl");
  site.close();
  CHECK(site.text(kIndex) == kEntrances[0].stub);
  auto taken = site.open();
  REQUIRE(taken.size() == 1);
  CHECK(taken[0].file == kIndex);
  CHECK(site.text(taken[0].former.native()) == "the front");
  CHECK(site.memory.look(taken[0].former)->mode == 0640);
  CHECK(site.text(kIndex) == "<?php // cut off upl");
  CHECK(site.memory.tree("/site").size() == open_tree().size() + 1);
}

TEST_CASE("What was uploaded over a stub, and is what waits beside it, is not kept twice") {
  Site site;
  site.close();
  site.memory.put_file(kIndex, "the front", 0640);
  SECTION("opened") {}
  SECTION("closed once more") { site.close(); }
  check_opens(site);
}

TEST_CASE("Closing over what was uploaded, cut at any call, loses neither it nor what waited") {
  auto check = [](CopyingClosing& site) {
    auto taken = site.open();
    std::set<std::string> kept = {site.text(kIndex)};
    for (const auto& [path, what] : site.memory.tree("/site"))
      if (what.starts_with("file ")) kept.insert(what.substr(5));
    CHECK(site.text(kIndex) == "uploaded");
    CHECK(kept.count("the front") == 1);
    CHECK(site.text(kConsole) == "the console");
    REQUIRE(taken.size() == 1);
    CHECK(site.text(taken[0].former.native()) == "the front");
    CHECK(site.memory.tree("/site").size() == open_tree().size() + 1);
    CHECK_FALSE(closed_by(site.memory, site.state));
  };
  support::sweep([] { return std::make_unique<CopyingClosing>(); }, [&](CopyingClosing& site, const Cut&) { check(site); });
  support::sweep([] { return std::make_unique<CopyingClosing>(); },
                 [&](CopyingClosing& site, const Cut&) {
                   site.close();
                   CHECK(site.text(kIndex) == kEntrances[0].stub);
                   check(site);
                 });
}

TEST_CASE("A link at an entrance is closed like a file, and is a link again") {
  Site site;
  site.close();
  CHECK(site.memory.look("/site/link.php")->kind == platform::Kind::file);
  CHECK(site.text("/site/behind.php") == "behind");
  site.open();
  CHECK(site.memory.look("/site/link.php")->kind == platform::Kind::symlink);
}

TEST_CASE("An entrance that two names lead to is closed once, and found behind either") {
  support::TempFolder temp;
  temp.write("site/crons/cron.php", "the cron");
  temp.make_folder("state");
  std::filesystem::create_symlink(temp / "site", temp / "other");
  auto& disk = platform::posix_disk();
  const StateNames state{temp / "state"};
  const Path direct = temp / "site/crons/cron.php", linked = temp / "other/crons/cron.php";
  CHECK(close_site(disk, state, kJob, {{linked, "console " + kMark}, {direct, "page " + kMark}}) == std::vector<Path>{linked});
  for (const Path& name : {direct, linked}) CHECK(disk.read(behind_stub(disk, state, kJob, name), 100) == "the cron");
  CHECK(open_site(disk, state, kJob).empty());
  CHECK(disk.read(direct, 100) == "the cron");
  CHECK(disk.list(temp / "site/crons")->size() == 1);
}

TEST_CASE("A newer file at an entrance stays, and the former one is kept beside it") {
  Site site;
  site.close();
  site.memory.put_file(kIndex, "the next release's front");
  auto taken = site.open();
  REQUIRE(taken.size() == 1);
  CHECK(taken[0].file == kIndex);
  CHECK(site.text(taken[0].former.native()) == "the front");
  CHECK(site.text(kIndex) == "the next release's front");
  CHECK(site.text(kConsole) == "the console");
  CHECK(site.memory.tree("/site").size() == open_tree().size() + 1);
}

TEST_CASE("How many entrances are stubs still, and how many were replaced, is counted") {
  Site site;
  CHECK(standing(site.memory, site.state, kJob).stubs == 0);
  site.close();
  CHECK(standing(site.memory, site.state, kJob).stubs == 3);
  site.memory.put_file(kIndex, "uploaded");
  CHECK(standing(site.memory, site.state, kJob).stubs == 2);
  CHECK(standing(site.memory, site.state, kJob).replaced == 1);
  CHECK(standing(site.memory, site.state, kOther).stubs == 0);
}

TEST_CASE("An entrance whose file is gone is told, and the others are opened") {
  Site site;
  site.close();
  site.memory.remove_file(behind_stub(site.memory, site.state, kJob, kIndex));
  CHECK_THROWS_AS(site.open(), base::Failure);
  CHECK(site.text(kConsole) == "the console");
  CHECK(closed_by(site.memory, site.state) == kJob);
}

TEST_CASE("Closing that is cut at any call can be opened, or gone on with") {
  support::sweep([] { return std::make_unique<Closing>(); },
                 [](Closing& site, const Cut&) {
                   check_entrances(site);
                   check_opens(site);
                 });
  support::sweep([] { return std::make_unique<Closing>(); },
                 [](Closing& site, const Cut&) {
                   site.close();
                   CHECK(site.text(kConsole) == kEntrances[1].stub);
                   check_opens(site);
                 });
}

TEST_CASE("Opening that is cut at any call can be gone on with") {
  support::sweep([] { return std::make_unique<Opening>(); },
                 [](Opening& site, const Cut&) {
                   check_entrances(site);
                   check_opens(site);
                 });
}
