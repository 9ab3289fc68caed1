// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/command_reader.h"

#include <algorithm>
#include <array>

#include "apps/command_grammar.h"
#include "base/text.h"

namespace apps {

namespace {

constexpr std::array<std::string_view, 14> kCommonOptions = {
    "-n",      "--no-interaction", "-v",     "-vv",        "-vvv",       "--verbose", "-q",
    "--quiet", "--no-ansi",        "--ansi", "--env=prod", "--no-debug", "-h",        "--help"};

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Letters, digits and `marks`.
bool consists_of(std::string_view text, std::string_view marks) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_letter_or_digit(c) || marks.find(c) != marks.npos; });
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// Mautic names them Version20230621074925, some Version020230615115326 and Versionzz20230929183000. "first",
// "prev" and 0 take migrations back, which must be asked for by name and --down, never by a slip.
bool is_migration(std::string_view text) {
  if (text == "next" || text == "latest") return true;
  bool named = take_prefix(text, "Mautic\\Migrations\\");
  bool is_class = take_prefix(text, "Version");
  if (named && !is_class) return false;
  if (is_class) take_prefix(text, "zz");
  return is_digits(text) && text.size() >= 8 && text.size() <= 20;
}

bool is_package(std::string_view text) {
  constexpr std::string_view kEnding = ".zip";
  return text.size() > kEnding.size() && text.size() <= 100 && is_letter_or_digit(text.front()) &&
         text.substr(text.size() - kEnding.size()) == kEnding && consists_of(text, "._-");
}

bool is_valid(Value value, std::string_view text) {
  if (text.empty()) return false;
  switch (value) {
    case Value::none:
      return false;
    case Value::number:
      return is_digits(text) && text.size() <= 12;
    case Value::list:
      return text.size() <= 1000 && text.find_first_not_of("0123456789,") == text.npos;
    case Value::word:
      return text.size() <= 100 && text.front() != '-' && consists_of(text, "._@:+-");
    case Value::date:
      return text.size() <= 40 && consists_of(text, ":+.-");
    case Value::package:
      return is_package(text);
    case Value::migration:
      return is_migration(text);
  }
  return false;
}

std::optional<Pattern> find_option(std::string_view options, std::string_view name) {
  for (auto word = take_word(options); !word.empty(); word = take_word(options))
    if (auto pattern = pattern_of(word); pattern && pattern->name == name) return pattern;
  return std::nullopt;
}

std::optional<Pattern> find_positional(std::string_view options, size_t index) {
  for (auto word = take_word(options); !word.empty(); word = take_word(options))
    if (auto pattern = pattern_of(word); pattern && pattern->positional() && index-- == 0) return pattern;
  return std::nullopt;
}

class Reader {
 public:
  Reader(const ConsoleCommand& row, const Words& words) : row_(row), given_(words) {}

  std::optional<ReadWords> read() {
    read_.words.push_back(given_[0]);
    for (next_ = 1; next_ < given_.size();) {
      std::string_view word = given_[next_++];
      if (!(is_common(word) || (word.front() == '-' ? read_option(word) : read_positional(word))))
        return std::nullopt;
    }
    if (!read_.asks_help && !needed_given_) add_needed();
    return std::move(read_);
  }

 private:
  bool is_common(std::string_view word) {
    if (std::find(kCommonOptions.begin(), kCommonOptions.end(), word) == kCommonOptions.end()) return false;
    read_.asks_help = read_.asks_help || word == "-h" || word == "--help";
    read_.words.emplace_back(word);
    return true;
  }

  bool read_option(std::string_view word) {
    auto name = word.substr(0, 2) == "--" ? word.substr(0, word.find('=')) : word.substr(0, 2);
    auto pattern = find_option(row_.options, name);
    if (!pattern) return false;
    needed_given_ = needed_given_ || pattern->needed;
    if (pattern->value == Value::none) {
      read_.words.emplace_back(name);
      return word.size() == name.size();
    }
    auto value = word.substr(name.size());
    take_prefix(value, "=");
    // "--name 5": the console would take the next word too, unless it looks like an option.
    if (word.size() == name.size() && next_ < given_.size() && given_[next_].front() != '-')
      value = given_[next_++];
    if (!is_valid(pattern->value, value)) return false;
    accept(*pattern, value);
    return true;
  }

  void accept(const Pattern& pattern, std::string_view value) {
    if (pattern.value == Value::package) read_.package = value;
    if (pattern.name.substr(0, 2) == "--") {
      read_.words.push_back(std::string(pattern.name) + "=" + std::string(value));
    } else {  // the console would read "-i=5" as the value "=5"
      read_.words.emplace_back(pattern.name);
      read_.words.emplace_back(value);
    }
  }

  bool read_positional(std::string_view word) {
    auto pattern = find_positional(row_.options, positionals_++);
    if (!pattern || !is_valid(pattern->value, word)) return false;
    read_.words.emplace_back(word);
    return true;
  }

  // An option that must be there and is not comes from the ready-made line.
  void add_needed() {
    auto defaults = row_.default_options;
    for (auto word = take_word(defaults); !word.empty(); word = take_word(defaults))
      if (auto pattern = find_option(row_.options, word.substr(0, word.find('=')));
          pattern && pattern->needed)
        read_.words.emplace_back(word);
  }

  const ConsoleCommand& row_;
  const Words& given_;
  ReadWords read_;
  size_t next_ = 0;
  size_t positionals_ = 0;
  bool needed_given_ = false;
};

}  // namespace

std::optional<ReadWords> read_against(const ConsoleCommand& row, const Words& words) {
  return Reader(row, words).read();
}

}  // namespace apps
