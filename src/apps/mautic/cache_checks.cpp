// SPDX-License-Identifier: GPL-3.0-or-later
// The compiled cache: does it belong to the files? Each release from 2.16 to 7 compiles its own version into the container
// (setVersion of the assets' helper: TemplatingPass, later TwigPass), so the container itself tells which release built it.
#include <algorithm>
#include <chrono>

#include "apps/mautic/checks.h"
#include "base/failure.h"
#include "base/text.h"

namespace apps::mautic {

namespace {

using platform::Entry;
using platform::Kind;

constexpr size_t kMostContainerBytes = 16 << 20;
constexpr size_t kMostServiceFiles = 20;
constexpr std::chrono::hours kOldLock{6};  // no command runs so long without it being seen
constexpr std::chrono::minutes kOneUpload{5};  // a site that is copied as a whole arrives in any order

using Entries = std::vector<Entry>;

bool is_container(const Entry& entry) {
  return entry.kind == Kind::file && (entry.name.ends_with("KernelProdContainer.php") || entry.name.ends_with("ProdProjectContainer.php"));
}

// The file that holds the container, and the folder of its services; empty when there is none.
struct Container {
  Path file, folder;
};

// 3 and later: a small file that includes the real one, out of the folder ContainerHASH. 2.x: all in one.
Container find_container(platform::Disk& disk, const Path& cache) {
  for (const auto& entry : disk.list(cache).value_or(Entries{})) {
    if (!is_container(entry)) continue;
    std::string head = disk.read(cache / entry.name, 4096).value_or("");
    size_t at = head.find("__DIR__.'/Container"), end = at == head.npos ? at : head.find('\'', at + 9);
    if (end == head.npos) return {cache / entry.name, cache};
    Path named = cache / head.substr(at + 10, end - at - 10);
    return {named, named.parent_path()};
  }
  return {};
}

// X of "setVersion(..., 'X')"; empty when it is not there.
std::string version_in(std::string_view code) {
  for (size_t at = code.find("setVersion("); at != code.npos; at = code.find("setVersion(", at + 1)) {
    std::string_view line = code.substr(at, code.find('\n', at) - at);
    size_t end = line.rfind("')"), begin = end == line.npos ? end : line.rfind(", '", end);
    if (begin == line.npos) continue;
    std::string_view text = line.substr(begin + 3, end - begin - 3);
    if (base::Version::parse(text)) return std::string(text);
  }
  return {};
}

std::string version_of(platform::Disk& disk, const Container& container) {
  std::string version = version_in(disk.read(container.file, kMostContainerBytes).value_or(""));
  size_t opened = 0;
  for (const auto& entry : disk.list(container.folder).value_or(Entries{})) {
    if (!version.empty() || opened == kMostServiceFiles) break;
    if (!base::contains(entry.name, "Assets") || !entry.name.ends_with(".php")) continue;
    ++opened;
    version = version_in(disk.read(container.folder / entry.name, 1 << 20).value_or(""));
  }
  return version;
}

Finding stale(const std::string& what, std::vector<std::string> evidence) {
  return {what, std::move(evidence),
          "pages answer with an error 500, and so does every console command, cache:clear too: the compiled code calls files of another "
          "release",
          Mend::caches, "", Weight::breaks};
}

bool is_newer(const std::optional<platform::Facts>& file, const platform::Facts& container) {
  return file && std::min(file->changed, file->touched) > std::max(container.changed, container.touched) + kOneUpload;
}

// Uploaded or unpacked long after the container was built; only counts when the newest files say it all the same.
bool is_older_than_files(Examination& examination, const platform::Facts& container) {
  platform::Disk& disk = examination.disk;
  const Site& site = examination.site;
  return is_newer(disk.look_through(site.root / "app/AppKernel.php"), container) &&
         is_newer(disk.look_through(site.project / "vendor/composer/installed.json"), container) &&
         is_newer(disk.look_through(site.root / "index.php"), container);
}

}  // namespace

Looked look_at_container(Examination& examination) {
  Looked looked;
  const Site& site = examination.site;
  if (site.caches.empty()) return looked;
  const Path& cache = site.caches.front();
  Container container = find_container(examination.disk, cache);
  if (container.file.empty()) {
    looked.seen = "there is none now; the next page builds it";
    return looked;
  }
  auto facts = examination.disk.look_through(container.file);
  std::string where = examination.shown(cache);
  if (!facts) {
    looked.found.push_back(
        stale("the compiled cache is half of one", {where + " names " + examination.shown(container.file) + ", which is not there"}));
    return looked;
  }
  std::string built_by = version_of(examination.disk, container);
  bool other = !built_by.empty() && !site.version.empty() && base::Version::of(built_by) != site.version;
  if (other)
    looked.found.push_back(
        stale("the compiled cache was built by another release than the files",
              {examination.shown(container.file) + " was built by " + built_by + ", the files are " + site.version.text()}));
  else if (is_older_than_files(examination, *facts))
    looked.found.push_back(stale("the compiled cache is older than the files",
                                 {examination.shown(container.file) + " was built before app/, vendor/ and index.php came"}));
  looked.seen = built_by.empty() ? "" : "built by " + built_by;
  return looked;
}

// Commands write their process id into run/ beside the cache, and take a file of a dead process for a living one where the host
// keeps PHP from asking (ModeratedCommand.php).
Looked look_at_locks(Examination& examination) {
  Looked looked;
  if (examination.site.caches.empty()) return looked;
  Path folder = examination.site.caches.front().parent_path() / "run";
  Finding finding{"a lock of a command that runs no more was left behind", {},
                  "that command may refuse to start: Script in progress", Mend::set_aside, "", Weight::hinders};
  for (const auto& entry : examination.disk.list(folder).value_or(Entries{})) {
    auto text = entry.kind == Kind::file ? examination.disk.read(folder / entry.name, 64) : std::nullopt;
    auto process = text ? base::whole_number(base::trim(*text), 1 << 30) : std::nullopt;
    if (!process || *process == 0 || examination.disk.look("/proc/" + std::to_string(*process))) continue;
    auto facts = examination.disk.look(folder / entry.name);
    if (!facts || examination.given.now - facts->changed < kOldLock) continue;
    finding.evidence.push_back(examination.shown(folder / entry.name) + " names process " + std::to_string(*process) +
                               ", which is not there");
    finding.in_the_way.push_back(folder / entry.name);
  }
  if (!finding.evidence.empty()) looked.found.push_back(std::move(finding));
  return looked;
}

}  // namespace apps::mautic
