// SPDX-License-Identifier: GPL-3.0-or-later
// What an application is to us: a data sheet. A new one is a folder beside this file and a row in apps.cpp;
// nothing below apps/ in the list of rooms asks which application it serves.
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/check.h"
#include "apps/repair.h"
#include "base/failure.h"
#include "base/plan.h"
#include "base/version.h"
#include "platform/disk.h"
#include "platform/php.h"
#include "storage/owner.h"
#include "storage/zip_package.h"

namespace apps {

using platform::Path;

struct App;
struct MendOrder;          // configuration_mend.h
struct ConfigurationMend;  // configuration_mend.h
struct MajorUpgrade;       // major_upgrade.h
struct DatabaseUpgrade;    // database_upgrade.h
struct Arrangement;        // arrangement.h
enum class Laying;         // arrangement.h

// One installation that was found on the disk. All paths are absolute, the links above them resolved; nothing in
// here needed PHP.
struct Site {
  const App* app = nullptr;
  Path root;                     // the application's document root: the folder with its index.php
  Path project;                  // the folder with its console and vendor/; the same as root in the zip layout
  std::string layout;            // "zip" or "composer": a word for people
  base::Version version;         // of the files; empty when unreadable
  std::string version_problem;   // why it is empty: a sentence
  platform::PhpRange php;        // what the installed release runs on
  Path console;                  // the console's script; empty when there is none
  std::vector<Path> caches;      // folders that cache:purge empties; they need not exist
};

// A part of the database's data that is not known, and why. The sentence holds no value of the configuration.
struct DatabaseProblem {
  std::vector<std::string_view> settings;  // those of the settings file that replace it: "db_password"
  std::string sentence;
};

// How a site reaches its database, as far as its configuration says it literally; nothing is guessed.
struct DatabaseAccess {
  std::string host;      // empty = localhost
  unsigned port = 0;     // 0 = the usual one
  std::string socket;    // when there is one, host and port do not count
  std::string name;
  std::string user;
  std::string password;
  std::string prefix;    // of the tables' names
  Path from;             // the configuration file, there or where it should be
  std::vector<DatabaseProblem> problems;
};

using base::Effect;

enum class Backup { no, first };
// Whether the console is told a command's name, or is a script that does nothing else.
enum class NameWord { given, left_out };

// One console command that may be run, and how.
struct ConsoleCommand {
  std::string_view name;       // "mautic:segments:update"
  std::string_view help;       // one line, lower case, an imperative
  std::string_view options;    // the options it takes, see command_line.h for the little grammar; may be empty
  Effect effect = Effect::reads;
  std::string_view from = {};   // first version that has it; empty = always had it
  std::string_view until = {};  // first version that has it no more
  std::chrono::seconds timeout{};  // 0 = none: never killed by us
  std::string_view default_options = {};  // shown as the ready-made link, e.g. "--days-old=365 --dry-run"
  std::string_view needs = {};  // words that only the user knows: shown behind the name, and no link is offered
  base::Interruption interruption = base::Interruption::once;  // what it means when it was killed in the middle
  Backup backup = Backup::no;   // of the database, before it runs
  // Whether the site is closed meanwhile: empty never, "*" always, "--name" only with this option, "!--name" unless with it.
  std::string_view closes = {};
  NameWord name_word = NameWord::given;
};

// A name that people have in bookmarks and what it became.
struct OldName {
  std::string_view name;     // old command name, may be with options; or a prefix when it ends in ':'
  std::string_view now;      // the name (may be with options) or prefix to use instead
  std::string_view from = {};  // first version for which `now` holds; below it the old name itself is the right one
};

// A command that we know and will not run.
struct Refused {
  std::string_view name;     // command name
  std::string_view option;   // only when this option is given; empty = always
  std::string_view reason;   // why, and what to use instead: a sentence
};

enum class PackageKind { full, update };

// What a zip says it is: a release of the application, or an update to one.
struct Release {
  PackageKind kind = PackageKind::full;
  base::Version version;
  platform::PhpRange php;
  base::Version least_before;  // an update can only follow this version or a later one; empty: any
  std::string console;         // its console, relative to the root; empty when it has none
};

// Where a release can be had.
struct ReleaseSource {
  std::string file;               // the name of its zip: "5.2.1.zip"
  std::string url;
  std::string api_url;            // says more about it, the digest say; may be empty
  std::vector<std::string> hosts;  // that it, or a redirect, may lead to
};

// Something in a tree that a complete release never has, found without PHP and without a package.
struct TreeSign {
  std::string what;                   // a sentence: "9 files that the autoloader requires are missing"
  std::vector<std::string> evidence;  // paths or names, the first few
};

// What looking for such signs came to. A part that could not be looked at says why: "composer.lock is not there".
struct TreeSigns {
  std::vector<TreeSign> found;
  std::vector<TreeSign> left_over;  // what updates that went well leave behind too: harmless
  std::vector<std::string> not_looked;
};

// What an interrupted update of the application itself left in the site, unpacked and not yet in its place.
struct Unfinished {
  Path folder;
  Release release;
};

// Whether the application's own installer may be reached while the site is closed: it must be where it is a step of the plan.
enum class InstallerIs { open, closed };

// Where it compiles its templates.
struct Compiled {
  std::vector<Path> folders;
  std::vector<std::string> unknown;  // why others cannot be known, and what to do: sentences
};

// Where a site is reached, beside its front controllers and consoles.
struct Entrances {
  std::vector<Path> files;           // there or not, and some of them by several names
  std::vector<std::string> unknown;  // why others cannot be known: sentences
};

// A folder of its own that this account may not write, where the application writes nothing while it runs.
enum class ClosedFolder { is_in_the_way, is_owners_choice };

// Rows whose loss people notice, and the column that tells how new they are (UTC).
struct DatedRows {
  std::string_view table;   // without the prefix
  std::string_view column;
  std::string_view words;   // plural: "contacts"
};

struct App {
  std::string_view name;   // "mautic"
  std::string_view title;  // "Mautic"
  // The site whose document root or project folder is exactly `folder`; nullopt when it is not one. Throws
  // Failure only when the folder is one but cannot be read.
  std::optional<Site> (*recognise)(platform::Disk& disk, const Path& folder) = nullptr;
  // Reads the configuration without PHP. Never throws: what cannot be read or known is a problem.
  DatabaseAccess (*database)(platform::Disk& disk, const Site& site) = nullptr;
  std::span<const ConsoleCommand> commands;
  std::span<const OldName> old_names;
  std::span<const Refused> refused;
  std::string_view console_defaults;  // options that every command gets unless given: "--no-interaction --env=prod ..."
  std::string_view memory_limit;      // for the command line's PHP
  std::span<const std::string_view> front_controllers = {};  // in the site's root: what visitors reach
  std::span<const std::string_view> consoles = {};  // where releases have their console, in the site's root
  std::span<const DatedRows> dated_rows = {};  // what a restore of an older backup would lose
  // ---- its files
  // The address that the configuration names for the site: "https://example.com/mautic"; empty when it names none.
  std::string (*site_url)(platform::Disk& disk, const Site& site) = nullptr;
  // What visitors may ask for, relative to that address: "" is the front page.
  std::span<const std::string_view> pages = {};
  // Throws Failure when the package is not this application's, with what it seems to be instead.
  Release (*release_of)(const storage::ZipPackage& package) = nullptr;
  // Whose the paths of a site are, for a package of this kind. The first that fits decides.
  std::vector<storage::OwnerRule> (*owners)(PackageKind kind) = nullptr;
  std::string_view deleted_list = {};  // a file of its packages: a JSON list of paths that are gone since older releases
  // Where the release of this version can be had.
  ReleaseSource (*source)(const base::Version& version, PackageKind kind) = nullptr;
  std::optional<Unfinished> (*unfinished)(platform::Disk& disk, const Site& site) = nullptr;
  // The signs of a half or mixed tree. Never throws.
  TreeSigns (*tree_signs)(platform::Disk& disk, const Site& site) = nullptr;
  // Folders that it writes into while it runs, with all they hold; they need not exist. Never throws.
  std::vector<Path> (*written)(platform::Disk& disk, const Site& site) = nullptr;
  // The files of its configuration, and where its database step may move them: there or not. Never throws.
  std::vector<Path> (*configuration_files)(platform::Disk& disk, const Site& site) = nullptr;
  std::string_view database_step = {};  // the console command that brings the database up to newer files
  std::span<const std::string_view> passing_files = {};  // of its packages: in the root until an update is finished
  // ---- its health
  std::span<const std::string_view> php_extensions = {};  // without which it does not run, in lower case
  std::string_view warm_step = {};  // the console command that builds the cache, before visitors come; empty: there is none
  std::span<const Check> (*checks)() = nullptr;  // beside general_checks()
  // Folders of its own logs; they need not exist. Never throws.
  std::vector<Path> (*log_folders)(platform::Disk& disk, const Site& site) = nullptr;
  // How its configuration can be mended. Throws Failure when it cannot be looked at.
  ConfigurationMend (*mend_configuration)(platform::Disk& disk, const Site& site, const MendOrder& order) = nullptr;
  const MajorUpgrade* upgrade = nullptr;  // see apps/major_upgrade.h; nullptr: its own updater goes every way
  // The way in which its own installer brings the database up to the files, where no console command (database_step) does; nullopt: it
  // cannot be gone now. Throws Failure where the database cannot be asked.
  std::optional<DatabaseUpgrade> (*database_upgrade)(Examination& examination) = nullptr;
  // What SQL alone can mend in its database; rows that are in the way are deleted in `tables` only. Throws Failure where the
  // database cannot be asked.
  std::vector<DatabaseRepair> (*database_repairs)(Examination& examination, const std::set<std::string>& tables) = nullptr;
  // Values of its configuration that must stand in no log, report or page, as the application uses them. None where it cannot be
  // read. Never throws.
  std::vector<std::string> (*secrets)(platform::Disk& disk, const Site& site) = nullptr;
  // ---- where the owner may move and rename its folders
  // Instead of `owners`, where the site's own settings decide too: how this release of it is laid over the site. Throws Failure when it
  // must not be: the database is newer, or may be.
  Arrangement (*arrange)(Examination& examination, const storage::ZipPackage& package, const Release& release, Laying laying) = nullptr;
  // Folders in which it compiles its templates, each into a file *.php, beside others of the owner; index.php is one of those. Never
  // throws.
  Compiled (*compiled)(platform::Disk& disk, const Site& site) = nullptr;
  // ---- what works in it besides us
  // What else may write while the site is closed. Never throws.
  Entrances (*entrances)(platform::Disk& disk, const Site& site, InstallerIs installer) = nullptr;
  // What is seen of an upgrade that works in it now, by whomever it was started: sentences; none where nothing is seen. Until it is over
  // nothing may be changed. Never throws.
  std::vector<std::string> (*running_upgrade)(Examination& examination) = nullptr;
  // Why nothing else may be done to its database before the backup of before an upgrade is put back: a sentence; empty: nothing speaks
  // against it. Never throws.
  std::string (*half_upgraded)(Examination& examination) = nullptr;
  // Why its files in this folder, of another release, do not fit the database: a sentence; empty: nothing speaks against them. Never
  // throws.
  std::string (*problem_with_files)(Examination& examination, const platform::Path& folder) = nullptr;
  std::span<const std::string_view> table_names = {};  // with which its tables begin, behind the prefix; empty: that says it
  // Why the site has no console, where it is empty, and what to do. Never throws.
  base::Failure (*console_problem)(platform::Disk& disk, const Site& site) = nullptr;
  ClosedFolder closed_folder = ClosedFolder::is_in_the_way;
};

std::span<const App* const> all();

// Whether a table of this name is the application's, or may be, where nothing but a prefix tells.
bool owns_table(const App& app, const std::string& prefix, const std::string& name);

}  // namespace apps
