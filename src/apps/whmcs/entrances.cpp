// SPDX-License-Identifier: GPL-3.0-or-later
// Where a WHMCS is reached beside its front pages: what else lies in its root, payment providers' notifications, pages of modules and of
// the owner, the API, single sign-on, the admin area, the scripts of cron and of the mail server. All of them write into the database.
#include <algorithm>

#include "apps/whmcs/configuration.h"
#include "apps/whmcs/whmcs.h"
#include "base/failure.h"
#include "base/php_tokens.h"
#include "base/text.h"
#include "storage/site_closure.h"

namespace apps::whmcs {

namespace {

using Names = std::vector<std::string>;

// The rest begins with these, the installer too, and init.php is what we read the version from.
constexpr std::string_view kBegun[] = {"init.php", "dbconnect.php", "configuration.php"};
// Each *.php in them is asked for by itself, whoever wrote it.
constexpr const char *kCallbacks = "modules/gateways/callback", *kSignOn = "oauth";
constexpr const char* kApi = "includes/api.php";
constexpr const char* kModules = "modules";
constexpr const char* kHooks = "hooks.php";  // each page of WHMCS includes those of modules
constexpr size_t kMostPageBytes = 256 << 10;

// Code that begins WHMCS itself: `require __DIR__ . '/../init.php';`. What is encoded does not tell.
bool begins_whmcs(const std::string& text) {
  if (!base::contains(text, kBegun[0]) && !base::contains(text, kBegun[1])) return false;
  bool is_included = false;
  for (const auto& token : base::php_tokens(text, "")) {
    for (auto word : {"require", "require_once", "include", "include_once"}) is_included = is_included || token.is_word(word);
    if (token.is(";")) is_included = false;
    if (!is_included || (token.kind != base::PhpToken::Kind::text && token.kind != base::PhpToken::Kind::templ)) continue;
    if (base::contains(token.source, kBegun[0]) || base::contains(token.source, kBegun[1])) return true;
  }
  return false;
}

bool is_page(platform::Disk& disk, const Path& file) {
  try {
    return begins_whmcs(disk.read(file, kMostPageBytes).value_or(""));
  } catch (const base::Failure&) {  // it cannot be read, or is no PHP that runs
    return false;
  }
}

enum class Which {
  all,
  of_whmcs,  // those with its header, and pages
  pages,     // of whomever
};

class Gathering {
 public:
  explicit Gathering(platform::Disk& disk) : disk_(disk) {}

  void add_folder(const Path& folder, Which which, const Names& but = {}) {
    for (const auto& entry : entries_of(folder)) {
      bool is_left = !is_script(entry) || std::find(but.begin(), but.end(), entry.name) != but.end();
      if (!is_left && is_one(folder / entry.name, which)) add(folder / entry.name);
    }
  }
  // modules/addons/shop/: its own page is what the admin area includes.
  void add_modules(const Path& folder) {
    for (const auto& kind : folders_in(folder)) {
      add_folder(kind, Which::pages);
      for (const auto& module : folders_in(kind)) add_folder(module, Which::pages, {kHooks, module.filename().native() + ".php"});
    }
  }
  void add_below(const Path& folder) {
    for (const auto& below : folders_in(folder)) add_folder(below, Which::pages);
  }
  void add(const Path& file) { found_.files.push_back(file); }
  void miss(const std::string& why) { found_.unknown.push_back(why); }
  Entrances take() { return std::move(found_); }

 private:
  // What waits beside a stub of ours begins with a dot.
  static bool is_script(const platform::Entry& entry) {
    bool is_begun = std::find(std::begin(kBegun), std::end(kBegun), entry.name) != std::end(kBegun);
    return entry.kind != platform::Kind::folder && entry.name.ends_with(".php") && !entry.name.starts_with('.') && !is_begun;
  }

  bool is_one(const Path& file, Which which) {
    if (which == Which::all || storage::is_any_stub(disk_, file)) return true;
    return (which == Which::of_whmcs && header_of(disk_, file)) || is_page(disk_, file);
  }

  std::vector<platform::Entry> entries_of(const Path& folder) {
    try {
      return disk_.list(folder).value_or(std::vector<platform::Entry>{});
    } catch (const base::Failure& failure) {
      found_.unknown.push_back(failure.what());
      return {};
    }
  }
  std::vector<Path> folders_in(const Path& folder) {
    std::vector<Path> folders;
    for (const auto& entry : entries_of(folder))
      if (entry.kind == platform::Kind::folder) folders.push_back(folder / entry.name);
    return folders;
  }

  platform::Disk& disk_;
  Entrances found_;
};

}  // namespace

Entrances entrances(platform::Disk& disk, const Site& site, InstallerIs installer) {
  Configuration configuration(disk, site.root);
  Gathering gathered(disk);
  for (auto folder : {"", "feeds"}) gathered.add_folder(site.root / folder, Which::of_whmcs);
  for (auto folder : {kCallbacks, kSignOn}) gathered.add_folder(site.root / folder, Which::all);
  gathered.add_below(site.root / kCallbacks);
  gathered.add_modules(site.root / kModules);
  gathered.add(site.root / kApi);
  if (installer == InstallerIs::closed)
    for (auto folder : {"install", "install/bin"}) gathered.add_folder(site.root / folder, Which::of_whmcs);
  for (auto [name, usual, folder] : {std::tuple("customadminpath", "admin", configuration.admin()),
                                     std::tuple("crons_dir", "crons", configuration.folder("crons_dir", "crons"))}) {
    gathered.add_folder(folder.value_or(site.root / usual), Which::of_whmcs);
    if (std::string problem = configuration.value(name).problem; !problem.empty()) gathered.miss(problem);
  }
  gathered.add_folder(site.root / "crons", Which::of_whmcs);  // cron lines are older than what moved the folder
  return gathered.take();
}

}  // namespace apps::whmcs
