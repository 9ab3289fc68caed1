// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/world.h"

#include <sys/auxv.h>
#include <unistd.h>

#include <array>

#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"
#include "storage/state_secret.h"

namespace actions {

namespace {

constexpr int kLevelsUp = 6;

std::optional<apps::Site> recognise(platform::Disk& disk, const Path& folder) {
  for (const apps::App* app : apps::all())
    if (auto site = app->recognise(disk, folder)) return site;
  return std::nullopt;
}

void find_site(World& world, const Path& set_root) {
  platform::Disk& disk = world.disk;
  Path start = world.program.path.parent_path();
  if (!set_root.empty()) {
    Path root = set_root.is_absolute() ? set_root : start / set_root;
    world.root = disk.real_path(root).value_or(root);
    world.site = recognise(disk, world.root);
    if (!world.site)
      world.site_problem = "there is no application that we know in " + base::printable_line(world.root.native()) +
                           (disk.look_through(world.root) ? "" : ": no such folder");
  } else {
    world.root = start.parent_path();
    for (int level = 0; level < kLevelsUp && !world.site && start.has_relative_path(); ++level) {
      world.site = recognise(disk, start);
      start = start.parent_path();
    }
    if (!world.site)
      world.site_problem = "no application that we know was found in " +
                           base::printable_line(world.program.path.parent_path().native()) +
                           " or above it: put this folder into the application's folder, or write root = FOLDER "
                           "into the settings file";
  }
  if (world.site) world.root = world.site->root;
}

StateQuestion state_question(World& world, const Whereabouts& where) {
  StateQuestion question;
  question.real_root = world.disk.real_path(world.root).value_or(world.root);
  question.set_by_user = where.state.empty() ? world.settings.state : where.state;
  if (!question.set_by_user.empty() && question.set_by_user.is_relative())
    question.set_by_user = world.program.path.parent_path() / question.set_by_user;
  for (const auto& root : where.document_roots) {
    question.document_roots.push_back(root);
    if (auto real = root.empty() ? std::nullopt : world.disk.real_path(root)) question.document_roots.push_back(*real);
  }
  if (world.site) question.document_roots.push_back(question.real_root);
  auto owner = world.disk.look_through(question.real_root);
  if (auto account = owner ? account_of(world.disk, owner->owner) : std::nullopt)
    question.homes.push_back(account->home);
  if (auto account = account_of(world.disk, ::geteuid())) question.homes.push_back(account->home);
  question.last_resorts = {world.program.path.parent_path(), world.root / "var", world.root / "media"};
  // A plain key that we could hash would change its text; then the settings file is ours and takes `state =`.
  question.name_secret = world.key.stored;
  return question;
}

void find_state(World& world, const Whereabouts& where) {
  try {
    world.state_folder = find_state_folder(world.disk, state_question(world, where));
  } catch (const base::Failure& failure) {
    world.state_problem = failure.full();
  }
}

void search(World& world, const Whereabouts& where) {
  try {
    find_site(world, where.root.empty() ? world.settings.root : where.root);
  } catch (const base::Failure& failure) {
    world.site_problem = failure.full();
  }
  find_state(world, where);
}

void find_places(World& world, const Whereabouts& where) {
  if (!where.may_be_remembered) return search(world, where);
  std::string question = world.settings.text;
  for (const auto& root : where.document_roots) question += "\n" + root.native();
  if (auto found = world.program.memory.recall(question)) {
    static_cast<Found&>(world) = std::move(*found);
    return;
  }
  search(world, where);
  // A problem may be mended any moment, and its owner must see that.
  if (world.site && world.state_folder) world.program.memory.keep(question, world);
}

}  // namespace

Path own_path(platform::Disk& disk) {
  std::array<char, 4096> target{};
  ssize_t length = ::readlink("/proc/self/exe", target.data(), target.size() - 1);
  std::string path = length > 0 ? target.data() : reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
  constexpr std::string_view kDeleted = " (deleted)";
  if (path.size() > kDeleted.size() && path.compare(path.size() - kDeleted.size(), kDeleted.size(), kDeleted) == 0)
    path.resize(path.size() - kDeleted.size());
  return disk.real_path(path).value_or(Path(path));
}

const apps::Site& World::need_site() const {
  if (!site) throw base::Failure(site_problem);
  return *site;
}

storage::StateNames World::need_state() {
  if (!state_folder) throw base::Failure(state_problem);
  if (!state_is_ready) prepare_state_folder(disk, *state_folder);
  state_is_ready = true;
  return storage::StateNames(state_folder->folder);
}

jobs::Engine World::need_engine() {
  return {disk, need_state(), {program.image, program.path, program.child_environment}};
}

const std::string& World::need_secret() {
  if (secret.empty()) secret = storage::state_secret(disk, need_state());
  return secret;
}

const std::string& World::need_owner_secret() {
  if (owner_secret.empty()) owner_secret = base::hmac_sha256(need_secret(), "owner " + key_mark(key, need_secret()));
  return owner_secret;
}

std::optional<Found> FoundMemory::recall(const std::string& question) {
  std::lock_guard lock(mutex_);
  if (question != question_ || std::chrono::steady_clock::now() >= until_) return std::nullopt;
  return found_;
}

void FoundMemory::keep(const std::string& question, const Found& found) {
  std::lock_guard lock(mutex_);
  question_ = question;
  found_ = found;
  until_ = std::chrono::steady_clock::now() + std::chrono::seconds(1);
}

std::string words_of_unnamed_proxy(const World& world) {
  if (world.unnamed_proxy.empty()) return {};
  return "addresses are shown with https:// because a proxy in front says that this request came so, and the settings "
         "do not name it: write its address or network as trusted_proxy = there, and the cookie is for https only and "
         "visitors are told apart. This request came from " + world.unnamed_proxy + ": if that is you, ask the host";
}

World find_world(Program& program, const Whereabouts& where) {
  World world(program, program.disk);
  std::string unreadable;
  try {
    world.settings = read_settings(program.disk, program.path.parent_path());
  } catch (const base::Failure& failure) {
    // Without the path: strangers see this sentence.
    unreadable = "the settings file beside the program cannot be read (" + base::error_words(failure.error()) +
                 "): set its permissions to 600, or to 644 if the program runs as another user";
  }
  for (const auto& [name, value] : where.overrides)
    world.settings = parse_settings(world.settings.file, with_setting(world.settings.text, name, value));
  world.key = find_key(world.settings, program.path);
  if (!unreadable.empty()) world.key.problem = unreadable;
  world.asked_at = where.asked_at;
  world.web_server = where.web_server;
  find_places(world, where);
  return world;
}

}  // namespace actions
