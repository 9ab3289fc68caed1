// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/offer_lists.h"

#include <memory>

#include "base/last_answer.h"
#include "base/text.h"

namespace web {

namespace {

using base::html_escape;

// HTML with gaps between the pieces, into each of which the beginning of a link belongs.
using Pieces = std::vector<std::string>;

void add_offer(Pieces& pieces, const actions::Offer& offer) {
  pieces.back() += "<dt>";
  if (offer.needs.empty()) {
    pieces.back() += "<a href=\"";
    pieces.push_back(html_escape(Links::task_end(offer.task)) + "\">" + html_escape(offer.task) + "</a>");
  } else {
    pieces.back() += html_escape(offer.task + " " + offer.needs);
  }
  pieces.back() += "</dt><dd>" + html_escape(offer.help) + "</dd>\n";
}

void add_list(Pieces& pieces, const std::string& title_html, const std::vector<actions::Offer>& offers,
              bool console) {
  pieces.back() += "<h2>" + title_html + "</h2>\n<dl>\n";
  for (const auto& offer : offers)
    if (offer.console == console) add_offer(pieces, offer);
  pieces.back() += "</dl>\n";
}

Pieces made(actions::World& world) {
  auto offers = actions::offers(world);
  Pieces pieces(1);
  add_list(pieces, "Repair", offers, false);
  if (world.site) add_list(pieces, html_escape(world.site->app->title) + "'s commands", offers, true);
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
