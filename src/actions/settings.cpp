// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/settings.h"

#include <array>
#include <cerrno>

#include "base/failure.h"
#include "base/text.h"

namespace actions {

namespace {

constexpr size_t kMostBytes = 256 << 10;
constexpr std::array<const char*, 2> kFileNames = {"unstick.ini.php", "unstick.ini"};

// Windows editors begin a file with it.
std::string_view without_bom(std::string_view text) {
  return text.substr(0, 3) == "\xEF\xBB\xBF" ? text.substr(3) : text;
}

struct Line {
  std::string_view name;
  std::string_view value;  // without quotes
};

std::string_view unquoted(std::string_view value) {
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
    return value.substr(1, value.size() - 2);
  return value;
}

// nullopt for blank lines, comments and sections; an empty name for what is none of those and no setting either.
std::optional<Line> parse_line(std::string_view line) {
  line = base::trim(line);
  if (line.empty() || line[0] == ';' || line[0] == '#' || line[0] == '[') return std::nullopt;
  auto equals = line.find('=');
  if (equals == std::string_view::npos) return Line{};
  return Line{base::trim(line.substr(0, equals)), unquoted(base::trim(line.substr(equals + 1)))};
}

std::vector<std::string> words_of(std::string_view value) {
  std::vector<std::string> words;
  std::string word;
  for (char c : std::string(value) + " ") {
    if (c != ' ' && c != ',' && c != '\t') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  return words;
}

void append(std::vector<std::string>& to, std::vector<std::string> words) {
  for (auto& word : words) to.push_back(std::move(word));
}

// False when there is no setting of this name.
bool take(Settings& settings, const Line& line) {
  const std::pair<std::string_view, std::string*> texts[] = {
      {"key", &settings.key},         {"url", &settings.url},         {"proxy", &settings.proxy},
      {"db_host", &settings.db_host}, {"db_port", &settings.db_port}, {"db_socket", &settings.db_socket},
      {"db_name", &settings.db_name}, {"db_user", &settings.db_user}, {"db_password", &settings.db_password}};
  const std::pair<std::string_view, Path*> paths[] = {
      {"root", &settings.root}, {"php", &settings.php}, {"state", &settings.state}};
  for (auto [name, text] : texts)
    if (line.name == name) return text->assign(line.value), true;
  for (auto [name, path] : paths)
    if (line.name == name) return path->assign(line.value), true;
  if (line.name == "allow_ip") return append(settings.allow_ip, words_of(line.value)), true;
  if (line.name == "trusted_proxy") return append(settings.trusted_proxy, words_of(line.value)), true;
  if (line.name == "command") return settings.commands.emplace_back(line.value), true;
  if (line.name == "db_prefix") return settings.db_prefix = std::string(line.value), true;
  if (line.name != "sleep_days") return false;
  auto days = base::whole_number(line.value, 36500);
  if (days) settings.sleep_days = static_cast<unsigned>(*days);
  else settings.problems.push_back("sleep_days is not a number of days: " + base::printable_line(line.value));
  return true;
}

}  // namespace

Settings parse_settings(const Path& file, std::string text) {
  Settings settings;
  settings.file = file;
  std::string_view rest = without_bom(text);
  size_t number = 0;
  for (auto raw : base::split(rest, '\n')) {
    ++number;
    auto line = parse_line(raw);
    if (!line) continue;
    std::string where = "line " + std::to_string(number) + " of " + file.filename().native();
    // Never the line itself: a mistyped line may hold the password.
    if (line->name.empty()) settings.problems.push_back(where + " is neither a comment nor NAME = VALUE");
    else if (!take(settings, *line))
      settings.problems.push_back(where + ": there is no setting named " +
                                  base::printable_line(line->name.substr(0, 40)));
  }
  settings.text = std::move(text);
  return settings;
}

Settings read_settings(platform::Disk& disk, const Path& folder) {
  for (const char* name : kFileNames) {
    auto text = disk.read(folder / name, kMostBytes + 1);
    if (text && text->size() > kMostBytes) throw base::Failure("the settings file is larger than 256 KiB", {}, EFBIG);
    if (text) return parse_settings(folder / name, std::move(*text));
  }
  return {};
}

std::string with_setting(const std::string& text, std::string_view name, std::string_view value) {
  std::string_view body = without_bom(text);
  std::string out = text.substr(0, text.size() - body.size());
  bool done = false;
  auto parts = base::split(body, '\n');
  for (size_t i = 0; i < parts.size(); ++i) {
    auto line = parse_line(parts[i]);
    bool carriage_return = !parts[i].empty() && parts[i].back() == '\r';
    if (line && line->name == name) {
      // The last line of a name counts, so every one is replaced: an old key must not stay readable.
      out += std::string(name) + " = " + std::string(value) + (carriage_return ? "\r" : "");
      done = true;
    } else {
      out += parts[i];
    }
    if (i + 1 < parts.size()) out += '\n';
  }
  if (done) return out;
  if (!out.empty() && out.back() != '\n') out += '\n';
  return out + std::string(name) + " = " + std::string(value) + "\n";
}

}  // namespace actions
