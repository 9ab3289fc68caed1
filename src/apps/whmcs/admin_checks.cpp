// SPDX-License-Identifier: GPL-3.0-or-later
// The admin area: $customadminpath names its folder, and updates that know nothing of that bring a folder admin/ again.
#include "apps/whmcs/checks.h"
#include "apps/whmcs/configuration.h"
#include "base/text.h"

namespace apps::whmcs {

namespace {

constexpr const char* kUsual = "admin";

// Of the newest file with a header.
struct Area {
  bool is_there = false;  // with files of WHMCS in it; a folder with something else is the owner's
  base::Version version;
};

Area area_in(Examination& examination, const Path& folder) {
  Area area;
  for (const auto& file : headed_files(examination.disk, folder)) {
    area.is_there = true;
    const base::Version& version = file.header.version;
    if (area.version.empty() || (!version.empty() && compare(version, area.version) > 0)) area.version = version;
  }
  return area;
}

bool is_newer(const Area& one, const Area& other) {
  return !one.version.empty() && !other.version.empty() && compare(one.version, other.version) > 0;
}

// Where it was renamed by hand: a folder of the site that is no part of a release by its name, with the pages of an admin area.
std::string renamed_area(Examination& examination) {
  const Path& root = examination.site.root;
  for (const auto& entry : examination.disk.list(root).value_or(std::vector<platform::Entry>{})) {
    bool is_folder = entry.kind == platform::Kind::folder && entry.name != "install" && entry.name != kUsual;
    bool has_pages = is_folder && header_of(examination.disk, root / entry.name / "login.php") &&
                     header_of(examination.disk, root / entry.name / "index.php");
    if (has_pages) return base::printable_line(entry.name);
  }
  return {};
}

// `where`: a folder that looks like it; may be empty.
Finding missing_area(const std::string& name, const std::string& where) {
  bool is_named = name != kUsual;
  Finding finding{
      "the folder of the admin area is not there, or holds nothing of WHMCS",
      {(is_named ? "$customadminpath in configuration.php names " + name : "configuration.php names no other folder than " + name) +
       (where.empty() ? "" : ", and the admin area lies in " + where)},
      "nobody can administer the site",
      Mend::nothing,
      where.empty() ? "upload the folder admin of the release" + (is_named ? " as " + name : "")
                    : "rename the folder " + where + " to " + name,
      Weight::breaks};
  if (!where.empty() && where != kUsual)
    finding.otherwise += ", or write the line $customadminpath = '" + where + "'; into configuration.php";
  return finding;
}

Finding stray_area(Examination& examination, const Path& stray, const std::string& name, bool brings_newer) {
  Finding finding{"a second admin area lies in admin/, beside that of the configuration",
                  {examination.shown(stray), "$customadminpath in configuration.php names " + name},
                  "an update brought it: it says that it is not configured, and strangers find it",
                  Mend::set_aside,
                  "delete the folder admin",
                  Weight::exposes,
                  {stray}};
  if (!brings_newer) return finding;
  finding.means = "an update brought its new admin files there instead of to " + name +
                  ", where the admin area is now older than the rest";
  finding.otherwise = "move all that lies in admin into " + name + ", over what is there, and delete admin";
  finding.weight = Weight::breaks;
  finding.mend = Mend::nothing;
  finding.in_the_way.clear();
  return finding;
}

}  // namespace

Looked look_at_admin_area(Examination& examination) {
  Looked looked;
  const Path& root = examination.site.root;
  Configuration configuration(examination.disk, root);
  if (!configuration.problem().empty()) return {{}, {configuration.problem()}, {}};
  auto folder = configuration.admin();
  if (!folder) return {{}, {configuration.value("customadminpath").problem}, {}};
  const Path usual = root / kUsual;
  looked.seen = examination.shown(*folder);
  std::string name = examination.shown(*folder);
  Area area = area_in(examination, *folder), stray = *folder == usual ? Area{} : area_in(examination, usual);
  bool is_there = area.is_there || examination.disk.look_through(*folder / "index.php").has_value();
  if (!is_there)
    looked.found.push_back(missing_area(name, stray.is_there ? kUsual : renamed_area(examination)));
  else if (stray.is_there && !platform::lies_in(*folder, usual))  // else it would take the area itself along
    looked.found.push_back(stray_area(examination, usual, name, is_newer(stray, area)));
  return looked;
}

}  // namespace apps::whmcs
