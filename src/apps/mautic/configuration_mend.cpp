// SPDX-License-Identifier: GPL-3.0-or-later
// How local.php and .env are mended: the edits of config:fix. What a copy would be like is seen by laying it over the disk.
#include "apps/configuration_mend.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "apps/mautic/configuration_copies.h"
#include "apps/mautic/configuration_faults.h"
#include "apps/mautic/mautic.h"
#include "base/failure.h"
#include "base/php_tokens.h"
#include "base/text.h"
#include "platform/substituted_disk.h"

namespace apps::mautic {

namespace {

using Words = std::vector<std::string>;

constexpr const char* kEmptyConfiguration = "<?php\n$parameters = array(\n);\n";
constexpr const char* kEnvironment = "APP_ENV=prod\nAPP_DEBUG=0\n";
constexpr size_t kMostKeysNamed = 12;

std::string fingerprint_of(platform::Disk& disk, const Path& file) {
  auto facts = disk.look_through(file);
  return facts ? platform::fingerprint(*facts) : "";
}

// As Mautic writes local.php, but no more open than the site's entrance is.
mode_t mode_of_new(platform::Disk& disk, const Site& site) {
  auto front = disk.look_through(site.root / "index.php");
  return front && (front->mode & 0004) == 0 ? 0640 : 0644;
}

class Mender {
 public:
  Mender(platform::Disk& disk, const Site& site, const MendOrder& order) : disk_(disk), site_(site), order_(order) {}

  ConfigurationMend mend() {
    Configuration now(disk_, site_);
    FileFault fault = look_at_file(disk_, site_, now);
    bool ours = fault.state != FileState::unknown && fault.state != FileState::unreadable && fault.state != FileState::damaged_beside;
    if (!ours) return refuse(fault);
    local_ = fault.file;
    if (fault.state == FileState::good || fault.state == FileState::prefixed) {
      if (fault.state == FileState::prefixed) cut_prefix();
      edit_in_place(now);
      look_for_accesses();
    } else {
      begin_anew(fault);
    }
    add_environment();
    finish();
    return std::move(mend_);
  }

 private:
  ConfigurationMend refuse(const FileFault& fault) {
    mend_.needed.push_back(fault.why + (fault.state == FileState::unreadable ? ": permissions:fix mends that" : ": mend that by hand"));
    return std::move(mend_);
  }

  void note(const std::string& text) { mend_.notes.push_back(text); }
  std::string shown(const Path& file) const {
    for (const Path& folder : {site_.project, site_.root})
      if (platform::lies_in(file, folder)) return base::printable_line(file.lexically_relative(folder).native());
    return base::printable_line(file.native());
  }

  void edit(const Path& file, Words words) {
    auto& all = edits_[file];
    all.insert(all.end(), std::make_move_iterator(words.begin()), std::make_move_iterator(words.end()));
  }

  // ---- what is there

  void edit_in_place(const Configuration& configuration) {
    for (const auto& fault : value_faults(configuration, site_)) mend_value(fault);
    add_database();
    add_key(configuration);
  }

  void cut_prefix() {
    edit(local_, {"cut"});
    note("takes away what stands before <?php in " + shown(local_));
  }

  void mend_value(const ValueFault& fault) {
    std::string where = fault.key + " in " + shown(fault.file);
    if (fault.kind == ValueKind::percent) {
      edit(fault.file, {"percent", fault.key});
      note("doubles the % in " + where + ", as Mautic reads it");
    } else if (fault.kind == ValueKind::old_folder) {
      mend_old_folder(fault, where);
    } else if (fault.kind == ValueKind::new_folder) {
      edit(fault.file, {"replace", fault.key, "%kernel.project_dir%", "%kernel.root_dir%/.."});
      note("writes %kernel.root_dir%/.. for %kernel.project_dir% into " + where);
    } else {
      mend_missing(fault, where);
    }
  }

  // Migration 20230627140512 of Mautic 5 does the first two and the last. In a project of Composer the folder above app/ is no more
  // the project's, which only var/ has moved to.
  void mend_old_folder(const ValueFault& fault, const std::string& where) {
    if (site_.root != site_.project) {
      edit(fault.file, {"replace", fault.key, "%kernel.root_dir%/../var", "%kernel.project_dir%/var"});
      edit(fault.file, {"replace", fault.key, "%kernel.root_dir%/..", "%mautic.application_dir%"});
      edit(fault.file, {"replace", fault.key, "%kernel.root_dir%", "%mautic.application_dir%/app"});
    } else {
      edit(fault.file, {"replace", fault.key, "%kernel.root_dir%/..", "%kernel.project_dir%"});
      edit(fault.file, {"replace", fault.key, "%kernel.root_dir%", "%kernel.project_dir%/app"});
    }
    note("replaces %kernel.root_dir% in " + where + ", which " + site_.version.text() + " does not know any more");
  }

  void mend_missing(const ValueFault& fault, const std::string& where) {
    std::string value = fault.key == "db_driver" ? "pdo_mysql" : fault.key == "site_url" ? order_.address : "Mautic";
    if (value.empty()) {
      mend_.needed.push_back(where + " is missing: write the site's address into the settings file, url = https://...");
      return;
    }
    edit(local_, {"set", fault.key, value});
    note("sets " + where + " to " + base::printable_line(value));
  }

  void add_database() {
    if (order_.from_database) {
      for (const char* field : {"host", "port", "name", "user", "password"}) edit(local_, {"database", std::string("db_") + field, field});
      note("writes the database's host, port, name, user and password as they stand in our settings file into " + shown(local_));
    }
    if (!order_.prefix) return;
    edit(local_, {"set", "db_table_prefix", *order_.prefix});
    note("sets db_table_prefix in " + shown(local_) + " to '" + base::printable_line(*order_.prefix) + "', as the tables are named");
  }

  // The owner, or a panel, may have kept a local.php whose password is still the right one.
  void look_for_accesses() {
    const DatabaseAccess now = database(disk_, site_);
    for (const auto& copy : configuration_copies(disk_, site_, order_.state, local_)) {
      if (!copy.problem.empty() || !copy.inside.empty()) continue;
      platform::SubstitutedDisk then(disk_, {{local_, copy.text}});
      const DatabaseAccess other = database(then, site_);
      auto place = [](const DatabaseAccess& one) { return std::tie(one.host, one.port, one.socket, one.name); };
      bool same_place = place(now) == place(other), same_login = std::tie(now.user, now.password) == std::tie(other.user, other.password);
      if (!other.problems.empty() || (same_place && same_login)) continue;
      mend_.accesses.push_back({copy.mark, copy.words, same_place});
      if (copy.mark == order_.access_from) take_access(copy);
    }
  }

  void take_access(const ConfigurationCopy& copy) {
    const auto differing = differing_keys(disk_.read(local_, base::kMostPhpBytes).value_or(""), copy.text);
    Words keys;
    for (const char* key : {"db_host", "db_port", "db_name", "db_user", "db_password"}) {
      bool differs = std::find(differing.begin(), differing.end(), key) != differing.end();
      if (!differs || !base::contains(copy.text, key)) continue;
      edit(local_, {"take", key, copy.file.native(), copy.fingerprint});
      keys.emplace_back(key);
    }
    note("takes " + base::join(keys, ", ") + " from the copy " + copy.words + ", for with these the database answers");
  }

  // Nobody guesses keys; but a copy may have the one that the site had.
  void add_key(const Configuration& configuration) {
    auto key = configuration.value("secret_key");
    if (!key.problem.empty() || !key.text.value_or("").empty()) return;
    for (const auto& copy : configuration_copies(disk_, site_, order_.state, local_)) {
      if (!copy.is_whole() || !copy.inside.empty()) continue;
      edit(local_, {"take", "secret_key", copy.file.native(), copy.fingerprint});
      note("takes secret_key from " + copy.words);
      return;
    }
  }

  // ---- nothing that could be edited

  void begin_anew(const FileFault& fault) {
    mend_.begins_anew = true;
    note(fault.why);
    auto copies = configuration_copies(disk_, site_, order_.state, local_);
    std::stable_partition(copies.begin(), copies.end(), [&](const ConfigurationCopy& copy) { return copy.mark == order_.copy; });
    for (const auto& copy : copies)
      if (copy.problem.empty()) mend_.copies.push_back({copy.mark, copy.words});
    bool asked = !order_.copy.empty();
    if (asked && (copies.empty() || copies[0].mark != order_.copy))
      throw base::Failure("there is no copy " + order_.copy + " of local.php any more");
    if (!copies.empty() && (asked ? copies[0].problem.empty() : copies[0].is_whole())) return begin_from(copies);
    begin_from_nothing(copies);
  }

  void begin_from(const std::vector<ConfigurationCopy>& copies) {
    const ConfigurationCopy& best = copies[0];
    if (best.inside.empty()) edit(local_, {"copy", best.file.native(), best.fingerprint});
    else edit(local_, {"unpack", best.file.native(), best.fingerprint, best.inside});
    note("writes " + shown(local_) + " from the copy " + best.words + (best.lacks.empty() ? "" : "; it lacks " + best.lacks));
    if (size_t begin = base::php_begin(best.text); begin != 0 && begin != best.text.npos) cut_prefix();
    note_others(copies);
    platform::SubstitutedDisk then(disk_, {{local_, best.text}});
    Configuration configuration(then, site_);
    if (!configuration.problem().empty()) mend_.needed.push_back(configuration.problem());
    edit_in_place(configuration);
  }

  void note_others(const std::vector<ConfigurationCopy>& copies) {
    for (size_t i = 1; i < copies.size(); ++i) {
      const ConfigurationCopy& other = copies[i];
      auto keys = differing_keys(copies[0].text, other.text);
      std::string how = !other.problem.empty() ? "cannot serve: " + other.problem
                        : keys.empty()         ? "says the same"
                                               : "differs in " + base::some_of(keys, kMostKeysNamed);
      note("the copy " + other.words + " " + how + (other.problem.empty() ? "; file=" + other.mark + " takes this one" : ""));
    }
  }

  void begin_from_nothing(const std::vector<ConfigurationCopy>& copies) {
    for (const auto& copy : copies)
      note("the copy " + copy.words + (copy.problem.empty() ? " lacks " + copy.lacks + "; file=" + copy.mark + " takes it all the same"
                                                            : " cannot serve: " + copy.problem));
    if (!order_.from_database) {
      mend_.needed.push_back("there is no whole copy of local.php: write db_host, db_name, db_user and db_password of the site's database "
                             "into the settings file (the hosting panel lists databases and their users; a new password can be set there)");
      return;
    }
    if (is_present(site_) && order_.address.empty())
      mend_.needed.push_back("the site's address is not known: write url = https://... into the settings file");
    edit(local_, {"begin", kEmptyConfiguration, "set", "mailer_from_name", "Mautic", "set", "site_url", order_.address});
    edit(local_, {"random", "secret_key", "32", "set", "db_table_prefix", ""});
    add_database();
    edit(local_, {"set", "db_driver", "pdo_mysql"});
    note("writes a new " + shown(local_) + ", for there is no copy of the former: its other settings (e-mail above all) have to be made "
         "again in Mautic");
    note("secret_key is a NEW one, made of chance: everybody has to log in again, and the keys and passwords of integrations, which were "
         "encrypted with the former, have to be entered again. Should a copy of the former local.php be found, take secret_key from it");
  }

  // ---- the end

  void add_environment() {
    auto file = missing_environment_file(disk_, site_);
    if (!file) return;
    mend_.files.push_back({*file, "", 0644, {"begin", kEnvironment}, false});
    note("writes " + shown(*file) + " as a release has it (APP_ENV=prod, APP_DEBUG=0)");
  }

  // local.php last: then all of it can be tried.
  void finish() {
    for (auto& [file, words] : edits_)
      if (file != local_) mend_.files.push_back({file, fingerprint_of(disk_, file), mode_of_new(disk_, site_), std::move(words), true});
    if (edits_.contains(local_))
      mend_.files.push_back({local_, fingerprint_of(disk_, local_), mode_of_new(disk_, site_), std::move(edits_[local_]), true});
  }

  platform::Disk& disk_;
  const Site& site_;
  const MendOrder& order_;
  Path local_;
  std::map<Path, Words> edits_;
  ConfigurationMend mend_;
};

}  // namespace

ConfigurationMend mend_configuration(platform::Disk& disk, const Site& site, const MendOrder& order) {
  return Mender(disk, site, order).mend();
}

}  // namespace apps::mautic
