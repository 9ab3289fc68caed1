// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/offer_lists.h"

#include <algorithm>
#include <array>
#include <memory>

#include "base/last_answer.h"
#include "base/text.h"

namespace web {

namespace {

using actions::Offer;
using base::html_escape;

// HTML with gaps between the pieces, into each of which the beginning of a link belongs.
using Pieces = std::vector<std::string>;

// Names, or their beginnings where they end in a colon; the first group that fits has the action.
struct Group {
  std::string_view title;
  std::string_view names;
};
constexpr std::array<Group, 8> kGroups = {{
    {"Look at the site", "doctor logs logs:follow report php db:status files:verify"},
    {"Mend it", "recover cache:purge config:fix permissions:fix db:repair update:finish files:replace upgrade:v3 upgrade:back"},
    {"Go back", "undo files:rollback db:restore kept kept:delete"},
    {"Backups", "db:backup files:backup files:backup-own files:download files:download-own backups backup:"},
    {"Jobs", "job:"},
    {"Links for bookmarks and cron", "links links:"},
    {"This program", "self:"},
    {"More", ""},  // all others
}};

constexpr size_t kOpenGroups = 3;

bool belongs(const Group& group, std::string_view task) {
  if (group.names.empty()) return true;
  auto names = base::split(group.names, ' ');
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
    return name == task || (name.ends_with(':') && task.starts_with(name));
  });
}

size_t group_of(std::string_view task) {
  return static_cast<size_t>(
      std::find_if(kGroups.begin(), kGroups.end(), [&](const Group& group) { return belongs(group, task); }) -
      kGroups.begin());
}

bool changes_the_site(const Offer& offer) {
  return offer.effect != base::Effect::reads && offer.effect != base::Effect::routine;
}

void add_offer(Pieces& pieces, const Offer& offer) {
  pieces.back() += "<div><dt>";
  if (offer.needs.empty()) {
    pieces.back() += "<a href=\"";
    pieces.push_back(html_escape(Links::page_end(offer.task)) + "\">" + html_escape(offer.task) + "</a>");
  } else {
    pieces.back() += html_escape(offer.task + " " + offer.needs);
  }
  const char* tag = changes_the_site(offer) ? " <span class=\"tag\">changes the site</span>" : "";
  pieces.back() += "</dt><dd>" + html_escape(offer.help) + tag + "</dd></div>\n";
}

using Fits = std::function<bool(const Offer&)>;

enum class Folding { open, closed };

void add_list(Pieces& pieces, const std::string& title, Folding folding, const std::vector<Offer>& offers,
              const Fits& fits) {
  if (std::none_of(offers.begin(), offers.end(), fits)) return;
  pieces.back() += std::string("<details") + (folding == Folding::open ? " open" : "") + "><summary><h3>" +
                   html_escape(title) + "</h3></summary>\n<dl class=\"offers\">\n";
  for (const auto& offer : offers)
    if (fits(offer)) add_offer(pieces, offer);
  pieces.back() += "</dl></details>\n";
}

void add_console(Pieces& pieces, const std::string& title, const std::vector<Offer>& offers) {
  using base::Effect;
  auto of = [](Effect effect) { return [=](const Offer& offer) { return offer.console && offer.effect == effect; }; };
  add_list(pieces, title + ": the periodic work", Folding::closed, offers, of(Effect::routine));
  add_list(pieces, title + ": commands that only look", Folding::closed, offers, of(Effect::reads));
  add_list(pieces, title + ": commands that change something", Folding::closed, offers, [](const Offer& offer) {
    return offer.console && offer.effect != Effect::routine && offer.effect != Effect::reads;
  });
}

Pieces made(actions::World& world) {
  auto offers = actions::offers(world);
  Pieces pieces(1);
  for (size_t i = 0; i < kGroups.size(); ++i)
    add_list(pieces, std::string(kGroups[i].title), i < kOpenGroups ? Folding::open : Folding::closed, offers,
             [=](const Offer& offer) { return !offer.console && group_of(offer.task) == i; });
  if (world.site) add_console(pieces, std::string(world.site->app->title), offers);
  return pieces;
}

// All that actions::offers() looks at.
std::string question_of(const actions::World& world) {
  std::string question = "no site";
  if (world.site) question = std::string(world.site->app->name) + "\n" + world.site->version.text();
  for (const auto& line : world.settings.commands) question += "\n" + line;
  return question;
}

std::string filled(const Pieces& pieces, const std::string& link_start) {
  size_t size = link_start.size() * pieces.size();
  for (const auto& piece : pieces) size += piece.size();
  std::string out;
  out.reserve(size);
  for (const auto& piece : pieces) {
    if (&piece != &pieces.front()) out += link_start;
    out += piece;
  }
  return out;
}

}  // namespace

std::string offer_lists(actions::World& world, const Links& links) {
  static base::LastAnswer<std::shared_ptr<const Pieces>> memory;
  std::string question = question_of(world);
  auto pieces = memory.recall(question);
  if (!pieces) {
    pieces = std::make_shared<const Pieces>(made(world));
    memory.keep(std::move(question), *pieces);
  }
  return filled(**pieces, html_escape(links.task_start()));
}

}  // namespace web
