// SPDX-License-Identifier: GPL-3.0-or-later
// Whom a path of the site belongs to, as the application's data sheet says: what a swap and a comparison may touch.
#pragma once

#include <functional>
#include <string>

namespace storage {

enum class Owner {
  package,  // the application's: replaced as a whole; what the package does not have does not belong there
  shared,   // a folder of both: looked into; what the package does not have there is somebody else's and stays
  user,     // data or configuration: never replaced, never damage; put there only when it is missing
};

// Of a path relative to the site's root. A folder is asked about before what is in it, and that only when it is shared.
// Called by several threads at once.
using OwnerOf = std::function<Owner(const std::string& path)>;

}  // namespace storage
