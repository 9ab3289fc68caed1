// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/page.h"

#include "base/text.h"
#include "platform/clock.h"
#include "web/assets.h"
#include "web/offer_lists.h"
#include "web/response.h"

namespace web {

namespace {

using base::html_escape;

std::string paragraph(const std::string& text, const char* css_class = "") {
  std::string attribute = *css_class ? std::string(" class=\"") + css_class + "\"" : "";
  return "<p" + attribute + ">" + html_escape(text) + "</p>\n";
}

std::string link(const std::string& to, const std::string& text) {
  return "<a href=\"" + html_escape(to) + "\">" + html_escape(text) + "</a>";
}

std::string bullets(const std::vector<std::string>& lines) {
  std::string out = "<ul>\n";
  for (const auto& line : lines) out += "<li>" + html_escape(base::printable_line(line)) + "</li>\n";
  return out + "</ul>\n";
}

std::string hidden(const std::string& name, const std::string& value) {
  return "<input type=\"hidden\" name=\"" + html_escape(name) + "\" value=\"" + html_escape(value) + "\">\n";
}

std::string site_words(const actions::World& world) {
  if (!world.site) return world.site_problem;
  const apps::Site& site = *world.site;
  std::string version = site.version.empty() ? "of unknown version (" + site.version_problem + ")" : site.version.text();
  return std::string(site.app->title) + " " + version + " in " + base::printable_line(site.root.native());
}

}  // namespace

void write_page(Gateway& gateway, int status, const Html& page,
                const std::vector<std::pair<std::string, std::string>>& headers) {
  std::string nonce = platform::random_word(96);
  std::string policy = "default-src 'none'; style-src 'nonce-" + nonce + "'; script-src 'nonce-" + nonce +
                       "'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
  Headers all = {{"Content-Security-Policy", policy}, {"X-Frame-Options", "DENY"}};
  all.insert(all.end(), headers.begin(), headers.end());
  std::string title = html_escape(page.title), refresh, script;
  if (!page.refresh.empty()) {
    refresh = "<noscript><meta http-equiv=\"refresh\" content=\"2; url=" + html_escape(page.refresh) + "\"></noscript>\n";
    script = "<script nonce=\"" + nonce + "\">" + std::string(kScript) + "</script>\n";
  }
  std::string_view parts[] = {"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                              "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
                              title, "</title>\n", refresh, "<style nonce=\"", nonce, "\">", kStyle,
                              "</style>\n</head>\n<body>\n<main>\n", page.body, "</main>\n", script,
                              "</body>\n</html>\n"};
  std::string document;
  document.reserve(page.body.size() + script.size() + kStyle.size() + 1024);
  for (auto part : parts) document += part;
  write_answer(gateway, status, kHtml, document, all);
}

Html message_page(const std::string& title, const std::string& text) {
  return {"<h1>" + html_escape(title) + "</h1>\n" + paragraph(text), title, {}};
}

Html setup_page(const std::string& problem, const std::string& suggestion) {
  return {"<h1>One step is left: a key</h1>\n" + paragraph(problem) +
              "<p>Open the file <b>unstick.ini.php</b> that lies beside this program, write this line into it, and "
              "upload it again:</p>\n<pre>key = " +
              html_escape(suggestion) +
              "</pre>\n<p>Then open this address with <b>?</b> and the key behind it:</p>\n<pre>?" +
              html_escape(suggestion) +
              "</pre>\n<p>The key above was made for you just now and is stored nowhere. Any 16 or more letters and "
              "digits that nobody can guess will do.</p>\n",
          "Unstick: a key is needed", {}};
}

Html list_page(actions::World& world, const Links& links, const std::vector<std::string>& warnings) {
  std::string body = "<h1>Unstick</h1>\n" + paragraph(site_words(world));
  for (const auto& warning : warnings) body += paragraph(warning, "warning");
  return {body + offer_lists(world, links), "Unstick", {}};
}

Html choices_page(const actions::Answer& answer, const Links& links) {
  std::string body = "<h1>" + html_escape(answer.task) + "</h1>\n";
  for (const auto& note : answer.proposal.plan.notes) body += paragraph(note);
  body += "<dl>\n";
  for (const auto& choice : answer.proposal.choices) {
    std::string name;
    for (const auto& option : choice.options) name += option.second;
    body += "<dt>" + (choice.options.empty() ? "" : link(links.task(answer.task, choice.options), name)) + "</dt><dd>" +
            html_escape(choice.words) + "</dd>\n";
  }
  return {body + "</dl>\n<p>" + link(links.list(), "Back") + "</p>\n", answer.task, {}};
}

Html plan_page(const actions::Answer& answer, const actions::Options& options, const Links& links) {
  const base::Plan& plan = answer.proposal.plan;
  if (answer.outcome == actions::Outcome::choose) return choices_page(answer, links);
  std::string body = "<h1>" + html_escape(answer.task) + "</h1>\n";
  if (answer.confirm.empty()) return {body + bullets(plan.notes) + "<p>" + link(links.list(), "Back") + "</p>\n", answer.task, {}};
  body += "<h2>What will be done</h2>\n<ol>\n";
  for (const auto& step : plan.steps) body += "<li>" + html_escape(step.title) + "</li>\n";
  body += "</ol>\n" + bullets(plan.notes) + "<form method=\"post\" action=\"?task=" + base::url_encode(answer.task) +
          "\">\n" + hidden("confirm", answer.confirm);
  for (const auto& [name, value] : options) body += hidden(name, value);
  body += "<button>Do it</button> " + link(links.list(), "Back") + "\n</form>\n" +
          paragraph("Nothing was changed yet. The button works once, within 10 minutes.");
  return {body, answer.task, {}};
}

Html job_page(const JobPage& job) {
  std::string body = "<h1>" + html_escape(job.title) + "</h1>\n<pre id=\"output\" tabindex=\"0\"" +
                     (job.running ? " data-next=\"" + html_escape(job.next) + "\"" : "") + ">" + job.output +
                     "</pre>\n<p id=\"state\" role=\"status\">" + html_escape(job.state) + "</p>\n<p>" +
                     link(job.back, "Back") + "</p>\n";
  return {body, job.title, job.running ? job.again : ""};
}

}  // namespace web
