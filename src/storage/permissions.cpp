// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/permissions.h"

#include <algorithm>
#include <set>

#include "base/failure.h"
#include "base/text.h"
#include "storage/names.h"

namespace storage {

namespace {

using platform::Disk;
using platform::Facts;
using platform::Kind;

constexpr mode_t kOthersWrite = 0002, kOwnerAll = 0700, kOwnerReads = 0400, kFolder = 0755, kFile = 0644, kExecutable = 0111;
constexpr uid_t kRoot = 0;

struct Place {
  Path path;
  Facts facts;
  bool in_ours = false;    // the folder above it is ours
  bool written = false;    // the application writes here
  bool cache = false;
  bool kept_open = false;  // another account writes here
};

class Search {
 public:
  Search(Disk& disk, const PermissionOrder& order)
      : disk_(disk),
        order_(order),
        written_(order.written.begin(), order.written.end()),
        caches_(order.caches.begin(), order.caches.end()),
        left_out_(order.left_out.begin(), order.left_out.end()) {}

  Permissions run() {
    auto facts = disk_.look(order_.top);
    if (!facts || facts->kind != Kind::folder)
      throw base::Failure(base::printable_line(order_.top.native()) + " is not a folder");
    add(Place{order_.top, *facts});
    while (!waiting_.empty() && !found_.stopped) {
      Place place = std::move(waiting_.back());
      waiting_.pop_back();
      look_into(place);
      found_.stopped = order_.stop_asked && order_.stop_asked();
    }
    return std::move(found_);
  }

 private:
  bool is_ours(const Facts& facts) const { return facts.owner == order_.account; }

  void add(Place place) {
    place.written = place.written || written_.count(place.path) != 0;
    place.cache = place.cache || caches_.count(place.path) != 0;
    if (place.facts.kind == Kind::folder) return waiting_.push_back(std::move(place));
    if (is_ours(place.facts)) check_mode(place);
    else check_foreign(place);
  }

  // A folder's own mode is judged by what it holds.
  void look_into(Place& place) {
    if (!is_ours(place.facts) && !check_foreign(place)) return;
    auto inner = places_in(place);
    bool others_write = place.written && std::any_of(inner.begin(), inner.end(), [&](const Place& one) {
      return !is_ours(one.facts) && one.facts.owner != kRoot;
    });
    place.kept_open = place.kept_open || others_write;
    if (is_ours(place.facts)) check_mode(place);
    for (auto& one : inner) {
      one.kept_open = place.kept_open;
      add(std::move(one));
    }
  }

  std::vector<Place> places_in(const Place& place) {
    std::vector<Place> inner;
    try {
      auto entries = disk_.list(place.path).value_or(std::vector<platform::Entry>{});
      for (const auto& entry : entries) {
        Path path = place.path / entry.name;
        bool is_theirs = left_out_.count(path) != 0 || is_name_of_ours(entry.name);
        if (is_theirs || (entry.kind != Kind::folder && entry.kind != Kind::file)) continue;
        auto facts = disk_.look(path);
        if (facts && facts->kind == entry.kind)
          inner.push_back({std::move(path), *facts, is_ours(place.facts), place.written, place.cache});
      }
    } catch (const base::Failure&) {  // may not be listed or entered
      if (is_ours(place.facts)) ++found_.closed;
    }
    return inner;
  }

  void check_mode(const Place& place) {
    mode_t wanted = wanted_mode(place.facts.kind, place.facts.mode, place.kept_open);
    if (wanted != place.facts.mode) found_.changes.push_back({place.path, place.facts.kind, place.facts.mode, wanted});
    bool open = (place.facts.mode & kOthersWrite) != 0 && place.kept_open && place.facts.kind == Kind::folder;
    if (open) found_.kept_open.push_back(place.path);
  }

  // True when it is in nobody's way, and what it holds should be looked at.
  bool check_foreign(const Place& place) {
    bool read = disk_.may_read(place.path), write = !place.written || disk_.may_write(place.path);
    if (read && write) {
      ++found_.harmless;
      return true;
    }
    bool folder_of_root = place.facts.kind == Kind::folder && place.facts.owner == kRoot && order_.account != kRoot;
    if (folder_of_root && place.in_ours && (place.cache || is_empty(place.path))) found_.renew.push_back(place.path);
    else found_.foreign.push_back({place.path, place.facts.owner, read ? "cannot be written" : "cannot be read"});
    return false;
  }

  bool is_empty(const Path& folder) {
    try {
      auto entries = disk_.list(folder);
      return entries && entries->empty();
    } catch (const base::Failure&) {
      return false;
    }
  }

  Disk& disk_;
  const PermissionOrder& order_;
  std::set<Path> written_, caches_, left_out_;
  std::vector<Place> waiting_;
  Permissions found_;
};

// ---- the journal

std::string octal(mode_t mode) {
  std::string digits;
  for (int shift = 9; shift >= 0; shift -= 3) digits += static_cast<char>('0' + (mode >> shift & 7U));
  return digits;
}

std::string encoded(const Path& path) {
  std::vector<std::string> parts;
  for (auto part : base::split(path.native(), '/')) parts.push_back(base::url_encode(part));
  return base::join(parts, "/");
}

constexpr size_t kMostJournalBytes = size_t{1} << 30;
constexpr std::string_view kRenewed = "renewed ";

std::string journal_text(Disk& disk, const Path& file) { return disk.read(file, kMostJournalBytes).value_or(""); }

// What an interrupted job wrote down stays: it knows the older mode.
void write_journal(Disk& disk, const Permissions& found, const ModeJournal& journal) {
  std::string text = journal_text(disk, journal.file);
  std::set<std::string, std::less<>> known;
  for (auto line : base::lines(text)) known.emplace(line.substr(line.rfind(' ') + 1));
  std::string more;
  for (const auto& folder : found.renew)
    if (std::string path = encoded(folder); known.count(path) == 0) more += std::string(kRenewed) + path + "\n";
  for (const auto& change : found.changes)
    if (std::string path = encoded(change.path); known.count(path) == 0)
      more += octal(change.from) + " " + octal(change.to) + " " + path + "\n";
  if (!more.empty()) disk.replace(journal.file, text + more, 0600);
}

void make_anew(Disk& disk, const Path& folder) {
  if (disk.make_folder(folder, kFolder)) disk.set_mode(folder, kFolder);
}

void renew(Disk& disk, const Path& folder, const std::string& job) {
  auto entries = std::optional<std::vector<platform::Entry>>();
  try {
    entries = disk.list(folder);
  } catch (const base::Failure&) {
  }
  if (entries && entries->empty()) disk.remove_folder(folder);
  else disk.rename(folder, folder.native() + ".unstick-" + job);
  make_anew(disk, folder);
}

// Only what is still as it was found: the site lives on meanwhile.
void change(Disk& disk, const ModeChange& one) {
  auto facts = disk.look(one.path);
  if (facts && facts->kind == one.kind && facts->mode == one.from) disk.set_mode(one.path, one.to);
}

}  // namespace

mode_t wanted_mode(Kind kind, mode_t mode, bool kept_open) {
  mode_t wanted = mode;
  if (kind == Kind::folder && (mode & kOwnerAll) != kOwnerAll) wanted |= kFolder;
  if (kind == Kind::file && (mode & kOwnerReads) == 0) wanted |= (mode & kExecutable) != 0 ? kFolder : kFile;
  return kept_open ? wanted : wanted & ~kOthersWrite;
}

Permissions find_permissions(Disk& disk, const PermissionOrder& order) { return Search(disk, order).run(); }

std::vector<std::string> mend_permissions(Disk& disk, const Permissions& found, const ModeJournal& journal) {
  write_journal(disk, found, journal);
  std::vector<std::string> problems;
  auto attempt = [&](const auto& action) {
    try {
      action();
    } catch (const base::Failure& failure) {
      problems.push_back(failure.full());
    }
  };
  for (const auto& one : found.changes) attempt([&] { change(disk, one); });
  for (const auto& folder : found.renew) attempt([&] { renew(disk, folder, journal.job); });
  return problems;
}

uint64_t restore_modes(Disk& disk, const ModeJournal& journal) {
  const std::string text = journal_text(disk, journal.file);
  auto lines = base::lines(text);
  uint64_t restored = 0;
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    auto words = base::split(*line, ' ');
    if (words.size() != 3 || words[0].size() != 4) continue;
    auto octal = [](std::string_view digits) {
      mode_t mode = 0;
      for (char digit : digits) mode = mode * 8 + static_cast<mode_t>(digit - '0');
      return mode;
    };
    Path path = base::url_decode(words[2]);
    auto facts = disk.look(path);
    if (!facts || facts->kind == Kind::symlink || facts->mode != octal(words[1])) continue;
    disk.set_mode(path, octal(words[0]));
    ++restored;
  }
  return restored;
}

void finish_renewals(Disk& disk, const ModeJournal& journal) {
  std::string text = journal_text(disk, journal.file);
  for (auto line : base::lines(text)) {
    if (!line.starts_with(kRenewed)) continue;
    Path folder = base::url_decode(line.substr(kRenewed.size()));
    if (!disk.look(folder)) make_anew(disk, folder);
  }
}

}  // namespace storage
