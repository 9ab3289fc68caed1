// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of PHP: of the probe that was made last, without running it; with php=yes its settings too. The website's PHP may be
// another one: that one only answers through the web.
#include <algorithm>

#include "apps/checks.h"
#include "base/text.h"
#include "platform/php_words.h"

namespace apps {

namespace {

constexpr uint64_t kLeastMemory = uint64_t{256} << 20;

std::string range_words(const platform::PhpRange& range) {
  std::string limits = platform::limits_of(range);
  return limits.empty() ? "any PHP" : "PHP " + limits;
}

// "512M" as php.ini has it; nullopt: no limit, or no number.
std::optional<uint64_t> bytes_of(const std::string& limit) {
  if (limit.empty()) return std::nullopt;
  size_t digits = limit.find_first_not_of("0123456789");
  auto number = base::whole_number(limit.substr(0, digits), 1 << 30);
  if (!number) return std::nullopt;
  std::string unit = digits == limit.npos ? "" : base::lower(limit.substr(digits));
  int shift = unit == "g" ? 30 : unit == "m" ? 20 : unit == "k" ? 10 : 0;
  return *number << shift;
}

}  // namespace

Looked look_at_php(Examination& examination) {
  Looked looked;
  const platform::PhpChoice& choice = *examination.given.php;
  const Site& site = examination.site;
  if (const auto* php = choice.php()) {
    looked.seen = "PHP " + php->version.text() + " (" + base::printable_line(php->path.native()) + "); " + std::string(site.app->title) +
                  " " + site.version.text() + " runs on " + range_words(site.php);
    return looked;
  }
  Finding finding{"no PHP for the command line fits the application",
                  {},
                  "console commands and the database's migrations cannot run from here",
                  Mend::nothing,
                  "ask the host: which path has the command line of " + range_words(site.php) +
                      "? Write it as php = /path/to/php into the settings "
                      "file; until then run commands from the hosting panel's cron page",
                  Weight::hinders};
  for (const auto& php : choice.tried)
    if (finding.evidence.size() < 5)
      finding.evidence.push_back(php.path.native() + (php.version.empty() ? "" : " is PHP " + php.version.text()) +
                                 (php.problem.empty() ? "" : ": " + php.problem));
  looked.found.push_back(std::move(finding));
  return looked;
}

Looked look_at_php_settings(Examination& examination) {
  Looked looked;
  const Given& given = examination.given;
  if (!given.php_settings) {
    looked.not_looked.push_back("only PHP can tell: ask with php=yes");
    return looked;
  }
  const auto& extensions = given.php_settings->extensions;
  std::vector<std::string> missing;
  for (auto name : examination.site.app->php_extensions)
    if (std::find(extensions.begin(), extensions.end(), name) == extensions.end()) missing.emplace_back(name);
  const auto* php = given.php->php();
  std::string number = php ? std::to_string(php->version.major()) + "." + std::to_string(php->version.minor()) : "";
  if (!missing.empty())
    looked.found.push_back({"PHP lacks extensions that the application needs",
                            {base::join(missing, ", ") + " in PHP " + number + " of the command line"},
                            "commands, updates or pages end with an error",
                            Mend::nothing,
                            "switch them on in the hosting panel (PHP extensions), or send to the host: please install the PHP " + number +
                                " extensions " + base::join(missing, ", "),
                            Weight::breaks});
  looked.seen = "memory_limit " + given.php_settings->memory_limit + " in " +
                (given.php_settings->ini_file.empty() ? "no php.ini" : given.php_settings->ini_file);
  auto limit = bytes_of(given.php_settings->memory_limit);
  if (limit && *limit < kLeastMemory)
    looked.seen += ": little, but commands started from here get " + std::string(examination.site.app->memory_limit);
  return looked;
}

}  // namespace apps
