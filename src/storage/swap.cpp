// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/swap.h"

#include <algorithm>
#include <cerrno>
#include <set>

#include "base/failure.h"
#include "base/text.h"

namespace storage {

namespace {

using platform::Disk;
using platform::Kind;

std::string shown(const std::string& path) { return base::printable_line(path); }

bool is_folder(Disk& disk, const Path& path) {
  auto facts = disk.look(path);
  return facts && facts->kind == Kind::folder;
}

}  // namespace

class Swap::Work {
 public:
  Work(Disk& disk, const SwapNames& names, SwapList list) : disk_(disk), names_(names), list_(std::move(list)) {}

  enum class Where { not_begun, between, done };

  Where where(const SwapEntry& entry) const {
    bool fresh = has(anew(entry)), kept = has(old(entry));
    switch (entry.kind) {
      case SwapKind::make:
        return is_folder(disk_, here(entry)) ? Where::done : Where::not_begun;
      case SwapKind::unmake:
        return has(here(entry)) ? Where::not_begun : Where::done;
      case SwapKind::remove:
        return kept || !has(here(entry)) ? Where::done : Where::not_begun;
      default:
        return !fresh ? Where::done : kept ? Where::between : Where::not_begun;
    }
  }

  SwapPosition position() const {
    SwapPosition found;
    for (const SwapEntry& entry : list_.entries) {
      Where at = where(entry);
      ++(at == Where::done ? found.done : at == Where::between ? found.between : found.not_begun);
    }
    return found;
  }

  bool lost() const {
    return std::any_of(list_.entries.begin(), list_.entries.end(), [this](const SwapEntry& entry) {
      return entry.kind == SwapKind::replace && !has(anew(entry)) && !has(old(entry));
    });
  }

  void forwards(Gone gone) {
    if (gone == Gone::refuse) check_forwards();
    remove_tries();
    if (!is_begun()) {
      check_rights();
      try_renames();
    }
    for (size_t i = 0; i < list_.entries.size();) {
      if (forwards(list_.entries[i]))
        ++i;
      else
        descend(i);
    }
  }

  void backwards() {
    check_backwards();
    remove_tries();
    for (auto entry = list_.entries.rbegin(); entry != list_.entries.rend(); ++entry) backwards(*entry);
  }

 private:
  bool has(const Path& path) const { return disk_.look(path).has_value(); }
  Path here(const SwapEntry& entry) const { return list_.root / entry.path; }
  Path anew(const SwapEntry& entry) const { return list_.staged / entry.path; }
  Path old(const SwapEntry& entry) const { return names_.old() / entry.path; }

  // ---- before anything is changed

  // Nothing that is to come may be missing.
  void check_forwards() const {
    for (const SwapEntry& entry : list_.entries) {
      if (has(anew(entry))) continue;
      bool lost =
          (entry.kind == SwapKind::replace && !has(old(entry))) || (entry.kind == SwapKind::put && !has(here(entry)));
      if (lost)
        throw base::Failure(
            "cannot go on: the new " + shown(entry.path) + " is gone from " + shown(list_.staged.native()),
            "roll the job back, and begin anew");
    }
  }

  bool is_begun() const {
    return std::any_of(list_.entries.begin(), list_.entries.end(), [this](const SwapEntry& entry) {
      bool comes = entry.kind == SwapKind::replace || entry.kind == SwapKind::put;
      return has(old(entry)) || (comes && !has(anew(entry)));
    });
  }

  // A folder that goes into another one must be writable itself, because of its "..".
  void check_rights() const {
    for (const SwapEntry& entry : list_.entries)
      for (const Path& path : {here(entry), anew(entry)})
        if (is_folder(disk_, path) && !disk_.may_write(path))
          throw base::Failure("cannot swap " + shown(path.native()) + ": this account may not write in that folder",
                              "give it back to this account (the host can do that); nothing was changed", EACCES);
  }

  void check_backwards() const {
    for (const SwapEntry& entry : list_.entries)
      if (entry.kind == SwapKind::replace && !has(anew(entry)) && !has(old(entry)))
        throw base::Failure(
            "cannot roll back: the old " + shown(entry.path) + " was deleted from " + shown(names_.old().native()),
            "restore it from a backup of the site's files");
  }

  // The site's folders that entries lie in, as far as they are there.
  std::set<Path> parents() const {
    std::set<Path> folders;
    for (const SwapEntry& entry : list_.entries) {
      Path folder = here(entry).parent_path();
      if (disk_.look_through(folder)) folders.insert(folder);
    }
    return folders;
  }

  void remove_tries() {
    for (const Path& folder : parents()) {
      if (has(SwapNames::try_file_in(folder))) disk_.remove_file(SwapNames::try_file_in(folder));
      if (has(SwapNames::try_folder_in(folder))) disk_.remove_folder(SwapNames::try_folder_in(folder));
    }
    Path home = names_.try_file().parent_path();
    if (!has(home)) return;
    disk_.remove_file(names_.try_file());
    disk_.remove_folder(names_.try_folder());
    disk_.remove_folder(home);
  }

  void remove_tries_if_possible() {
    try {
      remove_tries();
    } catch (const base::Failure&) {  // the next run or roll_back does it
    }
  }

  void try_renames() {
    make_folders(disk_, names_.try_folder(), 0700);
    disk_.create(names_.try_file(), "", 0600);
    for (const Path& folder : parents()) {
      try_rename(names_.try_file(), SwapNames::try_file_in(folder), folder);
      try_rename(names_.try_folder(), SwapNames::try_folder_in(folder), folder);
    }
    remove_tries();
  }

  // There and back. That a folder cannot be renamed is no obstacle.
  void try_rename(const Path& ours, const Path& theirs, const Path& folder) {
    try {
      disk_.rename(ours, theirs);
      disk_.rename(theirs, ours);
    } catch (const base::Failure& failure) {
      bool other_disk = failure.error() == EXDEV;
      if (other_disk && is_folder(disk_, ours)) return;
      remove_tries_if_possible();
      std::string why = base::error_words(failure.error());
      throw base::Failure("cannot swap files in " + shown(folder.native()) + ": a trial rename failed: " + why,
                          other_disk ? "set `state = ` to a folder on the same disk as this one"
                                     : "give this account the permission to write there; nothing was changed",
                          failure.error());
    }
  }

  // ---- one entry. False: a folder in it cannot be renamed.

  [[nodiscard]] bool forwards(const SwapEntry& entry) {
    switch (entry.kind) {
      case SwapKind::make:
        return make(entry), true;
      case SwapKind::unmake:
        return unmake(entry), true;
      case SwapKind::remove:
        return has(old(entry)) || !has(here(entry)) || move(here(entry), old(entry), names_.old());
      default:
        break;
    }
    if (!has(anew(entry))) return true;
    if (has(here(entry))) {
      if (has(old(entry)))
        set_astray(entry);
      else if (!move(here(entry), old(entry), names_.old()))
        return false;
    }
    return move(anew(entry), here(entry), list_.root);
  }

  void backwards(const SwapEntry& entry) {
    if (entry.kind == SwapKind::make) return unmake(entry);
    if (entry.kind == SwapKind::unmake) return make(entry);
    bool kept = has(old(entry));
    if (entry.kind != SwapKind::remove && !has(anew(entry)) && has(here(entry)))
      move_back(here(entry), anew(entry), list_.staged);
    if (!kept) return;
    if (has(here(entry))) set_astray(entry);
    move_back(old(entry), here(entry), list_.root);
  }

  void make(const SwapEntry& entry) {
    Path folder = here(entry);
    if (has(folder)) return;
    disk_.make_folder(folder, entry.mode);
    disk_.set_mode(folder, entry.mode);
    disk_.sync_folder(folder.parent_path());
  }

  // Somebody else's files keep it.
  void unmake(const SwapEntry& entry) {
    Path folder = here(entry);
    auto entries = is_folder(disk_, folder) ? disk_.list(folder) : std::nullopt;
    if (!entries || !entries->empty()) return;
    disk_.remove_folder(folder);
    disk_.sync_folder(folder.parent_path());
  }

  // False when `from` is a folder that cannot be renamed there. `top`: where the folders above `to` may be made.
  [[nodiscard]] bool move(const Path& from, const Path& to, const Path& top) {
    if (top != list_.root) make_folders(disk_, to.parent_path(), 0700);
    try {
      disk_.rename(from, to);
    } catch (const base::Failure& failure) {
      if (failure.error() == EXDEV && is_folder(disk_, from)) return false;
      throw;
    }
    disk_.sync_folder(from.parent_path());
    disk_.sync_folder(to.parent_path());
    return true;
  }

  void move_back(const Path& from, const Path& to, const Path& top) {
    if (!move(from, to, top))
      throw base::system_failure("cannot rename " + shown(from.native()) + " -> " + shown(to.native()), EXDEV);
  }

  // Out of the way, under a name that is free.
  void set_astray(const SwapEntry& entry) {
    Path name = names_.strays() / entry.path;
    for (unsigned i = 1; has(name); ++i) name = (names_.strays() / entry.path).native() + "." + std::to_string(i);
    move_back(here(entry), name, names_.strays());
  }

  // ---- a folder that cannot be renamed

  // Puts what is in the folder into the list, in its place.
  void descend(size_t at) {
    const SwapEntry entry = list_.entries[at];
    std::vector<SwapEntry> instead;
    bool from_root = has(here(entry)), to_root = entry.kind != SwapKind::remove;
    if (from_root && to_root && !is_folder(disk_, anew(entry)))
      throw base::system_failure("cannot replace the folder " + shown(entry.path) + " by a file", EXDEV);
    std::set<std::string> names;
    if (from_root) add_names(here(entry), names);
    if (to_root) add_names(anew(entry), names);
    if (!from_root && entry.kind == SwapKind::replace) instead.push_back({SwapKind::remove, entry.path, 0});
    if (!from_root) instead.push_back({SwapKind::make, entry.path, disk_.look(anew(entry))->mode});
    for (const auto& name : names) {
      SwapEntry inner{SwapKind::replace, entry.path + "/" + name, 0};
      if (!to_root || !has(anew(inner)))
        inner.kind = SwapKind::remove;
      else if (!has(here(inner)))
        inner.kind = SwapKind::put;
      instead.push_back(inner);
    }
    if (!to_root) instead.push_back({SwapKind::unmake, entry.path, disk_.look(here(entry))->mode});
    auto place = list_.entries.erase(list_.entries.begin() + static_cast<std::ptrdiff_t>(at));
    list_.entries.insert(place, instead.begin(), instead.end());
    disk_.replace(names_.list(), to_text(list_), 0600);
  }

  void add_names(const Path& folder, std::set<std::string>& names) const {
    if (auto entries = disk_.list(folder))
      for (const auto& entry : *entries) names.insert(entry.name);
  }

  Disk& disk_;
  const SwapNames& names_;
  SwapList list_;
};

void Swap::begin(const SwapList& list) {
  check_swap_list(list);
  if (auto there = read_swap_list(disk_, names_.list())) {
    if (there->root == list.root && there->staged == list.staged) return;
    throw base::Failure("another swap has begun in " + shown(names_.folder().native()), "roll it back first");
  }
  make_folders(disk_, names_.old(), 0700);
  disk_.replace(names_.list(), to_text(list), 0600);
}

bool Swap::begun() const { return disk_.look(names_.list()).has_value(); }

void Swap::run(Gone gone) {
  if (auto list = read_swap_list(disk_, names_.list())) Work(disk_, names_, std::move(*list)).forwards(gone);
}

bool Swap::is_lost() const {
  auto list = read_swap_list(disk_, names_.list());
  return list && Work(disk_, names_, std::move(*list)).lost();
}

void Swap::roll_back() {
  if (auto list = read_swap_list(disk_, names_.list())) Work(disk_, names_, std::move(*list)).backwards();
}

SwapPosition Swap::position() const {
  auto list = read_swap_list(disk_, names_.list());
  return list ? Work(disk_, names_, std::move(*list)).position() : SwapPosition{};
}

std::vector<std::string> Swap::strays() const {
  std::vector<std::string> found, folders = {""};
  while (!folders.empty()) {
    std::string folder = std::move(folders.back());
    folders.pop_back();
    for (const auto& entry : disk_.list(folder.empty() ? names_.strays() : names_.strays() / folder)
                                 .value_or(std::vector<platform::Entry>{})) {
      std::string path = folder.empty() ? entry.name : folder + "/" + entry.name;
      if (entry.kind == Kind::folder)
        folders.push_back(path);
      else
        found.push_back(path);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace storage
