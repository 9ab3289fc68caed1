// SPDX-License-Identifier: GPL-3.0-or-later
// What is looked at in configuration.php and its copies, and in the folders that it names. Nothing here mends the file:
// it is never written.
#include <unistd.h>

#include <algorithm>
#include <array>

#include "apps/database_reach.h"
#include "apps/whmcs/checks.h"
#include "apps/whmcs/configuration.h"
#include "base/failure.h"
#include "base/text.h"

namespace apps::whmcs {

namespace {

constexpr size_t kMostCopyBytes = 256 << 10;
constexpr mode_t kEverybodyReads = 0004, kAnybodyWrites = 0222, kEverybodyEnters = 0001, kOwnerWrites = 0200;
constexpr std::string_view kPutBack =
    "put the file back from a backup of the site. Never let an installer write a new one: without the former "
    "$cc_encryption_hash, which is "
    "nowhere else, card data and the passwords of servers and services cannot be read any more";
constexpr std::string_view kWelcome = "visitors see \"Welcome to WHMCS! Before you can begin ...\"";

struct FileRow {
  FileState state;
  std::string_view what;
};
constexpr std::array kFileRows = {
    FileRow{FileState::missing, "the configuration, configuration.php, is missing"},
    FileRow{FileState::empty, "the configuration, configuration.php, is empty"},
    FileRow{FileState::damaged, "the configuration, configuration.php, is cut off or damaged"},
};

Finding short_tag_finding() {
  return {"the configuration, configuration.php, begins with the short tag <?",
          {"configuration.php begins with <?, not with <?php"},
          "it works only where PHP's setting short_open_tag is on: with another PHP, or another host, " + std::string(kWelcome) +
              ", and the file's text with all passwords may be shown to everybody",
          Mend::nothing,
          "write <?php instead of <? at the beginning of configuration.php, and change nothing else in it",
          Weight::hinders};
}

// Values without which nothing runs, or nothing that is encrypted can be read. Those that code makes may be right.
void look_at_values(const Configuration& configuration, Looked& looked) {
  auto license = configuration.value("license"), hash = configuration.value("cc_encryption_hash");
  for (const auto* value : {&license, &hash})
    if (!value->problem.empty()) looked.not_looked.push_back(value->problem);
  if (license.problem.empty() && !license.is_set())
    looked.found.push_back({"the configuration names no licence key",
                            {"$license is not set in configuration.php"},
                            std::string(kWelcome),
                            Mend::nothing,
                            "write the line $license = '...'; with the key that WHMCS's client area shows; where the "
                            "file has all its lines, see "
                            "whether a return; stands above them, as in the sample",
                            Weight::breaks});
  if (hash.problem.empty() && !hash.is_set())
    looked.found.push_back(
        {"the configuration has no encryption hash",
         {"$cc_encryption_hash is not set in configuration.php"},
         "what is encrypted in the database cannot be read: card data, passwords of servers and services",
         Mend::nothing,
         "put the former line back, from a backup of configuration.php; a new one helps nothing",
         Weight::breaks});
}

// Where a folder above keeps everybody out, the file's own permissions do not matter.
bool is_within_reach(Examination& examination, const Path& file) {
  for (Path folder = file.parent_path(); folder.has_relative_path(); folder = folder.parent_path()) {
    auto facts = examination.disk.look_through(folder);
    if (!facts || (facts->mode & kEverybodyEnters) == 0) return false;
  }
  return true;
}

std::string octal(mode_t mode) {
  return {static_cast<char>('0' + (mode >> 6 & 7U)), static_cast<char>('0' + (mode >> 3 & 7U)),
          static_cast<char>('0' + (mode & 7U))};
}

// Those inside the site's folder are the business of another check.
bool is_closed(const Examination& examination, const Path& folder, const platform::Facts& facts) {
  bool may_be_written = facts.owner != ::geteuid() || (facts.mode & kOwnerWrites) != 0;
  return !may_be_written && !platform::lies_in(folder, examination.site.root);
}

// Since 7.7 the storage settings in the database say where files of tickets and downloads lie, which may be elsewhere
// altogether.
std::vector<Path> needed_folders(Examination& examination) {
  auto folders = written(examination.disk, examination.site);
  const base::Version& version = examination.site.version;
  if (!version.empty() && version < base::Version::of("7.7")) return folders;
  Configuration configuration(examination.disk, examination.site.root);
  std::erase_if(folders, [&](const Path& folder) {
    return folder != configuration.folder("templates_compiledir", "templates_c") &&
           !examination.disk.look_through(folder);
  });
  return folders;
}

// configuration.php.bak, configuration.php~, configuration.old: the server gives them out. What ends in .php it runs.
bool may_be_copy(std::string_view name) {
  return name.starts_with("configuration") && !name.ends_with(".php") && name != "configuration";
}

bool holds_secrets(const std::string& text) {
  try {
    const base::PhpFile file = base::parse_php(text, "a copy");
    for (const char* name : {"db_password", "cc_encryption_hash"}) {
      const base::PhpValue* value = file.variable(name);
      if (value && value->as<std::string>() && !value->as<std::string>()->empty()) return true;
    }
    return false;
  } catch (const base::Failure&) {
    return false;
  }
}

Looked look_at_reach_without_certificate(Examination& examination) {
  Configuration configuration(examination.disk, examination.site.root);
  std::vector<std::string> names;
  for (const char* name : {"db_name", "db_username"})
    if (auto value = configuration.value(name); value.problem.empty() && !value.is_set())
      names.push_back("$" + std::string(name));
  if (!configuration.problem().empty() || names.empty()) return look_at_database_reach(examination, std::nullopt);
  return look_at_database_reach(
      examination, Finding{"the configuration does not say where the database is",
                           {base::join(names, " and ") + " not set in configuration.php"},
                           "every page of the site fails",
                           Mend::nothing,
                           "the hosting panel's database page names them; put the lines back into configuration.php",
                           Weight::breaks});
}

}  // namespace

Looked look_at_configuration_file(Examination& examination) {
  Configuration configuration(examination.disk, examination.site.root);
  Looked looked;
  auto row = std::find_if(kFileRows.begin(), kFileRows.end(),
                          [&](const FileRow& one) { return one.state == configuration.state(); });
  if (row != kFileRows.end())
    looked.found.push_back({std::string(row->what),
                            {configuration.problem()},
                            std::string(kWelcome) + ", or blank pages",
                            Mend::nothing,
                            std::string(kPutBack),
                            Weight::breaks});
  else if (configuration.state() == FileState::unreadable)
    looked.not_looked.push_back(configuration.problem());
  else
    look_at_values(configuration, looked);
  if (configuration.has_short_tag() && configuration.problem().empty()) looked.found.push_back(short_tag_finding());
  return looked;
}

Looked look_at_configuration_mode(Examination& examination) {
  Looked looked;
  const Path file = examination.site.root / "configuration.php";
  auto facts = examination.disk.look_through(file);
  if (!facts) return looked;
  looked.seen = "mode " + octal(facts->mode);
  // 444 is what the documentation allows where the application cannot read it otherwise.
  bool is_open = (facts->mode & kEverybodyReads) != 0 && (facts->mode & kAnybodyWrites) != 0;
  if (!is_open || !is_within_reach(examination, file)) return looked;
  looked.found.push_back(
      {"every account of this server may read the configuration",
       {"configuration.php has mode " + octal(facts->mode)},
       "it holds the password of the database and the key of what is encrypted in it",
       Mend::nothing,
       "set its permissions to 400 with the FTP program (to 440 or 444 if the site cannot read it then)",
       Weight::exposes});
  return looked;
}

Looked look_at_configuration_copies(Examination& examination) {
  Looked looked;
  const Path& root = examination.site.root;
  Finding finding{"a copy of the configuration lies where everybody can download it",
                  {},
                  "it holds the password of the database and the key of what is encrypted in it",
                  Mend::nothing,
                  "download it and delete it here; if it lay there for long, change the password of the database",
                  Weight::exposes};
  for (const auto& entry : examination.disk.list(root).value_or(std::vector<platform::Entry>{}))
    if (entry.kind == platform::Kind::file && may_be_copy(entry.name) &&
        holds_secrets(examination.disk.read(root / entry.name, kMostCopyBytes).value_or("")))
      finding.evidence.push_back(base::printable_line(entry.name));
  if (!finding.evidence.empty()) looked.found.push_back(std::move(finding));
  return looked;
}

Looked look_at_reach(Examination& examination) {
  Looked looked = look_at_reach_without_certificate(examination);
  Configuration configuration(examination.disk, examination.site.root);
  bool has_certificate = configuration.value("db_tls_cert").is_set() || configuration.value("db_tls_key").is_set();
  if (!has_certificate || looked.found.empty()) return looked;
  for (const Finding& finding : looked.found)
    looked.not_looked.push_back(base::join(finding.evidence, "; ") +
                                "; WHMCS shows the server the certificate of $db_tls_cert, which this program does not: "
                                "write a user who needs none as db_user and db_password into the settings file");
  looked.found.clear();
  return looked;
}
Looked look_at_folders(Examination& examination) {
  Looked looked;
  Finding finding{
      "folders that WHMCS writes into are not there, or cannot be written",
      {},
      "pages are blank (templates_c), or files of tickets and downloads cannot be stored or found",
      Mend::nothing,
      "make them, owned by the site's account and writable for it, or correct their paths in configuration.php",
      Weight::breaks};
  Configuration configuration(examination.disk, examination.site.root);
  for (auto name : {"attachments_dir", "downloads_dir", "templates_compiledir"})
    if (std::string why = configuration.unknown_folder(name); !why.empty()) looked.not_looked.push_back(std::move(why));
  for (const Path& folder : needed_folders(examination)) try {
      auto facts = examination.disk.look_through(folder);
      if (!facts || facts->kind != platform::Kind::folder)
        finding.evidence.push_back(examination.shown(folder) + " is missing");
      else if (is_closed(examination, folder, *facts))
        finding.evidence.push_back(examination.shown(folder) + " has mode " + octal(facts->mode));
    } catch (const base::Failure& failure) {
      looked.not_looked.push_back(failure.what());
    }
  if (!finding.evidence.empty()) looked.found.push_back(std::move(finding));
  return looked;
}

}  // namespace apps::whmcs
