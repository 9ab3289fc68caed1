// SPDX-License-Identifier: GPL-3.0-or-later
// What a zip of WHMCS is, and how it is laid over a site, as its documentation's manual update does: file by file over
// what is there, so that all that is the owner's stays. The folder of the admin area gets its own name, folders that
// were moved away do not come again.
#include <algorithm>
#include <set>

#include "apps/arrangement.h"
#include "apps/whmcs/configuration.h"
#include "apps/whmcs/state.h"
#include "apps/whmcs/stock_templates.h"
#include "apps/whmcs/whmcs.h"
#include "base/failure.h"
#include "base/text.h"

namespace apps::whmcs {

namespace {

using storage::Owner;
using storage::OwnerRule;
using storage::ZipEntry;
using storage::ZipPackage;

constexpr uint64_t kMostHeadedBytes = 8 << 20;
constexpr int kDeepest = 16;  // folders below each other
constexpr std::string_view kWithHeaders[] = {"cart.php", "clientarea.php", "index.php"};
constexpr std::string_view kFolders[] = {"admin",   "includes",  "lang",
                                         "modules", "templates", "vendor/whmcs/whmcs-foundation"};

const OwnerRule kUsers[] = {
    {Owner::user, "configuration.php"}, {Owner::user, ".htaccess"},        {Owner::user, "robots.txt"},
    {Owner::user, "favicon.ico"},       {Owner::user, "attachments"},      {Owner::user, "downloads"},
    {Owner::user, "templates_c"},       {Owner::user, "lang/overrides"},   {Owner::user, "includes/hooks"},
    {Owner::user, "crons/config.php"},  {Owner::user, "feeds/config.php"}, {Owner::user, "assets/img/logo*"},
    {Owner::shared, "vendor"},          {Owner::shared, "vendor/*"},       {Owner::either, "vendor/*/*"},
};

[[noreturn]] void refuse(const ZipPackage& package, const std::string& what) {
  throw base::Failure(package.shown() + " is no full release of WHMCS: " + what,
                      "upload the zip of the full release, as it is, from WHMCS's download page or client area");
}

// "" or "whmcs/": where the release begins in the package; nullopt: it holds none.
std::optional<std::string> top_of(const ZipPackage& package) {
  for (const ZipEntry& entry : package.entries()) {
    size_t slash = entry.path.find('/');
    std::string top = slash == std::string::npos ? "" : entry.path.substr(0, slash + 1);
    if (!entry.folder && entry.path == top + "init.php") return top;
  }
  return std::nullopt;
}

Header header_within(const ZipPackage& package, const std::string& path) {
  const ZipEntry* entry = package.find(path);
  if (!entry || entry->folder) refuse(package, "it has no " + base::printable_line(path));
  std::string text = package.read(*entry, kMostHeadedBytes);
  auto header = header_in(std::string_view(text).substr(0, kHeadBytes), text.size());
  if (!header) refuse(package, base::printable_line(path) + " in it is none of WHMCS's");
  if (!header->damage.empty()) refuse(package, base::printable_line(path) + " in it " + header->damage);
  return std::move(*header);
}

// Patch sets hold a part of a release, and fit one other release only: over any other they make the mismatch they are
// to mend.
void need_complete(const ZipPackage& package, const std::string& top) {
  if (package.find(top + "configuration.php"))
    refuse(package, "it has a configuration.php, so that it is a copy of a site");
  for (auto folder : kFolders) {
    bool is_there = std::any_of(package.entries().begin(), package.entries().end(), [&](const ZipEntry& entry) {
      return entry.path.starts_with(top + std::string(folder) + "/");
    });
    if (!is_there) refuse(package, "it has no " + std::string(folder) + "/: is it a patch set?");
  }
}

// "crons", as it is called in the site; nullopt: it lies outside of it.
std::optional<std::string> name_within(const Site& site, const Path& folder) {
  if (!platform::lies_in(folder, site.root) || folder == site.root) return std::nullopt;
  return folder.lexically_relative(site.root).native();
}

class Arranging {
 public:
  Arranging(Examination& examination, const ZipPackage& package, const Release& release, Laying laying)
      : examination_(examination),
        site_(examination.site),
        release_(release),
        laying_(laying),
        package_(package),
        configuration_(examination.disk, site_.root),
        top_(top_of(package).value_or("")) {}

  Arrangement arrange() {
    need_known();
    look_at_database();
    made_.rules.assign(std::begin(kUsers), std::end(kUsers));
    place_admin();
    place_crons();
    for (auto [name, usual] : {std::pair("attachments_dir", "attachments"), std::pair("downloads_dir", "downloads"),
                               std::pair("templates_compiledir", "templates_c")})
      leave_out_moved(name, usual);
    place_install();
    made_.placings.push_back({folder(""), ""});
    if (laying_ == Laying::replace) look_at_templates();
    made_.afterwards.push_back(
        "templates, order forms, modules and languages that WHMCS itself brings are the release's now: what you had "
        "changed "
        "in them lies in the kept files (`kept`); what changed in them stands in " +
        std::string(kReleaseNotes));
    std::string deep = "*";
    for (int level = 0; level < kDeepest; ++level, deep += "/*") made_.rules.push_back({Owner::shared, deep});
    return std::move(made_);
  }

 private:
  // In the package.
  std::string folder(const std::string& name) const {
    std::string path = top_ + name;
    if (path.ends_with('/')) path.pop_back();
    return path;
  }

  void need_known() const {
    if (!configuration_.problem().empty())
      throw base::Failure(configuration_.problem() + ", so that nobody knows which folders of the site were moved",
                          "put configuration.php back first: doctor says how");
    if (!configuration_.admin())
      throw base::Failure(
          configuration_.value("customadminpath").problem + ", so that the admin area's folder is not known",
          "write its name there as plain text, or upload the release by hand");
  }

  // Files that are older than the database never fit it.
  void look_at_database() {
    base::Version stored;
    try {
      stored = stored_in_database(examination_).version;
    } catch (const base::Failure& failure) {
      made_.notes.push_back("the version of the database is not known: " + base::printable_line(failure.what()));
    }
    if (stored.empty()) return need_no_older();
    auto order = compare(release_.version, stored);
    if (order < 0 && laying_ == Laying::compare) return;
    if (order < 0)
      throw base::Failure("the package is of " + release_.version.text() + ", and the database of " + stored.text() +
                              ": older files never fit a newer database",
                          "bring the full release " + stored.text() +
                              "; or restore a backup of the database of that time first (db:restore)");
    made_.database = order == 0 ? DatabaseFit::fits : DatabaseFit::behind;
    if (order == 0) return;
    made_.notes.push_back("the database is of " + stored.text() +
                          ": from then on visitors see \"Down for Maintenance\", until recover has "
                          "run the upgrade; ask for it as soon as this is done");
    made_.afterwards.push_back("the database is still of " + stored.text() +
                               ": ask recover now, which runs the upgrade");
  }

  // The newest release that any of the core files is of.
  base::Version newest_here() {
    base::Version newest = site_.version;
    for (auto name : core_files(site_.version))
      if (auto header = header_of(examination_.disk, site_.root / name); header && !header->version.empty())
        if (newest.empty() || compare(header->version, newest) > 0) newest = header->version;
    return newest;
  }

  // The database is of the newest files, or was: whoever cannot read its version must not go below that.
  void need_no_older() {
    if (laying_ == Laying::compare) return;
    base::Version newest = newest_here();
    if (!newest.empty() && compare(release_.version, newest) >= 0) return;
    throw base::Failure("the package is of " + release_.version.text() + (newest.empty() ? ", the files do not say of what release they are"
                                                                                         : ", files here are of " + newest.text()) +
                            ", and the version of the database cannot be read: older files never fit a newer database",
                        "make the database readable first (doctor says why it is not; db_host, db_name, db_user and db_password in the "
                        "settings file serve too), or bring a release that is not older");
  }

  void look_at_templates() {
    auto own = changed_templates(examination_.disk, site_.root, site_.version, examination_.given.packages);
    auto templates = own ? std::move(*own) : differing_templates(examination_.disk, site_.root, package_);
    if (templates.changed.empty()) return;
    made_.afterwards.push_back((own ? "review these templates of WHMCS itself, which you had changed (as " + templates.told_by + " tells): "
                                    : "review these templates of WHMCS itself, if you had changed them (they were not as in " +
                                          templates.told_by + "): ") +
                               names_of(templates));
  }

  void place_admin() {
    Path admin = *configuration_.admin();
    auto name = name_within(site_, admin);
    if (!name)
      throw base::Failure(
          "$customadminpath in configuration.php names no folder of the site: " + base::printable_line(admin.native()),
          "write the name of the admin area's folder there");
    made_.rules.push_back({Owner::user, *name + "/lang/overrides"});
    if (*name == "admin") return;
    made_.placings.push_back({folder("admin"), *name});
    bool is_around = name->starts_with("admin/");  // then admin/ is no area that an update left
    bool is_of_whmcs = !is_around && !headed_files(examination_.disk, site_.root / "admin").empty();
    if (!is_around) made_.rules.push_back({is_of_whmcs ? Owner::package : Owner::user, "admin"});
    made_.notes.push_back("new files of the admin area go into " + base::printable_line(*name) + ", its folder" +
                          (is_of_whmcs ? "; admin/, which another update left, is moved out and kept" : ""));
  }

  void place_crons() {
    auto crons = configuration_.folder("crons_dir", "crons");
    if (!crons) return leave_out_unknown("crons_dir", "crons");
    if (crons == site_.root / "crons") return;
    if (auto name = name_within(site_, *crons)) {
      made_.placings.push_back({folder("crons"), *name});
      made_.rules.push_back({Owner::user, *name + "/config.php"});
      return;
    }
    made_.placings.push_back({folder("crons"), std::nullopt});
    made_.afterwards.push_back("copy the files of crons/ in the release into " + base::printable_line(crons->native()) +
                               " yourself, but for config.php: that folder was moved out of the site");
  }

  // What was moved does not come again where it was; where it is now, it is the owner's.
  void leave_out_moved(const char* setting, const std::string& usual) {
    auto moved = configuration_.folder(setting, usual);
    if (!moved) return leave_out_unknown(setting, usual);
    if (*moved == site_.root / usual) return;
    made_.placings.push_back({folder(usual), std::nullopt});
    if (auto name = name_within(site_, *moved)) made_.rules.push_back({Owner::user, *name});
  }

  // It may lie anywhere, also where it was.
  void leave_out_unknown(const char* setting, const std::string& usual) {
    made_.placings.push_back({folder(usual), std::nullopt});
    made_.rules.push_back({Owner::user, usual});
    made_.notes.push_back("nothing of " + usual + "/ in the release comes into the site: " +
                          base::printable_line(configuration_.unknown_folder(setting)) +
                          ", or bring the files of that folder there yourself");
  }

  // It comes where it is needed, and goes where it is not: WHMCS refuses to work beside it.
  void place_install() {
    if (made_.database != DatabaseFit::behind) made_.placings.push_back({folder("install"), std::nullopt});
    made_.rules.push_back({made_.database == DatabaseFit::unknown ? Owner::nobody : Owner::package, "install"});
  }

  Examination& examination_;
  const Site& site_;
  const Release& release_;
  Laying laying_;
  const ZipPackage& package_;
  Configuration configuration_;
  std::string top_;
  Arrangement made_;
};

}  // namespace

Release release_of(const ZipPackage& package) {
  auto top = top_of(package);
  if (!top) refuse(package, "it has no init.php");
  Header header = header_within(package, *top + "init.php");
  if (header.version.empty()) refuse(package, "init.php in it names no version");
  for (auto name : kWithHeaders)
    if (Header other = header_within(package, *top + std::string(name)); compare(other.version, header.version) != 0)
      refuse(package, "init.php in it is of " + header.version.text() + ", and " + std::string(name) + " of " +
                          other.version.text());
  need_complete(package, *top);
  Release release;
  release.version = header.version;
  release.php = range_of(header.encoded_for);
  return release;
}

Arrangement arrange(Examination& examination, const ZipPackage& package, const Release& release, Laying laying) {
  return Arranging(examination, package, release, laying).arrange();
}

}  // namespace apps::whmcs
