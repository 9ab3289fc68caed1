// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/log_check.h"

#include <algorithm>

#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"

namespace apps {

namespace {

using platform::WallTime;

constexpr auto kWeek = std::chrono::hours(24 * 7);
constexpr auto kDay = std::chrono::hours(24);
constexpr auto kSlack = std::chrono::seconds(2);  // logs tell whole seconds
constexpr size_t kMostPaths = 8;

// ---- what an error is about

// Absolute paths in its text, without line numbers; masked ones left out.
std::vector<Path> paths_in(std::string_view text) {
  std::vector<Path> paths;
  for (size_t at = text.find('/'); at != std::string_view::npos && paths.size() < kMostPaths;) {
    size_t end = std::min(text.find_first_of(" \t'\"()<>,;:", at), text.size());
    bool begins = at == 0 || std::string_view(" '\"(=").find(text[at - 1]) != std::string_view::npos;
    std::string_view word = text.substr(at, end - at);
    if (begins && word.size() > 3 && word.find("***") == std::string_view::npos && word.find('/', 1) != std::string_view::npos)
      paths.emplace_back(word);
    at = text.find('/', end);
  }
  return paths;
}

bool lies_in_site(const Examination& examination, const Path& path) {
  const Site& site = examination.site;
  return platform::lies_in(path, site.root) || platform::lies_in(path, site.project) ||
         std::any_of(site.caches.begin(), site.caches.end(), [&](const Path& cache) { return platform::lies_in(path, cache); });
}

// A folder of the application, or the top itself.
bool is_of_app(const Examination& examination, const LogCauses& causes, const Path& path) {
  if (!lies_in_site(examination, path)) return false;
  const auto& folders = causes.folders;
  for (const Path& top : {examination.site.root, examination.site.project}) {
    if (!platform::lies_in(path, top)) continue;
    Path below = path.lexically_relative(top);
    bool in_top = std::distance(below.begin(), below.end()) <= 1;
    if (in_top || std::find(folders.begin(), folders.end(), below.begin()->native()) != folders.end()) return true;
  }
  return !platform::lies_in(path, examination.site.root) && !platform::lies_in(path, examination.site.project);
}

Path real(Examination& examination, const Path& path) {
  try {
    return examination.disk.real_path(path).value_or(path);
  } catch (const base::Failure&) {
    return path;
  }
}

// What the application writes into its own logs is about it; of others, what names its files, or nobody's files in a log inside it.
bool is_about_site(Examination& examination, const LogCauses& causes, const std::vector<Path>& own_folders, const LogError& error) {
  for (const Path& folder : own_folders)
    if (platform::lies_in(error.file, folder)) return true;
  auto paths = paths_in(error.text);
  std::erase_if(
      paths, [](const Path& path) { return !base::contains(path.native(), ".php") && !base::contains(path.native(), ".htaccess"); });
  if (paths.empty()) return is_of_app(examination, causes, error.file);
  return std::any_of(paths.begin(), paths.end(), [&](const Path& path) {
    return is_of_app(examination, causes, path) || is_of_app(examination, causes, real(examination, path));
  });
}

// ---- the newest upgrade

bool is_installers(const LogCauses& causes, const LogError& error) {
  return !causes.installer_logs.empty() && platform::lies_in(error.file, causes.installer_logs);
}

bool is_of_attempt(const Given& given, const LogCauses& causes, const LogError& error) {
  if (!given.attempt.is_unfinished()) return false;
  if (error.file == given.attempt.log) return true;
  return is_installers(causes, error) && error.dated && error.last >= std::chrono::floor<std::chrono::seconds>(given.attempt.began);
}

// Where the owner was to run the installer nobody knows that it ran at all.
bool is_before_attempt(const Given& given, const LogCauses& causes, const LogError& error) {
  return given.attempt.is_unfinished() && !given.attempt.by_owner && is_installers(causes, error) && !is_of_attempt(given, causes, error);
}

// ---- whether something was done since

class Changes {
 public:
  Changes(Examination& examination, const LogCauses& causes) : examination_(examination), site_(examination.site) {
    for (auto name : causes.release_files) last_ = std::max(last_, touched(site_.root / name));
    if (!site_.caches.empty()) last_ = std::max({last_, touched(site_.caches[0]), touched(site_.caches[0].parent_path())});
    for (const Path& file : site_.app->configuration_files(examination.disk, site_))
      configured_ = std::max(configured_, touched(file));
  }

  WallTime last() const { return last_; }

  bool since(const Symptom& symptom, const LogError& error) {
    WallTime until = error.last + kSlack;
    if (symptom.id.starts_with("config.") && configured_ > until) return true;
    if (last_ > until) return true;
    if (symptom.mend == Mend::caches && (site_.caches.empty() || touched(site_.caches[0]) == WallTime{})) return true;
    for (const Path& path : paths_in(error.text)) {
      if (!lies_in_site(examination_, path)) continue;
      WallTime changed = touched(path);
      if (changed > until || (changed == WallTime{} && is_in_cache(path))) return true;
    }
    return false;
  }

 private:
  // The epoch: nothing lies there.
  WallTime touched(const Path& path) {
    try {
      auto facts = examination_.disk.look(path);
      return facts ? facts->touched : WallTime{};
    } catch (const base::Failure&) {
      return {};
    }
  }

  bool is_in_cache(const Path& path) const {
    return std::any_of(site_.caches.begin(), site_.caches.end(), [&](const Path& cache) { return platform::lies_in(path, cache); });
  }

  Examination& examination_;
  const Site& site_;
  WallTime last_{}, configured_{};
};

bool counts(Examination& examination, const LogCauses& causes, Changes& changes, const Symptom& symptom, const LogError& error) {
  const Given& given = examination.given;
  if (causes.is_told(examination, symptom, error)) return false;
  if (is_of_attempt(given, causes, error)) return true;
  if (symptom.rests == Rests::on_database) return !examination.database();
  if (symptom.rests == Rests::on_host && error.last + kDay < given.now) return false;
  return !changes.since(symptom, error);
}

// ---- what to say

Finding finding_of(Examination& examination, const LogCauses& causes, const Symptom& symptom, const LogError& error) {
  std::string times = error.count == 1 ? "once" : std::to_string(error.count) + " times";
  const UpgradeAttempt& attempt = examination.given.attempt;
  std::string where = error.file == attempt.log ? "printed by the installer in job " + attempt.job : "in " + examination.shown(error.file);
  std::string line = platform::utc_words(error.last) + ", " + times + ", " + where + ": " + error.text.substr(0, 500);
  Finding finding{std::string(symptom.what), {line}, std::string(symptom.means), symptom.mend, std::string(symptom.otherwise), symptom.weight};
  causes.word(examination, symptom, error, finding);
  return finding;
}

bool is_grave(const LogError& error) {
  std::string level = base::lower(error.level);
  return base::contains(level, "fatal") || base::contains(level, "parse") || level == "critical" || level == "alert" ||
         level == "emergency";
}

std::string others_words(size_t others, WallTime since) {
  if (others == 0) return {};
  return std::to_string(others) + (others == 1 ? " other error" : " other errors") + " since " + platform::utc_words(since) +
         ": see logs";
}

// Those that the check is about: recent ones of this site, and of an upgrade that did not come to its end all.
std::vector<LogError> errors_to_judge(Examination& examination, const LogCauses& causes) {
  const Given& given = examination.given;
  const Site& site = examination.site;
  WallTime oldest = std::max(given.repaired, given.now - kWeek);
  std::vector<Path> own_folders = site.app->log_folders ? site.app->log_folders(examination.disk, site) : std::vector<Path>{};
  for (Path& folder : own_folders) folder = real(examination, folder);
  std::vector<LogError> all;
  for (const LogError& error : examination.errors().errors) {
    bool is_recent = error.dated && error.last > oldest && !is_before_attempt(given, causes, error);
    if (is_of_attempt(given, causes, error) || (is_recent && is_about_site(examination, causes, own_folders, error))) all.push_back(error);
  }
  // Behind what the logs say: they know when.
  for (auto& error : examination.printed_errors()) all.push_back(std::move(error));
  return all;
}

}  // namespace

Looked look_at_logs(Examination& examination, const LogCauses& causes) {
  const ErrorLog& log = examination.errors();
  Looked looked;
  looked.not_looked = log.not_looked;
  Changes changes(examination, causes);
  const Given& given = examination.given;
  WallTime change = std::max(given.repaired, changes.last());
  const WallTime since = given.attempt.is_unfinished() ? std::min(change, given.attempt.began) : change;
  std::vector<const Symptom*> told;
  size_t others = 0;
  for (const LogError& error : errors_to_judge(examination, causes)) {
    const Symptom* symptom = causes.symptom_of(error.text);
    if (!symptom) {
      bool is_new = is_grave(error) && error.last > change && error.last < change + kDay;
      others += is_new || (error.dated && is_of_attempt(given, causes, error));
      continue;
    }
    if (std::find(told.begin(), told.end(), symptom) != told.end() || !counts(examination, causes, changes, *symptom, error)) continue;
    told.push_back(symptom);
    looked.found.push_back(finding_of(examination, causes, *symptom, error));
  }
  looked.seen = log.files.empty() ? "there are no logs" : others_words(others, since);
  return looked;
}

}  // namespace apps
