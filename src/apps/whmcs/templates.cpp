// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled templates: Smarty makes them out of the theme, and again where they are missing.
#include "apps/whmcs/configuration.h"
#include "apps/whmcs/whmcs.h"
#include "base/failure.h"

namespace apps::whmcs {

namespace {

constexpr std::string_view kUsual = "templates_c";

// A folder that the configuration names by mistake must not be taken for compiled ones.
bool holds_only_compiled(platform::Disk& disk, const Site& site, const Path& folder) {
  if (platform::lies_in(site.root, folder)) return false;
  return folder.filename() == kUsual || headed_files(disk, folder).empty();
}

}  // namespace

Compiled compiled(platform::Disk& disk, const Site& site) {
  constexpr const char* kSetting = "templates_compiledir";
  try {
    Configuration configuration(disk, site.root);
    auto named = configuration.folder(kSetting, kUsual);
    if (!named) return {{}, {configuration.unknown_folder(kSetting)}};
    auto folder = disk.real_path(*named);
    if (folder && holds_only_compiled(disk, site, *folder)) return {{*folder}, {}};
  } catch (const base::Failure&) {
    // What may not be looked at is left alone.
  }
  return {};
}

}  // namespace apps::whmcs
