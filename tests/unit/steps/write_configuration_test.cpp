// SPDX-License-Identifier: GPL-3.0-or-later
// A configuration file is the old one or the new one, whatever goes wrong, and can be brought back.
#include <catch2/catch.hpp>

#include "base/failure.h"
#include "steps/configuration.h"
#include "support/cut_sweep.h"
#include "support/fake_supervisor.h"

namespace {

using support::Cut;
using support::FakeSupervisor;
using support::FaultyDisk;
using support::MemoryDisk;
using support::Tree;

const std::string kOld = "<?php $parameters = array('a' => '%x%', 'db_password' => 'p');";
const std::string kNew = "<?php $parameters = array('a' => '%%x%%', 'db_password' => 'p');";

struct Site {
  MemoryDisk memory;
  FaultyDisk faulty{memory};
  FakeSupervisor supervisor{faulty, "/home/.unstick/kept/JOB"};
  base::Step step;

  Site() {
    memory.put_folder("/home/.unstick/kept/JOB/swap");
    memory.put_folder("/home/.unstick/jobs/JOB");
    memory.put_file("/site/config/local.php", kOld);
    step = {"write-configuration", "", base::Interruption::restart,
            {"/site", "/site/config/local.php", platform::fingerprint(*memory.look("/site/config/local.php")), "420", "tried", "percent", "a"}, {}};
  }
  FaultyDisk& disk() { return faulty; }
  void run() {
    steps::keep_configuration(supervisor, {"", "", base::Interruption::restart, {"/site/config/local.php"}, {}});
    steps::write_configuration(supervisor, step);
  }
  Tree site() const { return memory.tree("/site"); }
  std::string text() { return memory.read("/site/config/local.php", 999).value_or(""); }
};

std::string failure_of(Site& site) {
  try {
    site.run();
  } catch (const base::Failure& failure) {
    return failure.full();
  }
  return "";
}

}  // namespace

TEST_CASE("The new text takes the file's place, and the former one stays beside it where no server gives it out") {
  Site site;
  Tree before = site.site();
  site.run();
  CHECK(site.text() == kNew);
  CHECK(site.memory.read("/site/config/local.php.unstick-JOB.php", 999) == kOld);
  steps::configuration_back(site.supervisor, "JOB");
  CHECK(site.site() == before);
}

TEST_CASE("What the database does not answer to, or was changed since the plan, is not used") {
  Site site;
  Tree before = site.site();
  SECTION("the database does not answer") {
    site.supervisor.wrong_configuration = "Access denied";
    CHECK(failure_of(site) == "the new configuration was tried, and not used: Access denied");
  }
  SECTION("the file is another one") {
    site.step.words[2] = "another";
    CHECK(failure_of(site) == "/site/config/local.php is not as it was when the plan was made - ask for the plan again");
  }
  SECTION("an edit that nobody knows") {
    site.step.words[5] = "conjure";
    CHECK(failure_of(site) != "");
  }
  CHECK(site.site() == before);
}

TEST_CASE("Values come from another file, from the database and from chance, and none stands in the plan") {
  Site site;
  site.memory.put_file("/site/config/local.php.bak", "<?php $parameters = array('secret_key' => 'k');");
  site.supervisor.target = {"db.example.com", 3307, "", "crm", "jane", "100%sure%"};
  auto& words = site.step.words;
  for (std::string word : {"take", "secret_key", "/site/config/local.php.bak"}) words.push_back(word);
  words.push_back(platform::fingerprint(*site.memory.look("/site/config/local.php.bak")));
  for (std::string word : {"database", "db_password", "password", "database", "db_port", "port", "random", "chance", "4", "set", "b", "c"}) words.push_back(word);
  site.run();
  CHECK(site.text().find("'secret_key' => 'k'") != std::string::npos);
  CHECK(site.text().find("'db_password' => '100%%sure%%'") != std::string::npos);
  CHECK(site.text().find("'db_port' => 3307") != std::string::npos);
  CHECK(site.text().find("'b' => 'c'") != std::string::npos);
  auto chance = site.text().find("'chance' => '");
  REQUIRE(chance != std::string::npos);
  CHECK(site.text().find("'", chance + 13) == chance + 13 + 8);
}

TEST_CASE("Writing the configuration leaves the old file or the new one wherever it is cut, goes on, and goes back") {
  Tree before = Site().site();
  support::sweep([] { return std::make_unique<Site>(); }, [&](Site& site, const Cut&) {
    CHECK((site.text() == kOld || site.text() == kNew));
    site.run();
    CHECK(site.text() == kNew);
    site.supervisor.begun = {{"keep-configuration", "", base::Interruption::restart, {"/site/config/local.php"}, {}}, site.step};
    steps::take_back(site.supervisor);
    CHECK(site.site() == before);
  });
}
