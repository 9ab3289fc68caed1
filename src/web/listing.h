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

std::string list_text(actions::World& world, const Links& links, const std::vector<std::string>& warnings);
std::string list_events(actions::World& world, const Links& links);

// A plan with the link that consents to it, or what there is to choose from with a link for each.
std::string plan_text(const actions::Answer& answer, const actions::Options& options, const Links& links);
std::string plan_last_line(const std::string& consent_link);
std::string plan_event(const actions::Answer& answer, const Links& links);

// Why a task was not started now.
std::string held_words(const actions::Answer& answer, const std::optional<jobs::Snapshot>& job);

std::string last_line(const std::string& text);

}  // namespace web
