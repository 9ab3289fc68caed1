// SPDX-License-Identifier: GPL-3.0-or-later
// The configuration that a database's step changed or moved comes back, whatever goes wrong; and forth again.
#include <catch2/catch.hpp>

#include "steps/configuration.h"
#include "support/cut_sweep.h"
#include "support/fake_supervisor.h"

namespace {

using support::Cut;
using support::FakeSupervisor;
using support::FaultyDisk;
using support::MemoryDisk;
using support::Tree;

base::Step step_of(const std::vector<std::string>& words) { return {"", "", base::Interruption::restart, words, {}}; }

// A site of 4, whose migrations to 5 move local.php.
struct Site {
  MemoryDisk memory;
  FaultyDisk faulty{memory};
  FakeSupervisor supervisor{faulty, "/home/.unstick/kept/JOB"};

  Site() {
    memory.put_folder("/home/.unstick/kept/JOB/swap");
    memory.put_folder("/site/config");
    memory.put_file("/site/app/config/local.php", "<?php // of 4");
    memory.put_file("/site/app/config/other_local.php", "<?php // not changed");
  }
  FaultyDisk& disk() { return faulty; }
  void keep() {
    steps::keep_configuration(supervisor, step_of({"/site/app/config/local.php", "/site/app/config/other_local.php", "/site/config/local.php"}));
  }
  void migrate() {
    memory.remove_file("/site/app/config/local.php");
    memory.put_file("/site/config/local.php", "<?php // of 5");
  }
  Tree site() const { return memory.tree("/site"); }
};

struct Kept : Site {
  void run() { keep(); }
};
struct GoingBack : Site {
  GoingBack() { keep(), migrate(), faulty.mend(); }
  void run() { steps::configuration_back(supervisor, "JOB"); }
};
struct GoingForth : GoingBack {
  GoingForth() { GoingBack::run(), faulty.mend(); }
  void run() { steps::configuration_forth(supervisor, "JOB"); }
};

}  // namespace

TEST_CASE("The configuration is where it was and what it was before the database's step, and what it became is kept") {
  Site site;
  Tree before = site.site();
  site.keep();
  CHECK(site.site() == before);
  site.migrate();
  Tree after = site.site();
  steps::return_configuration(site.supervisor, step_of({"JOB"}));
  CHECK(site.site() == before);
  CHECK(site.supervisor.ours ==
        "/site/app/config/local.php is as it was before; what it was just now is kept\n"
        "/site/config/local.php is as it was before; what it was just now is kept\n");
  CHECK(site.memory.read("/home/.unstick/kept/JOB/swap/configuration-after/2", 99) == "<?php // of 5");
  steps::configuration_forth(site.supervisor, "JOB");
  CHECK(site.site() == after);
}

TEST_CASE("A job that kept no configuration gives none back") {
  Site site;
  Tree before = site.site();
  steps::return_configuration(site.supervisor, step_of({"JOB"}));
  steps::configuration_forth(site.supervisor, "JOB");
  CHECK(site.site() == before);
  CHECK(site.supervisor.ours.empty());
}

TEST_CASE("Keeping the configuration changes nothing in the site wherever it is cut, and is begun anew") {
  Tree before = Site().site();
  support::sweep([] { return std::make_unique<Kept>(); }, [&](Kept& site, const Cut&) {
    CHECK(site.site() == before);
    site.run();
    site.migrate();
    steps::configuration_back(site.supervisor, "JOB");
    CHECK(site.site() == before);
  });
}

TEST_CASE("Going back and forth is gone on with wherever it was cut") {
  Tree before = Site().site();
  support::sweep([] { return std::make_unique<GoingBack>(); }, [&](GoingBack& site, const Cut&) {
    site.run();
    CHECK(site.site() == before);
    CHECK(site.memory.read("/home/.unstick/kept/JOB/swap/configuration-after/2", 99) == "<?php // of 5");
  });
  Tree after = GoingBack().site();
  support::sweep([] { return std::make_unique<GoingForth>(); }, [&](GoingForth& site, const Cut&) {
    site.run();
    CHECK(site.site() == after);
  });
}
