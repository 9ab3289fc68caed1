// SPDX-License-Identifier: GPL-3.0-or-later
// What doctor looks at in local.php and .env.
#include <algorithm>
#include <array>

#include "apps/mautic/checks.h"
#include "apps/mautic/configuration_copies.h"
#include "apps/mautic/configuration_faults.h"
#include "base/text.h"

namespace apps::mautic {

namespace {

constexpr size_t kMostEvidence = 10;

struct FileRow {
  FileState state;
  std::string_view what, means;
  Mend mend;
};

constexpr std::string_view kInstaller = "whoever comes sees the installer, and may install Mautic anew over the database";
constexpr std::string_view kOffline = "every page says that the site is offline, and commands fail";

constexpr std::array kFileRows = {
    FileRow{FileState::missing, "the configuration, local.php, is missing", kInstaller, Mend::configuration},
    FileRow{FileState::empty, "the configuration, local.php, is empty", kOffline, Mend::configuration},
    FileRow{FileState::damaged, "the configuration, local.php, is cut off or damaged", kOffline, Mend::configuration},
    FileRow{FileState::unreadable, "the configuration, local.php, may not be read", kOffline, Mend::permissions},
    FileRow{FileState::damaged_beside, "a file of the configuration beside local.php is cut off or damaged", kOffline, Mend::nothing},
    FileRow{FileState::prefixed, "something stands before <?php in the configuration, local.php",
            "PHP sends it to every visitor before all else: logins and redirects fail (\"headers already sent\"), and downloads and the "
            "API are damaged",
            Mend::configuration},
    FileRow{FileState::misplaced, "the configuration, local.php, lies where only a newer release looks for it", kInstaller,
            Mend::configuration},
};

std::string copy_words(const ConfigurationCopy& copy) {
  if (!copy.problem.empty()) return "a copy that cannot serve: " + copy.words + ": " + copy.problem;
  return copy.is_whole() ? "a whole copy: " + copy.words : "a copy that lacks " + copy.lacks + ": " + copy.words;
}

// Of each copy where it is, and in which keys it differs from the best one.
void add_copies(Examination& examination, const Path& file, Finding& finding) {
  auto copies = configuration_copies(examination.disk, examination.site, examination.given.state, file);
  if (copies.empty()) finding.evidence.push_back("no copy of it was found");
  for (const auto& copy : copies) {
    if (finding.evidence.size() >= kMostEvidence) return;
    auto keys = &copy == &copies[0] || !copy.problem.empty() ? std::vector<std::string>{} : differing_keys(copies[0].text, copy.text);
    finding.evidence.push_back(copy_words(copy) + (keys.empty() ? "" : ", differs from the first in " + base::some_of(keys, 8)));
  }
}

std::string place_words(const Site& site, const Configuration& configuration) {
  std::string words = configuration.shown(configuration.file());
  bool former = is_present(site) && !configuration.is_named() && platform::lies_in(configuration.file(), site.root / "app");
  return former ? words + ", which is used because there is no config/local.php" : words;
}

Finding value_finding(ValueKind kind) {
  switch (kind) {
    case ValueKind::percent:
      return {"a % in the configuration is not doubled", {},
              "Mautic takes what stands between two % for the name of a parameter, and every page and command fails: \"The parameter "
              "... must be defined\"", Mend::configuration, ""};
    case ValueKind::old_folder:
      return {"the configuration names folders by %kernel.root_dir%, which Mautic 5 does not know any more", {},
              "caches and logs go to a wrong folder, or every page and command fails", Mend::configuration, ""};
    case ValueKind::new_folder:
      return {"cache_path names its folder by %kernel.project_dir%, which this release does not replace in it", {},
              "the cache goes to a folder of that name, wherever a command is run", Mend::configuration, ""};
    case ValueKind::missing: break;
  }
  return {"a value is missing without which Mautic takes itself for not installed", {}, std::string(kInstaller), Mend::configuration, ""};
}

void look_at_secret_key(const Configuration& configuration, Looked& looked) {
  auto key = configuration.value("secret_key");
  if (!key.problem.empty() || !key.text.value_or("").empty()) return;
  looked.found.push_back({"secret_key is not set in the configuration", {configuration.shown(configuration.file())},
                          "what Mautic encrypts and signs is done with a key that everybody knows", Mend::nothing,
                          "put the former secret_key back, from a copy of local.php (config:fix takes it from one that it finds); with a "
                          "new one the keys and passwords of integrations have to be entered again",
                          Weight::exposes});
}

}  // namespace

Looked look_at_configuration_file(Examination& examination) {
  Configuration configuration(examination.disk, examination.site);
  FileFault fault = look_at_file(examination.disk, examination.site, configuration);
  if (fault.state == FileState::unknown) return {{}, {fault.why}, {}};
  if (fault.state == FileState::good) return {{}, {}, place_words(examination.site, configuration)};
  auto row = std::find_if(kFileRows.begin(), kFileRows.end(), [&](const FileRow& one) { return one.state == fault.state; });
  Finding finding{std::string(row->what), {fault.why}, std::string(row->means), row->mend,
                  row->mend == Mend::nothing ? "mend that file, or move it out of its folder" : ""};
  if (row->mend == Mend::configuration && fault.state != FileState::prefixed) add_copies(examination, fault.file, finding);
  return {{std::move(finding)}, {}, {}};
}

Looked look_at_configuration_values(Examination& examination) {
  Configuration configuration(examination.disk, examination.site);
  if (!configuration.problem().empty()) return {{}, {configuration.problem()}, {}};
  Looked looked;
  looked.not_looked = unknown_values(configuration);
  auto faults = value_faults(configuration, examination.site);
  for (auto kind : {ValueKind::percent, ValueKind::old_folder, ValueKind::new_folder, ValueKind::missing}) {
    Finding finding = value_finding(kind);
    for (const auto& fault : faults) {
      if (fault.kind != kind) continue;
      std::string line = fault.line ? " line " + std::to_string(fault.line) : "";
      if (finding.evidence.size() < kMostEvidence) finding.evidence.push_back(configuration.shown(fault.file) + line + ": " + fault.key);
    }
    if (!finding.evidence.empty()) looked.found.push_back(std::move(finding));
  }
  look_at_secret_key(configuration, looked);
  return looked;
}

Looked look_at_environment_file(Examination& examination) {
  auto file = missing_environment_file(examination.disk, examination.site);
  if (!file) return {};
  return {{{"the file .env is missing", {examination.shown(*file)},
            "every page is a blank error and every command fails: file transfer programs leave out files whose names begin with a dot",
            Mend::configuration, ""}}, {}, {}};
}

Looked look_at_composer_updates(Examination& examination) {
  Configuration configuration(examination.disk, examination.site);
  if (!configuration.problem().empty()) return {{}, {configuration.problem()}, {}};
  auto value = configuration.value("composer_updates");
  if (!value.problem.empty()) return {{}, {value.problem}, {}};
  bool on = !value.text.value_or("").empty() && *value.text != "0";
  if (!on || examination.site.root != examination.site.project) return {{}, {}, on ? "composer updates this site" : ""};
  return {{{"composer_updates is set in the configuration of a site that came from a zip", {configuration.shown(configuration.file())},
            "mautic:update:apply does nothing but say that Composer does the updates", Mend::nothing,
            "if nobody updates this site with Composer, set composer_updates to 0 in local.php", Weight::hinders}}, {}, {}};
}

}  // namespace apps::mautic
