// SPDX-License-Identifier: GPL-3.0-or-later
// The check `logs.errors` of a Mautic: see apps/log_check.h. What its errors are about, and the advice that names what they name.
#include <algorithm>

#include "apps/checks.h"
#include "apps/log_check.h"
#include "apps/mautic/checks.h"
#include "apps/mautic/mautic.h"
#include "apps/mautic/symptoms.h"
#include "base/failure.h"
#include "base/text.h"

namespace apps::mautic {

namespace {

constexpr std::array<std::string_view, 2> kReleaseFiles = {"app/release_metadata.json", "app/version.txt"};

// Causes that a check sees in the files themselves, with better evidence.
struct SeenInFiles {
  std::string_view symptom;
  Looked (*look)(Examination& examination);
};
constexpr SeenInFiles kSeenInFiles[] = {{"files.env", look_at_environment_file},     {"config.syntax", look_at_configuration_file},
                                        {"config.parameter", look_at_configuration_values}, {"files.vendor", look_at_release},
                                        {"files.mixed", look_at_release},            {"cache.container", look_at_container},
                                        {"files.permissions", look_at_permissions}};

bool is_told_already(Examination& examination, const Symptom& symptom, const LogError&) {
  try {
    return std::any_of(std::begin(kSeenInFiles), std::end(kSeenInFiles), [&](const SeenInFiles& one) {
      return one.symptom == symptom.id && !one.look(examination).found.empty();
    });
  } catch (const base::Failure&) {
    return false;
  }
}

// ---- what to say

constexpr std::string_view kLargerPlan = ". Where the host allows less, a larger plan or a VPS is the documented advice";

// "php.ini, line 12: memory_limit = 64M": where the site's own folder sets it; empty when it does not.
std::string where_memory_is_set(Examination& examination) {
  for (const char* name : {".user.ini", "php.ini", ".htaccess"}) try {
      std::string text = examination.disk.read(examination.site.root / name, 256 << 10).value_or("");
      size_t number = 0;
      for (std::string_view line : base::lines(text)) {
        ++number;
        line = base::trim(line);
        if (base::contains(line, "memory_limit") && line[0] != ';' && line[0] != '#')
          return std::string(name) + ", line " + std::to_string(number) + ": " + base::printable_line(line.substr(0, 80));
      }
    } catch (const base::Failure&) {
      // Then it is not named.
    }
  return {};
}

std::string memory_words(Examination& examination, const LogError& error) {
  std::string limit = memory_limit_in(error.text), set = where_memory_is_set(examination);
  return (limit.empty() ? "" : "the limit was " + limit + ". ") + std::string("Run it from here: commands get ") +
         std::string(examination.site.app->memory_limit) + ". For the web site " +
         (set.empty() ? "write memory_limit = 512M into .user.ini in the site's folder, or set it in the hosting panel"
                      : "raise it: " + set) +
         " (Mautic's documentation asks for 512M)" + std::string(kLargerPlan);
}

std::string time_words(const Symptom& symptom, const LogError& error) {
  auto limit = base::number_behind(error.text, "Maximum execution time of ");
  return (limit ? "the limit was " + std::to_string(*limit) + " seconds. " : "") + std::string(symptom.otherwise) +
         std::string(kLargerPlan);
}

std::string extension_words(const LogError& error) {
  std::string name = extension_missing_in(error.text);
  std::string package = name == "pdo_mysql" ? "mysql" : name;
  return "switch it on in the hosting panel, or write to the host: please install the PHP extension " + name + " (package php-" +
         package + ") for the web site and the command line";
}

std::string advice_on(Examination& examination, const Symptom& symptom, const LogError& error) {
  if (symptom.id == "php.memory") return memory_words(examination, error);
  if (symptom.id == "php.time") return time_words(symptom, error);
  if (symptom.id == "host.disk_full" || symptom.id == "host.gone_away") return std::string(symptom.otherwise) + std::string(kLargerPlan);
  if (symptom.id == "php.extension") return extension_words(error);
  if (symptom.id == "plugin.old") {
    std::string folder = plugin_folder_in(error.text);
    return "move the folder " + (folder.empty() ? "of the plugin that the line names" : folder) +
           " out of the site, then do cache:purge; ask its author for a version for this release";
  }
  return std::string(symptom.otherwise);
}

void word(Examination& examination, const Symptom& symptom, const LogError& error, Finding& finding) {
  if (symptom.id == "php.extension") finding.what = "the extension " + extension_missing_in(error.text) + " of PHP is missing";
  finding.otherwise = advice_on(examination, symptom, error);
}

}  // namespace

Looked look_at_error_logs(Examination& examination) {
  return look_at_logs(examination, {symptom_of,
                                    {"app", "bin", "config", "docroot", "media", "plugins", "themes", "translations", "upgrade", "var", "vendor"},
                                    kReleaseFiles, {}, is_told_already, word});
}

}  // namespace apps::mautic
