// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/whmcs/stock_templates.h"

#include <algorithm>
#include <map>

#include "apps/whmcs/whmcs.h"
#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"

namespace apps::whmcs {

namespace {

using std::string_view;

constexpr string_view kTemplates = "templates/";
constexpr uint64_t kMostTemplateBytes = 4 << 20, kMostListBytes = 8 << 20;
constexpr size_t kMostNamed = 40;
constexpr string_view kHexadecimal = "0123456789abcdefABCDEF";
constexpr string_view kOfPath =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-./";

using Hashes = std::map<std::string, std::string>;  // in lower case, by path

// MD5, SHA-1 and SHA-256 are told by their lengths.
bool is_digest(string_view word) { return word.size() == 32 || word.size() == 40 || word.size() == 64; }

std::string digest_of(string_view bytes, size_t digits) {
  if (digits == 64) return base::hex(base::sha256(bytes));
  return base::hex(digits == 40 ? base::sha1(bytes) : base::md5(bytes));
}

// A word that is a path in the site's folder: "templates/six/header.tpl", "./init.php". What has other folders before it is another file.
string_view path_in(string_view line) {
  for (size_t at = line.find_first_of(kOfPath); at < line.size(); at = line.find_first_of(kOfPath, at)) {
    size_t end = std::min(line.find_first_not_of(kOfPath, at), line.size());
    string_view word = line.substr(at, end - at);
    if (word.starts_with("./")) word.remove_prefix(2);
    bool is_root_file = word.ends_with(".php") && word.find('/') == word.npos;
    if (is_root_file || word.starts_with(kTemplates)) return word;
    at = end;
  }
  return {};
}

string_view digest_in(string_view line) {
  for (size_t at = line.find_first_of(kHexadecimal); at < line.size(); at = line.find_first_of(kHexadecimal, at)) {
    size_t end = std::min(line.find_first_not_of(kHexadecimal, at), line.size());
    if (is_digest(line.substr(at, end - at))) return line.substr(at, end - at);
    at = end;
  }
  return {};
}

// A line, or what stands between two commas, with one digest and one path: md5sum writes such ones, and JSON is made of them.
Hashes hashes_in(string_view text) {
  Hashes hashes;
  for (string_view line : base::lines(text))
    for (string_view part : base::split(line, ',')) {
      string_view path = path_in(part), digest = digest_in(part);
      if (!path.empty() && !digest.empty()) hashes[std::string(path)] = base::lower(digest);
    }
  return hashes;
}

bool is_list(string_view name) {
  for (string_view end : {".md5", ".sha1", ".sha256"})
    if (name.ends_with(end)) return true;
  return base::contains(name, "checksums") || base::contains(name, "hashes");
}

// nullopt: it is not there, or too large for one.
std::optional<std::string> text_of(platform::Disk& disk, const Path& file) {
  auto facts = disk.look_through(file);
  bool is_one = facts && facts->kind == platform::Kind::file && facts->size_bytes <= kMostTemplateBytes;
  return is_one ? disk.read(file, kMostTemplateBytes) : std::nullopt;
}

bool is_as_listed(platform::Disk& disk, const Path& root, const Hashes::value_type& listed) {
  auto text = text_of(disk, root / listed.first);
  return text && digest_of(*text, listed.second.size()) == listed.second;
}

bool is_template(const std::string& path) { return path.starts_with(kTemplates); }

// A list that an older release left has other files in the root: init.php tells, and where it is not listed any other.
bool is_of_this_release(platform::Disk& disk, const Path& root, const Hashes& hashes) {
  if (auto init = hashes.find("init.php"); init != hashes.end()) return is_as_listed(disk, root, *init);
  return std::any_of(hashes.begin(), hashes.end(),
                     [&](const auto& listed) { return !is_template(listed.first) && is_as_listed(disk, root, listed); });
}

// The first list of the tree that names templates, and is of this release.
std::optional<std::pair<std::string, Hashes>> own_list(platform::Disk& disk, const Path& root) {
  for (const char* folder : {"", "resources"})
    for (const auto& entry : disk.list(root / folder).value_or(std::vector<platform::Entry>{})) {
      if (entry.kind != platform::Kind::file || !is_list(entry.name)) continue;
      auto hashes = hashes_in(disk.read(root / folder / entry.name, kMostListBytes).value_or(""));
      bool names_any = std::any_of(hashes.begin(), hashes.end(), [](const auto& listed) { return is_template(listed.first); });
      if (names_any && is_of_this_release(disk, root, hashes)) return std::pair((Path(folder) / entry.name).native(), std::move(hashes));
    }
  return std::nullopt;
}

StockTemplates compared(platform::Disk& disk, const Path& root, const std::string& list, const Hashes& hashes) {
  StockTemplates templates{{}, "the hashes in " + base::printable_line(list)};
  for (const auto& listed : hashes)
    if (is_template(listed.first) && disk.look_through(root / listed.first) && !is_as_listed(disk, root, listed))
      templates.changed.push_back(listed.first);
  return templates;
}

std::optional<StockTemplates> by_package(platform::Disk& disk, const Path& root, const base::Version& version, const Path& file) {
  try {
    storage::ZipPackage package(file);
    if (compare(release_of(package).version, version) == 0) return differing_templates(disk, root, package);
  } catch (const base::Failure&) {
    // Another zip of the owner.
  }
  return std::nullopt;
}

}  // namespace

StockTemplates differing_templates(platform::Disk& disk, const Path& root, const storage::ZipPackage& package) {
  StockTemplates templates{{}, package.shown()};
  for (const auto& entry : package.entries()) {
    size_t slash = entry.path.find('/');
    std::string path = entry.path.starts_with(kTemplates) || slash == std::string::npos ? entry.path : entry.path.substr(slash + 1);
    if (entry.folder || !path.starts_with(kTemplates)) continue;
    auto text = text_of(disk, root / path);
    if (text && (text->size() != entry.bytes || base::crc32(*text) != entry.crc)) templates.changed.push_back(path);
  }
  return templates;
}

std::optional<StockTemplates> changed_templates(platform::Disk& disk, const Path& root, const base::Version& version,
                                                const std::vector<Path>& packages) {
  try {
    if (auto list = own_list(disk, root)) return compared(disk, root, list->first, list->second);
    for (const auto& file : packages)
      if (auto templates = by_package(disk, root, version, file)) return templates;
  } catch (const base::Failure&) {
    // What may not be read tells nothing.
  }
  return std::nullopt;
}

std::string names_of(const StockTemplates& templates) { return base::some_of(templates.changed, kMostNamed); }

}  // namespace apps::whmcs
