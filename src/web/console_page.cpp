// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/console_page.h"

#include "actions/canary.h"
#include "base/failure.h"
#include "base/text.h"
#include "web/assets.h"
#include "web/backups_section.h"
#include "web/findings_section.h"
#include "web/html.h"
#include "web/jobs_section.h"
#include "web/links_section.h"
#include "web/listing.h"
#include "web/offer_lists.h"

namespace web {

namespace {

std::string site_words(const actions::World& world) {
  if (!world.site) return world.site_problem;
  const apps::Site& site = *world.site;
  std::string version = site.version.empty() ? "of unknown version" : site.version.text();
  return std::string(site.app->title) + " " + version + " in " + base::printable_line(site.root.native());
}

std::string head_of(const actions::World& world, const Visitor& visitor) {
  std::string out = "<header>\n<h1>Unstick</h1>\n";
  if (visitor.has_session)
    out += "<form method=\"post\" action=\"?format=html\">\n" + hidden("logout", "1") +
           "<button>Log out</button>\n</form>\n";
  return out + "</header>\n" + paragraph(site_words(world), "site");
}

constexpr const char* kJumps =
    "<nav aria-label=\"On this page\">\n<a href=\"#findings\">Findings</a>\n<a href=\"#backups\">Backups</a>\n"
    "<a href=\"#links\">Bookmarks and cron</a>\n<a href=\"#actions\">All actions</a>\n<a href=\"#jobs\">Jobs</a>\n<a "
    "href=\"#facts\">This site</a>\n</nav>\n";

// The field is of use with JavaScript only, which takes `hidden` away.
constexpr const char* kSearch =
    "<p id=\"search\" hidden><label for=\"words\">Search the actions</label> <input id=\"words\" type=\"search\" "
    "autocomplete=\"off\"> "
    "<span id=\"hits\" role=\"status\"></span></p>\n";

std::optional<jobs::Snapshot> current_job(actions::World& world, std::vector<std::string>& warnings) {
  try {
    return unfinished_job(world);
  } catch (const base::Failure& failure) {
    warnings.push_back(failure.full());
    return std::nullopt;
  }
}

std::string former_keys(actions::World& world, const Links& links, std::vector<std::string>& warnings) {
  try {
    return former_keys_section(world, links);
  } catch (const base::Failure& failure) {
    warnings.push_back(failure.full());
    return {};
  }
}

}  // namespace

Html console_page(actions::World& world, const Links& links, const Visitor& visitor) {
  auto warnings = standing_warnings_of(world);
  auto job = current_job(world, warnings);
  if (!visitor.is_encrypted) warnings.push_back(kNotEncrypted);
  if (auto canary = actions::look_at_canary(world); canary && canary->seen != actions::Seen::refused)
    warnings.push_back(canary->words + ".");
  auto run_links = run_links_of(world, warnings);
  for (auto& words : failing_words(run_links)) warnings.push_back(std::move(words));
  std::string question = former_keys(world, links, warnings);
  std::string body = head_of(world, visitor);
  for (const auto& warning : warnings) body += paragraph(warning, "warning");
  body += current_job_section(job, links) + question;
  if (world.site) {
    Look look = look_at_site(world);
    body += verdict_section(look, links, job ? Turn::after : Turn::now) + kJumps +
            findings_section(world, look, links) + backups_section(world, links) +
            links_section(world, run_links, links) +
            section("actions", "All actions", kSearch + offer_lists(world, links)) + newest_jobs_section(world, links) +
            facts_section(world, look);
  } else {
    body += section("actions", "All actions", kSearch + offer_lists(world, links)) + newest_jobs_section(world, links) +
            facts_section(world, {});
  }
  if (visitor.key_in_address && visitor.has_session)
    body += "<span id=\"address\" data-without-key=\"?format=html\" hidden></span>\n";
  if (!visitor.page_token.empty())
    body += "<span id=\"page-token\" data-page=\"" + base::html_escape(visitor.page_token) + "\" hidden></span>\n";
  return {body, "Unstick", {}, kConsoleScript};
}

}  // namespace web
