// SPDX-License-Identifier: GPL-3.0-or-later
// What the script upgrade_v3.php left when it stopped half way. It moved all of the root into one folder, name by name, then the new
// release's names from another folder into the root, then copied the configuration back; only behind that came the configuration's
// rewriting, the migrations, and what is the owner's. Its log says how far it came, and where things lie has to agree. Where the two do
// not agree it is only told: people mend such a site by hand, restore it from their host's backup, call the script a second time, and
// go on for years with what is left.
#include <algorithm>
#include <array>
#include <chrono>
#include <set>

#include "apps/mautic/configuration.h"
#include "apps/mautic/mautic.h"
#include "apps/mautic/migrations.h"
#include "apps/mautic/upgrade_v3.h"
#include "base/failure.h"
#include "base/text.h"

namespace apps::mautic {

namespace {

using platform::Disk;
using platform::Kind;
using storage::Owner;
using storage::OwnerRule;
using Names = std::set<std::string>;

constexpr size_t kMostLogBytes = 16 << 20;
constexpr size_t kMostNamed = 6;
constexpr std::chrono::hours kLivesOn{24}, kYearsAgo{24 * 90};  // after its log's last line
constexpr std::string_view kFormer = kFormerFolder, kUnpacked = kUnpackedFolder, kLog = kScriptsLog,
                           kLocal = "app/config/local.php", kMoves = "Moving Mautic 2 files ";

// In the root of the packages of 2.16 to 3.
constexpr std::array<std::string_view, 24> kOfReleases = {
    "app", "bin", "media", "plugins", "themes", "translations", "vendor", "var", ".htaccess", "index.php", "index_dev.php",
    "offline.php", "autoload.php", "upgrade.php", "LICENSE.txt", "README.md", "robots.txt", "favicon.ico", "composer.json",
    "composer.lock", "deleted_files.txt", "critical_migrations.txt", "package.json", "Gruntfile.js"};
constexpr std::array<std::string_view, 3> kNewInThree = {"autoload.php", "bin", "var"};
// Without one of these it is not all of a release; the configuration is asked for apart.
constexpr std::array<std::string_view, 8> kWholeTwo = {"app/version.txt", "app/AppKernel.php", "app/console", "index.php",
                                                       "vendor", "media", "plugins", "themes"};
constexpr std::array<std::string_view, 5> kWholeThree = {"app/release_metadata.json", "app/AppKernel.php", "bin/console",
                                                         "index.php", "vendor"};
constexpr std::array<std::string_view, 19> kThemesOfTwo = {
    "Mauve", "aurora", "blank", "blank-big.png", "blank.png", "cards", "coffee", "fresh-center", "fresh-fixed", "fresh-left",
    "fresh-wide", "goldstar", "nature", "neopolitan", "oxygen", "skyline", "sparse", "sunday", "vibrant"};  // of 2.16.5
constexpr std::array<std::string_view, 4> kLookedInto = {"plugins", "themes", "media", "translations"};
constexpr const char* kDeleteIt = "delete it by FTP when you are sure that nothing of it is missed";

// ---- how far it came, by its log

enum class Reached { nothing, moving, moved, migrations, tidying, finished };

// What it writes when it begins a stage: in the browser, and on the command line.
struct Words {
  Reached reached;
  std::string_view text;
};
constexpr std::array kWords = {
    Words{Reached::moving, kMoves},
    Words{Reached::moved, "Successfully moved Mautic 3 files into place!"},
    Words{Reached::moved, "Updating config/local.php"},
    Words{Reached::moved, "Updating your config/local.php"},
    Words{Reached::migrations, "Getting the amount of available Mautic 3 database migrations"},
    Words{Reached::migrations, "Restoring user data"},
    Words{Reached::migrations, "Restoring your user data"},
    Words{Reached::tidying, "Cleanup upgrade files"},
    Words{Reached::tidying, "Cleaning up installation files"},
    Words{Reached::finished, "We're done!"},
};

struct Log {
  Reached reached = Reached::nothing;  // also where there is none
  bool moved_again = false;            // the files were moved more than once: nobody knows what lies where
  std::string last_line;
  platform::WallTime changed{};
};

// All of it: a header is written whenever the script's page is opened, also in the middle of a run. What jobs of ours write behind
// that says none of these words.
Log read_log(Disk& disk, const Path& root) {
  Log log;
  auto text = disk.read(root / kLog, kMostLogBytes);
  if (!text) return log;
  size_t first = text->find(kMoves);
  log.moved_again = first != text->npos && text->find(kMoves, first + 1) != text->npos;
  for (const auto& words : kWords)
    if (text->find(words.text) != text->npos) log.reached = std::max(log.reached, words.reached);
  for (auto line : base::lines(*text))
    if (!line.empty()) log.last_line = base::printable_line(std::string(line));
  if (auto facts = disk.look_through(root / kLog)) log.changed = facts->changed;
  return log;
}

// ---- where things lie

Names names_in(Disk& disk, const Path& folder) {
  Names names;
  auto facts = disk.look(folder);
  if (!facts || facts->kind != Kind::folder) return names;
  for (auto& entry : disk.list(folder).value_or(std::vector<platform::Entry>{})) names.insert(std::move(entry.name));
  for (auto name : kOfScript) names.erase(std::string(name));
  return names;
}

template <typename Range>
bool all_lie_in(Disk& disk, const std::vector<Path>& folders, const Range& names) {
  return std::all_of(names.begin(), names.end(), [&](std::string_view name) {
    return std::any_of(folders.begin(), folders.end(), [&](const Path& folder) { return disk.look(folder / name).has_value(); });
  });
}

bool is_link(Disk& disk, const Path& path) {
  auto facts = disk.look(path);
  return facts && facts->kind == Kind::symlink;
}

// Whether something in these folders is younger than that: uploads of a site that lives.
bool is_younger(Disk& disk, const Path& root, platform::WallTime time) {
  for (const char* folder : {"media/files", "media/images"})
    for (const auto& name : names_in(disk, root / folder))
      if (auto facts = disk.look(root / folder / name); facts && facts->changed > time) return true;
  return false;
}

class Scene {
 public:
  Scene(Disk& disk, const Site& site, platform::WallTime now)
      : disk_(disk), site_(site), now_(now), root_(site.root), former_(root_ / kFormer), unpacked_(root_ / kUnpacked),
        in_root_(names_in(disk, root_)), in_former_(names_in(disk, former_)), in_unpacked_(names_in(disk, unpacked_)),
        log_(read_log(disk, root_)) {
    for (auto name : kOfReleases) of_releases_.insert(std::string(name));
    of_releases_.insert(in_unpacked_.begin(), in_unpacked_.end());
    Configuration configuration(disk, site);
    is_configured_ = configuration.problem().empty();
    is_configured_as_three_ = is_configured_ && configuration.file() != root_ / "config/local.php";
    is_three_ = all_lie_in(disk, {root_}, kWholeThree);
    is_two_ = all_lie_in(disk, {root_}, kWholeTwo) && is_configured_;
  }

  std::optional<Abandoned> abandoned() const {
    if (in_former_.empty() && in_unpacked_.empty()) return std::nullopt;
    unsigned major = site_.version.empty() ? 0 : site_.version.major();
    if (major > 3) return leavings(kDeleteIt);  // of years ago
    if (major == 3 && is_configured_as_three_) return is_three_ && is_to_go_on() ? moved() : leavings(kDeleteIt);
    if (is_half() && (is_moving_out() || is_moving_in())) return moving();
    if (is_two_) return leavings("upgrade:v3 goes the whole way, from Mautic 2; what is left can be deleted when nothing of yours is missed");
    if (in_former_.empty()) return std::nullopt;
    if (is_three_) return unreadable();
    return lacks_what_was_moved() ? unclear() : leavings(kDeleteIt);
  }

 private:
  // The log's last stage is the exchange: no migration of the newer release can have run.
  bool is_half() const {
    return disk_.look(unpacked_) && !in_former_.empty() && log_.reached == Reached::moving && !log_.moved_again;
  }
  bool has(std::string_view name) const { return disk_.look(root_ / name).has_value(); }
  // In its first round a name lies in the root or among the former ones.
  bool is_moving_out() const {
    bool is_former_s = !has("app") || has("app/version.txt");
    return is_former_s && !shared_by(in_root_, in_former_) && all_lie_in(disk_, {former_, root_}, kWholeTwo) &&
           all_lie_in(disk_, {former_, root_}, std::array{kLocal});
  }
  // In the second all of the former release is away, a name is unpacked or in the root, and the configuration is not back yet.
  bool is_moving_in() const {
    bool is_newer_s = !has("app") || (!site_.version.empty() && site_.version.major() == 3);
    return is_newer_s && !has("config/local.php") && !is_configured_ && !shared_by(in_root_, in_unpacked_) && is_all_away();
  }
  bool is_all_away() const { return all_lie_in(disk_, {former_}, kWholeTwo) && all_lie_in(disk_, {former_}, std::array{kLocal}); }

  // Tidying up takes both folders away, and is its last stage but the cache.
  bool is_to_go_on() const {
    return disk_.look(unpacked_) && !in_former_.empty() && log_.reached != Reached::finished && !log_.moved_again &&
           links_of_owner().empty();
  }
  bool lives_on() const {
    auto folder = disk_.look(former_);
    auto stopped = log_.last_line.empty() && folder ? folder->changed : log_.changed;
    return now_ - stopped > kYearsAgo || is_younger(disk_, root_, stopped + kLivesOn);
  }

  bool lacks_what_was_moved() const {
    return std::any_of(of_releases_.begin(), of_releases_.end(),
                       [&](const auto& name) { return in_former_.count(name) && !in_root_.count(name); });
  }

  // What was the owner's link to a folder elsewhere, and is a folder of the new release now: nothing here follows links.
  std::vector<std::string> links_of_owner() const {
    std::vector<std::string> links;
    auto add_if_hidden = [&](const std::string& path) {
      if (is_link(disk_, former_ / path) && disk_.look(root_ / path) && !is_link(disk_, root_ / path)) links.push_back(path);
    };
    for (auto top : kLookedInto) {
      add_if_hidden(std::string(top));
      for (const auto& name : names_in(disk_, former_ / top)) add_if_hidden(std::string(top) + "/" + name);
    }
    return links;
  }

  bool shared_by(const Names& one, const Names& other) const {
    return std::any_of(of_releases_.begin(), of_releases_.end(),
                       [&](const auto& name) { return one.count(name) && other.count(name); });
  }

  Abandoned moving() const {
    Abandoned left{Abandoned::At::moving, !is_two_, !is_two_,
                   "upgrade_v3.php stopped while it exchanged the files of Mautic 2 for those of Mautic 3", evidence(), {}, {}, former_,
                   has("app/version.txt") ? root_ : former_, rules()};
    left.means = is_two_ ? "what is yours beside Mautic 2 is not in its place: it comes back from " + std::string(kFormer)
                         : "the site cannot work; all of Mautic 2 is still there, most of it in " + std::string(kFormer) +
                               ": it comes back as it was, and upgrade:v3 goes the way anew";
    for (const auto& name : of_releases_)
      if (in_root_.count(name) && !in_former_.count(name) && is_newer_s(name)) left.owners.push_back({Owner::package, name});
    if (!is_moving_out())
      for (const auto& name : of_releases_) left.owners.push_back({Owner::either, name});
    left.owners.push_back({Owner::filled, "*"});
    return left;
  }

  // Of a name in the root that the former release does not have: in the first round only what that never had can be the newer one's.
  bool is_newer_s(const std::string& name) const {
    if (!is_moving_out()) return true;
    bool is_new = std::find(kNewInThree.begin(), kNewInThree.end(), name) != kNewInThree.end();
    return is_new && !in_unpacked_.count(name) && is_all_away();
  }

  Abandoned moved() const {
    Abandoned left{Abandoned::At::moved, false, false, "upgrade_v3.php exchanged the files, and stopped before the upgrade was through",
                   evidence(), "Mautic 3 runs without what is yours, or with a database or a configuration of Mautic 2", {}, former_,
                   {}, rules()};
    if (lives_on()) {
      left.lived_on = true;
      left.advice = "where the upgrade was ended since, delete " + std::string(kFormer) + " and " + std::string(kUnpacked) +
                    " by FTP when nothing of them is missed; else upgrade:v3 goes on with it (its plan names what comes back)";
      left.means = "the site has lived on since; strangers can reach what is left";
    }
    add_owners_rules(left.owners);
    return left;
  }

  void add_owners_rules(std::vector<OwnerRule>& owners) const {
    for (auto name : kPluginsOfTwo) owners.push_back({Owner::user, "plugins/" + std::string(name)});
    for (auto name : kThemesOfTwo) owners.push_back({Owner::user, "themes/" + std::string(name)});
    for (auto name : kLookedInto) {
      owners.push_back({Owner::filled, std::string(name)});
      owners.push_back({Owner::filled, std::string(name) + "/*"});
    }
    owners.push_back({Owner::user, std::string(kLocal)});
    for (const char* name : {"app", "app/config", "app/config/*local*", "app/spool", "app/spool/*"}) owners.push_back({Owner::filled, name});
    for (const char* name : {"app/config/*", "app/*"}) owners.push_back({Owner::nobody, name});
    for (const char* name : {"robots.txt", "favicon.ico"}) owners.push_back({Owner::either, name});  // the owner's, as in any update
    for (const auto& name : of_releases_) owners.push_back({Owner::nobody, name});
    owners.push_back({Owner::filled, "*"});
  }

  Abandoned told(bool breaks, bool comes_first, std::string what, std::string means, std::string advice) const {
    return {Abandoned::At::told, breaks, comes_first, std::move(what), evidence(), std::move(means), std::move(advice), {}, {}, {}};
  }

  Abandoned leavings(const char* advice) const {
    auto links = links_of_owner();
    std::string by_hand = links.empty() || !is_three_ ? "" : "; " + base::some_of(links, kMostNamed) + " was a link to another folder there: put it back yourself";
    return told(false, false, "what upgrade_v3.php made still lies in the site",
                "strangers can reach it: old programs, and whatever of yours lies among them", advice + by_hand);
  }

  Abandoned unreadable() const {
    return told(true, false, "upgrade_v3.php exchanged the files, and the configuration cannot be read", "the upgrade did not come to its end",
                "mend app/config/local.php first: config:fix, or put what lies in " + std::string(kFormer) +
                    "/app/config in its place; upgrade:v3 goes on then");
  }

  Abandoned unclear() const {
    return told(true, true, "upgrade_v3.php stopped half way, and where things lie does not tell for certain how far it had come",
                "neither Mautic 2 nor Mautic 3 is whole in its place; to move anything now could mix the two",
                "delete nothing, least of all " + std::string(kFormer) + ": ask the host for its backup of files and database from "
                "before that day, or show this and " + std::string(kLog) + " to somebody who knows Mautic");
  }

  std::vector<std::string> evidence() const {
    std::vector<std::string> all;
    Names away;
    std::set_difference(in_former_.begin(), in_former_.end(), in_root_.begin(), in_root_.end(), std::inserter(away, away.end()));
    if (!in_former_.empty()) all.push_back(std::to_string(in_former_.size()) + " files and folders lie in " + std::string(kFormer));
    if (!away.empty()) all.push_back("only there: " + base::some_of(std::vector<std::string>(away.begin(), away.end()), kMostNamed));
    if (disk_.look(unpacked_)) all.push_back(std::string(kUnpacked) + " is there");
    all.push_back(log_.last_line.empty() ? std::string(kLog) + " is not there" : std::string(kLog) + " ends: " + log_.last_line);
    return all;
  }

  std::vector<OwnerRule> rules() const {
    std::vector<OwnerRule> rules;
    for (auto name : kOfScript) rules.push_back({Owner::nobody, std::string(name)});
    return rules;
  }

  Disk& disk_;
  const Site& site_;
  const platform::WallTime now_;
  const Path root_, former_, unpacked_;
  const Names in_root_, in_former_, in_unpacked_;
  const Log log_;
  Names of_releases_;
  bool is_configured_ = false, is_configured_as_three_ = false, is_two_ = false, is_three_ = false;
};

}  // namespace

std::optional<Abandoned> abandoned_upgrade(Disk& disk, const Site& site, platform::WallTime now) {
  if (site.root != site.project) return std::nullopt;
  return Scene(disk, site, now).abandoned();
}

std::vector<std::string> rows_of_newer_release(Examination& former) {
  if (!former.database()) throw base::Failure("the database cannot be asked: " + former.database_problem());
  // Without these nothing would be found either, and that is no proof.
  if (!former.has_table("leads")) throw base::Failure("it has no table " + former.prefixed("leads"), "look at db_name and db_table_prefix");
  auto files = read_migration_files(former.disk, former.site);
  if (files.files.empty()) throw base::Failure("the former release's migrations are not in " + former.site.root.native());
  return newer_rows(read_migrations_table(former), files);
}

}  // namespace apps::mautic
