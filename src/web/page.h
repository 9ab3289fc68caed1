// SPDX-License-Identifier: GPL-3.0-or-later
// The HTML pages. One request each, no outside resources, work without JavaScript; every text in them that is not
// ours is escaped here.
#pragma once

#include <string>
#include <vector>

#include "web/links.h"

namespace web {

struct Html {
  std::string body;
  std::string title;
  std::string refresh{};       // relative link to go to in 2 s without JavaScript; empty = none
  std::string_view script{};   // one of assets.h; empty = none
  bool shows_addresses = false;  // to_copy() made some of it: their beginning is for the browser to mend
};

// Wraps it into a document, with a policy that lets nothing but our own style and script run.
void write_page(Gateway& gateway, int status, const Html& page,
                const std::vector<std::pair<std::string, std::string>>& headers = {});

// What to say to who came over plain HTTP.
extern const char* const kNotEncrypted;

Html message_page(const std::string& title, const std::string& text);
// No key yet: what to upload, with a fresh suggestion.
Html setup_page(const std::string& problem, const std::string& suggestion);
// For a browser without key and session: a field for the key. Tells nothing of the site.
Html login_page(bool is_encrypted);
Html logged_out_page();
// A plan and its one button: a POST with a one-time token.
Html plan_page(const actions::Answer& answer, const actions::Options& options, const Links& links);

struct JobPage {
  std::string title;
  std::string output;   // HTML
  std::string state;
  std::string next;     // link from which the script goes on
  std::string again;    // this page, for browsers without JavaScript
  std::string back;     // empty for those who only see this job
  bool running = false;
  std::string mood{};  // of the state: "busy", "good", "bad"
  std::string steps{}; // HTML
  std::string more{};  // HTML: what can be done about it
};
Html job_page(const JobPage& job);

}  // namespace web
