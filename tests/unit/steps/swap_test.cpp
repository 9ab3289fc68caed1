// SPDX-License-Identifier: GPL-3.0-or-later
// Closing, exchanging files, purging and opening as one job does it: cut at any call, and at any call of taking it back, the site is
// the old tree or the new one, and open.
#include "steps/swap.h"

#include <catch2/catch.hpp>

#include "steps/closing.h"
#include "support/cut_sweep.h"
#include "support/fake_supervisor.h"

namespace {

using namespace steps;
using base::Interruption;
using support::Cut;
using support::FakeSupervisor;
using support::FaultyDisk;
using support::MemoryDisk;
using support::Tree;

const std::string kJob = "20261121-093015123-k3v9qa";
const std::string kStaged = "/state/staged/" + kJob + "/";

struct Site {
  MemoryDisk memory;
  FaultyDisk faulty{memory};
  FakeSupervisor supervisor{faulty, "/state/kept/" + kJob};
  std::vector<base::Step> steps;

  Site() {
    memory.put_folder("/state/kept");
    memory.put_file("/state/secret", std::string(32, 's'), 0600);
    for (const char* file : {"index.php", "upgrade.php", "bin/console", "app/a.php", "app/old/b.php", "plugins/Gone/c.php", "shop/own.php",
                             "config/local.php"})
      memory.put_file(platform::Path("/site") / file, std::string("old ") + file);
    memory.put_file("/site/.htaccess", "old rules\nAddHandler application/x-httpd-php82 .php\n");
    memory.put_file("/site/var/cache/prod/x.php", "cache");
    for (const char* file : {"index.php", "bin/console", "app/a.php", "app/new/d.php", "config/local.php"})
      memory.put_file(kStaged + file, std::string("new ") + file);
    memory.put_file(kStaged + ".htaccess", "new rules\n");
    memory.put_file(kStaged + "deleted.txt", R"(["plugins/Gone/c.php", "config/local.php", "../state/secret"])");
    steps = {{"close-site", "", Interruption::restart, {"", "/site/bin/console", "/site/index.php", "/site/upgrade.php"}, {}},
             {"swap-files", "", Interruption::cursor, {"/site", "", "deleted.txt", "shared bin", "package app", "package upgrade.php",
                                                       "shared plugins", "user config"}, {}},
             {"set-folders-aside", "", Interruption::restart, {"/site/var/cache/prod"}, {}},
             {"open-site", "", Interruption::restart, {}, {}, true}};
  }
  FaultyDisk& disk() { return faulty; }
  Tree tree() const { return memory.tree("/site"); }
  std::string text(const std::string& file) { return memory.read("/site/" + file, 1000).value_or("(nothing)"); }
  bool closed() { return memory.look("/state/closed").has_value(); }

  // As the runner does; `from` is where the journal stands. Returns whether all went well; stops at a step that is to be resumed.
  bool run(size_t from = 0) {
    bool good = true;
    for (size_t i = from; i < steps.size(); ++i) {
      if (!good && !steps[i].always) continue;
      at = i;
      if (supervisor.begun.size() <= i) supervisor.begun.push_back(steps[i]);
      Outcome outcome = one(steps[i]);
      if ((stopped = outcome.stopped)) return false;
      good = good && outcome.exit.good();
    }
    at = steps.size();
    return good;
  }
  Outcome one(const base::Step& step) {
    try {
      return find_verb(step.verb)(supervisor, step);
    } catch (const base::Failure& failure) {
      return {{1, 0}, false, failure.full()};
    }
  }
  size_t at = 0;  // the step
  bool stopped = false;
};

struct Replacing : Site {
  void run() { Site::run(); }
};

// All is done, and the job then takes it back.
struct GoingBack : Site {
  GoingBack() { Site::run(), faulty.mend(); }
  void run() { take_back(supervisor); }
};

Tree without_cache(Tree tree) {
  std::erase_if(tree, [](const auto& entry) { return entry.first.find("/var/cache") != std::string::npos; });
  return tree;
}

const Tree& old_tree() {
  static const Tree tree = Site().tree();
  return tree;
}

const Tree& new_tree() {
  static const Tree tree = [] {
    Site site;
    REQUIRE(site.run());
    return site.tree();
  }();
  return tree;
}

}  // namespace

TEST_CASE("Files are exchanged while the site is closed, the user's and the host's lines stay") {
  Site site;
  REQUIRE(site.run());
  CHECK(site.text("index.php") == "new index.php");
  CHECK(site.text("bin/console") == "new bin/console");
  CHECK(site.text("app/new/d.php") == "new app/new/d.php");
  CHECK(site.text("config/local.php") == "old config/local.php");
  CHECK(site.text("shop/own.php") == "old shop/own.php");
  CHECK(site.text(".htaccess").starts_with("new rules\n"));
  CHECK(site.text(".htaccess").find("AddHandler application/x-httpd-php82 .php") != std::string::npos);
  for (const char* gone : {"upgrade.php", "app/old", "plugins/Gone/c.php", "var/cache/prod"}) CHECK_FALSE(site.memory.look(std::string("/site/") + gone));
  CHECK_FALSE(site.closed());
  for (const auto& [path, what] : site.tree()) CHECK(path.find(".unstick") == std::string::npos);
}

TEST_CASE("Taken back, the site is what it was, its caches too") {
  GoingBack site;
  REQUIRE(site.tree() == new_tree());
  site.run();
  CHECK(site.tree() == old_tree());
  CHECK_FALSE(site.closed());
}

TEST_CASE("Cut at any call, a job ends in the new tree or the old one, and the site can be opened") {
  size_t calls = support::sweep([] { return std::make_unique<Replacing>(); }, [](Replacing& site, const Cut& cut) {
    bool interrupted = cut.ended == support::Ended::death || site.stopped;
    if (interrupted && cut.call % 2 == 0) {
      take_back(site.supervisor);
      CHECK(site.tree() == old_tree());
    } else if (interrupted) {
      CHECK(site.Site::run(site.at));
      CHECK(site.tree() == new_tree());
    } else {
      // The job is over, on a disk that failed to its end: job:unlock opens what it left closed. A cache may be as it was.
      if (site.closed()) open_again(site.supervisor);
      auto files = without_cache(site.tree());
      CHECK((files == without_cache(new_tree()) || files == without_cache(old_tree())));
    }
    CHECK_FALSE(site.closed());
  }, {0, ENOSPC, EDQUOT, EACCES, EXDEV, EIO});
  CHECK(calls > 50);
}

TEST_CASE("Cut at any call of taking it back, it is gone on with") {
  size_t calls = support::sweep([] { return std::make_unique<GoingBack>(); }, [](GoingBack& site, const Cut&) {
    take_back(site.supervisor);
    CHECK(site.tree() == old_tree());
    CHECK_FALSE(site.closed());
  });
  CHECK(calls > 40);
}
