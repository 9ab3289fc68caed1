// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/backups_section.h"

#include "actions/canary.h"
#include "base/failure.h"
#include "base/text.h"
#include "storage/backups.h"
#include "storage/file_backups.h"
#include "web/html.h"

namespace web {

namespace {

using base::html_escape;

constexpr size_t kMostShown = 12;

std::string way(const Links& links, const char* task, const std::string& id, const char* words, const char* css_class) {
  return "<a class=\"" + std::string(css_class) + "\" href=\"" + html_escape(links.page(task, {{"backup", id}})) +
         "\" aria-label=\"" + words + " backup " + html_escape(id.substr(0, 15)) + "\">" + words + "</a>\n";
}

std::string backup_item(actions::World& world, const actions::Choice& choice, const Links& links) {
  const std::string& id = choice.options.at("backup");
  auto state = world.need_state();
  auto files = storage::find_file_backup(world.disk, state, id);
  auto database = files ? std::nullopt : storage::find_backup(world.disk, state, id);
  bool is_whole = (files && files->manifest) || (database && database->manifest);
  std::string ways;
  if (is_whole) ways += way(links, "backup:download", id, "Download", "button");
  if (is_whole && database) ways += way(links, "db:restore", id, "Restore", "button danger");
  ways += way(links, "backup:delete", id, "Delete", "button danger");
  return "<li>" + html_escape(base::printable_line(choice.words)) + "\n<p class=\"buttons\">" + ways + "</p></li>\n";
}

std::string list_of(actions::World& world, const Links& links) {
  auto all = actions::propose_backup_download(world, {}).choices;
  if (all.empty()) return paragraph("There is none yet.");
  std::string out = "<ul class=\"rows\">\n";
  for (size_t i = 0; i < all.size() && i < kMostShown; ++i) out += backup_item(world, all[i], links);
  out += "</ul>\n";
  if (all.size() > kMostShown)
    out += "<p>" + link(links.page("backups"), "All " + std::to_string(all.size())) + "</p>\n";
  return out;
}

}  // namespace

std::string backups_section(actions::World& world, const Links& links) {
  if (!world.state_folder) return {};
  auto canary = actions::look_at_canary(world);
  std::string inner;
  if (canary)
    inner = paragraph(base::printable_line(canary->words) + ".",
                      canary->seen == actions::Seen::refused ? "soft" : "warning");
  inner += "<p class=\"buttons\">" + link(links.page("db:backup"), "Back up the database", "button") + "\n" +
                      link(links.page("files:backup"), "Back up the files", "button") + "\n" +
                      link(links.page("files:download"), "Download all files", "button") + "</p>\n";
  try {
    if (world.disk.look(world.state_folder->folder)) inner += list_of(world, links);
  } catch (const base::Failure& failure) {
    inner += paragraph(failure.full(), "warning");
  }
  return section("backups", "Backups", inner);
}

}  // namespace web
