// SPDX-License-Identifier: GPL-3.0-or-later
// From a request to its answer: the URL contract (DESIGN 3).
#pragma once

#include "actions/world.h"
#include "web/gateway.h"

namespace web {

// Answers one request. Never throws: what goes wrong becomes an answer.
void serve(actions::Program& program, Gateway& gateway);

}  // namespace web
