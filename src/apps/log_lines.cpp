// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/log_lines.h"

#include <algorithm>
#include <cctype>

#include "apps/log_heads.h"
#include "base/text.h"

namespace apps {

namespace {

using base::contains;

constexpr size_t kMostText = 3000;     // of one error, before it is masked and cut
constexpr size_t kMostErrors = 20000;  // of one file

// ---- levels

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.starts_with(word); });
}

// "PHP Fatal error:  Uncaught Error: ..." -> "Fatal error" and the rest. PHP's other levels: an empty level. No words of PHP's:
// nullopt.
struct PhpWords {
  std::string_view level, rest;
};
std::optional<PhpWords> php_words(std::string_view text) {
  if (text.starts_with("PHP ")) text.remove_prefix(4);
  size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon > 30) return std::nullopt;
  std::string_view level = text.substr(0, colon), rest = base::trim(text.substr(colon + 1));
  if (starts_with_any(
          level, {"Fatal error", "Parse error", "Recoverable fatal error", "Catchable fatal error", "Core error", "Compile error"}))
    return PhpWords{level, rest};
  if (starts_with_any(
          level, {"Warning", "Notice", "Deprecated", "Strict Standards", "Core warning", "Startup", "User warning", "User notice"}) ||
      level == "Stack trace")
    return PhpWords{"", rest};
  return std::nullopt;
}

bool is_error_level(std::string_view level) {
  for (std::string_view word : {"error", "critical", "crit", "alert", "emergency", "emerg"})
    if (base::lower(level) == word) return true;
  return false;
}

// ---- the web server's words around PHP's

std::string_view between(std::string_view text, std::string_view from, std::string_view to) {
  size_t begin = text.find(from);
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin + from.size());
  return text.substr(0, std::min(text.rfind(to), text.size()));
}

// Where a client and its request are named, nothing of the error follows.
std::string_view without_request(std::string_view text) {
  for (std::string_view mark : {", client: ", ", referer: "})
    if (size_t at = text.find(mark); at != std::string_view::npos) text = text.substr(0, at);
  return text;
}

std::string_view words_inside(std::string_view text) {
  if (auto inside = between(text, "FastCGI sent in stderr: \"", "\" while "); !inside.empty()) return inside;
  if (contains(text, "AH01071") || contains(text, "Got error '"))
    if (auto inside = between(text, "Got error '", "'"); !inside.empty()) return inside;
  if (size_t at = text.find("AH01215: "); at != std::string_view::npos) {
    text.remove_prefix(at + 9);
    if (text.starts_with("stderr from ") && text.find(".cgi: ") != std::string_view::npos) return text;
    return text.starts_with("stderr: ") ? text.substr(8) : text;
  }
  return without_request(text);
}

// One error of the web server may hold several messages of PHP.
std::vector<std::string_view> messages_in(std::string_view text) {
  constexpr std::string_view kMark = "PHP message: ";
  std::vector<std::string_view> all;
  for (size_t at = text.find(kMark); at != std::string_view::npos;) {
    size_t next = text.find(kMark, at + kMark.size());
    auto one = text.substr(at + kMark.size(), next == std::string_view::npos ? next : next - at - kMark.size());
    while (one.ends_with("\\n") || one.ends_with("; ") || one.ends_with(";")) one.remove_suffix(one.ends_with(";") ? 1 : 2);
    all.push_back(one);
    at = next;
  }
  return all.empty() ? std::vector{text} : all;
}

// What a program gave PHP to log: an exception, or "Message - in file FILE - at line N", its own warnings among it.
bool is_of_program(std::string_view message) {
  if (starts_with_any(message, {"PHP Warning", "PHP Notice", "PHP Deprecat", "PHP User Warning", "PHP User Notice",
                                "PHP User Deprecat", "PHP Strict"}))
    return false;
  std::string_view first = message.substr(0, message.find(':'));
  bool exception =
      first.size() < message.size() && !contains(first, " ") && (first.ends_with("Exception") || first.ends_with("Error"));
  return exception || contains(message, " - in file ") || contains(message, "Uncaught ");
}

// ---- one error out of the lines that belong to it

// Frames of a trace say nothing that groups or tells errors.
bool is_of_trace(std::string_view line) {
  line = base::trim(line);
  return line.empty() || (line[0] == '#' && line.size() > 1 && std::isdigit(static_cast<unsigned char>(line[1]))) ||
         starts_with_any(line, {"Stack trace", "[stacktrace]", "\"}", "{main}", "[previous exception]"});
}

class Collector {
 public:
  std::vector<LogEntry> take() {
    end();
    return std::move(entries_);
  }

  void begin(const LogHead& head) {
    end();
    head_ = head;
    text_ = head.text;
  }

  void go_on(std::string_view line) {
    if (!head_ || is_of_trace(line) || text_.size() > kMostText) return;
    text_ += " ";
    text_ += base::trim(line);
  }

 private:
  void end() {
    if (head_ && entries_.size() < kMostErrors) {
      if (head_->kind == LogHead::Kind::monolog)
        add_monolog();
      else
        add_messages();
    }
    head_.reset();
  }

  void add_monolog() {
    if (is_error_level(head_->level)) add(head_->level, text_);
  }

  void add_messages() {
    bool is_server = head_->kind == LogHead::Kind::server;
    for (std::string_view message : messages_in(is_server ? words_inside(text_) : std::string_view(text_))) {
      auto php = php_words(message);
      if (php && php->level.empty()) continue;
      if (php)
        add(php->level, php->rest);
      else if (is_server && is_error_level(head_->level))
        add(head_->level, message);
      else if (!is_server && is_of_program(message))
        add("error", message);
    }
  }

  void add(std::string_view level, std::string_view text) {
    text = base::trim(text.substr(0, kMostText));
    if (text.empty() || is_noise(text)) return;
    entries_.push_back({head_->when, std::string(level), std::string(text)});
  }

  std::vector<LogEntry> entries_;
  std::optional<LogHead> head_;
  std::string text_;
};

// See the header: the offset of the server's time, from the last line's.
std::chrono::seconds offset_of(platform::WallTime last, platform::WallTime written) {
  constexpr int64_t kQuarter = 15 * 60, kSlack = 90, kMost = 14 * 3600;
  int64_t ahead = platform::unix_seconds(last) - platform::unix_seconds(written);
  int64_t quarters = (ahead + (ahead < 0 ? -kQuarter / 2 : kQuarter / 2)) / kQuarter;
  int64_t rest = ahead - quarters * kQuarter;
  bool fits = std::abs(rest) <= kSlack && std::abs(ahead) <= kMost;
  return std::chrono::seconds(fits ? quarters * kQuarter : 0);
}

}  // namespace

std::vector<LogEntry> errors_in(std::string_view text, platform::WallTime written, Begins begins) {
  if (begins == Begins::anywhere) text.remove_prefix(std::min(text.find('\n'), text.size()));
  std::vector<std::pair<std::string_view, std::optional<LogHead>>> rows;
  std::optional<platform::WallTime> last_local;
  for (std::string_view line : base::lines(text)) {
    rows.emplace_back(line, read_head(line));
    const auto& head = rows.back().second;
    if (head && head->is_local) last_local = head->when;
  }
  auto offset = last_local ? offset_of(*last_local, written) : std::chrono::seconds(0);
  Collector collector;
  for (auto& [line, head] : rows) {
    if (head && head->is_local && head->when) *head->when -= offset;
    head ? collector.begin(*head) : collector.go_on(line);
  }
  return collector.take();
}

std::vector<LogEntry> bare_errors_in(std::string_view text) {
  std::vector<LogEntry> entries;
  for (std::string_view line : base::lines(text)) {
    line = base::trim(line);
    if (!line.empty() && !line.starts_with("<?php") && entries.size() < kMostErrors)
      entries.push_back({std::nullopt, "error", std::string(line.substr(0, kMostText))});
  }
  return entries;
}

bool is_noise(std::string_view text) {
  static constexpr std::string_view kNoise[] = {
      "STAT UPDATE:",
      "UPDATE CHECK:",
      "No route found for",
      "NotFoundHttpException",
      "MethodNotAllowedHttpException",
      "AccessDenied",
      "BadRequestHttpException",
      "InsufficientAuthenticationException",
      "Full authentication is required",
      "SuspiciousOperationException",
      "Untrusted Host",
      "Bad request version",
      "InvalidArgumentException: Invalid",
      "Invalid CSRF",
      "TooManyRequestsHttpException",
      "ConflictingHeadersException",
      // What the installer of 5 to 7 leaves, on every site.
      "The metadata storage is not initialized",
      // Orders that nobody understood.
      "There are no commands defined in the",
      "\" is not defined.",
      "option does not exist",
      "Not enough arguments (missing",
      "Too many arguments, expected arguments",
      "Too many arguments to \"",
      "You cannot receive messages from the Messenger SyncTransport",
      "SCHEMA ERROR: An index with name",
      // Web servers.
      "client denied by server configuration",
      "File does not exist",
      "Primary script unknown",
      "not found or unable to stat",
      "Directory index forbidden",
      "Cannot serve directory",
      "directory index of",
      "access forbidden by rule",
      "No such file or directory)",
      "limiting requests",
      "Invalid URI in request",
      "request failed: URI too long",
      "Invalid method in request",
      "AH00128",
      "AH01276",
      "AH01797",
      "AH00124",
      "AH02811",
      "AH00126",
      "AH01630",
      "AH10244",
      "user not found",
      "no user/password was provided",
      "SSL_do_handshake",
      "AH02032",
      "AH02033",
  };
  return std::any_of(std::begin(kNoise), std::end(kNoise), [&](std::string_view noise) { return contains(text, noise); });
}

std::string normalised(std::string_view text) {
  auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  std::string out;
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && is_word(text[end])) ++end;
    std::string_view word = text.substr(i, end - i);
    if (word.empty()) {
      out += text[i++];
      continue;
    }
    i = end;
    bool digits = std::any_of(word.begin(), word.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    bool hex = word.size() >= 6 && std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
    constexpr std::string_view kContainer = "Container";  // and seven thrown characters
    if (word.starts_with(kContainer) && word.size() == kContainer.size() + 7)
      out += kContainer;
    else if (hex && digits)
      out += '#';
    else
      for (char c : word)
        if (!std::isdigit(static_cast<unsigned char>(c)))
          out += c;
        else if (out.empty() || out.back() != '#')
          out += '#';
  }
  return out;
}

}  // namespace apps
