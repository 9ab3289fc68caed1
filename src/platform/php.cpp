// SPDX-License-Identifier: GPL-3.0-or-later
// Asks each PHP once what it is, remembers the answers, and chooses. The memory is a JSON file
//   {"format": 1, "php": [{"path", "size", "changed", "inode", "version", "sapi", "problem", "ask_again"}]}
// where `changed` is the mtime in nanoseconds and `ask_again` a time in seconds, 0 = never: a PHP that gave
// no answer may have met a bad moment. A file of a later format is neither used nor written over.
#include "platform/php.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"
#include "platform/php_words.h"

namespace platform {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr auto kPatience = 2s;           // for one answer
constexpr int64_t kAskAgainAfter = 600;  // seconds until a PHP that gave no answer is asked again
constexpr int kMemoryFormat = 1;
constexpr size_t kMostMemoryBytes = 1 << 20;

struct Answer {
  PhpCandidate candidate;
  int64_t ask_again = 0;
};

// ---- asking

constexpr std::pair<std::string_view, Sapi> kSapis[] = {
    {"cli", Sapi::cli}, {"cgi-fcgi", Sapi::cgi}, {"cgi", Sapi::cgi}, {"litespeed", Sapi::litespeed}};

std::string_view word_for(Sapi sapi) {
  for (auto [word, known] : kSapis)
    if (known == sapi) return word;
  return "unknown";
}

Sapi sapi_named(std::string_view word) {
  for (auto [known, sapi] : kSapis)
    if (known == word) return sapi;
  return Sapi::unknown;
}

// "7.2.24-0ubuntu0.18.04.17" is 7.2.24.
base::Version version_in(std::string_view word) {
  if (auto version = base::Version::parse(word)) return *version;
  auto plain = word.substr(0, word.find_first_not_of("0123456789."));
  return base::Version::parse(plain).value_or(base::Version());
}

// "PHP 8.2.35 (cli) (built: ...)", which warnings about extensions may precede.
bool understand(std::string_view output, PhpCandidate& candidate) {
  for (std::string_view line : base::lines(output)) {
    auto words = base::split(line, ' ');
    if (words.size() < 3 || words[0] != "PHP" || words[2].size() < 2) continue;
    candidate.version = version_in(words[1]);
    candidate.sapi = sapi_named(words[2].substr(1, words[2].find(')') - 1));
    if (candidate.version.empty()) continue;
    if (candidate.sapi == Sapi::unknown)
      candidate.problem = "this is not a PHP for the command line: it says " + base::printable_line(words[2]);
    return true;
  }
  return false;
}

// lsphp knows -v, but takes -n for a question about its usage.
Command version_question(const Path& php) {
  Command command;
  command.argv = {php.native(), "-n", "-v"};
  if (php.filename().native().rfind("lsphp", 0) == 0) command.argv = {php.native(), "-v"};
  // Nothing of a web request may be in here, or php-cgi would answer that instead.
  command.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/", "LANG=C"};
  command.folder = "/";
  return command;
}

Answer ask(const Path& php) {
  Answer answer;
  answer.candidate.path = php;
  try {
    Capture said = capture(version_question(php), kPatience, 16384);
    if (understand(said.output, answer.candidate)) return answer;
    if (!said.timed_out && said.exit.signal == 0) {
      answer.candidate.problem = "this is no PHP: it does not tell its version";
      return answer;
    }
    answer.candidate.problem =
        said.timed_out ? "it did not answer within 2 s" : "it was " + said.exit.words();
  } catch (const base::Failure& failure) {
    answer.candidate.problem = failure.what();
  }
  answer.ask_again = unix_seconds(system_clock().now()) + kAskAgainAfter;
  return answer;
}

// ---- remembering

json identity_of(const Facts& facts) {
  auto changed = std::chrono::duration_cast<std::chrono::nanoseconds>(facts.changed.time_since_epoch());
  return {
      {"size", facts.size_bytes}, {"changed", int64_t{changed.count()}}, {"inode", uint64_t{facts.inode}}};
}

std::string text_in(const json& item, const char* name) {
  auto found = item.find(name);
  return found != item.end() && found->is_string() ? found->get<std::string>() : std::string();
}

class Memory {
 public:
  Memory(Disk& disk, Path file) : disk_(disk), file_(std::move(file)) {
    try {
      if (!file_.empty()) understand_file(disk_.read(file_, kMostMemoryBytes).value_or(""));
    } catch (const base::Failure&) {
    }
  }

  // What this very file answered before; nullopt: nobody asked it, or it is time to ask again.
  std::optional<Answer> recall(const Path& php, const json& identity) const {
    auto found = items_.find(php.native());
    if (found == items_.end()) return std::nullopt;
    const json& item = found->second;
    for (const auto& [name, value] : identity.items())
      if (!item.contains(name) || item[name] != value) return std::nullopt;
    auto again = item.find("ask_again");
    if (again == item.end() || !again->is_number_integer()) return std::nullopt;
    if (*again != 0 && *again <= unix_seconds(system_clock().now())) return std::nullopt;
    Answer answer{{php, version_in(text_in(item, "version")), sapi_named(text_in(item, "sapi")),
                   text_in(item, "problem")},
                  again->get<int64_t>()};
    bool usable = !answer.candidate.version.empty() && answer.candidate.sapi != Sapi::unknown;
    if (!usable && answer.candidate.problem.empty()) return std::nullopt;
    return answer;
  }

  // The same, or its answer now.
  Answer recall_or_ask(const Path& php, const Facts& facts) {
    json identity = identity_of(facts);
    if (auto known = recall(php, identity)) return *known;
    Answer answer = ask(php);
    identity["path"] = php.native();
    identity["version"] = answer.candidate.version.text();
    identity["sapi"] = word_for(answer.candidate.sapi);
    identity["problem"] = answer.candidate.problem;
    identity["ask_again"] = answer.ask_again;
    items_[php.native()] = std::move(identity);
    changed_ = true;
    return answer;
  }

  std::vector<PhpCandidate> versions() const {
    std::vector<PhpCandidate> all;
    for (const auto& [path, item] : items_)
      if (auto version = version_in(text_in(item, "version")); !version.empty()) all.push_back({path, version, sapi_named(text_in(item, "sapi")), {}});
    return all;
  }

  void save() {
    if (!changed_ || !writable_ || file_.empty()) return;
    json all = {{"format", kMemoryFormat}, {"php", json::array()}};
    for (const auto& [path, item] : items_) all["php"].push_back(item);
    try {
      disk_.replace(file_, all.dump(1, ' ', false, json::error_handler_t::replace) + "\n", 0600, Sync::no);
    } catch (const base::Failure&) {
      // Remembered or not, the answers are right.
    }
  }

 private:
  void understand_file(const std::string& text) {
    json all = json::parse(text, nullptr, false);
    if (!all.is_object()) return;
    auto format = all.find("format");
    bool known = format != all.end() && format->is_number_integer() && *format == kMemoryFormat;
    writable_ = known || format == all.end() || !format->is_number_integer() || *format < kMemoryFormat;
    auto list = all.find("php");
    if (!known || list == all.end() || !list->is_array()) return;
    for (const json& item : *list)
      if (item.is_object()) items_[text_in(item, "path")] = item;
  }

  Disk& disk_;
  Path file_;
  std::map<std::string, json> items_;  // by path
  bool changed_ = false;
  bool writable_ = true;
};

std::vector<PhpCandidate> ask_all(Disk& disk, const std::vector<Path>& candidates, const Path& memory_file, AskPhp ask) {
  Memory memory(disk, memory_file);
  std::vector<PhpCandidate> tried;
  for (const Path& path : candidates) {
    std::optional<Facts> facts;
    try {
      facts = disk.look_through(path);
    } catch (const base::Failure&) {
    }
    if (facts && ask == AskPhp::yes) {
      tried.push_back(memory.recall_or_ask(path, *facts).candidate);
    } else if (facts) {
      if (auto known = memory.recall(path, identity_of(*facts))) tried.push_back(known->candidate);
    } else {
      tried.push_back({path, {}, Sapi::unknown, "it is not there"});
    }
  }
  memory.save();
  return tried;
}

// ---- choosing

bool fits(const PhpRange& range, const base::Version& version) {
  return (range.least.empty() || version >= range.least) && (range.most.empty() || version <= range.most);
}

std::string words_for(const PhpCandidate& php) {
  return "PHP " + php.version.text() + " (" + base::printable_line(php.path.native()) + ")";
}

// A command line before php-cgi before lsphp, which takes no -d; then the highest version; then the earlier.
bool better(const PhpCandidate& a, const PhpCandidate& b) {
  return a.sapi != b.sapi ? a.sapi < b.sapi : a.version > b.version;
}

std::string list_of(const std::vector<PhpCandidate>& tried) {
  std::vector<std::string> usable;
  for (const PhpCandidate& php : tried)
    if (!php.version.empty() && php.sapi != Sapi::unknown) usable.push_back(words_for(php));
  return base::join(usable, ", ");
}

void choose_by_range(PhpChoice& choice, const PhpRange& range) {
  auto& tried = choice.tried;
  for (size_t i = 0; i < tried.size(); ++i) {
    if (!tried[i].problem.empty()) continue;
    if (!fits(range, tried[i].version))
      tried[i].problem = "it does not fit: " + words_of(range) + " is needed";
    else if (!choice.chosen || better(tried[i], tried[*choice.chosen]))
      choice.chosen = i;
  }
  if (const PhpCandidate* php = choice.php()) {
    choice.reason = words_for(*php) + " is the newest that fits " + words_of(range);
    if (php->sapi == Sapi::cgi) choice.reason += "; it is a php-cgi: no PHP for the command line fits";
    if (php->sapi == Sapi::litespeed) choice.reason += "; it is an lsphp: no other PHP fits";
    return;
  }
  std::string there = list_of(tried);
  choice.reason = there.empty() ? "no PHP for the command line was found on this machine"
                                : "no PHP that fits " + words_of(range) + " was found, only " + there +
                                      "; php = in the settings takes one of them all the same";
}

std::optional<size_t> index_of(const std::vector<PhpCandidate>& tried, const Path& path) {
  for (size_t i = 0; i < tried.size(); ++i)
    if (tried[i].path == path) return i;
  return std::nullopt;
}

}  // namespace

std::vector<PhpCandidate> remembered_php(Disk& disk, const Path& memory) { return Memory(disk, memory).versions(); }

PhpChoice choose_php(Disk& disk, const std::vector<Path>& candidates, const Path& set_by_user,
                     const PhpRange& range, const Path& memory, AskPhp ask) {
  PhpChoice choice;
  choice.tried = ask_all(disk, candidates, memory, ask);
  if (set_by_user.empty()) {
    choose_by_range(choice, range);
    return choice;
  }
  auto set = index_of(choice.tried, set_by_user);
  if (set && choice.tried[*set].problem.empty()) {
    choice.chosen = set;
    choice.reason = words_for(choice.tried[*set]) + " is set in the settings";
    if (!fits(range, choice.tried[*set].version))
      choice.reason += ", although it does not fit: " + words_of(range) + " is needed";
    return choice;
  }
  choose_by_range(choice, range);
  choice.reason = "the PHP of the settings, " + base::printable_line(set_by_user.native()) +
                  ", cannot be used: " + (set ? choice.tried[*set].problem : "there is no such program") +
                  "; " + choice.reason;
  return choice;
}

}  // namespace platform
