// SPDX-License-Identifier: GPL-3.0-or-later
// The verb that compares a site with a package: what it says, how it ends, and that it stops.
#include <catch2/catch.hpp>

#include "base/failure.h"
#include "base/text.h"
#include "support/fake_supervisor.h"
#include "support/made_zip.h"
#include "support/temp_folder.h"

namespace {

struct Ground {
  support::TempFolder temp;
  support::FakeSupervisor supervisor{platform::posix_disk(), temp / "kept"};
  std::string package;

  // 20 files in vendor/, one at the top, one of the user's.
  Ground() {
    std::vector<support::MadeEntry> entries = {{"index.php", "front"}, {"config/own.php", "theirs"}};
    for (int i = 10; i < 30; ++i) entries.push_back({"vendor/p/" + std::to_string(i) + ".php", "content " + std::to_string(i)});
    package = temp.write("1.0.zip", support::made_zip(entries));
    for (const auto& entry : entries) temp.write("site/" + entry.name, entry.content);
    temp.write("site/config/own.php", "mine");
  }
  base::Step step() const {
    return {"verify-tree", "", base::Interruption::restart,
            {temp / "site", package, "1.0", "compare every file with 1.0.zip", "to mend it: replace them", "shared config",
             "user config/*", "package vendor"}, {}};
  }
  steps::Outcome run() { return steps::verify_tree(supervisor, step()); }
  bool said(const std::string& line) const { return base::contains("\n" + supervisor.ours, "\n" + line); }
};

}  // namespace

TEST_CASE("A tree that is the package ends well, the owner's files not looked at", "[verify]") {
  Ground ground;
  auto outcome = ground.run();
  CHECK(outcome.exit.good());
  CHECK(outcome.explanation.empty());
  CHECK(ground.said("compare every file with 1.0.zip\n21 of 21 files are byte for byte those of 1.0.zip ("));
  CHECK_FALSE(base::contains(ground.supervisor.ours, "to mend it"));
  CHECK(base::contains(ground.supervisor.ours, "); 1 file of yours not looked at\n"));
}

TEST_CASE("What differs is counted, named and put in words, and the step fails", "[verify]") {
  Ground ground;
  std::string last;
  SECTION("one file") {
    ground.temp.write("site/index.php", "FRONT");
    last = "1 of 21 files differ: the tree is not the release 1.0";
  }
  SECTION("half a folder") {
    for (int i = 10; i < 22; ++i) std::filesystem::remove(ground.temp / ("site/vendor/p/" + std::to_string(i) + ".php"));
    last = "12 of 21 files differ: the tree is not the release 1.0";
  }
  SECTION("a whole folder") {
    std::filesystem::remove_all(ground.temp / "site/vendor");
    last = "20 of 21 files differ: the tree is not the release 1.0";
  }
  SECTION("files of another release, and one left over") {
    for (int i = 10; i < 22; ++i) ground.temp.write("site/vendor/p/" + std::to_string(i) + ".php", "of another");
    ground.temp.write("site/vendor/old.php", "x");
    last = "12 of 21 files differ, and 1 should not be there: the tree is not the release 1.0";
  }
  SECTION("only one left over") {
    ground.temp.write("site/vendor/old.php", "x");
    last = "1 should not be there: the tree is not the release 1.0";
  }
  auto outcome = ground.run();
  CHECK(outcome.exit.code == 1);
  CHECK(outcome.explanation == last);
  CHECK(ground.said("to mend it: replace them\n"));
  CHECK(ground.said("! half-copied vendor: 12 of 20 files are not there") == (last.starts_with("12") && !base::contains(last, "and")));
  CHECK(ground.said("! vendor is missing as a whole") == last.starts_with("20"));
  CHECK(ground.said("! mixed versions: 12 files ") == base::contains(last, "12 of 21 files differ, and"));
}

TEST_CASE("Many differences are named up to twenty of a kind", "[verify]") {
  Ground ground;
  std::vector<support::MadeEntry> entries;
  for (int i = 100; i < 150; ++i) entries.push_back({"lib/" + std::to_string(i), "x"});
  ground.package = ground.temp.write("1.0.zip", support::made_zip(entries));
  ground.temp.write("site/lib/own", "x");
  CHECK(ground.run().exit.code == 1);
  CHECK(ground.said("missing:\n  lib/100\n"));
  CHECK(ground.said("  lib/119\n  and 30 more\n"));
}

TEST_CASE("It stops when it is asked to", "[verify]") {
  Ground ground;
  ground.supervisor.stop = [] { return true; };
  CHECK(ground.run().stopped);
}

TEST_CASE("A package that is gone, and rules that are none, are said", "[verify]") {
  Ground ground;
  SECTION("gone") { std::filesystem::remove(ground.package); }
  SECTION("cut off") { std::filesystem::resize_file(ground.package, 100); }
  CHECK_THROWS_AS(ground.run(), base::Failure);
}
