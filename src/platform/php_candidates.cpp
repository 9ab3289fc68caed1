// SPDX-License-Identifier: GPL-3.0-or-later
// Where PHP lies on shared hosts. Folders are listed and names matched, never version numbers guessed, so a
// PHP that did not exist when this was written is found too. A folder that may not be listed counts as empty.
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/failure.h"
#include "base/text.h"
#include "platform/php.h"

namespace platform {

namespace {

// The entries of `folder` whose name is prefix + number + suffix, and the PHP inside each of them.
struct Source {
  const char* folder;
  std::string_view prefix;
  std::string_view suffix;
  const char* inside;  // empty: the entry itself
};

constexpr Source kCommandLines[] = {
    {"opt/cpanel", "ea-php", "", "root/usr/bin/php"},  // cPanel EasyApache 4: ea-php82
    {"opt/plesk/php", "", "", "bin/php"},              // Plesk: 8.2
    {"opt/alt", "php", "", "usr/bin/php"},             // CloudLinux alt-php: php82
    {"usr/local", "php", "", "bin/php"},               // DirectAdmin CustomBuild: php82, php8.2
    {"usr/local/lsws", "lsphp", "", "bin/php"},        // LiteSpeed, CyberPanel: lsphp82
    {"opt", "RZphp", "", "bin/php-cli"},               // Strato: RZphp82
    {"opt", "RZphp", "", "bin/php"},
    {"usr/bin", "php", "", ""},  // Debian: php8.2; IONOS: php8.2-cli
    {"usr/bin", "php", "-cli", ""},
};
constexpr Source kCgis[] = {{"usr/bin", "php-cgi", "", ""}};  // Debian: php-cgi8.2
constexpr Source kLiteSpeeds[] = {
    {"opt/cpanel", "ea-php", "", "root/usr/bin/lsphp"},
    {"opt/alt", "php", "", "usr/bin/lsphp"},
};

using Number = std::pair<unsigned, unsigned>;

// "8.2" and "82" are 8.2, "810" is 8.10, "7" is 7.0.
std::optional<Number> number_in(std::string_view text) {
  auto dot = text.find('.');
  auto major = base::whole_number(text.substr(0, dot == text.npos ? 1 : dot), 99);
  std::string_view rest = text.empty() ? text : text.substr(dot == text.npos ? 1 : dot + 1);
  auto minor = rest.empty() && dot == text.npos ? 0 : base::whole_number(rest, 99);
  if (!major || !minor) return std::nullopt;
  return Number(*major, *minor);
}

std::optional<Number> number_of(const Source& source, std::string_view name) {
  if (name.size() <= source.prefix.size() + source.suffix.size()) return std::nullopt;
  if (name.substr(0, source.prefix.size()) != source.prefix) return std::nullopt;
  if (name.substr(name.size() - source.suffix.size()) != source.suffix) return std::nullopt;
  name.remove_prefix(source.prefix.size());
  name.remove_suffix(source.suffix.size());
  return number_in(name);
}

class Finder {
 public:
  Finder(Disk& disk, Path root) : disk_(disk), root_(std::move(root)) {}

  void offer(const Path& path) {
    if (!path.is_absolute()) return;
    auto facts = looked_at(path);
    if (!facts || facts->kind != Kind::file || (facts->mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0) return;
    if (seen_.emplace(facts->device, facts->inode).second) found_.push_back(path);
  }

  void offer_below_root(const char* path) { offer(root_ / path); }

  // The newest version first.
  void offer_all(const Source& source) {
    std::vector<std::pair<Number, Path>> matches;
    for (const Entry& entry : listed(root_ / source.folder))
      if (auto number = number_of(source, entry.name))
        matches.emplace_back(*number, root_ / source.folder / entry.name / source.inside);
    std::stable_sort(matches.begin(), matches.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (auto& [number, path] : matches) offer(path.has_filename() ? path : path.parent_path());
  }

  void offer_in_path(const std::string& path_variable, const char* name) {
    for (std::string_view folder : base::split(path_variable, ':'))
      if (!folder.empty()) offer(Path(folder) / name);
  }

  std::vector<Path> take() { return std::move(found_); }

 private:
  std::optional<Facts> looked_at(const Path& path) {
    try {
      return disk_.look_through(path);
    } catch (const base::Failure&) {
      return std::nullopt;
    }
  }

  // Each folder is listed once: /usr/bin is asked for three times and has thousands of names.
  const std::vector<Entry>& listed(const Path& folder) {
    auto [known, is_new] = listings_.try_emplace(folder);
    try {
      if (is_new) known->second = disk_.list(folder).value_or(std::vector<Entry>());
    } catch (const base::Failure&) {
    }
    return known->second;
  }

  Disk& disk_;
  Path root_;
  std::vector<Path> found_;
  std::map<Path, std::vector<Entry>> listings_;
  std::set<std::pair<dev_t, ino_t>> seen_;
};

}  // namespace

std::vector<Path> candidate_paths(Disk& disk, const Path& set_by_user, const std::string& path_variable,
                                  const Path& root) {
  Finder finder(disk, root);
  finder.offer(set_by_user);
  for (const Source& source : kCommandLines) finder.offer_all(source);
  for (const char* name : {"php-cli", "php"}) finder.offer_in_path(path_variable, name);
  for (const char* path : {"usr/local/bin/php", "usr/bin/php-cli", "usr/bin/php"})
    finder.offer_below_root(path);
  for (const Source& source : kCgis) finder.offer_all(source);
  finder.offer_in_path(path_variable, "php-cgi");
  finder.offer_below_root("usr/bin/php-cgi");
  for (const Source& source : kLiteSpeeds) finder.offer_all(source);
  return finder.take();
}

}  // namespace platform
