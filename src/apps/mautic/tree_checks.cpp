// SPDX-License-Identifier: GPL-3.0-or-later
// The files of a Mautic: one release, complete, and nothing of a former update in their way.
#include <algorithm>
#include <array>

#include "apps/mautic/checks.h"
#include "apps/mautic/upgrade_v3.h"
#include "base/failure.h"
#include "base/text.h"

namespace apps::mautic {

namespace {

using Names = std::vector<std::string>;

bool is_file(Examination& examination, const Path& path) {
  auto facts = examination.disk.look_through(path);
  return facts && facts->kind == platform::Kind::file;
}

Names missing_of(Examination& examination, const Path& folder, std::span<const std::string_view> names) {
  Names missing;
  for (auto name : names)
    if (!is_file(examination, folder / name)) missing.push_back(examination.shown(folder / name) + " is missing");
  return missing;
}

std::string package_words(const Site& site) {
  if (site.root != site.project) return "Composer put these files there: run `composer install` in " + site.project.native();
  return {};
}

Mend mend_files(const Site& site) { return site.root == site.project ? Mend::files : Mend::nothing; }

// Entrances that no list of the autoloader names.
Names missing_entrances(Examination& examination) {
  const Site& site = examination.site;
  bool old = !site.version.empty() && site.version.major() <= 2;
  constexpr std::array<std::string_view, 3> kOfRoot = {"index.php", "app/AppKernel.php", "app/config/config.php"};
  Names missing = missing_of(examination, site.root, kOfRoot);
  Path console = old ? site.root / "app/console" : site.project / "bin/console";
  if (!is_file(examination, console)) missing.push_back(examination.shown(console) + " is missing");
  bool has_loader = is_file(examination, site.root / "autoload.php") || is_file(examination, site.root / "app/autoload.php");
  if (!has_loader) missing.push_back("autoload.php is missing");
  return missing;
}

}  // namespace

Looked look_at_release(Examination& examination) {
  Looked looked;
  const Site& site = examination.site;
  const TreeSigns& signs = examination.signs();
  looked.not_looked = signs.not_looked;
  Finding finding{"files of more than one release lie here, or some did not arrive", {},
                  "an update or an upload did not come to its end: pages and commands fail, or do something wrong", mend_files(site),
                  package_words(site), Weight::breaks};
  if (site.version.empty()) finding.evidence.push_back(site.version_problem);
  for (const auto& sign : signs.found)
    finding.evidence.push_back(sign.what + (sign.evidence.empty() ? "" : ": " + base::some_of(sign.evidence, 2)));
  for (auto& name : missing_entrances(examination)) finding.evidence.push_back(std::move(name));
  if (!finding.evidence.empty()) {
    looked.found.push_back(std::move(finding));
    looked.not_looked.clear();
  }
  looked.seen = "no sign of a half or mixed release; only its package proves that every file is right: files:verify";
  return looked;
}

// What the update in the browser unpacked, and moves from there folder by folder.
Looked look_at_unpacked_update(Examination& examination) {
  Looked looked;
  auto left = unfinished(examination.disk, examination.site);
  if (!left) return looked;
  bool half = !examination.signs().found.empty();
  std::string version = left->release.version.empty() ? "an update" : "the update to " + left->release.version.text();
  looked.found.push_back(
      {half ? version + " was interrupted while it moved its files into the site"
            : version + " is unpacked and was never begun to be moved into the site",
       {examination.shown(left->folder)},
       half ? "the site runs on files of two releases" : "it is in the way of the next update, and strangers can reach its scripts",
       half ? Mend::files : Mend::set_aside,
       half ? "update:finish moves the rest" : "begin the update anew afterwards",
       half ? Weight::breaks : Weight::hinders,
       half ? std::vector<Path>{} : std::vector<Path>{left->folder}});
  return looked;
}

// Updates take upgrade.php away with their last step. It drives updates for whoever calls it, and was taken out of the packages
// for that (4.4.13, 5.1.1).
Looked look_at_upgrade_script(Examination& examination) {
  Looked looked;
  Path script = examination.site.root / "upgrade.php";
  if (!is_file(examination, script)) return looked;
  looked.found.push_back({"upgrade.php of an update lies in the site", {examination.shown(script)},
                          "an update did not come to its last step; the script can be called from outside, and had a security hole",
                          Mend::set_aside, "", Weight::exposes, {script}});
  return looked;
}

Looked look_at_abandoned_upgrade(Examination& examination) {
  Looked looked;
  auto left = abandoned_upgrade(examination.disk, examination.site, examination.given.now);
  if (!left) return looked;
  bool to_mend = left->at != Abandoned::At::told && !left->lived_on;
  Finding finding{std::move(left->what), std::move(left->evidence), std::move(left->means), Mend::nothing, std::move(left->advice),
                  left->breaks ? Weight::breaks : to_mend ? Weight::hinders : Weight::exposes};
  if (to_mend) finding.mend = left->at == Abandoned::At::moving ? Mend::upgrade_back : Mend::upgrade;
  finding.comes_first = left->comes_first;
  looked.found.push_back(std::move(finding));
  return looked;
}

// Pages without these have no styles and no menus. While the marker lies there, each page waits for ever for whoever makes them.
Looked look_at_assets(Examination& examination) {
  constexpr std::array<std::string_view, 4> kAssets = {"media/css/app.css", "media/css/libraries.css", "media/js/app.js",
                                                       "media/js/libraries.js"};
  Looked looked;
  const Site& site = examination.site;
  Names missing = missing_of(examination, site.root, kAssets);
  Path marker = site.root / "media/generation_in_progress.txt";
  bool waits = is_file(examination, marker);
  if (waits) missing.push_back(examination.shown(marker) + " is there");
  if (missing.empty()) return looked;
  bool only_marker = missing.size() == 1 && waits;
  if (!only_marker)
    looked.found.push_back(
        {waits ? "styles and scripts are missing, and every page waits for them" : "styles and scripts of the pages are missing", missing,
         waits ? "pages never come to an end" : "pages look broken, and their menus do nothing", mend_files(site), package_words(site),
         Weight::breaks});
  if (waits)
    looked.found.push_back({"a marker says that styles and scripts are being made",
                            {examination.shown(marker)},
                            "should one of them be missing, every page would wait for ever",
                            Mend::set_aside,
                            "",
                            Weight::hinders,
                            {marker}});
  return looked;
}

}  // namespace apps::mautic
