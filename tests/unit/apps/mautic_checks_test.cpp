// SPDX-License-Identifier: GPL-3.0-or-later
// Doctor's checks read: on a disk that refuses every change each of them comes to its end, on a whole tree and on a broken one.
#include <unistd.h>

#include <catch2/catch.hpp>

#include "apps/checks.h"
#include "apps/mautic/checks.h"
#include "apps/mautic/mautic.h"
#include "base/failure.h"
#include "support/fake_disk.h"
#include "support/read_only_disk.h"

namespace {

using namespace apps;

const std::string kRoot = "/home/u/site/";

struct Patient {
  support::MemoryDisk memory;
  support::ReadOnlyDisk disk{memory};

  Patient() {
    put("app/release_metadata.json", R"({"version": "5.1.0", "minimum_php_version": "8.0.2", "maximum_php_version": "8.2.99"})");
    for (const char* file : {"index.php", "autoload.php", "bin/console", "app/AppKernel.php", "app/config/config.php", "media/css/app.css",
                             "media/css/libraries.css", "media/js/app.js", "media/js/libraries.js", "app/bundles/CoreBundle/a.php"})
      put(file, "<?php");
    put("config/local.php", "<?php\n$parameters = array(\n\t'db_driver' => 'pdo_mysql',\n\t'site_url' => 'http://127.0.0.1:1',\n);\n");
  }
  void put(const std::string& name, const std::string& text) { memory.put_file(kRoot + name, text); }

  std::vector<std::string> found() {
    auto site = mautic::recognise(disk, kRoot);
    REQUIRE(site);
    Given given;
    given.access_problem = "no database here";
    Examination examination(disk, *site, given);
    std::vector<std::string> all;
    for (auto table : {general_checks(), mautic::checks()})
      for (const Check& check : table) {
        INFO(check.id);
        try {
          if (check.needs == Needs::php) continue;
          all.insert(all.end(), check.look(examination).found.size(), std::string(check.id));
        } catch (const base::Failure& failure) {
          CHECK(std::string(failure.what()) != "something was to be changed that is only read");
        }
      }
    CHECK(disk.changes == 0);
    return all;
  }
};

bool holds(const std::vector<std::string>& all, const std::string& id) { return std::find(all.begin(), all.end(), id) != all.end(); }

}  // namespace

TEST_CASE("every check comes to its end without changing a byte") {
  Patient patient;
  auto whole = patient.found();

  SECTION("a container that another release built") {
    CHECK_FALSE(holds(whole, "cache.container"));
    patient.put("var/cache/prod/AppKernelProdContainer.php", "<?php\nif (!include __DIR__.'/ContainerAbc1234/AppKernelProdContainer.php') {\n");
    patient.put("var/cache/prod/ContainerAbc1234/AppKernelProdContainer.php", "<?php\n$instance->setVersion($this->getEnv('X'), '5.0.3');\n");
    CHECK(holds(patient.found(), "cache.container"));
    patient.put("var/cache/prod/ContainerAbc1234/AppKernelProdContainer.php", "<?php\n$instance->setVersion($this->getEnv('X'), '5.1.0');\n");
    CHECK_FALSE(holds(patient.found(), "cache.container"));
  }
  SECTION("a container whose code is gone") {
    patient.put("var/cache/prod/AppKernelProdContainer.php", "<?php\nif (!include __DIR__.'/ContainerAbc1234/AppKernelProdContainer.php') {\n");
    CHECK(holds(patient.found(), "cache.container"));
  }
  SECTION("what updates leave") {
    CHECK_FALSE(holds(whole, "files.upgrade-script"));
    patient.put("upgrade.php", "<?php");
    patient.put("media/generation_in_progress.txt", "");
    auto now = patient.found();
    CHECK(holds(now, "files.upgrade-script"));
    CHECK(holds(now, "files.assets"));
  }
  SECTION("a dump that everybody can download") {
    patient.put("backup.sql.gz", "x");
    patient.put("config/local.php.bak", "<?php");
    CHECK(holds(patient.found(), "site.open-files"));
  }
}
