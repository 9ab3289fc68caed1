// SPDX-License-Identifier: GPL-3.0-or-later
// Of the console page: what this site is, and what is wrong with it, the worst first, each with the link to what mends
// it.
#pragma once

#include <optional>
#include <string>

#include "actions/doctor.h"
#include "web/links.h"

namespace web {

// What was looked at for one page; nothing of it throws.
struct Look {
  std::optional<actions::Diagnosis> diagnosis;
  std::string problem;  // why there is none: a sentence
};
Look look_at_site(actions::World& world);

// How things stand in one sentence, with the one thing to do about it.
// `after`: a job has to come to its end first, and stands above.
enum class Turn { now, after };
std::string verdict_section(const Look& look, const Links& links, Turn turn);
std::string findings_section(actions::World& world, const Look& look, const Links& links);
// Application, versions, PHP, database.
std::string facts_section(actions::World& world, const Look& look);

}  // namespace web
