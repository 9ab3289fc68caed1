// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/command_line.h"

#include <algorithm>

#include "apps/command_grammar.h"
#include "apps/command_reader.h"
#include "base/text.h"

namespace apps {

namespace {

constexpr size_t kMostLineBytes = 2000;
constexpr size_t kMostWords = 50;
constexpr size_t kMostShownCharacters = 100;
constexpr std::chrono::seconds kHelpTimeout{60};

// ---- what is said about a line that does not pass

std::string cut(std::string_view text, size_t most_characters) {
  size_t end = 0;
  for (size_t count = 0; end < text.size() && count < most_characters; ++count)
    end += static_cast<size_t>(std::max(1, base::utf8_length(text, end)));
  return std::string(text.substr(0, end));
}

Denied not_allowed(std::string_view line) {
  // A character has at most 4 bytes; what lies behind these bytes cannot be shown.
  auto beginning = line.substr(0, 4 * (kMostShownCharacters + 1));
  return {false, "Task " + cut(base::printable_line(beginning), kMostShownCharacters) + " is not allowed."};
}

// ---- words

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// Blanks separate; nothing quotes. Empty when the line cannot be one of ours.
Words words_of(std::string_view line) {
  Words words;
  if (line.size() > kMostLineBytes) return words;
  for (unsigned char c : line)
    if (c < 0x20 || c == 0x7F) return {};
  while (words.size() <= kMostWords) {
    auto word = take_word(line);
    if (word.empty()) return words;
    words.emplace_back(word);
  }
  return {};
}

// ---- versions, old names, refusals

// An alpha of 5.0 has the commands of 5.0.
uint64_t release_number(const base::Version& version) {
  return (uint64_t{version.major()} * 100'000 + version.minor()) * 100'000 + version.part(2);
}

// A site whose version cannot be read is offered everything: its console knows.
bool exists_in(const ConsoleCommand& row, const base::Version& version) {
  if (version.empty()) return true;
  uint64_t installed = release_number(version);
  return installed >= comparable(row.from, 0) && installed < comparable(row.until, UINT64_MAX);
}

bool begins_with(const Words& words, const Words& beginning) {
  return words.size() >= beginning.size() && std::equal(beginning.begin(), beginning.end(), words.begin());
}

// The words under the successor's name; nullopt when `old` is not about them.
std::optional<Words> renamed(const OldName& old, const base::Version& version, const Words& words) {
  if (!old.from.empty() && (version.empty() || release_number(version) < comparable(old.from, 0)))
    return std::nullopt;
  if (old.name.back() == ':') {
    if (!starts_with(words[0], old.name)) return std::nullopt;
    Words now = words;
    now[0] = std::string(old.now) + words[0].substr(old.name.size());
    return now;
  }
  Words before = words_of(old.name);
  if (!begins_with(words, before)) return std::nullopt;
  Words now = words_of(old.now);
  now.insert(now.end(), words.begin() + static_cast<std::ptrdiff_t>(before.size()), words.end());
  return now;
}

Words present_words(const App& app, const base::Version& version, Words words) {
  for (size_t turn = 0; turn <= app.old_names.size(); ++turn) {
    auto now = std::find_if(app.old_names.begin(), app.old_names.end(),
                            [&](const OldName& old) { return renamed(old, version, words).has_value(); });
    if (now == app.old_names.end()) break;
    words = *renamed(*now, version, words);
  }
  return words;
}

const Refused* refusal(const App& app, const Words& words) {
  for (const Refused& refused : app.refused) {
    if (refused.name != words[0]) continue;
    if (refused.option.empty()) return &refused;
    for (const auto& word : words)
      if (word == refused.option || starts_with(word, std::string(refused.option) + "=")) return &refused;
  }
  return nullptr;
}

// ---- results

void add_defaults(Words& words, std::string_view defaults) {
  for (auto word = take_word(defaults); !word.empty(); word = take_word(defaults)) {
    auto name = word.substr(0, word.find('='));
    bool given = std::any_of(words.begin(), words.end(), [&](const std::string& other) {
      return other.substr(0, other.find('=')) == name || (name == "--no-interaction" && other == "-n");
    });
    if (!given) words.emplace_back(word);
  }
}

Allowed allowed(const App& app, Words words) {
  Allowed result;
  result.name = words[0];
  result.line = base::join(words, " ");
  result.words = std::move(words);
  add_defaults(result.words, app.console_defaults);
  return result;
}

bool closes_site(const ConsoleCommand& row, const Words& words) {
  if (row.closes.empty() || row.closes == "*") return !row.closes.empty();
  bool unless = row.closes[0] == '!';
  bool given = std::find(words.begin(), words.end(), row.closes.substr(unless ? 1 : 0)) != words.end();
  return given != unless;
}

std::optional<Allowed> fit(const App& app, const ConsoleCommand& row, const Words& words) {
  auto read = read_against(row, words);
  if (!read) return std::nullopt;
  Allowed result = allowed(app, std::move(read->words));
  result.effect = read->asks_help ? Effect::reads : row.effect;
  result.timeout = read->asks_help ? kHelpTimeout : row.timeout;
  result.interruption = row.interruption;
  result.backup = read->asks_help ? Backup::no : row.backup;
  result.closes_site = !read->asks_help && closes_site(row, result.words);
  result.package = std::move(read->package);
  if (row.name_word == NameWord::left_out) result.words.erase(result.words.begin());
  return result;
}

// A line of the settings. Of a command that the table does not know the worst is expected.
std::optional<Allowed> fit_extra(const App& app, const base::Version& version, const Words& words,
                                 const std::vector<std::string>& extra) {
  if (std::none_of(extra.begin(), extra.end(), [&](const auto& line) { return words_of(line) == words; }))
    return std::nullopt;
  Allowed result = allowed(app, words);
  result.effect = Effect::both;
  for (const ConsoleCommand& row : app.commands) {
    if (row.name != words[0] || !exists_in(row, version)) continue;
    result.effect = row.effect;
    result.timeout = row.timeout;
    result.backup = row.backup;
    result.closes_site = closes_site(row, words);
  }
  return result;
}

}  // namespace

std::variant<Allowed, Denied> match(const App& app, const base::Version& version, std::string_view line,
                                    const std::vector<std::string>& extra) {
  Words given = words_of(line);
  if (given.empty()) return not_allowed(line);
  Words words = present_words(app, version, given);
  if (const Refused* refused = refusal(app, words)) return Denied{true, std::string(refused->reason)};
  if (auto result = fit_extra(app, version, given, extra)) return *result;
  for (const ConsoleCommand& row : app.commands)
    if (row.name == words[0] && exists_in(row, version))
      if (auto result = fit(app, row, words)) return *result;
  return not_allowed(line);
}

std::vector<const ConsoleCommand*> commands_for(const App& app, const base::Version& version) {
  std::vector<const ConsoleCommand*> found;
  for (const ConsoleCommand& row : app.commands) {
    if (!exists_in(row, version)) continue;
    // Only where the version is unknown can two rows have one name: the later stands for the newer releases.
    auto same =
        std::find_if(found.begin(), found.end(), [&](const auto* other) { return other->name == row.name; });
    if (same == found.end())
      found.push_back(&row);
    else
      *same = &row;
  }
  return found;
}

}  // namespace apps
