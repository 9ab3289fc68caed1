// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/page.h"

#include "base/text.h"
#include "platform/clock.h"
#include "web/assets.h"
#include "web/html.h"
#include "web/response.h"

namespace web {

namespace {

using base::html_escape;

std::string way_back(const std::string& to) { return to.empty() ? "" : link(to, "Back"); }

}  // namespace

const char* const kNotEncrypted =
    "This page came over plain HTTP: whoever is on the way can read the key. Open it with https:// in front, if the "
    "site can do that.";

void write_page(Gateway& gateway, int status, const Html& page,
                const std::vector<std::pair<std::string, std::string>>& headers) {
  std::string nonce = platform::random_word(96);
  std::string policy = "default-src 'none'; style-src 'nonce-" + nonce + "'; script-src 'nonce-" + nonce +
                       "'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
  Headers all = {{"Content-Security-Policy", policy}, {"X-Frame-Options", "DENY"}};
  all.insert(all.end(), headers.begin(), headers.end());
  std::string title = html_escape(page.title), refresh, script;
  if (!page.refresh.empty())
    refresh =
        "<noscript><meta http-equiv=\"refresh\" content=\"2; url=" + html_escape(page.refresh) + "\"></noscript>\n";
  if (!page.script.empty() || page.shows_addresses)
    script = "<script nonce=\"" + nonce + "\">" + std::string(kOriginScript) + std::string(page.script) + "</script>\n";
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

Html login_page(bool is_encrypted) {
  return {
      "<h1>The secret phrase is wrong.</h1>\n"
      "<form method=\"post\" action=\"?format=html\">\n<p><label>Secret phrase (the key) "
      "<input type=\"password\" name=\"phrase\" required autofocus autocomplete=\"current-password\"></label></p>\n"
      "<p><button>Open</button></p>\n</form>\n" +
          (is_encrypted ? "" : paragraph(kNotEncrypted, "warning")) +
          paragraph("Forgotten? Write a new line key = ... into unstick.ini.php, in place of the one that is there, "
                    "and upload that file.",
                    "soft") +
          paragraph("With it this browser gets a cookie for 12 hours, and the address holds no key.", "soft"),
      "A key is needed",
      {}};
}

Html logged_out_page() {
  return {"<h1>Logged out</h1>\n" +
              paragraph("This browser has no session any more. Pages that are open here show no secrets; close them.") +
              "<p>" + link("?format=html", "Log in again") + "</p>\n",
          "Logged out",
          {}};
}

Html choices_page(const actions::Answer& answer, const Links& links) {
  std::string body = "<h1>" + html_escape(answer.task) + "</h1>\n";
  for (const auto& note : answer.proposal.plan.notes) body += paragraph(note);
  body += "<dl>\n";
  for (const auto& choice : answer.proposal.choices) {
    std::string name;
    for (const auto& option : choice.options) name += option.second;
    body += "<dt>" + (choice.options.empty() ? "" : link(links.page(answer.task, choice.options), name)) + "</dt><dd>" +
            html_escape(base::printable_line(choice.words)) + "</dd>\n";
  }
  return {body + "</dl>\n<p>" + link(links.list(), "Back") + "</p>\n", answer.task, {}};
}

namespace {

bool is_dangerous(const actions::Answer& answer) {
  const actions::Action* action = actions::find_action(answer.task);
  return (action && action->special == actions::Special::dangerous) || !answer.proposal.warnings.empty();
}

// The task, and in words what it is for.
std::string head_of(const actions::Answer& answer) {
  const actions::Action* action = actions::find_action(answer.task);
  return "<h1>" + html_escape(answer.task) + "</h1>\n" +
         (action ? paragraph(base::capitalised(std::string(action->help)) + ".", "soft") : "");
}

// Nothing can be agreed to: what is needed first stands first.
std::string without_plan(const actions::Proposal& proposal) {
  constexpr std::string_view kNeeded = "NEEDED FIRST: ";
  std::vector<std::string> needed, others;
  for (const auto& note : proposal.plan.notes) {
    if (note.starts_with(kNeeded)) needed.push_back(base::capitalised(note.substr(kNeeded.size())));
    else others.push_back(note);
  }
  std::string out = paragraph("Nothing was changed.");
  if (!needed.empty()) out += section("needed", "Something is needed from you first", bullets(needed), "verdict warn");
  return out + bullets(others);
}

}  // namespace

Html plan_page(const actions::Answer& answer, const actions::Options& options, const Links& links) {
  const base::Plan& plan = answer.proposal.plan;
  if (answer.outcome == actions::Outcome::choose) return choices_page(answer, links);
  std::string body = head_of(answer);
  if (answer.confirm.empty())
    return {body + without_plan(answer.proposal) + "<p>" + link(links.list(), "Back") + "</p>\n", answer.task, {}};
  body += paragraph("Nothing was changed yet. This is the plan.") + "<h2>What will be done</h2>\n<ol>\n";
  for (const auto& step : plan.steps) body += "<li>" + html_escape(base::printable_line(step.title)) + "</li>\n";
  body += "</ol>\n" + bullets(plan.notes) + "<form method=\"post\" action=\"?task=" + base::url_encode(answer.task) +
          "\">\n" + hidden("confirm", answer.confirm) + hidden("pretty", "1");
  for (const auto& [name, value] : options) body += hidden(name, value);
  if (const auto& agreement = answer.proposal.agreement)
    body += "<p><label><input type=\"checkbox\" name=\"" + html_escape(agreement->option) +
            "\" value=\"yes\" required> I accept the licence " + "agreement:</label> " +
            link(agreement->address, agreement->address) + "</p>\n";
  body += std::string("<button class=\"") + (is_dangerous(answer) ? "danger" : "main") + "\">Do it</button> " +
          link(links.list(), "Back") + "\n</form>\n" + paragraph("The button works once, within 10 minutes.", "soft");
  return {body, answer.task, {}};
}

Html job_page(const JobPage& job) {
  std::string state = "<p id=\"state\" role=\"status\" class=\"" + job.mood + "\">" + html_escape(job.state) + "</p>\n";
  std::string body =
      "<h1>" + html_escape(job.title) + "</h1>\n" + (job.state.empty() ? "" : state) +
      "<pre id=\"output\" tabindex=\"0\"" +
      (job.running ? " data-next=\"" + html_escape(job.next) + "\" data-again=\"" + html_escape(job.again) + "\""
                   : "") +
      ">" + job.output + "</pre>\n<div id=\"more\">\n" + job.more + "</div><!-- end of more -->\n" + job.steps + "<p>" +
      way_back(job.back) + "</p>\n";
  return {body, job.title, job.running ? job.again : "", job.running ? kScript : std::string_view{},
          !job.more.empty()};
}

}  // namespace web
