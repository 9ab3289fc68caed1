// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/permissions.h"

#include <catch2/catch.hpp>

#include "base/text.h"
#include "support/cut_sweep.h"
#include "support/fake_supervisor.h"

namespace {

using platform::Kind;
using support::FaultyDisk;
using support::MemoryDisk;

const platform::Path kKept = "/home/.unstick/kept/20261121-093015123-k3v9qa";
constexpr uid_t kStranger = 4711;

struct Site {
  MemoryDisk memory;
  FaultyDisk faulty{memory};
  support::FakeSupervisor supervisor{faulty, kKept};

  Site() {
    memory.put_folder("/home/.unstick");
    memory.put_file("/site/index.php", "x", 0666);
    memory.put_file("/site/app/a b.php", "x", 0000);
    memory.put_file("/site/media/files/x", "x", 0644);
    memory.put_folder("/site/media/open", 0777);
    memory.put_link("/site/link", "/site/media/open");
  }
  FaultyDisk& disk() { return faulty; }
  void run() {
    base::Step step;
    step.words = {"/site", std::to_string(::geteuid()), "written", "/site/media"};
    steps::set_modes(supervisor, step);
  }
  mode_t mode(const char* path) { return memory.look(path)->mode; }
  std::string journal() { return memory.read(kKept / "modes", 1 << 20).value_or(""); }
};

const std::string kWhole = "0000 0644 /site/app/a%20b.php\n";

}  // namespace

TEST_CASE("A mode is changed only where it shuts the owner out or lets everybody in") {
  const struct {
    Kind kind;
    mode_t mode, wanted, kept_open;
  } rows[] = {
      {Kind::file, 0644, 0644, 0644},     {Kind::file, 0600, 0600, 0600},     {Kind::file, 0440, 0440, 0440},
      {Kind::file, 0000, 0644, 0644},     {Kind::file, 0111, 0755, 0755},     {Kind::file, 0666, 0664, 0666},
      {Kind::file, 0222, 0664, 0666},     {Kind::folder, 0755, 0755, 0755},   {Kind::folder, 0700, 0700, 0700},
      {Kind::folder, 0555, 0755, 0755},   {Kind::folder, 0000, 0755, 0755},   {Kind::folder, 0777, 0775, 0777},
      {Kind::folder, 01777, 01775, 01777}, {Kind::folder, 02750, 02750, 02750},
  };
  for (const auto& row : rows) {
    INFO(std::oct << row.mode);
    CHECK(storage::wanted_mode(row.kind, row.mode, false) == row.wanted);
    CHECK(storage::wanted_mode(row.kind, row.mode, true) == row.kept_open);
  }
}

TEST_CASE("What is mended stands in the journal, and nothing else is changed") {
  Site site;
  site.run();
  CHECK(site.mode("/site/index.php") == 0664);
  CHECK(site.mode("/site/app/a b.php") == 0644);
  CHECK(site.mode("/site/media/open") == 0775);
  CHECK(site.mode("/site/media/files/x") == 0644);
  CHECK(site.journal().find(kWhole) != std::string::npos);
  CHECK(base::lines(site.journal()).size() == 3);
}

TEST_CASE("A step cut off anywhere knows every former mode, and ends well when it is taken up again") {
  size_t calls = support::sweep([] { return std::make_unique<Site>(); }, [](Site& site, const support::Cut&) {
    bool changed = site.mode("/site/index.php") != 0666 || site.mode("/site/app/a b.php") != 0000;
    if (changed) CHECK(site.journal().find(kWhole) != std::string::npos);
    site.run();
    CHECK(site.mode("/site/index.php") == 0664);
    CHECK(site.mode("/site/app/a b.php") == 0644);
    CHECK(site.mode("/site/media/open") == 0775);
    CHECK(site.journal().find(kWhole) != std::string::npos);
    CHECK(base::lines(site.journal()).size() == 3);
  });
  CHECK(calls >= 4);
}

TEST_CASE("Another account's things are named by their top, and an open folder in which it writes stays open") {
  Site site;
  site.memory.set_owner("/site/media/files/x", kStranger);
  site.memory.put_folder("/site/plugins/mine", 0000);
  site.memory.set_owner("/site/plugins/mine", kStranger);
  site.memory.put_file("/site/media/open/log", "x");
  site.memory.set_owner("/site/media/open/log", kStranger);
  storage::PermissionOrder order;
  order.top = "/site";
  order.account = ::geteuid();
  order.written = {"/site/media"};
  auto found = storage::find_permissions(site.memory, order);
  REQUIRE(found.foreign.size() == 1);
  CHECK(found.foreign[0].path == "/site/plugins/mine");
  CHECK(found.foreign[0].owner == kStranger);
  CHECK(found.harmless == 2);
  REQUIRE(found.kept_open.size() == 1);
  CHECK(found.kept_open[0] == "/site/media/open");
  CHECK(found.changes.size() == 2);
}
