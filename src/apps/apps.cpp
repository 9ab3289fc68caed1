// SPDX-License-Identifier: GPL-3.0-or-later
// The applications we know, in the order in which a folder is asked whether it is one of them.
#include <algorithm>
#include <array>

#include "apps/app.h"
#include "apps/mautic/mautic.h"
#include "apps/whmcs/whmcs.h"

namespace apps {

std::span<const App* const> all() {
  static constexpr std::array<const App*, 2> kApps = {&mautic::kApp, &whmcs::kApp};
  return kApps;
}

bool owns_table(const App& app, const std::string& prefix, const std::string& name) {
  if (!name.starts_with(prefix)) return false;
  const auto& beginnings = app.table_names;
  const std::string_view rest = std::string_view(name).substr(prefix.size());
  return beginnings.empty() || std::any_of(beginnings.begin(), beginnings.end(), [&](std::string_view one) { return rest.starts_with(one); });
}

}  // namespace apps
