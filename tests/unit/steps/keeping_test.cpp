// SPDX-License-Identifier: GPL-3.0-or-later
// Emptying caches: by a rename, and the sweep that shows that the application has its old cache or none, never a part.
#include <catch2/catch.hpp>

#include "base/text.h"
#include "support/cut_sweep.h"
#include "support/fake_supervisor.h"

namespace {

using support::Cut;
using support::Ended;
using support::FakeSupervisor;
using support::FaultyDisk;
using support::MemoryDisk;
using support::Tree;

const platform::Path kKept = "/home/.unstick/kept/JOB";
const std::vector<std::string> kCaches = {"/site/var/cache/prod", "/site/var/cache/dev"};

base::Step step_of(const std::vector<std::string>& words) { return {"", "", base::Interruption::restart, words, {}}; }

void fill_cache(MemoryDisk& disk, const std::string& text = "old") {
  for (const auto& cache : kCaches) {
    disk.put_file(cache + "/a.php", text);
    disk.put_file(cache + "/deep/er/b.php", text);
  }
}

struct Site {
  MemoryDisk memory;
  FaultyDisk faulty{memory};
  FakeSupervisor supervisor{faulty, kKept};

  Site() {
    memory.put_folder("/home/.unstick");
    memory.put_file("/site/var/logs/prod.log", "log");
    fill_cache(memory);
  }
  FaultyDisk& disk() { return faulty; }
  void set_aside() { steps::set_folders_aside(supervisor, step_of(kCaches)); }
  void remove() { steps::delete_kept(supervisor, step_of(kCaches)); }
  Tree cache(size_t i) const { return memory.tree(kCaches[i]); }
  // Everything but our own folder.
  Tree site() const { return memory.tree("/site"); }
};

struct Purge : Site {
  void run() { set_aside(), remove(); }
};
struct SetAside : Site {
  void run() { set_aside(); }
};

Tree whole_cache(size_t i) { return Site().cache(i); }

// Each cache is there as a whole, or not at all.
void check_no_mixture(const Site& site) {
  for (size_t i = 0; i < kCaches.size(); ++i) {
    Tree cache = site.cache(i);
    CHECK((cache.empty() || cache == whole_cache(i)));
  }
  CHECK(site.memory.tree("/site/var/logs").size() == 1);
}

}  // namespace

TEST_CASE("A cache is emptied by one rename, and its bytes are gone after the second step") {
  Site site;
  site.set_aside();
  CHECK(site.cache(0).empty());
  CHECK_FALSE(site.memory.look(kCaches[0]));
  CHECK(site.supervisor.ours == "emptied /site/var/cache/prod\nemptied /site/var/cache/dev\n");
  CHECK(site.memory.tree("/site/var").size() == 3);  // cache, logs, prod.log
  size_t renames = 0;
  for (const auto& call : site.disk().calls()) renames += base::contains(call, "rename") ? 1 : 0;
  CHECK(renames == 2);
  site.remove();
  CHECK(site.memory.tree("/home/.unstick") == Tree{{"/home/.unstick/kept", "folder"}});
  CHECK(base::contains(site.supervisor.ours, "deleted 4 files that were set aside\n"));
}

TEST_CASE("A cache that is not there, or is no folder, is left alone") {
  Site site;
  site.memory.put_link("/site/link", "/site/var/logs");
  site.memory.put_file("/site/file", "x");
  auto before = site.site();
  steps::set_folders_aside(site.supervisor, step_of({"/site/none", "/site/link", "/site/file"}));
  CHECK(site.site() == before);
  CHECK(site.supervisor.ours ==
        "left alone, it is not a folder: /site/link\nleft alone, it is not a folder: /site/file\n");
}

TEST_CASE("On another filesystem a cache waits beside its place") {
  Site site;
  site.memory.mount("/site", 2);
  MemoryDisk& disk = site.memory;
  disk.mount("/site/var", 2), disk.mount("/site/var/cache", 2), disk.mount(kCaches[0], 2), disk.mount(kCaches[1], 2);
  site.set_aside();
  CHECK_FALSE(disk.look(kCaches[0]));
  CHECK(disk.look("/site/var/cache/prod.unstick-JOB"));
  CHECK(disk.list(kKept)->empty());  // `kept` lists jobs by it
  site.remove();
  CHECK(disk.tree("/site/var/cache").empty());
}

TEST_CASE("Deleting never follows a link, and goes on where one entry cannot be deleted") {
  Site site;
  site.memory.put_link(kCaches[0] + "/to-logs", "/site/var/logs");
  site.set_aside();
  site.remove();
  CHECK(site.memory.look("/site/var/logs/prod.log"));
  CHECK(base::contains(site.supervisor.ours, "deleted 5 files that were set aside\n"));
}

TEST_CASE("What cannot be deleted is counted, and the first is named") {
  Site site;
  site.set_aside();
  site.disk().mend();
  site.disk().fail_from(2, EACCES);  // the first call makes our own folder for what is kept
  CHECK_NOTHROW(site.remove());
  site.disk().mend();
  CHECK(base::contains(site.supervisor.ours, "deleted 0 files that were set aside\n"));
  CHECK(base::contains(site.supervisor.ours, "could not be deleted and stay in /home/.unstick/kept/JOB; the first: cannot "));
}

TEST_CASE("Deleting twice, or with nothing kept, is no failure") {
  Site site;
  CHECK_NOTHROW(site.remove());
  site.set_aside();
  site.remove();
  CHECK_NOTHROW(site.remove());
}

TEST_CASE("A cache is there as a whole or not at all, wherever emptying it is cut, and the next run ends it") {
  size_t calls = support::sweep([] { return std::make_unique<Purge>(); }, [](Purge& site, const Cut&) {
    check_no_mixture(site);
    site.run();
    CHECK(site.cache(0).empty());
    CHECK(site.cache(1).empty());
    CHECK(site.memory.tree("/site/var/cache").empty());
    CHECK(site.memory.tree(kKept).empty());
  });
  CHECK(calls > 10);
}

TEST_CASE("The application may build its cache anew before an interrupted job goes on") {
  support::sweep([] { return std::make_unique<SetAside>(); }, [](SetAside& site, const Cut&) {
    bool first_gone = site.cache(0).empty();
    if (first_gone) site.memory.put_file(kCaches[0] + "/new.php", "new");
    CHECK_NOTHROW(site.set_aside());
    CHECK(site.cache(0).empty());
    CHECK(site.cache(1).empty());
    CHECK_NOTHROW(site.remove());
    CHECK(site.memory.tree(kKept).empty());
  });
}

TEST_CASE("A failure in the recovery is recovered from by the next") {
  size_t calls = 0;
  for (size_t first = 1; first <= 8; ++first) {
    Purge site;
    site.disk().die_at(first);
    CHECK_THROWS_AS(site.run(), support::Died);
    for (size_t second = 1; second <= 8; ++second, ++calls) {
      site.disk().mend();
      site.disk().fail_from(second, EIO);
      try {
        site.run();
      } catch (const base::Failure&) {
      }
      check_no_mixture(site);
    }
    site.disk().mend();
    CHECK_NOTHROW(site.run());
    CHECK(site.memory.tree("/site/var/cache").empty());
  }
  CHECK(calls == 64);
}

TEST_CASE("A duplicate that is handed out lies in the job's kept folder, and the original stays") {
  Site site;
  site.memory.put_file("/site/update.zip", "zip");
  base::Step step = step_of({"/site/update.zip", "update.zip"});
  steps::keep_duplicate(site.supervisor, step);
  CHECK(site.memory.read(kKept / "update.zip", 9) == "zip");
  steps::keep_duplicate(site.supervisor, step);
  CHECK(site.memory.read("/site/update.zip", 9) == "zip");
  site.memory.remove_file("/site/update.zip");
  CHECK_THROWS_AS(steps::keep_duplicate(site.supervisor, step), base::Failure);
}
