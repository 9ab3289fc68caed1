// SPDX-License-Identifier: GPL-3.0-or-later
// The JSON that the page of upgrade_v3.php asks for by `?apiTask=CODE` and follows to the end:
//   {"status": "success" or "error", "message": HTML, "nextTaskCode": text or null, "nextTaskLabel": HTML or null}
// The page inserts message and label as HTML, and takes any status but 200 for a broken server: errors are 200 too.
#pragma once

#include <string>

#include "actions/upgrade_tasks.h"

namespace web {

std::string upgrade_json(const actions::TaskAnswer& answer);

}  // namespace web
