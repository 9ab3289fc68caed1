// SPDX-License-Identifier: GPL-3.0-or-later
// Each kind of secret is one pass over the text. A pass copies what it keeps and never looks back into what it wrote, so that
// hostile lines cost no more than others.
#include "base/masking.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"

namespace base {

namespace {

constexpr size_t kLongestAuthority = 300;  // of an address: user, password, host
constexpr size_t kLeastThrown = 24;        // a word that may be a token
constexpr std::string_view kWordEnds = " \t\r\n\"'<>";

bool is_alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }
bool is_name(char c) { return is_alnum(c) || c == '_'; }
bool is_token(char c) { return is_name(c) || c == '-'; }
using Holds = bool (*)(char);

// Calls `mask_word` for each longest run of such characters; it appends the run or a mask.
template <typename MaskWord>
std::string each_run(std::string_view text, Holds holds, MaskWord mask_word) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && holds(text[end])) ++end;
    if (end > i) mask_word(out, i, end);
    else out += text[end++];
    i = end;
  }
  return out;
}

// ---- scheme://user:password@host

std::string without_authorities(std::string_view text) {
  std::string out;
  size_t kept = 0;
  for (size_t at = text.find("://"); at != std::string_view::npos; at = text.find("://", at + 3)) {
    std::string_view rest = text.substr(at + 3, kLongestAuthority);
    rest = rest.substr(0, rest.find_first_of(kWordEnds));
    rest = rest.substr(0, rest.find("://"));
    size_t sign = rest.rfind('@'), colon = rest.find(':');
    if (sign == std::string_view::npos || colon == std::string_view::npos || colon > sign || at + 3 < kept) continue;
    out.append(text.substr(kept, at + 3 - kept)).append(kMask);
    kept = at + 3 + sign;
  }
  return out.append(text.substr(kept));
}

// ---- password=..., 'db_password' => '...', "token":"..."

constexpr std::array<std::string_view, 16> kSecretNames = {
    "password", "passwd", "passphrase", "pass",        "pwd",        "secret",        "secret_key", "token",
    "apikey",   "api_key", "access_key", "private_key", "public_key", "authorization", "rememberme_key", "client_id"};
constexpr std::array<std::string_view, 7> kNoSecrets = {"yes", "no", "null", "true", "false", "array", kMask};

// Where the value behind the name that ends at `at` begins; npos when none is given to it.
size_t value_begin(std::string_view text, size_t at) {
  auto skip = [&](std::string_view characters) { at = std::min(text.find_first_not_of(characters, at), text.size()); };
  skip("\\\"'])");
  skip(" ");
  if (at >= text.size() || (text[at] != '=' && text[at] != ':')) return std::string_view::npos;
  if (text.substr(at, 2) == "::") return std::string_view::npos;
  skip("=:>");
  skip(" ");
  return at < text.size() ? at : std::string_view::npos;
}

// Where it ends: at the quote that it began with (both escaped, or neither), else at the first thing that no value holds.
size_t value_end(std::string_view text, size_t& begin) {
  bool escaped = text[begin] == '\\';
  while (begin < text.size() && text[begin] == '\\') ++begin;
  char quote = begin < text.size() ? text[begin] : ' ';
  if (quote != '\'' && quote != '"') return std::min(text.find_first_of(" \t\r\n&,;)}\"'<>", begin), text.size());
  size_t end = ++begin;
  while (end < text.size() && text[end] != quote && text[end] != '\n') end += text[end] == '\\' && !escaped ? 2 : 1;
  return std::min(end, text.size());
}

bool is_no_secret(std::string_view value) {
  return value.empty() || std::find(kNoSecrets.begin(), kNoSecrets.end(), lower(value)) != kNoSecrets.end();
}

std::string without_named(std::string_view text) {
  std::string out;
  size_t kept = 0;
  for (size_t i = 0; i < text.size();) {
    if (!is_name(text[i])) {
      ++i;
      continue;
    }
    size_t end = i;
    while (end < text.size() && is_name(text[end])) ++end;
    std::string_view name = text.substr(i, end - i);
    i = end;
    if (!is_secret_name(lower(name.substr(name.size() - std::min<size_t>(name.size(), 40))))) continue;
    size_t begin = value_begin(text, end);
    if (begin == std::string_view::npos) continue;
    size_t stop = value_end(text, begin);
    std::string_view value = text.substr(begin, stop - begin);
    for (std::string_view kind : {"Bearer ", "Basic "})
      if (text.substr(begin).starts_with(kind)) stop = std::min(text.find_first_of(kWordEnds, begin + kind.size()), text.size());
    if (is_no_secret(value)) continue;
    out.append(text.substr(kept, begin - kept)).append(kMask);
    kept = i = stop;
  }
  return out.append(text.substr(kept));
}

// ---- #3 /path/file.php(12): PDO->__construct('mysql:...', 'user', 'password')

// The quoted words from `at` to the end of its line.
void mask_quoted(std::string_view line, std::string& out) {
  for (size_t i = 0; i < line.size();) {
    out += line[i];
    if (line[i++] != '\'') continue;
    size_t end = line.find('\'', i);
    if (end == std::string_view::npos) end = line.size();
    if (end > i) out += kMask;
    i = end;
    if (i < line.size()) out += line[i++];
  }
}

// Where the arguments of a frame of a trace begin; npos: the line is none.
size_t arguments_of_frame(std::string_view line) {
  size_t frame = line.find('#');
  while (frame != std::string_view::npos && (frame + 1 >= line.size() || !is_digit(line[frame + 1]))) frame = line.find('#', frame + 1);
  if (frame != std::string_view::npos) return line.find("): ", frame);
  for (std::string_view call : {"PDO->__construct(", "PDOConnection->__construct(", "mysqli->__construct(", "mysqli_connect("})
    if (size_t at = line.find(call); at != std::string_view::npos) return at;
  return std::string_view::npos;
}

std::string without_arguments(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    size_t arguments = std::min(arguments_of_frame(line), line.size());
    out += line.substr(0, arguments);
    mask_quoted(line.substr(arguments), out);
    text.remove_prefix(line.size());
    if (!text.empty()) out += '\n', text.remove_prefix(1);
  }
  return out;
}

// ---- unstick-KEY.cgi?KEY&task=...

std::string without_queries(std::string_view text) {
  std::string out;
  size_t kept = 0;
  for (size_t at = text.find("cgi?"); at != std::string_view::npos; at = text.find("cgi?", at + 4)) {
    size_t end = std::min(text.find_first_of(" \t\r\n\"'<>,", at + 4), text.size());
    if (at < kept || end == at + 4) continue;
    out.append(text.substr(kept, at + 4 - kept)).append(kMask);
    kept = end;
  }
  return out.append(text.substr(kept));
}

std::string without_named_keys(std::string_view text) {
  constexpr std::string_view kName = "unstick-";
  std::string out;
  size_t kept = 0;
  for (size_t at = text.find(kName); at != std::string_view::npos; at = text.find(kName, at + kName.size())) {
    size_t begin = at + kName.size(), end = begin;
    while (end < text.size() && is_token(text[end])) ++end;
    if (begin < kept || !(text.substr(end).starts_with(".cgi") || text.substr(end).starts_with(".fcgi"))) continue;
    out.append(text.substr(kept, begin - kept)).append("...");
    kept = end;
  }
  return out.append(text.substr(kept));
}

// ---- e-mail addresses

bool is_local(char c) { return is_alnum(c) || (c != '\0' && std::string_view("._%+-").find(c) != std::string_view::npos); }
bool is_domain(char c) { return is_alnum(c) || c == '.' || c == '-'; }

std::string without_mail(std::string_view text) {
  std::string out;
  size_t kept = 0;
  for (size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    size_t begin = at, end = at + 1;
    while (begin > kept && is_local(text[begin - 1])) --begin;
    while (end < text.size() && is_domain(text[end])) ++end;
    std::string_view domain = text.substr(at + 1, end - at - 1);
    while (!domain.empty() && (domain.back() == '.' || domain.back() == '-')) domain.remove_suffix(1);
    size_t dot = domain.rfind('.');
    if (begin == at || dot == std::string_view::npos || dot == 0 || domain.size() - dot < 3 || is_digit(domain.back())) continue;
    out.append(text.substr(kept, begin - kept)).append("***@***");
    kept = at + 1 + domain.size();
  }
  return out.append(text.substr(kept));
}

// ---- addresses of computers

bool is_of_ip4(char c) { return is_digit(c) || c == '.'; }
bool is_of_ip6(char c) { return is_hex(c) || c == ':' || c == '.'; }

bool is_ip4(std::string_view word) {
  auto parts = split(word, '.');
  return parts.size() == 4 &&
         std::all_of(parts.begin(), parts.end(), [](std::string_view part) { return part.size() <= 3 && whole_number(part, 255); });
}

bool is_ip6(std::string_view word) {
  auto colons = static_cast<size_t>(std::count(word.begin(), word.end(), ':'));
  bool shortened = word.find("::") != std::string_view::npos;
  bool has_digit = std::any_of(word.begin(), word.end(), is_digit);
  if (word == "::" || !has_digit || colons > 7 || (shortened ? colons < 2 : colons != 7)) return false;
  auto parts = split(word, ':');
  return std::all_of(parts.begin(), parts.end(), [](std::string_view part) { return part.size() <= 4 || is_ip4(part); });
}

bool is_of_this_machine(std::string_view word) { return word.starts_with("127.") || word == "0.0.0.0" || word == "::1"; }

std::string without_ips(std::string_view text, Holds holds, bool (*is_ip)(std::string_view)) {
  return each_run(text, holds, [&](std::string& out, size_t begin, size_t end) {
    size_t stop = end;
    while (stop > begin && (text[stop - 1] == '.' || (text[stop - 1] == ':' && !(stop - begin > 1 && text[stop - 2] == ':')))) --stop;
    std::string_view word = text.substr(begin, stop - begin);
    bool stands_alone = (begin == 0 || !(is_name(text[begin - 1]) || text[begin - 1] == '-' || text[begin - 1] == '\\')) &&
                        (end == text.size() || !(is_name(text[end]) || text[end] == '('));
    bool address = stands_alone && is_ip(word) && !is_of_this_machine(word);
    out += address ? kMask : word;
    out += text.substr(stop, end - stop);
  });
}

// ---- words that look thrown

constexpr std::array<std::string_view, 6> kKeptWords = {"ComposerAutoloader", "ComposerStaticInit", "FK_", "IDX_", "UNIQ_", "Version"};

// How often a letter stands beside a digit: seldom in names, dates and numbers.
size_t changes_of(std::string_view word) {
  size_t changes = 0;
  for (size_t i = 1; i < word.size(); ++i)
    changes += is_alnum(word[i]) && is_alnum(word[i - 1]) && is_digit(word[i]) != is_digit(word[i - 1]);
  return changes;
}

bool looks_thrown(std::string_view word) {
  if (word.size() < kLeastThrown) return false;
  for (std::string_view kept : kKeptWords)
    if (word.starts_with(kept)) return false;
  bool hex = word.size() >= 32 && std::all_of(word.begin(), word.end(), is_hex);
  return hex || changes_of(word) >= 5;
}

std::string without_thrown(std::string_view text) {
  return each_run(text, is_token, [&](std::string& out, size_t begin, size_t end) {
    std::string_view word = text.substr(begin, end - begin);
    out += looks_thrown(word) ? kMask : word;
  });
}

}  // namespace

bool is_secret_name(std::string_view name) {
  return std::any_of(kSecretNames.begin(), kSecretNames.end(), [&](std::string_view secret) {
    bool whole = name.size() == secret.size() || (name.size() > secret.size() && name[name.size() - secret.size() - 1] == '_');
    return name.ends_with(secret) && (whole || secret.size() >= 6);
  });
}

std::string masked(std::string_view text) {
  std::string out = without_named_keys(without_queries(text));
  out = without_authorities(out);
  out = without_arguments(out);
  out = without_named(out);
  out = without_mail(out);
  out = without_ips(out, is_of_ip4, is_ip4);
  out = without_ips(out, is_of_ip6, is_ip6);
  return without_thrown(out);
}

}  // namespace base
