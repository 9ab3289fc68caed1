// SPDX-License-Identifier: GPL-3.0-or-later
// Which files are logs, and their errors grouped. What a line means stands in log_lines.h.
#include "apps/logs.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "apps/app.h"
#include "apps/log_lines.h"
#include "base/failure.h"
#include "base/masking.h"
#include "base/text.h"
#include "platform/readable_file.h"

namespace apps {

namespace {

using platform::Kind;

constexpr size_t kMostFiles = 40;
constexpr size_t kMostFolders = 60;  // of the site's root, and of ~/logs
constexpr uint64_t kTailBytes = 512 << 10;
constexpr size_t kMostText = 1000;
constexpr size_t kMostGroups = 5000;

// ---- which files

// The names that PHP's error_log has where a host sets it to a name without a folder.
constexpr std::array<std::string_view, 4> kPhpLogs = {"error_log", "php_errorlog", "php_errors.log", "php_error.log"};

class Search {
 public:
  explicit Search(platform::Disk& disk) : disk_(disk) {}

  using Fits = bool (*)(const std::string& name);

  // Files of one folder, and those links to files; returns its folders.
  std::vector<Path> look_into(const Path& folder, Fits fits) {
    std::vector<Path> folders;
    try {
      for (const auto& entry : disk_.list(folder).value_or(std::vector<platform::Entry>{})) {
        if (entry.kind == Kind::folder)
          folders.push_back(folder / entry.name);
        else if (fits(entry.name))
          take(folder / entry.name);
      }
    } catch (const base::Failure& failure) {
      not_looked_.push_back(failure.what());
    }
    if (folders.size() > kMostFolders) folders.resize(kMostFolders);
    return folders;
  }

  // The usual names only, without listing the folder.
  void look_for_php_logs(const Path& folder) {
    for (std::string_view name : kPhpLogs) take(folder / name);
  }

  LogFiles result() {
    std::sort(found_.begin(), found_.end(),
              [](const Found& a, const Found& b) { return a.changed != b.changed ? a.changed > b.changed : a.file < b.file; });
    LogFiles files{{}, std::move(not_looked_), 0};
    for (const auto& one : found_)
      if (files.files.size() < kMostFiles) files.files.push_back(one.file);
    files.left_out = found_.size() - files.files.size();
    return files;
  }

 private:
  struct Found {
    Path file;
    platform::WallTime changed;
  };

  void take(const Path& name) {
    try {
      auto facts = disk_.look_through(name);
      if (!facts || facts->kind != Kind::file || facts->size_bytes == 0) return;
      Path real = disk_.real_path(name).value_or(name);
      if (seen_.insert(real).second) found_.push_back({real, facts->changed});
    } catch (const base::Failure& failure) {
      not_looked_.push_back(failure.what());
    }
  }

  platform::Disk& disk_;
  std::set<Path> seen_;
  std::vector<Found> found_;
  std::vector<std::string> not_looked_;
};

bool is_php_log(const std::string& name) { return std::find(kPhpLogs.begin(), kPhpLogs.end(), name) != kPhpLogs.end(); }

bool is_of_app(const std::string& name) {
  return name.ends_with(".php") || name.ends_with(".log") || name.starts_with("upgrade_errors.") || is_php_log(name);
}

bool is_of_host(const std::string& name) {
  if (base::contains(name, "access") || name.ends_with(".gz")) return false;
  return name.ends_with(".log") || name.ends_with("-error_log") || name.ends_with("error.log") || name.starts_with("error") ||
         is_php_log(name);
}

bool is_updaters(const std::string& name) { return name.starts_with("upgrade_errors."); }

// ---- their errors

// Masked before it is cut: half of a secret is none that would be known.
std::string shown_text(const std::string& text, const std::vector<std::string>& secrets) {
  std::string line = base::printable_line(base::masked(text, secrets));
  if (line.size() <= kMostText) return line;
  size_t end = kMostText;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
  return line.substr(0, end) + "...";
}

// All errors, equal ones under one key.
class Groups {
 public:
  void add(const LogEntry& entry, const Path& file, platform::WallTime written) {
    auto when = entry.when.value_or(written);
    std::string key = base::lower(entry.level) + " " + normalised(entry.text.substr(0, kMostText));
    auto found = groups_.find(key);
    if (found == groups_.end()) {
      if (groups_.size() < kMostGroups)
        groups_.emplace(key, LogError{when, entry.when.has_value(), 1, base::printable_line(entry.level), entry.text, file});
      return;
    }
    LogError& group = found->second;
    ++group.count;
    if (when < group.last || (group.dated && !entry.when)) return;
    group = {when, entry.when.has_value(), group.count, group.level, entry.text, file};
  }

  std::vector<LogError> newest_first(const std::vector<std::string>& secrets) {
    std::vector<LogError> all;
    for (auto& [key, group] : groups_) {
      group.text = shown_text(group.text, secrets);  // only now: masking costs more than reading
      all.push_back(std::move(group));
    }
    std::stable_sort(all.begin(), all.end(), [](const LogError& a, const LogError& b) { return a.last > b.last; });
    return all;
  }

 private:
  std::map<std::string, LogError> groups_;
};

std::string tail_of(const Path& path, bool& whole) {
  platform::ReadableFile file(path);
  uint64_t size = file.size_bytes(), at = size > kTailBytes ? size - kTailBytes : 0;
  whole = at == 0;
  std::string text;
  while (text.size() < kTailBytes) {
    auto bytes = file.read(at + text.size(), kTailBytes - text.size());
    if (bytes.empty()) break;
    text += bytes;
  }
  return text;
}

}  // namespace

LogFiles log_files(platform::Disk& disk, const Site& site, const Path& home) {
  Search search(disk);
  if (site.app->log_folders)
    for (const Path& folder : site.app->log_folders(disk, site))
      for (const Path& below : search.look_into(folder, is_of_app))
        if (below.filename() == "prod") search.look_into(below, is_of_app);
  for (const Path& folder : search.look_into(site.root, is_updaters)) search.look_for_php_logs(folder);
  search.look_for_php_logs(site.root);
  search.look_for_php_logs(site.project);
  if (!home.empty() && platform::lies_in(site.root, home) && site.root != home) search.look_for_php_logs(site.root.parent_path());
  if (home.empty()) return search.result();
  for (const char* name : {"logs", "log"})
    for (const Path& below : search.look_into(home / name, is_of_host)) search.look_into(below, is_of_host);
  return search.result();
}

ErrorLog read_errors(platform::Disk& disk, const LogFiles& files, const std::vector<std::string>& secrets) {
  ErrorLog log{{}, {}, files.not_looked};
  Groups groups;
  for (const Path& file : files.files) try {
      bool whole = true;
      std::string text = tail_of(file, whole);
      auto facts = disk.look(file);
      auto written = facts ? facts->changed : platform::WallTime{};
      auto entries = is_updaters(file.filename().native()) ? bare_errors_in(text)
                                                           : errors_in(text, written, whole ? Begins::at_line : Begins::anywhere);
      for (const auto& entry : entries) groups.add(entry, file, written);
      log.files.push_back(file);
    } catch (const base::Failure& failure) {
      log.not_looked.push_back(failure.what());
    }
  log.errors = groups.newest_first(secrets);
  return log;
}

std::vector<LogError> errors_printed(std::string_view printed, platform::WallTime moment, const Path& file,
                                     const std::vector<std::string>& secrets) {
  Groups groups;
  for (const auto& entry : bare_errors_in(printed)) groups.add(entry, file, moment);
  return groups.newest_first(secrets);
}

}  // namespace apps
