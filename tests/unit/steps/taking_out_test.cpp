// SPDX-License-Identifier: GPL-3.0-or-later
// What is in a site's way is moved out and kept, whatever goes wrong on the way, and comes back.
#include <catch2/catch.hpp>

#include "base/text.h"
#include "steps/taking_out.h"
#include "support/cut_sweep.h"
#include "support/fake_supervisor.h"

namespace {

using support::Cut;
using support::FakeSupervisor;
using support::FaultyDisk;
using support::MemoryDisk;
using support::Tree;

const platform::Path kKept = "/home/.unstick/kept/JOB";
const std::vector<std::string> kInTheWay = {"/site/upgrade.php", "/site/odd %\nname", "/site/upgrade"};

struct Site {
  MemoryDisk memory;
  FaultyDisk faulty{memory};
  FakeSupervisor supervisor{faulty, kKept};
  Tree before;

  Site() {
    memory.put_folder("/home/.unstick");
    memory.put_file("/site/index.php", "front");
    memory.put_file(kInTheWay[0], "drives updates");
    memory.put_file(kInTheWay[1], "odd");
    memory.put_file(kInTheWay[2] + "/app/new.php", "new");
    before = site();
  }
  FaultyDisk& disk() { return faulty; }
  Tree site() const { return memory.tree("/site"); }
  void run() { steps::take_out(supervisor, {"", "", base::Interruption::restart, kInTheWay, {}}); }
  void back() { steps::return_taken(supervisor, {"", "", base::Interruption::restart, {"JOB"}, {}}); }
};

}  // namespace

TEST_CASE("What is in the way is out of the site, and comes back as it was") {
  Site site;
  site.run();
  CHECK(site.site().size() == 1);
  CHECK(site.memory.read("/site/index.php", 100) == "front");
  site.run();
  site.back();
  CHECK(site.site() == site.before);
  site.back();
  CHECK(site.site() == site.before);
}

TEST_CASE("What lies in its place by then stays, and what was there is kept on") {
  Site site;
  site.run();
  site.memory.put_file(kInTheWay[0], "another");
  site.back();
  CHECK(site.memory.read(kInTheWay[0], 100) == "another");
  CHECK(base::contains(site.supervisor.ours, "something else lies there by now"));
  CHECK(site.memory.read(kKept / "taken-out/0", 100) == "drives updates");
}

TEST_CASE("Wherever taking out is cut nothing is lost, and it can be gone on with or taken back") {
  support::sweep([] { return std::make_unique<Site>(); }, [](Site& site, const Cut& cut) {
    if (cut.call % 2 == 0) site.run();
    site.back();
    CHECK(site.site() == site.before);
    site.run();
    CHECK(site.site().size() == 1);
  });
}
