// SPDX-License-Identifier: GPL-3.0-or-later
// What a PHP says of itself when it runs with the host's php.ini.
#include "base/failure.h"
#include "base/text.h"
#include "platform/php.h"

namespace platform {

namespace {

constexpr std::chrono::seconds kPatience{4};
constexpr const char* kQuestion =
    "echo 'unstick'.PHP_EOL.(string) php_ini_loaded_file().PHP_EOL.ini_get('memory_limit').PHP_EOL"
    ".implode(',', get_loaded_extensions()).PHP_EOL.ini_get('disable_functions').PHP_EOL;";

std::vector<std::string> names_in(std::string_view list) {
  std::vector<std::string> names;
  for (auto name : base::split(list, ','))
    if (auto plain = base::trim(name); !plain.empty()) names.push_back(base::lower(plain));
  return names;
}

}  // namespace

// php-cgi and lsphp take no code on their command line.
std::optional<PhpSettings> ask_settings(const PhpCandidate& php) {
  if (php.sapi != Sapi::cli) return std::nullopt;
  Command command;
  command.argv = {php.path.native(), "-r", kQuestion};
  command.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/", "LANG=C"};
  command.folder = "/";
  try {
    std::string said = capture(command, kPatience, 64 << 10).output;
    size_t begin = said.find("unstick\n");
    if (begin == said.npos) return std::nullopt;
    said.erase(0, begin);
    auto lines = base::lines(said);
    if (lines.size() < 4) return std::nullopt;
    return PhpSettings{std::string(lines[1]), std::string(lines[2]), names_in(lines[3]), names_in(lines.size() > 4 ? lines[4] : "")};
  } catch (const base::Failure&) {
    return std::nullopt;
  }
}

}  // namespace platform
