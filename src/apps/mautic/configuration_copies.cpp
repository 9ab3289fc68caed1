// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/mautic/configuration_copies.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/digest.h"
#include "base/failure.h"
#include "base/php_literal.h"
#include "base/text.h"
#include "platform/clock.h"
#include "steps/configuration.h"
#include "storage/file_backups.h"

namespace apps::mautic {

namespace {

using base::PhpArray;
using base::PhpValue;
using platform::Disk;
using platform::Entry;
using platform::Kind;

constexpr size_t kMostCopies = 50;
constexpr size_t kMostBackups = 3;
constexpr size_t kMostListBytes = 1 << 20;

std::vector<Entry> entries_of(Disk& disk, const Path& folder) {
  try {
    return disk.list(folder).value_or(std::vector<Entry>{});
  } catch (const base::Failure&) {
    return {};
  }
}

// local.php.bak, local.php~, local_old.php, local.bak, "local (1).php", old-local.php.
bool is_copys_name(const std::string& entry) {
  constexpr std::array<std::string_view, 6> kEndings = {".bak", ".old", ".orig", ".save", "~", ".txt"};
  std::string name = base::lower(entry);
  if (name == "local.php" || name.ends_with("_local.php") || name.ends_with(".new.php") || name[0] == '.') return false;
  bool ending = std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view one) { return name.ends_with(one); });
  return base::contains(name, "local") && !base::contains(name, "_local.php") && (ending || base::contains(name, ".php"));
}

const PhpArray* parameters_of(const base::PhpFile& file) {
  const PhpValue* value = file.variable("parameters");
  return value ? value->as<PhpArray>() : nullptr;
}

// What is wrong with its text.
void judge(ConfigurationCopy& copy) {
  try {
    const auto file = base::parse_php(copy.text, "it");
    const PhpArray* parameters = parameters_of(file);
    if (!parameters) throw base::Failure("it holds no $parameters = array(...)");
    std::vector<std::string> lacking;
    for (const char* key : {"db_name", "db_user", "secret_key"}) {
      const PhpValue* value = parameters->find(base::php_key(key));
      if (!value || value->words() == "") lacking.push_back(key);
    }
    copy.lacks = base::join(lacking, ", ");
  } catch (const base::Failure& failure) {
    copy.problem = failure.what();
  }
}

class Search {
 public:
  Search(Disk& disk, const Site& site, const Path& except) : disk_(disk), site_(site), except_(except) {}

  std::vector<ConfigurationCopy> found() {
    std::stable_sort(all_.begin(), all_.end(), [](const ConfigurationCopy& a, const ConfigurationCopy& b) {
      auto rank = [](const ConfigurationCopy& one) { return one.is_whole() ? 0 : one.problem.empty() ? 1 : 2; };
      return std::pair(rank(a), b.changed) < std::pair(rank(b), a.changed);
    });
    return std::move(all_);
  }

  void look_in_site() {
    for (const Path& folder : folders()) {
      for (const auto& entry : entries_of(disk_, folder))
        if (entry.kind == Kind::file && is_copys_name(entry.name)) add_file(folder / entry.name);
      add_file(folder / "local.php");
    }
    add_file(site_.root / "mautic-2-backup-files/app/config/local.php");
    for (const auto& entry : entries_of(disk_, site_.root / "var"))
      if (entry.name.starts_with("mautic-2-backup-files-")) add_file(site_.root / "var" / entry.name / "app/config/local.php");
  }

  void look_in_state(const storage::StateNames& state) {
    for (const auto& entry : entries_of(disk_, state.kept())) {
      if (!storage::is_job_id(entry.name)) continue;
      storage::SwapNames swap(state.swap_of(entry.name));
      for (const Path& folder : {swap.configuration_before(), swap.configuration_after()}) add_kept(folder, entry.name);
      for (const char* place : {"config/local.php", "app/config/local.php"}) add_file(swap.old() / place, "kept by the job " + entry.name);
    }
    size_t backups = 0;
    for (const auto& backup : storage::all_file_backups(disk_, state))
      if (backup.manifest && ++backups <= kMostBackups) add_packed(backup);
  }

 private:
  // Where a local.php may lie in this layout, each once.
  std::set<Path> folders() const { return {site_.root / "app/config", site_.root / "config", site_.project / "config"}; }

  std::string shown(const Path& file) const {
    for (const Path& folder : {site_.project, site_.root})
      if (platform::lies_in(file, folder)) return base::printable_line(file.lexically_relative(folder).native());
    return base::printable_line(file.native());
  }

  void add(ConfigurationCopy copy, const std::string& where) {
    if (base::trim(copy.text).empty() || all_.size() >= kMostCopies) return;
    copy.mark = base::hex(base::sha256(copy.file.native() + '\0' + copy.inside).substr(0, 4));
    copy.words = where + ", of " + platform::utc_words(copy.changed);
    judge(copy);
    all_.push_back(std::move(copy));
  }

  void add_file(const Path& file, const std::string& where = "") {
    if (file == except_) return;
    try {
      auto facts = disk_.look_through(file);
      auto text = facts && facts->kind == Kind::file ? disk_.read(file, base::kMostPhpBytes + 1) : std::nullopt;
      if (!text) return;
      ConfigurationCopy copy;
      copy.file = file;
      copy.fingerprint = platform::fingerprint(*facts);
      copy.changed = facts->changed;
      copy.text = std::move(*text);
      add(std::move(copy), where.empty() ? shown(file) : where);
    } catch (const base::Failure&) {
      // What may not be read is no copy for us.
    }
  }

  // steps/configuration.cpp: "MODE PATH" or "- PATH", each with a NUL behind it, and the bytes under their number.
  void add_kept(const Path& folder, const std::string& job) {
    std::string list;
    try {
      list = disk_.read(folder / "list", kMostListBytes).value_or("");
    } catch (const base::Failure&) {
      return;
    }
    size_t number = 0;
    for (auto line : base::split(list, steps::kCopysEnd)) {
      if (!line.starts_with("-") && line.ends_with("/local.php")) add_file(folder / std::to_string(number), "kept by the job " + job);
      ++number;
    }
  }

  void add_packed(const storage::FileBackup& backup) {
    try {
      auto facts = disk_.look_through(backup.file);
      if (!facts) return;
      storage::ZipPackage zip(backup.file);
      for (const Path& folder : folders()) {
        std::string name = (folder / "local.php").lexically_relative(backup.manifest->top).native();
        const storage::ZipEntry* entry = zip.find(name);
        if (!entry || entry->folder) continue;
        ConfigurationCopy copy;
        copy.file = backup.file;
        copy.inside = name;
        copy.fingerprint = platform::fingerprint(*facts);
        copy.changed = facts->changed;
        copy.text = zip.read(*entry, base::kMostPhpBytes);
        add(std::move(copy), name + " in the backup " + backup.id);
      }
    } catch (const base::Failure&) {
      // A damaged backup has nothing for us.
    }
  }

  Disk& disk_;
  const Site& site_;
  Path except_;
  std::vector<ConfigurationCopy> all_;
};

// Values as texts, with what they are made of; only compared, never shown.
void flatten(const PhpValue& value, std::string& out) {
  out += std::to_string(value.is.index()) + ":";
  if (auto* array = value.as<PhpArray>()) {
    for (const auto& element : array->elements()) {
      if (auto* number = std::get_if<int64_t>(&element.key)) out += std::to_string(*number);
      else out += std::get<std::string>(element.key);
      out += '\0';
      flatten(element.value, out);
    }
  }
  if (auto* code = value.as<base::PhpCode>()) out += code->source;
  if (auto* fraction = value.as<double>()) out += std::to_string(*fraction);
  out += value.words().value_or("") + '\0';
}

std::map<std::string, std::string> flat(const std::string& text) {
  std::map<std::string, std::string> all;
  const auto file = base::parse_php(text, "it");
  const PhpArray* parameters = parameters_of(file);
  if (!parameters) throw base::Failure("no $parameters");
  for (const auto& element : parameters->elements())
    if (auto* key = std::get_if<std::string>(&element.key)) flatten(element.value, all[*key]);
  return all;
}

}  // namespace

std::vector<ConfigurationCopy> configuration_copies(Disk& disk, const Site& site, const Path& state, const Path& except) {
  Search search(disk, site, except);
  search.look_in_site();
  if (!state.empty()) search.look_in_state(storage::StateNames(state));
  return search.found();
}

std::vector<std::string> differing_keys(const std::string& text, const std::string& other) {
  std::vector<std::string> keys;
  try {
    auto a = flat(text), b = flat(other);
    for (const auto& [key, value] : a)
      if (auto found = b.find(key); found == b.end() || found->second != value) keys.push_back(key);
    for (const auto& [key, value] : b)
      if (!a.contains(key)) keys.push_back(key);
  } catch (const base::Failure&) {
    return {};
  }
  return keys;
}

}  // namespace apps::mautic
