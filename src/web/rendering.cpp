// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/rendering.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace web {

namespace {

using json = nlohmann::ordered_json;

// Calls `take(stream, line with its newline if it has one)` for each line of a marked text.
template <typename Take>
void each_line(std::string_view marked, Take take) {
  while (!marked.empty()) {
    auto end = marked.find('\n');
    std::string_view line = marked.substr(0, end == std::string_view::npos ? marked.size() : end + 1);
    marked.remove_prefix(line.size());
    base::Stream stream = base::Stream::output;
    if (line[0] == jobs::kOursMark) stream = base::Stream::ours;
    if (line[0] == jobs::kErrorsMark) stream = base::Stream::errors;
    if (stream != base::Stream::output) line.remove_prefix(1);
    take(stream, line);
  }
}

std::string_view word(base::Stream stream) {
  if (stream == base::Stream::ours) return "unstick";
  return stream == base::Stream::output ? "out" : "err";
}

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string as_text(std::string_view marked) {
  std::string out;
  out.reserve(marked.size());
  each_line(marked, [&](base::Stream stream, std::string_view line) {
    if (stream == base::Stream::errors) out += "! ";
    out += line;
  });
  return out;
}

std::string as_escaped_text(std::string_view marked) {
  std::string out;
  for (char c : as_text(marked)) {
    if (std::string_view(" <>'\"?%(").find(c) == std::string_view::npos) {
      out += c;
      continue;
    }
    out += "\\x";
    out += base::hex({&c, 1});
  }
  return out;
}

std::string as_html(std::string_view marked) {
  std::string out;
  each_line(marked, [&](base::Stream stream, std::string_view line) {
    std::string text = base::html_escape(line);
    if (stream == base::Stream::output) out += text;
    else out += std::string("<span class=\"") + std::string(word(stream)) + "\">" + text + "</span>";
  });
  return out;
}

std::string as_events(std::string_view marked) {
  std::string out;
  each_line(marked, [&](base::Stream stream, std::string_view line) {
    out += dump({{"event", "output"}, {"stream", word(stream)}, {"text", line}});
  });
  return out;
}

std::string event(std::string_view name, const std::vector<std::pair<std::string, std::string>>& fields) {
  json line = {{"event", name}};
  for (const auto& [field, value] : fields) line[field] = value;
  return dump(line);
}

}  // namespace web
