// SPDX-License-Identifier: GPL-3.0-or-later
// What an error of a WHMCS, in a log or on a page, says about its cause: screens and messages of its documentation and
// help centre, of the ionCube Loader, PHP and MySQL.
#pragma once

#include <span>
#include <string_view>

#include "apps/symptoms.h"

namespace apps::whmcs {

std::span<const Symptom> symptoms();

// nullptr: nothing is known about it.
const Symptom* symptom_of(std::string_view text);

}  // namespace apps::whmcs
