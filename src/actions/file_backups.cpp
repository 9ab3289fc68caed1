// SPDX-License-Identifier: GPL-3.0-or-later
// The actions `files:backup`, `files:backup-own`, `files:download` and `files:download-own`.
#include "actions/file_backups.h"

#include "actions/canary.h"
#include "actions/dump_files.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"
#include "steps/verbs.h"

namespace actions {

namespace {

using storage::PackScope;

std::string root_in_top(const apps::Site& site) {
  Path top = top_of(site);
  return site.root == top ? std::string() : site.root.lexically_relative(top).native();
}

// "own" needs to be told what is the application's.
std::vector<storage::OwnerRule> rules_for(const apps::Site& site, PackScope scope) {
  if (scope == PackScope::whole) return {};
  if (!site.app->owners) throw base::Failure("it is not known which files are " + std::string(site.app->title) + "'s own");
  return site.app->owners(apps::PackageKind::full);
}

Proposal propose_pack(World& world, PackScope scope) {
  const apps::Site& site = world.need_site();
  bool whole = scope == PackScope::whole;
  std::string task = whole ? "files:backup" : kOwnFilesTask;
  std::vector<std::string> words = {top_of(site).native(), root_in_top(site), application_words(site), task,
                                    std::string(whole ? steps::kWholeScope : steps::kOwnScope)};
  for (const auto& rule : rules_for(site, scope)) words.push_back(storage::to_word(rule));
  for (const auto& folder : not_the_sites(world)) words.push_back(folder.native());
  Proposal proposal;
  proposal.plan.task = task;
  proposal.plan.headline = "Executing " + task;
  proposal.plan.effect = Effect::routine;
  proposal.plan.notes.push_back("the site stays open; caches are left out");
  proposal.plan.steps = {{"pack-files", "pack the files of " + base::printable_line(words[0]), base::Interruption::restart, std::move(words), {}}};
  add_exposure(world, proposal);
  return proposal;
}

std::vector<std::string> pack_into(const storage::PackOrder& order, const Take& take) {
  storage::ZipWriter zip(take);
  auto packed = storage::pack_tree(order, zip);
  if (!packed) throw base::Failure("stopped");
  zip.finish();
  auto notes = storage::notes_of(*packed);
  if (!packed->complete()) notes.push_back(storage::not_complete_words(packed->unread.count));
  return notes;
}

// What cannot be read is known before the first byte, and so the file's name can say it.
Download give_packed(World& world, PackScope scope) {
  const apps::Site& site = world.need_site();
  storage::PackOrder order;
  order.top = top_of(site);
  order.root = root_in_top(site);
  order.scope = scope;
  order.owner = storage::owner_by(rules_for(site, scope));
  order.left_out = not_the_sites(world);
  auto found = storage::survey_tree(order);
  std::string name = std::string(site.app->name) + (scope == PackScope::own ? "-own" : "") +
                     (found && found->complete() ? "" : "-NOT-COMPLETE");
  Download download;
  download.name = storage::file_backup_name(name, platform::utc_stamp(platform::system_clock().now()));
  download.type = "application/zip";
  download.produce = [order](const Take& take) { return pack_into(order, take); };
  return download;
}

}  // namespace

std::string file_backup_words(const storage::FileBackup& backup) {
  std::string words = base::size_words(backup.file_bytes);
  if (!backup.manifest) return words + "  NOT COMPLETE: it was interrupted, or is being made";
  const storage::FileManifest& manifest = *backup.manifest;
  words += "  " + base::printable_line(manifest.taken) + "  " + std::to_string(manifest.files) + " files  " +
           base::printable_line(manifest.application) + "  by " + base::printable_line(manifest.occasion);
  return manifest.unread == 0 ? words : words + "  " + storage::not_complete_words(manifest.unread);
}

Path top_of(const apps::Site& site) {
  return platform::lies_in(site.root, site.project) ? site.project : site.root;
}

std::vector<Path> not_the_sites(World& world) {
  const apps::Site& site = world.need_site();
  Path top = top_of(site);
  std::vector<Path> all;
  auto add = [&](const Path& folder) {
    auto real = world.disk.real_path(folder);
    if (real && platform::lies_in(*real, top)) all.push_back(*real);
  };
  if (world.state_folder) add(world.state_folder->folder);
  for (const auto& cache : site.caches) add(cache);
  return all;
}

Proposal propose_files_backup(World& world, const Options&) { return propose_pack(world, PackScope::whole); }
Proposal propose_own_files_backup(World& world, const Options&) { return propose_pack(world, PackScope::own); }

Proposal propose_files_download(World& world, const Options&) {
  world.need_site();
  return {};
}

Download give_files(World& world, const Options&) { return give_packed(world, PackScope::whole); }
Download give_own_files(World& world, const Options&) { return give_packed(world, PackScope::own); }

}  // namespace actions
