// SPDX-License-Identifier: GPL-3.0-or-later
// Of the console page: the links for bookmarks and cron, how each went last, and the form that makes one; and the page
// that shows a new one, once.
#pragma once

#include <string>
#include <vector>

#include "actions/run_links.h"
#include "web/links.h"
#include "web/page.h"

namespace web {

// None when they cannot be read: then `warnings` gets the reason.
std::vector<actions::RunLink> run_links_of(actions::World& world, std::vector<std::string>& warnings);
// A sentence for each that fails now, or waits for a job that was interrupted.
std::vector<std::string> failing_words(const std::vector<actions::RunLink>& all);

// After a change of the key: do links that were made before stay? Empty when there is no such question.
std::string former_keys_section(actions::World& world, const Links& links);
std::string links_section(actions::World& world, const std::vector<actions::RunLink>& all, const Links& links);

// `made`: what links:make tells for machines.
Html made_link_page(const base::Fields& made, const Links& links, actions::Answers answers);

}  // namespace web
