// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/links_section.h"

#include <algorithm>

#include "actions/cron_lines.h"
#include "base/failure.h"
#include "base/text.h"
#include "web/assets.h"
#include "web/html.h"
#include "web/listing.h"

namespace web {

namespace {

using actions::RunLink;
using base::html_escape;

std::string link_item(const RunLink& one, const Links& links) {
  std::string last = actions::last_result_words(one);
  bool expired = actions::is_expired(one);
  std::string until = platform::utc_words(one.expires).substr(0, 10);
  std::string out = "<li><b>" + html_escape(actions::words_of_task(one)) + "</b> <span class=\"tag\">" +
                    (expired ? "expired " : "until ") + until + "</span>\n";
  out += paragraph(last.empty() ? "Not used yet." : base::capitalised(last), one.good ? "soft" : "err");
  if (one.waits > 0) out += paragraph(base::capitalised(actions::waiting_words(one)), "err");
  return out + "<p class=\"buttons\"><a class=\"button danger\" href=\"" +
         html_escape(links.page("links:revoke", {{"link", one.id}})) + "\" aria-label=\"Revoke the link for " +
         html_escape(actions::words_of_task(one)) + "\">Revoke</a></p></li>\n";
}

std::string form_of(actions::World& world) {
  std::string tasks;
  for (const auto& offer : actions::offers(world))
    if (offer.may_be_linked && offer.needs.empty())
      tasks += "<option value=\"" + html_escape(offer.task) + "\"></option>\n";
  return "<form method=\"get\" action=\"?\">\n" + hidden("task", "links:make") + hidden("pretty", "1") +
         "<p><label>What the link does <input name=\"for\" list=\"tasks\" required autocomplete=\"off\" "
         "placeholder=\"cache:clear\"></label></p>\n"
         "<datalist id=\"tasks\">\n" +
         tasks +
         "</datalist>\n"
         "<p><label>For how many days it works <input name=\"days\" type=\"number\" min=\"1\" max=\"3650\" "
         "value=\"365\" required></label></p>\n"
         "<p><button>Make a link</button></p>\n</form>\n";
}

std::string block(const actions::CronLine& line, const std::string& id, const Links& links) {
  return "<h2>" + html_escape(line.place) + "</h2>\n" + paragraph(line.how) + to_copy(line.text, links.origin(), id) +
         "<p><button type=\"button\" data-copies=\"" + id + "\" aria-label=\"Copy the line for " +
         html_escape(line.place) + "\" hidden>Copy</button></p>\n";
}

std::string field(const base::Fields& fields, std::string_view name) {
  for (const auto& [known, value] : fields)
    if (known == name) return value;
  return {};
}

}  // namespace

std::vector<RunLink> run_links_of(actions::World& world, std::vector<std::string>& warnings) {
  try {
    return actions::all_links(world);
  } catch (const base::Failure& failure) {
    warnings.push_back(failure.full());
    return {};
  }
}

std::vector<std::string> failing_words(const std::vector<RunLink>& all) {
  std::vector<std::string> words;
  for (const auto& one : all) {
    if (actions::is_expired(one)) continue;
    std::string task = actions::words_of_task(one);
    if (one.failures > 0)
      words.push_back("A link that cron or a bookmark calls fails: " + task + ", " + actions::last_result_words(one));
    if (one.waits > 0)
      words.push_back("A link that cron or a bookmark calls waits, and does nothing: " + task + ", " +
                      actions::waiting_words(one) + ". It works again once that job has gone on to its end, or was "
                      "taken back or given up.");
  }
  return words;
}

std::string former_keys_section(actions::World& world, const Links& links) {
  size_t count = actions::links_of_former_keys(world).size();
  if (count == 0) return {};
  std::string inner = paragraph(base::capitalised(former_key_words(count)) +
                                ". If somebody else may have known that key, revoke them: he may "
                                "have made one for himself. If not, keep them, and cron goes on.");
  inner += "<p class=\"buttons\">" + link(links.page("links:keep"), "Keep them", "button") + "\n" +
           link(links.page("links:revoke", {{"link", "all"}}), "Revoke all links", "button danger") + "</p>\n";
  return section("former", "Do the links of the former key stay?", inner, "verdict warn");
}

std::string links_section(actions::World& world, const std::vector<RunLink>& all, const Links& links) {
  constexpr const char* kTitle = "Bookmarks and cron";
  if (world.key.place == actions::KeyPlace::program_name)
    return section(
        "links", kTitle,
        paragraph("Links that do one thing can be made once the key stands in unstick.ini.php and not in the "
                  "program's name: now the address alone opens everything."));
  std::string inner = paragraph(
      "A link that does one thing and shows its output, for a bookmark or the hosting panel's cron page. It does not "
      "hold the key, and can be revoked.");
  if (!all.empty()) {
    inner += "<ul class=\"rows\">\n";
    for (const auto& one : all) inner += link_item(one, links);
    inner += "</ul>\n";
  }
  if (all.size() > 1)
    inner += "<p>" + link(links.page("links:revoke", {{"link", "all"}}), "Revoke all", "button danger") + "</p>\n";
  return section("links", kTitle, inner + form_of(world));
}

Html made_link_page(const base::Fields& made, const Links& links, actions::Answers answers) {
  std::string relative = "?run=" + field(made, "token");
  std::string body = "<h1>A link for " + html_escape(base::printable_line(field(made, "task"))) + "</h1>\n" +
                     paragraph("It works for " + field(made, "days") +
                               " days. It is shown here once and stored nowhere: copy what you need now.");
  if (links.origin().starts_with("http:"))
    body +=
        "<p id=\"plain-http\">These begin with http://. If the address bar of this browser says https://, write that "
        "in them.</p>\n";
  size_t number = 0;
  for (const auto& line : actions::cron_lines(links.printed(relative), answers))
    body += block(line, "line-" + std::to_string(++number), links);
  body += paragraph(
              "&quiet makes the answer short, and its status the result: 200 done, 202 still running or skipped, 500 "
              "failed.") +
          "<p>" + link(links.list(), "Back") + "</p>\n";
  return {body, "A new link", {}, kConsoleScript, true};
}

}  // namespace web
