// SPDX-License-Identifier: GPL-3.0-or-later
// Templates and order forms that WHMCS itself brings. Who changed one in its place has to do so again after an update, or to give up
// what the update brought; no page says that. What a release's templates were tells its own list of hashes, or its package.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/version.h"
#include "platform/disk.h"
#include "storage/zip_package.h"

namespace apps::whmcs {

using platform::Path;

struct StockTemplates {
  std::vector<std::string> changed;  // paths in the site
  std::string told_by;               // "the hashes in resources/x.md5", "whmcs_v8130_full.zip"
};

// Those in the site that are not as its release brought them: by a list of hashes in its tree, or else by the first of these packages
// that is of this version. nullopt: neither is there. Never throws.
std::optional<StockTemplates> changed_templates(platform::Disk& disk, const Path& root, const base::Version& version,
                                                const std::vector<Path>& packages);
// Those that are not as this package has them.
StockTemplates differing_templates(platform::Disk& disk, const Path& root, const storage::ZipPackage& package);

// "templates/six/header.tpl, templates/six/footer.tpl, ..."
std::string names_of(const StockTemplates& templates);

}  // namespace apps::whmcs
