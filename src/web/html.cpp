// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/html.h"

#include "base/text.h"

namespace web {

namespace {

using base::html_escape;

std::string class_attribute(std::string_view css_class) {
  return css_class.empty() ? "" : " class=\"" + std::string(css_class) + "\"";
}

}  // namespace

std::string paragraph(std::string_view text, std::string_view css_class) {
  return "<p" + class_attribute(css_class) + ">" + html_escape(text) + "</p>\n";
}

std::string link(std::string_view to, std::string_view text, std::string_view css_class) {
  return "<a" + class_attribute(css_class) + " href=\"" + html_escape(to) + "\">" + html_escape(text) + "</a>";
}

std::string bullets(const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string out = "<ul>\n";
  for (const auto& line : lines) out += "<li>" + html_escape(base::printable_line(line)) + "</li>\n";
  return out + "</ul>\n";
}

std::string quoted_bullets(const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string out = "<ul>\n";
  for (const auto& line : lines) {
    out += "<li>";
    for (char c : html_escape(base::printable_line(line))) c == ' ' ? out += "&#32;" : out += c;
    out += "</li>\n";
  }
  return out + "</ul>\n";
}

std::string to_copy(std::string_view text, std::string_view origin, std::string_view id) {
  auto attribute = [](const char* name, std::string_view value) {
    return value.empty() ? "" : " " + std::string(name) + "=\"" + html_escape(value) + "\"";
  };
  return "<pre tabindex=\"0\"" + attribute("id", id) + attribute("data-origin", origin) + ">" + html_escape(text) +
         "</pre>\n";
}

std::string hidden(std::string_view name, std::string_view value) {
  return "<input type=\"hidden\" name=\"" + html_escape(name) + "\" value=\"" + html_escape(value) + "\">\n";
}

std::string folded(std::string_view summary, const std::string& inner_html) {
  return "<details><summary>" + html_escape(summary) + "</summary>\n" + inner_html + "</details>\n";
}

std::string section(std::string_view id, std::string_view title, const std::string& inner_html,
                    std::string_view css_class) {
  std::string name(id);
  return "<section" + class_attribute(css_class) + " aria-labelledby=\"" + name + "\">\n<h2 id=\"" + name + "\">" +
         html_escape(title) + "</h2>\n" + inner_html + "</section>\n";
}

}  // namespace web
