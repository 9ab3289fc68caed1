// SPDX-License-Identifier: GPL-3.0-or-later
// The little grammar of ConsoleCommand::options (command_line.h describes it) and what makes a table of
// commands sound. All of it is constexpr, so that each application's table is checked by the compiler:
//   static_assert(problem_in(kCommands) == "");
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "apps/app.h"

namespace apps {

enum class Value { none, number, list, word, date, package, migration };

// One word of the grammar: an option ("--name", "-x") or, with an empty name, a positional argument.
struct Pattern {
  std::string_view name;
  Value value = Value::none;
  bool needed = false;  // ends in "!"

  constexpr bool positional() const { return name.empty(); }
};

// string_view::find is no constant expression for g++ 12 where the sanitizers are on.
constexpr size_t position_of(char mark, std::string_view text) {
  size_t at = 0;
  while (at < text.size() && text[at] != mark) ++at;
  return at < text.size() ? at : std::string_view::npos;
}

// Takes the first word off `text`, words being separated by blanks; empty at the end.
constexpr std::string_view take_word(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  auto word = text.substr(0, position_of(' ', text));
  text.remove_prefix(word.size());
  return word;
}

constexpr std::optional<Value> value_named(std::string_view name) {
  constexpr std::pair<std::string_view, Value> kValues[] = {
      {"N", Value::number},  {"LIST", Value::list},       {"WORD", Value::word},
      {"DATE", Value::date}, {"PACKAGE", Value::package}, {"MIGRATION", Value::migration}};
  for (auto [known, value] : kValues)
    if (known == name) return value;
  return std::nullopt;
}

constexpr bool is_option_name(std::string_view name) {
  bool is_long = name.substr(0, 2) == "--" && name.size() > 2 && name[2] != '-';
  bool is_short = name.size() == 2 && name[0] == '-' && name[1] != '-';
  if (!is_long && !is_short) return false;
  for (char c : name.substr(is_long ? 2 : 1))
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
      return false;
  return true;
}

// nullopt when `word` does not belong to the grammar.
constexpr std::optional<Pattern> pattern_of(std::string_view word) {
  Pattern pattern;
  if (!word.empty() && word.back() == '!') {
    pattern.needed = true;
    word.remove_suffix(1);
  }
  std::string_view value;
  if (word.size() > 2 && word.front() == '[' && word.back() == ']') {
    if (pattern.needed) return std::nullopt;
    value = word.substr(1, word.size() - 2);
  } else {
    auto equals = position_of('=', word);
    pattern.name = word.substr(0, equals);
    if (!is_option_name(pattern.name)) return std::nullopt;
    if (equals == word.npos) return pattern;
    value = word.substr(equals + 1);
  }
  auto known = value_named(value);
  if (!known) return std::nullopt;
  pattern.value = *known;
  return pattern;
}

// "5.1" as a number that compares; the empty text is `otherwise`.
constexpr uint64_t comparable(std::string_view version, uint64_t otherwise) {
  if (version.empty()) return otherwise;
  uint64_t parts[3] = {};
  size_t part = 0;
  for (char c : version) {
    if (c == '.')
      ++part;
    else if (part < 3)
      parts[part] = parts[part] * 10 + static_cast<uint64_t>(c - '0');
  }
  return (parts[0] * 100'000 + parts[1]) * 100'000 + parts[2];
}

constexpr bool overlap(const ConsoleCommand& a, const ConsoleCommand& b) {
  return comparable(a.from, 0) < comparable(b.until, UINT64_MAX) &&
         comparable(b.from, 0) < comparable(a.until, UINT64_MAX);
}

// Whether `line` gives the option `name`.
constexpr bool gives(std::string_view line, std::string_view name) {
  for (auto word = take_word(line); !word.empty(); word = take_word(line))
    if (word.substr(0, position_of('=', word)) == name) return true;
  return false;
}

constexpr std::string_view problem_in_options(const ConsoleCommand& command) {
  bool needs = false, given = false;
  auto text = command.options;
  for (auto word = take_word(text); !word.empty(); word = take_word(text)) {
    auto pattern = pattern_of(word);
    if (!pattern) return "a word of the options is not in the grammar";
    needs = needs || pattern->needed;
    given = given || (pattern->needed && gives(command.default_options, pattern->name));
  }
  return needs && !given ? "the default options lack the option that must be given" : "";
}

constexpr std::string_view problem_in(const ConsoleCommand& command) {
  if (command.name.empty() || position_of(' ', command.name) != std::string_view::npos)
    return "a name is not one word";
  if (command.help.empty()) return "a help is empty";
  if (position_of('\n', command.help) != std::string_view::npos) return "a help is more than one line";
  if (command.help.front() >= 'A' && command.help.front() <= 'Z') return "a help begins in upper case";
  if (command.help.back() == '.') return "a help ends in a full stop";
  return problem_in_options(command);
}

// Empty when the table is sound.
constexpr std::string_view problem_in(std::span<const ConsoleCommand> commands) {
  for (size_t i = 0; i < commands.size(); ++i) {
    if (auto problem = problem_in(commands[i]); !problem.empty()) return problem;
    for (size_t j = 0; j < i; ++j)
      if (commands[i].name == commands[j].name && overlap(commands[i], commands[j]))
        return "two rows of one name exist in the same version";
  }
  return "";
}

// Old names must lead to a command, or to the beginning of one's name when both end in ':'.
constexpr std::string_view problem_in(std::span<const OldName> names,
                                      std::span<const ConsoleCommand> commands) {
  for (const OldName& old : names) {
    if (old.name.empty() || old.now.empty()) return "an old name or its successor is empty";
    bool prefix = old.name.back() == ':';
    if (prefix != (old.now.back() == ':')) return "a prefix leads to a whole name, or the other way round";
    auto rest = old.now;
    auto now = take_word(rest);
    bool found = false;
    for (const ConsoleCommand& command : commands)
      found = found || (prefix ? command.name.substr(0, now.size()) == now : command.name == now);
    if (!found) return "an old name leads to no command";
  }
  return "";
}

}  // namespace apps
