// SPDX-License-Identifier: GPL-3.0-or-later
// Lists, plans and notices in words: what curl, cron and a forum post see.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "web/links.h"

namespace web {

// What is wrong with our own surroundings: settings lines not understood, no state folder, an interrupted job.
std::vector<std::string> warnings_of(actions::World& world);
// The same without the job and what it left.
std::vector<std::string> standing_warnings_of(actions::World& world);
// "the key was changed, and 3 links that were made with a former key still work"
std::string former_key_words(size_t count);
// The job that the site belongs to, unless it is over.
std::optional<jobs::Snapshot> unfinished_job(actions::World& world);

std::string list_text(actions::World& world, const Links& links, const std::vector<std::string>& warnings);
std::string list_events(actions::World& world, const Links& links);

// A plan with the link that consents to it, or what there is to choose from with a link for each.
std::string plan_text(const actions::Answer& answer, const actions::Options& options, const Links& links);
// With the link that consents; where an agreement has to be accepted first: with that to the plan which has it, and no
// code.
std::string plan_last_line(const actions::Answer& answer, actions::Options options, const Links& links);
std::string plan_event(const actions::Answer& answer, const Links& links);

// Why a task was not started now.
std::string held_words(const actions::Answer& answer, const std::optional<jobs::Snapshot>& job);

std::string last_line(const std::string& text);

}  // namespace web
