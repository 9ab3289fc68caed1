// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/findings_section.h"

#include "actions/console.h"
#include "actions/database_access.h"
#include "base/failure.h"
#include "base/program_version.h"
#include "base/text.h"
#include "web/html.h"

namespace web {

namespace {

using actions::Diagnosis;
using apps::Finding;
using apps::Weight;
using base::html_escape;

std::string things(size_t count) { return count == 1 ? "1 thing is" : std::to_string(count) + " things are"; }

std::string css_class_of(Weight weight) {
  if (weight == Weight::breaks) return "bad";
  return weight == Weight::hinders ? "warn" : "exposed";
}

std::string mends_of(actions::World& world, const Finding& finding, const Links& links) {
  std::string buttons;
  for (const auto& remedy : actions::remedies_for(world.need_site(), finding))
    buttons += link(links.page(remedy.task, remedy.options), (buttons.empty() ? "Mend it: " : "or: ") + remedy.task, "button") + "\n";
  std::string out =
      buttons.empty() ? "" : "<p class=\"buttons\">" + buttons + (finding.needs_php ? "(needs PHP)" : "") + "</p>\n";
  if (!finding.otherwise.empty())
    out +=
        paragraph((buttons.empty() ? "What to do: " : "Or: ") + base::printable_line(finding.otherwise), "otherwise");
  return out;
}

std::string finding_item(actions::World& world, const Finding& finding, const Links& links) {
  std::string out = "<li class=\"" + css_class_of(finding.weight) + "\">\n<h3>" +
                    html_escape(base::capitalised(base::printable_line(finding.what))) + " <span class=\"tag\">" +
                    html_escape(actions::word(finding.weight)) + "</span></h3>\n" +
                    paragraph(base::capitalised(base::printable_line(finding.means)) + ".") +
                    mends_of(world, finding, links);
  if (!finding.evidence.empty()) out += folded("What was seen", quoted_bullets(finding.evidence));
  return out + "</li>\n";
}

// What is in order, and what could not be looked at, for those who want to know.
std::string rest_of(const Diagnosis& diagnosis) {
  std::vector<std::string> good, unseen;
  for (const auto& row : diagnosis.rows) {
    std::string title(row.check->title);
    for (const auto& why : row.looked.not_looked) unseen.push_back(title + ": " + why);
    if (row.looked.found.empty() && row.looked.not_looked.empty())
      good.push_back(title + (row.looked.seen.empty() ? "" : ": " + row.looked.seen));
  }
  std::string out;
  if (!good.empty()) out += folded(std::to_string(good.size()) + " checks found nothing wrong", quoted_bullets(good));
  if (!unseen.empty()) out += folded(std::to_string(unseen.size()) + " could not look", quoted_bullets(unseen));
  return out;
}

std::string fact(std::string_view name, std::string_view value) {
  return value.empty()
             ? ""
             : "<dt>" + html_escape(name) + "</dt><dd>" + html_escape(base::printable_line(value)) + "</dd>\n";
}

std::string php_words(actions::World& world) {
  try {
    auto choice = actions::choose_php(world, world.need_site().php, platform::AskPhp::no);
    if (const auto* php = choice.php()) return php->version.text() + " (" + php->path.native() + ")";
    return choice.tried.empty() ? "not asked yet: the action php tells" : choice.reason;
  } catch (const base::Failure& failure) {
    return failure.full();
  }
}

// What the check that reached it has seen; else what the configuration says.
std::string database_words(actions::World& world, const Look& look) {
  for (const auto& row : look.diagnosis ? look.diagnosis->rows : std::vector<Diagnosis::Row>{})
    if (row.check->id == "database.reach" && !row.looked.seen.empty()) return row.looked.seen;
  auto way = actions::find_database(world.disk, &world.need_site(), world.settings);
  return way.access.name.empty() ? "" : way.access.name + " (cannot be reached)";
}

}  // namespace

Look look_at_site(actions::World& world) {
  Look look;
  try {
    look.diagnosis = actions::diagnose(world);
  } catch (const base::Failure& failure) {
    look.problem = failure.full();
  }
  return look;
}

std::string verdict_section(const Look& look, const Links& links, Turn turn) {
  if (!look.diagnosis)
    return section("verdict", "This site could not be looked at", paragraph(base::capitalised(look.problem) + "."),
                   "verdict warn");
  auto found = look.diagnosis->findings();
  if (found.empty()) {
    std::string inner =
        paragraph(look.diagnosis->is_incomplete()
                      ? "As far as could be looked. Below it says what could not."
                      : "Files, configuration, database and logs were looked at just now. Nothing was changed.");
    if (look.diagnosis->php_not_asked())
      inner += "<p>If pages fail all the same: " +
               link(links.page("doctor", {{"php", "yes"}}), "ask PHP and the site's own pages too") + "</p>\n";
    return section("verdict", "Nothing wrong found", inner, "verdict good");
  }
  std::string inner;
  if (actions::recover_mends(*look.diagnosis)) {
    inner =
        "<p>What can be mended here is mended in one go, in the right order, with a backup and a way back. The plan is "
        "shown first; "
        "nothing is changed before you agree.</p>\n<p class=\"buttons\">" +
        link(links.page("recover"), "Show the plan that mends it", turn == Turn::now ? "button main" : "button") +
        "</p>\n";
    if (turn == Turn::after)
      inner = paragraph("First the job above: what it does, or left half way, may be the cause of this.") + inner;
  }
  if (inner.empty()) inner = paragraph("Nothing of this is mended by itself. Each point below says what to do.");
  return section("verdict", things(found.size()) + " wrong with this site", inner, "verdict bad");
}

std::string findings_section(actions::World& world, const Look& look, const Links& links) {
  if (!look.diagnosis) return {};
  auto found = look.diagnosis->findings();
  std::string inner;
  if (!found.empty()) {
    inner += "<ol class=\"findings\">\n";
    for (const auto* finding : found) inner += finding_item(world, *finding, links);
    inner += "</ol>\n";
  }
  return section("findings", found.empty() ? "What was looked at" : "What is wrong, the worst first",
                 inner + rest_of(*look.diagnosis));
}

std::string facts_section(actions::World& world, const Look& look) {
  std::string rows;
  if (world.site) {
    const apps::Site& site = *world.site;
    std::string version = site.version.empty() ? "of unknown version: " + site.version_problem : site.version.text();
    rows += fact("Application", std::string(site.app->title) + " " + version + ", " + site.layout + " layout");
    rows += fact("Folder", site.root.native());
    rows += fact("PHP", php_words(world)) + fact("Database", database_words(world, look));
  }
  if (world.state_folder) rows += fact("Our own data", world.state_folder->folder.native());
  rows += fact("Unstick", base::kProgramVersion);
  return section("facts", "This site", "<dl class=\"facts\">\n" + rows + "</dl>\n");
}

}  // namespace web
