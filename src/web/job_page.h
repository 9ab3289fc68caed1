// SPDX-License-Identifier: GPL-3.0-or-later
// The page of one job (`pretty`): its output as far as there is one, which a script goes on with, else a refresh; its
// steps; and, for who may see more than this job, what can be done about it.
#pragma once

#include "web/delivery.h"

namespace web {

// Writes the whole answer. REQUIRES: the job is there.
void send_job_page(const Delivery& to);

}  // namespace web
