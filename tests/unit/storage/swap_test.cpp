// SPDX-License-Identifier: GPL-3.0-or-later
// Swapping, wherever it is cut: the next visit can always make it the new tree, or the old one.
#include "storage/swap.h"

#include <catch2/catch.hpp>

#include "base/text.h"
#include "support/cut_sweep.h"
#include "support/layered_disk.h"
#include "support/temp_folder.h"

namespace {

using namespace storage;
using support::Cut;
using support::FaultyDisk;
using support::LayeredDisk;
using support::MemoryDisk;
using support::Tree;

const platform::Path kFolder = "/home/.unstick/kept/JOB/swap";
const std::vector<SwapEntry> kEntries = {{SwapKind::replace, "app/bundles", 0},
                                         {SwapKind::put, "app/new", 0},
                                         {SwapKind::remove, "app/gone", 0},
                                         {SwapKind::replace, "index.php", 0},
                                         {SwapKind::put, "robots.txt", 0}};

enum class Layers { no, yes };

// A site, its new files, and a swap of them.
struct Site {
  MemoryDisk memory;
  LayeredDisk layered{memory};
  FaultyDisk faulty{layered};
  Swap swap{faulty, SwapNames(kFolder)};

  explicit Site(Layers layers = Layers::no) {
    for (const char* file : {"app/bundles/A/a.php", "app/bundles/A/deep/b.php", "app/bundles/old.php",
                             "app/config/local.php", "app/gone/x/y.php", "index.php", "shop/own.php"})
      memory.put_file(platform::Path("/site") / file, std::string("old ") + file);
    memory.put_link("/site/app/bundles/link", "../config");
    for (const char* file : {"app/bundles/A/a.php", "app/bundles/A/fresh.php", "app/bundles/B/b.php", "app/new/n/m.php",
                             "index.php", "robots.txt"})
      memory.put_file(platform::Path("/home/.unstick/staged/JOB") / file, std::string("new ") + file);
    memory.put_folder(kFolder.parent_path());
    if (layers == Layers::yes) layered.freeze("/site");
  }
  FaultyDisk& disk() { return faulty; }
  Tree tree() const { return memory.tree("/site"); }
  void begin() { swap.begin({"/site", "/home/.unstick/staged/JOB", kEntries}); }
  void run_all() { begin(), swap.run(); }
};

const Tree& old_tree() {
  static const Tree tree = Site().tree();
  return tree;
}

const Tree& new_tree() {
  static const Tree tree = [] {
    Site site;
    site.run_all();
    return site.tree();
  }();
  return tree;
}

// The state folder's files but the list and the empty folders: nothing may be lost in it either.
std::map<std::string, int> contents(const Site& site) {
  std::map<std::string, int> found;
  for (const auto& [path, what] : site.memory.tree("/"))
    if (what.starts_with("file old") || what.starts_with("file new") || what.starts_with("link")) ++found[what];
  return found;
}

template <Layers layers>
struct Forwards : Site {
  Forwards() : Site(layers) {}
  void run() { run_all(); }
};
template <Layers layers>
struct Backwards : Site {
  Backwards() : Site(layers) { run_all(), disk().mend(); }
  void run() { swap.roll_back(); }
};

const std::vector<int> kErrors = {0, ENOSPC, EDQUOT, EACCES, EXDEV};
const std::vector<int> kFewErrors = {0, EXDEV};  // where there are many calls

// Either way out, and each after the other.
void check_ways_out(Site& site) {
  static const auto all = contents(Site());
  CHECK(contents(site) == all);
  site.swap.roll_back();
  CHECK(site.tree() == old_tree());
  site.run_all();
  CHECK(site.tree() == new_tree());
  site.swap.run();
  CHECK(site.tree() == new_tree());
  site.swap.roll_back();
  site.swap.roll_back();
  CHECK(site.tree() == old_tree());
  CHECK(contents(site) == all);
}

void check_finish(Site& site) {
  site.run_all();
  CHECK(site.tree() == new_tree());
  SwapPosition at = site.swap.position();
  CHECK(at.not_begun + at.between == 0);
  static const auto all = contents(Site());
  CHECK(contents(site) == all);
  CHECK(site.swap.strays().empty());
}

}  // namespace

TEST_CASE("A swap brings the new files in, keeps the old ones aside, and leaves the user's alone") {
  Site site;
  site.run_all();
  Tree tree = site.tree();
  CHECK(tree.at("/site/app/bundles/A/a.php") == "file new app/bundles/A/a.php");
  CHECK(tree.at("/site/app/new/n/m.php") == "file new app/new/n/m.php");
  CHECK(tree.at("/site/robots.txt") == "file new robots.txt");
  CHECK(tree.at("/site/shop/own.php") == "file old shop/own.php");
  CHECK(tree.at("/site/app/config/local.php") == "file old app/config/local.php");
  CHECK(tree.count("/site/app/bundles/old.php") == 0);
  CHECK(tree.count("/site/app/gone") == 0);
  CHECK(site.memory.look(kFolder / "old/app/bundles/A/deep/b.php"));
  CHECK(site.memory.look(kFolder / "old/app/gone/x/y.php"));
  CHECK(site.swap.position().done == kEntries.size());
  site.swap.roll_back();
  CHECK(site.tree() == old_tree());
  CHECK(site.swap.position().not_begun == kEntries.size());
}

TEST_CASE("The list is on the disk before the first rename, and both parent folders are synced after each") {
  Site site;
  site.run_all();
  const auto& calls = site.disk().calls();
  auto list = std::find(calls.begin(), calls.end(), "replace " + (kFolder / "list").native());
  auto first =
      std::find_if(calls.begin(), calls.end(), [](const std::string& call) { return call.starts_with("rename "); });
  REQUIRE(list != calls.end());
  CHECK(list < first);
  size_t swapped = 0;
  for (size_t i = 0; i + 2 < calls.size(); ++i) {
    if (!calls[i].starts_with("rename ") || base::contains(calls[i], "try")) continue;
    auto words = base::split(calls[i], ' ');
    CHECK(calls[i + 1] == "sync_folder " + platform::Path(words[1]).parent_path().native());
    CHECK(calls[i + 2] == "sync_folder " + platform::Path(words[3]).parent_path().native());
    ++swapped;
  }
  CHECK(swapped == 7);
}

TEST_CASE("A swap that never began changes nothing, whatever is asked of it") {
  Site site;
  CHECK_FALSE(site.swap.begun());
  site.swap.run();
  site.swap.roll_back();
  CHECK(site.disk().calls().empty());
  CHECK(site.swap.position().done == 0);
  site.begin();
  CHECK(site.swap.begun());
  CHECK(site.tree() == old_tree());
  CHECK_NOTHROW(site.begin());
  CHECK_THROWS_AS(site.swap.begin({"/other", "/new", kEntries}), base::Failure);
}

TEST_CASE("Wherever a swap is cut, going on ends in the new tree") {
  CHECK(support::sweep([] { return std::make_unique<Forwards<Layers::no>>(); },
                       [](Site& site, const Cut&) { check_finish(site); }, kErrors) > 30);
}

TEST_CASE("Wherever a swap is cut, rolling back ends in the old tree") {
  support::sweep([] { return std::make_unique<Forwards<Layers::no>>(); },
                 [](Site& site, const Cut&) { check_ways_out(site); }, kErrors);
}

TEST_CASE("Wherever a roll-back is cut, rolling back again ends in the old tree, going on in the new one") {
  support::sweep([] { return std::make_unique<Backwards<Layers::no>>(); },
                 [](Site& site, const Cut&) { check_ways_out(site); }, kErrors);
  support::sweep([] { return std::make_unique<Backwards<Layers::no>>(); },
                 [](Site& site, const Cut&) { check_finish(site); }, kErrors);
}

TEST_CASE("Where folders cannot be renamed their entries are swapped one by one, wherever that is cut") {
  Site whole(Layers::yes);
  whole.run_all();
  CHECK(whole.tree() == new_tree());
  CHECK(read_swap_list(whole.memory, kFolder / "list")->entries.size() > kEntries.size());
  whole.swap.roll_back();
  CHECK(whole.tree() == old_tree());
  support::sweep([] { return std::make_unique<Forwards<Layers::yes>>(); },
                 [](Site& site, const Cut&) { check_finish(site); }, kFewErrors);
  support::sweep([] { return std::make_unique<Forwards<Layers::yes>>(); },
                 [](Site& site, const Cut&) { check_ways_out(site); }, kFewErrors);
  support::sweep([] { return std::make_unique<Backwards<Layers::yes>>(); },
                 [](Site& site, const Cut&) { check_ways_out(site); }, kFewErrors);
}

TEST_CASE("Where new folders cannot be renamed either they are made, and unmade by the way back") {
  auto make = [] {
    struct World : Site {
      World() : Site(Layers::yes) { layered.freeze("/home/.unstick/staged"); }
      void run() { run_all(); }
    };
    return std::make_unique<World>();
  };
  auto whole = make();
  whole->run();
  CHECK(whole->tree() == new_tree());
  support::sweep(
      make, [](Site& site, const Cut&) { check_ways_out(site); }, kFewErrors);
}

TEST_CASE("A failure during the recovery is recovered from by the next") {
  bool back = GENERATE(true, false);
  Forwards<Layers::no> whole;
  whole.run();
  const size_t calls = whole.disk().calls().size();
  for (size_t first = 1; first <= calls; ++first)
    for (size_t second = 1; second < calls; second += 7)
      for (int error : {0, EACCES}) {
        Forwards<Layers::no> site;
        site.disk().die_at(first);
        CHECK_THROWS_AS(site.run(), support::Died);
        site.disk().mend();
        error == 0 ? site.disk().die_at(second) : site.disk().fail_from(second, error);
        try {
          back ? site.swap.roll_back() : site.run_all();
        } catch (const support::Died&) {
        } catch (const base::Failure&) {
        }
        site.disk().mend();
        INFO(first << ", then " << second);
        back ? site.swap.roll_back() : site.run_all();
        CHECK(site.tree() == (back ? old_tree() : new_tree()));
      }
}

TEST_CASE("A host that refuses a trial rename is told before anything is swapped") {
  Site site;
  site.begin();
  SECTION("another disk") {
    site.memory.mount("/site/app", 7);
    try {
      site.swap.run();
      FAIL("swapped across disks");
    } catch (const base::Failure& failure) {
      CHECK(base::contains(failure.what(), "cannot swap files in /site"));
      CHECK(failure.error() == EXDEV);
      CHECK(base::contains(failure.advice(), "state = "));
    }
  }
  SECTION("a folder of another account") {
    site.memory.set_mode("/site/app/bundles", 0555);
    CHECK_THROWS_WITH(site.swap.run(), "cannot swap /site/app/bundles: this account may not write in that folder");
  }
  CHECK(site.tree() == old_tree());
  CHECK(site.swap.position().not_begun == kEntries.size());
}

TEST_CASE("What others made in the place of an entry meanwhile is kept") {
  SECTION("while its place was empty") {
    Site site;
    site.begin();
    size_t moved = 0;
    for (size_t n = 1; moved == 0 && n < 100; ++n) {
      Site cut;
      cut.disk().die_at(n);
      CHECK_THROWS_AS(cut.run_all(), support::Died);
      if (cut.memory.look("/site/index.php")) continue;
      moved = n;
      cut.disk().mend();
      cut.memory.put_file("/site/index.php", "made by somebody");
      cut.swap.run();
      CHECK(cut.tree() == new_tree());
      CHECK(cut.swap.strays() == std::vector<std::string>{"index.php"});
      CHECK(cut.memory.read(kFolder / "strays/index.php", 100) == "made by somebody");
      cut.swap.roll_back();
      CHECK(cut.tree() == old_tree());
    }
    CHECK(moved > 0);
  }
  SECTION("where something was to be put") {
    Site site;
    site.begin();
    site.memory.put_file("/site/robots.txt", "the user's");
    site.swap.run();
    CHECK(site.tree() == new_tree());
    site.swap.roll_back();
    CHECK(site.memory.read("/site/robots.txt", 100) == "the user's");
  }
  SECTION("where something was removed") {
    Site site;
    site.run_all();
    site.memory.put_file("/site/app/gone/anew.php", "the user's");
    site.swap.roll_back();
    CHECK(site.tree() == old_tree());
    CHECK(site.swap.strays() == std::vector<std::string>{"app/gone/anew.php"});
  }
  SECTION("within the new files") {
    Site site;
    site.run_all();
    site.memory.put_file("/site/app/bundles/uploaded.txt", "the user's");
    site.swap.roll_back();
    CHECK(site.tree() == old_tree());
    CHECK(site.memory.read("/home/.unstick/staged/JOB/app/bundles/uploaded.txt", 100) == "the user's");
  }
}

TEST_CASE("A swap whose new or old files were deleted is refused before anything is changed") {
  Site site;
  site.begin();
  SECTION("the new ones") {
    site.memory.remove_file("/home/.unstick/staged/JOB/index.php");
    CHECK_THROWS_WITH(site.swap.run(), "cannot go on: the new index.php is gone from /home/.unstick/staged/JOB");
    CHECK(site.tree() == old_tree());
  }
  SECTION("the old ones") {
    site.swap.run();
    site.memory.remove_file(kFolder / "old/index.php");
    CHECK_THROWS_WITH(site.swap.roll_back(),
                      "cannot roll back: the old index.php was deleted from " + (kFolder / "old").native());
    CHECK(site.tree() == new_tree());
  }
}

TEST_CASE("A swap on the real disk, there and back") {
  support::TempFolder temp;
  temp.write("site/app/a.php", "old");
  temp.write("site/index.php", "old");
  temp.write("state/staged/app/b.php", "new");
  temp.write("state/staged/index.php", "new", 0755);
  Swap swap(platform::posix_disk(), SwapNames(temp / "state/kept/JOB/swap"));
  swap.begin(
      {temp / "site", temp / "state/staged", {{SwapKind::replace, "app", 0}, {SwapKind::replace, "index.php", 0}}});
  swap.run();
  CHECK(support::content_of(temp / "site/app/b.php") == "new");
  CHECK(support::content_of(temp / "site/index.php") == "new");
  CHECK_FALSE(std::filesystem::exists(temp / "site/app/a.php"));
  swap.roll_back();
  CHECK(support::content_of(temp / "site/app/a.php") == "old");
  CHECK(support::content_of(temp / "site/index.php") == "old");
  CHECK(platform::posix_disk().list(temp / "site")->size() == 2);
}
