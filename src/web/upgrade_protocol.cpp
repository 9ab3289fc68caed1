// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/upgrade_protocol.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace web {

namespace {

using nlohmann::json;

std::string paragraphs(const std::string& text) {
  std::string out;
  for (auto line : base::lines(text)) out += (out.empty() ? "" : "<br><br>") + base::html_escape(std::string(line));
  return out;
}

std::string list_of(const std::string& heading, const std::vector<std::string>& sentences) {
  if (sentences.empty()) return {};
  std::string out = "<p>" + heading + "</p><ul style=\"text-align: left\">";
  for (const auto& sentence : sentences) out += "<li>" + base::html_escape(sentence) + "</li>";
  return out + "</ul>";
}

// Its button's id is what the page's script looks for.
std::string checks_html(const actions::TaskAnswer& answer) {
  std::string html = "<h3>" + std::string(answer.may_begin ? "Ready to upgrade" : "Not ready to upgrade yet") + "</h3>";
  html += list_of("These <strong>errors</strong> have to be mended first:", answer.errors);
  html += list_of("These <strong>warnings</strong> are accepted by starting:", answer.warnings);
  if (!answer.may_begin) return html;
  return html + "<p>The site is closed meanwhile; its database is backed up first. Afterwards: " +
         base::html_escape(answer.text) +
         ".</p><button class=\"btn btn-primary\" id=\"startUpgradeButton\">Start the upgrade</button>";
}

std::string message_of(const actions::TaskAnswer& answer) {
  if (answer.checked) return checks_html(answer);
  std::string html = paragraphs(answer.text);
  if (answer.finished)
    html +=
        "<br><br><a href=\"?apiTask=confirmDeleteBackup\" class=\"btn btn-primary\">Delete what the upgrade "
        "replaced</a>";
  if (!answer.help.empty())
    html += "<br><br><a target=\"_blank\" href=\"" + base::html_escape(answer.help) +
            "\">The documentation about this error</a>";
  return html;
}

}  // namespace

std::string upgrade_json(const actions::TaskAnswer& answer) {
  auto text_or_null = [](const std::string& text) { return text.empty() ? json() : json(text); };
  json out = {{"status", answer.good ? "success" : "error"},
              {"message", message_of(answer)},
              {"nextTaskCode", text_or_null(answer.next_code)},
              {"nextTaskLabel", text_or_null(base::html_escape(answer.next_label))}};
  return out.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace web
