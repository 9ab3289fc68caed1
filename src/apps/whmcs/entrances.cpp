// SPDX-License-Identifier: GPL-3.0-or-later
// Where a WHMCS is reached beside its front pages: what else lies in its root, payment providers' notifications, the API, single
// sign-on, the admin area, the scripts of cron and of the mail server. All of them write into the database.
#include <algorithm>

#include "apps/whmcs/configuration.h"
#include "apps/whmcs/whmcs.h"
#include "base/failure.h"

namespace apps::whmcs {

namespace {

// The rest begins with these, the installer too, and init.php is what we read the version from.
constexpr std::string_view kBegun[] = {"init.php", "dbconnect.php", "configuration.php"};
// Each *.php in them is asked for by itself, whoever wrote it.
constexpr const char* kNotified[] = {"modules/gateways/callback", "oauth"};
constexpr const char* kApi = "includes/api.php";

enum class Whose { anybody, whmcs };

class Gathering {
 public:
  explicit Gathering(platform::Disk& disk) : disk_(disk) {}

  void add_folder(const Path& folder, Whose whose) {
    try {
      for (const auto& entry : disk_.list(folder).value_or(std::vector<platform::Entry>{}))
        if (is_script(entry) && (whose == Whose::anybody || header_of(disk_, folder / entry.name))) add(folder / entry.name);
    } catch (const base::Failure& failure) {
      found_.unknown.push_back(failure.what());
    }
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

  platform::Disk& disk_;
  Entrances found_;
};

}  // namespace

Entrances entrances(platform::Disk& disk, const Site& site, InstallerIs installer) {
  Configuration configuration(disk, site.root);
  Gathering gathered(disk);
  gathered.add_folder(site.root, Whose::whmcs);
  for (auto folder : kNotified) gathered.add_folder(site.root / folder, Whose::anybody);
  gathered.add(site.root / kApi);
  if (installer == InstallerIs::closed)
    for (auto folder : {"install", "install/bin"}) gathered.add_folder(site.root / folder, Whose::whmcs);
  for (auto [name, usual, folder] : {std::tuple("customadminpath", "admin", configuration.admin()),
                                     std::tuple("crons_dir", "crons", configuration.folder("crons_dir", "crons"))}) {
    gathered.add_folder(folder.value_or(site.root / usual), Whose::whmcs);
    if (std::string problem = configuration.value(name).problem; !problem.empty()) gathered.miss(problem);
  }
  gathered.add_folder(site.root / "crons", Whose::whmcs);  // cron lines are older than what moved the folder
  return gathered.take();
}

}  // namespace apps::whmcs
