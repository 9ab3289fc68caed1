// SPDX-License-Identifier: GPL-3.0-or-later
// The pieces that our pages are made of. Every text that goes in is escaped here; what comes out is HTML.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace web {

std::string paragraph(std::string_view text, std::string_view css_class = {});
std::string link(std::string_view to, std::string_view text, std::string_view css_class = {});
// A list without numbers, one item a line; control characters are shown.
std::string bullets(const std::vector<std::string>& lines);
// The same for lines of logs and servers. Filters in front of us refuse a whole page for words like "an error in your
// SQL syntax": written so that browsers show the same, and no filter finds them.
std::string quoted_bullets(const std::vector<std::string>& lines);
// What somebody is to copy: with `origin`, which the addresses in it begin with, so that a script can put the one there
// that the browser knows (www/origin.js). Empty: it holds none. `id`: may be empty.
std::string to_copy(std::string_view text, std::string_view origin, std::string_view id = {});
// Of a form.
std::string hidden(std::string_view name, std::string_view value);
// <details> with HTML inside, closed.
std::string folded(std::string_view summary, const std::string& inner_html);
// A part of a page with its heading; `id` is what a link on the page leads to.
std::string section(std::string_view id, std::string_view title, const std::string& inner_html,
                    std::string_view css_class = {});

}  // namespace web
