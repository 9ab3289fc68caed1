// SPDX-License-Identifier: GPL-3.0-or-later
// What doctor looks at in the files by which the web server and its PHP are set: .htaccess, .user.ini and php.ini of the document root.
// The rules of Mautic's own .htaccess: 1.0 to 7.0, which differ in ten versions.
#include <algorithm>
#include <array>
#include <optional>

#include "apps/mautic/checks.h"
#include "apps/mautic/mautic.h"
#include "base/failure.h"
#include "base/text.h"
#include "storage/htaccess.h"

namespace apps::mautic {

namespace {

constexpr size_t kMostBytes = 1 << 20;
constexpr uint64_t kLeastMemory = 128ULL << 20;

// A directive, its continued lines joined.
struct Directive {
  unsigned line;
  std::string text, word;  // the word in lower case
};

std::vector<Directive> directives_of(std::string_view text) {
  std::vector<Directive> all;
  std::string joined;
  unsigned number = 0, first = 0;
  for (auto line : base::lines(text)) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (joined.empty()) first = number;
    bool continued = line.ends_with('\\');
    joined += std::string(continued ? line.substr(0, line.size() - 1) : line);
    if (continued) continue;
    std::string_view plain = base::trim(joined);
    if (!plain.empty() && plain[0] != '#')
      all.push_back({first, std::string(plain), base::lower(plain.substr(0, plain.find_first_of(" \t>")))});
    joined.clear();
  }
  return all;
}

std::string place(unsigned line, std::string_view text) {
  return ".htaccess line " + std::to_string(line) + ": " + std::string(text.substr(0, 200));
}

// ---- sections

std::optional<Finding> unbalanced(const std::vector<Directive>& all) {
  std::vector<const Directive*> open;
  const Directive* wrong = nullptr;
  for (const auto& one : all) {
    if (one.word.starts_with("</")) {
      bool fits = !open.empty() && one.word.substr(2) == open.back()->word.substr(1);
      if (!fits) {
        wrong = &one;
        break;
      }
      open.pop_back();
    } else if (one.word.starts_with("<")) {
      open.push_back(&one);
    }
  }
  if (!wrong && open.empty()) return std::nullopt;
  const Directive& at = wrong ? *wrong : *open.back();
  return Finding{".htaccess is cut off or damaged: a section in it is not closed, or closed twice", {place(at.line, at.text)},
                 "the web server answers every request with 500 Internal Server Error", Mend::files, ""};
}

// ---- the rule that lets only /index.php through

// "/mautic" of "https://example.com/mautic/"; empty at a domain's root.
std::string path_of(const std::string& url) {
  size_t host = url.find("://");
  size_t begin = host == url.npos ? url.npos : url.find('/', host + 3);
  if (begin == url.npos) return {};
  std::string path = url.substr(begin, url.find_first_of("?#", begin) - begin);
  if (size_t front = path.find("/index.php"); front != path.npos) path.resize(front);
  while (path.ends_with('/')) path.pop_back();
  return path;
}

std::optional<Finding> blocked_below(const std::vector<Directive>& all, const std::string& path) {
  auto shuts = [](const Directive& one) { return one.word == "<filesmatch" && base::contains(one.text, "\"\\.php$\""); };
  auto opens = [](const Directive& one) {
    return one.word == "<if" && base::contains(one.text, "%{REQUEST_URI}") && base::contains(one.text, "m#^/(index");
  };
  auto rule = std::find_if(all.begin(), all.end(), opens);
  if (path.empty() || rule == all.end() || std::none_of(all.begin(), all.end(), shuts)) return std::nullopt;
  std::string mended = rule->text;
  mended.replace(mended.find("m#^/("), 5, "m#^" + path + "/(");
  return Finding{".htaccess lets only /index.php at the domain's root through, and this site lies in " + path,
                 {place(rule->line, rule->text)},
                 "Apache answers every page with 403 Forbidden",
                 Mend::nothing,
                 "write in each such line of .htaccess: " + mended};
}

// ---- which PHP

struct Handler {
  unsigned major = 0;
  std::optional<unsigned> minor{};
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "ea-php74", "x-httpd-php8.1", "alt-php-fpm81" is none: the digits stand right behind "php".
std::optional<Handler> handler_in(const std::string& text) {
  const std::string low = base::lower(text);
  for (size_t at = low.find("php"); at != low.npos; at = low.find("php", at + 1)) {
    size_t digit = at + 3 < low.size() && base::contains("-_", std::string(1, low[at + 3])) ? at + 4 : at + 3;
    if (digit >= low.size() || !is_digit(low[digit]) || low[digit] < '5') continue;
    Handler found{static_cast<unsigned>(low[digit] - '0')};
    size_t next = digit + 1;
    if (next < low.size() && low[next] == '.') ++next;
    if (next < low.size() && is_digit(low[next])) found.minor = static_cast<unsigned>(low[next] - '0');
    return found;
  }
  return std::nullopt;
}

bool fits(const Handler& handler, const platform::PhpRange& range) {
  auto below = [&](const base::Version& least) {
    return handler.major < least.major() || (handler.major == least.major() && handler.minor && *handler.minor < least.minor());
  };
  auto above = [&](const base::Version& most) {
    return handler.major > most.major() || (handler.major == most.major() && handler.minor && *handler.minor > most.minor());
  };
  return !(!range.least.empty() && below(range.least)) && !(!range.most.empty() && above(range.most));
}

std::string range_words(const platform::PhpRange& range) {
  auto words = [](const base::Version& version) { return std::to_string(version.major()) + "." + std::to_string(version.minor()); };
  if (range.least.empty() || range.most.empty()) return range.least.empty() ? words(range.most) : words(range.least) + " or later";
  return words(range.least) + " to " + words(range.most);
}

// The last such line is the one that holds.
std::optional<Finding> unfit_handler(const std::vector<Directive>& all, const Site& site) {
  const Directive* line = nullptr;
  std::optional<Handler> handler;
  for (const auto& one : all) {
    bool names_php = one.word == "addhandler" || one.word == "sethandler" || one.word == "addtype" || one.word == "action" ||
                     one.word == "fcgidwrapper" || one.word == "suphp_configpath";
    auto found = names_php ? handler_in(one.text) : std::nullopt;
    if (found) line = &one, handler = found;
  }
  if (!line || (site.php.least.empty() && site.php.most.empty()) || fits(*handler, site.php)) return std::nullopt;
  return Finding{".htaccess has the site run with a PHP that " + site.version.text() + " does not run on",
                 {place(line->line, line->text)},
                 "every page fails, or says that this version of PHP is not supported, whatever the command line says",
                 Mend::nothing,
                 "choose PHP " + range_words(site.php) +
                     " for this site in the hosting panel (MultiPHP Manager, PHP Selector or the like), "
                     "which writes that line anew; where it does not, take the line out"};
}

// ---- what this program wrote

std::optional<Finding> half_block(const std::string& text) {
  bool begins = base::contains(text, storage::kOurBlockBegins), ends = base::contains(text, storage::kOurBlockEnds);
  if (begins == ends) return std::nullopt;
  std::string there(begins ? storage::kOurBlockBegins : storage::kOurBlockEnds);
  std::string gone(begins ? storage::kOurBlockEnds : storage::kOurBlockBegins);
  return Finding{"the lines that this program put into .htaccess are not whole", {there + " is there, " + gone + " is not"},
                 "the site may stay closed to its visitors", Mend::nothing,
                 "take the lines that this program put in out of .htaccess, with " + there};
}

// ---- limits

// "64M", "\"1G\"", "-1"; nullopt for what is no size.
std::optional<uint64_t> bytes_of(std::string_view value) {
  value = base::trim(value);
  bool quoted = value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front();
  if (quoted) value = value.substr(1, value.size() - 2);
  if (value == "-1") return UINT64_MAX;
  unsigned shift = 0;
  if (!value.empty() && !is_digit(value.back())) {
    char unit = base::lower(value.substr(value.size() - 1))[0];
    shift = unit == 'k' ? 10 : unit == 'm' ? 20 : unit == 'g' ? 30 : 0;
    if (shift == 0) return std::nullopt;
    value.remove_suffix(1);
  }
  auto number = base::whole_number(value, UINT64_MAX >> 31);
  return number ? std::optional(*number << shift) : std::nullopt;
}

struct Limit {
  std::string where;  // ".user.ini line 3: memory_limit = 64M"
  uint64_t bytes;
};

std::optional<std::string_view> limit_in(std::string_view line, bool htaccess) {
  line = base::trim(line);
  constexpr std::string_view kName = "memory_limit";
  if (htaccess) {
    bool value = base::lower(line.substr(0, 10)) == "php_value " || base::lower(line.substr(0, 10)) == "php_value\t";
    line = value ? base::trim(line.substr(10)) : std::string_view();
  }
  if (!line.starts_with(kName)) return std::nullopt;
  line = base::trim(line.substr(kName.size()));
  if (!htaccess && !line.starts_with("=")) return std::nullopt;
  line = base::trim(htaccess ? line : line.substr(1));
  return line.substr(0, line.find(';'));
}

std::vector<Limit> limits_of(Examination& examination, std::vector<std::string>& not_looked) {
  std::vector<Limit> all;
  for (const char* name : {"php.ini", ".user.ini", ".htaccess"}) {
    std::string text;
    try {
      text = examination.disk.read(examination.site.root / name, kMostBytes).value_or("");
    } catch (const base::Failure& failure) {
      not_looked.push_back(failure.what());
    }
    unsigned number = 0;
    for (auto line : base::lines(text)) {
      ++number;
      auto value = limit_in(line, name == std::string_view(".htaccess"));
      auto bytes = value ? bytes_of(*value) : std::nullopt;
      if (bytes) all.push_back({std::string(name) + " line " + std::to_string(number) + ": " + std::string(base::trim(line)), *bytes});
    }
  }
  return all;
}

}  // namespace

Looked look_at_htaccess(Examination& examination) {
  const Site& site = examination.site;
  auto text = examination.disk.read(site.root / ".htaccess", kMostBytes);
  if (!text)
    return {{{".htaccess is missing in the site's root", {examination.shown(site.root / ".htaccess")},
              "where Apache or LiteSpeed serves the site, every page but the front page is answered with 404 Not Found, and files that "
              "must not be seen can be (nginx does without it)", Mend::files,
              "it is in the package of the release: file transfer programs leave out files whose names begin with a dot"}}, {}, {}};
  Looked looked;
  auto all = directives_of(*text);
  const std::string path = path_of(site_url(examination.disk, site));
  for (auto& finding : {unbalanced(all), blocked_below(all, path), unfit_handler(all, site), half_block(*text)})
    if (finding) looked.found.push_back(*finding);
  return looked;
}

Looked look_at_php_limits(Examination& examination) {
  Looked looked;
  auto all = limits_of(examination, looked.not_looked);
  const std::string command_line = "; PHP's command line has limits of its own, and commands that this program runs get " +
                                   std::string(examination.site.app->memory_limit);
  if (all.empty()) looked.seen = "no memory_limit is set in the site's folder: the host's own counts" + command_line;
  for (const auto& limit : all) {
    looked.seen = limit.where + command_line;
    if (limit.bytes >= kLeastMemory) continue;
    looked.found.push_back({"PHP may use little memory for pages", {limit.where + command_line},
                            "where the cache has to be built anew, after a repair or an update, pages fail with \"Allowed memory size "
                            "exhausted\"", Mend::nothing,
                            "set memory_limit to 256M or more in that line, or in the hosting panel (Mautic's documentation asks for 512M); "
                            "until then cache:warmup, run from here, builds the cache, and pages need less",
                            Weight::hinders});
  }
  return looked;
}

}  // namespace apps::mautic
