// SPDX-License-Identifier: GPL-3.0-or-later
// The applications we know, in the order in which a folder is asked whether it is one of them.
#include <array>

#include "apps/app.h"
#include "apps/mautic/mautic.h"
#include "apps/whmcs/whmcs.h"

namespace apps {

std::span<const App* const> all() {
  static constexpr std::array<const App*, 2> kApps = {&mautic::kApp, &whmcs::kApp};
  return kApps;
}

}  // namespace apps
