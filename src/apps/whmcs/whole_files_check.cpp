// SPDX-License-Identifier: GPL-3.0-or-later
// All of each file: what was cut off tells its header, what is empty has none.
#include "apps/whmcs/checks.h"
#include "apps/whmcs/configuration.h"
#include "apps/whmcs/state.h"

namespace apps::whmcs {

namespace {

using Names = std::vector<std::string>;

constexpr size_t kMostNamed = 5;

// Which the loader reports too, as "The file ... is corrupted".
Names damaged_in(Examination& examination, const Path& folder) {
  Names damaged;
  for (const auto& file : headed_files(examination.disk, folder))
    if (!file.header.damage.empty()) damaged.push_back(examination.shown(file.file) + " " + file.header.damage);
  return damaged;
}

Names empty_core_files(Examination& examination) {
  Names empty;
  for (auto name : core_files(examination.site.version)) {
    auto facts = examination.disk.look_through(examination.site.root / name);
    if (facts && facts->kind == platform::Kind::file && facts->size_bytes == 0)
      empty.push_back(std::string(name) + " is empty");
  }
  return empty;
}

}  // namespace

Looked look_at_whole_files(Examination& examination) {
  Looked looked;
  const Path& root = examination.site.root;
  Names damaged = empty_core_files(examination);
  std::vector<Path> folders = {root, root / "includes", root / "install"};
  if (auto admin = Configuration(examination.disk, root).admin()) folders.push_back(*admin);
  for (const Path& folder : folders)
    for (auto& name : damaged_in(examination, folder)) damaged.push_back(std::move(name));
  if (damaged.empty()) return looked;
  size_t count = damaged.size();
  if (count > kMostNamed)
    damaged.resize(kMostNamed), damaged.push_back("and " + std::to_string(count - kMostNamed) + " more");
  looked.found.push_back({"files are cut off or empty", std::move(damaged),
                          "pages that need them are blank or say \"The file ... is corrupted\": the upload was broken "
                          "off, or the disk was full",
                          Mend::nothing,
                          "see that there is room, then upload these files again from the full release " +
                              examination.site.version.text() + ", in binary mode",
                          Weight::breaks});
  return looked;
}

}  // namespace apps::whmcs
