// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/swap_list.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"

namespace storage {

namespace {

using platform::Kind;

constexpr size_t kMostListBytes = 64 << 20;
constexpr uint64_t kMostCompared = 8 << 20;
constexpr std::string_view kFirstLine = "unstick swap 1";
constexpr std::array<std::string_view, 5> kWords = {"replace", "put", "remove", "make", "unmake"};

std::string encoded(const std::string& path) {
  std::vector<std::string> parts;
  for (auto part : base::split(path, '/')) parts.push_back(base::url_encode(part));
  return base::join(parts, "/");
}

std::string crc_of(std::string_view text) {
  std::array<char, 16> crc{};
  std::snprintf(crc.data(), crc.size(), "%08x", base::crc32(text));
  return crc.data();
}

std::string line_of(const SwapEntry& entry) {
  std::array<char, 16> mode{};
  if (entry.kind == SwapKind::make || entry.kind == SwapKind::unmake)
    std::snprintf(mode.data(), mode.size(), " %o", entry.mode);
  return std::string(kWords[static_cast<size_t>(entry.kind)]) + mode.data() + " " + encoded(entry.path) + "\n";
}

std::optional<SwapEntry> entry_of(std::string_view line) {
  auto words = base::split(line, ' ');
  auto word = std::find(kWords.begin(), kWords.end(), words[0]);
  if (word == kWords.end()) return std::nullopt;
  SwapEntry entry{static_cast<SwapKind>(word - kWords.begin()), "", 0};
  bool with_mode = entry.kind == SwapKind::make || entry.kind == SwapKind::unmake;
  if (words.size() != (with_mode ? 3U : 2U)) return std::nullopt;
  for (char digit : with_mode ? words[1] : "") entry.mode = entry.mode * 8 + static_cast<mode_t>(digit - '0');
  entry.path = base::url_decode(words.back());
  return entry;
}

// The value of "NAME VALUE".
std::optional<std::string> value_of(std::string_view line, std::string_view name) {
  if (!line.starts_with(name) || line.size() < name.size() + 2 || line[name.size()] != ' ') return std::nullopt;
  return base::url_decode(line.substr(name.size() + 1));
}

std::optional<SwapList> parsed(std::string_view text) {
  size_t end = text.rfind("\nend ");
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view body = text.substr(0, end + 1);
  auto lines = base::lines(body);
  if (lines.size() < 3 || text.substr(end + 1) != "end " + std::to_string(lines.size() - 3) + " " + crc_of(body) + "\n")
    return std::nullopt;
  auto root = value_of(lines[1], "root"), staged = value_of(lines[2], "new");
  if (lines[0] != kFirstLine || !root || !staged) return std::nullopt;
  SwapList list{*root, *staged, {}};
  for (size_t i = 3; i < lines.size(); ++i) {
    auto entry = entry_of(lines[i]);
    if (!entry) return std::nullopt;
    list.entries.push_back(std::move(*entry));
  }
  return list;
}

std::string word(Kind kind) { return kind == Kind::folder ? "folder" : kind == Kind::symlink ? "link" : "file"; }

class Planner {
 public:
  Planner(platform::Disk& disk, const OwnerOf& owner, SwapList& list) : disk_(disk), owner_(owner), list_(list) {}

  void plan(const std::string& folder) {
    struct There {
      bool in_root = false, in_staged = false;
    };
    std::map<std::string, There> names;
    for (const auto& entry : entries_of(list_.root, folder)) names[entry.name].in_root = true;
    for (const auto& entry : entries_of(list_.staged, folder)) names[entry.name].in_staged = true;
    for (const auto& [name, there] : names)
      plan(folder.empty() ? name : folder + "/" + name, there.in_root, there.in_staged);
  }

 private:
  void plan(const std::string& path, bool in_root, bool in_staged) {
    Owner owner = owner_(path);
    if (owner == Owner::nobody) return;
    if (!in_root) return put(path, owner);
    if (owner == Owner::package && !in_staged) return add(SwapKind::remove, path);
    if (owner == Owner::user || !in_staged) return;
    if (owner == Owner::filled) return fill(path);
    if (owner != Owner::shared) return add(SwapKind::replace, path);
    // A user's link to a folder elsewhere stays, and what is behind it is swapped.
    auto old = disk_.look_through(list_.root / path), anew = disk_.look(list_.staged / path);
    bool folders = old && old->kind == Kind::folder && anew && anew->kind == Kind::folder;
    return folders ? plan(path) : add(SwapKind::replace, path);
  }

  // Both have it. A link stays as it is where the other is one too.
  void fill(const std::string& path) {
    auto here = disk_.look(list_.root / path), there = disk_.look(list_.staged / path);
    if (!here || !there) return;
    if (here->kind != there->kind)
      throw base::Failure("cannot fill in " + base::printable_line(path) + ": it is a " + word(here->kind) + " in the site, and a " + word(there->kind) +
                              " in " + base::printable_line(list_.staged.native()),
                          "put the right one in its place yourself; nothing was changed");
    if (here->kind == Kind::file && is_cut_off(path, here->size_bytes, there->size_bytes)) return add(SwapKind::replace, path);
    if (here->kind != Kind::folder) return;
    for (const auto& entry : entries_of(list_.staged, path)) {
      std::string inner = path + "/" + entry.name;
      Owner owner = owner_(inner);
      if (owner == Owner::nobody) continue;
      if (!disk_.look(list_.root / inner)) put(inner, owner);
      else if (owner != Owner::user) fill(inner);
    }
  }

  // The site's file is the beginning of the other: it was cut off while it was copied.
  bool is_cut_off(const std::string& path, uint64_t here_bytes, uint64_t there_bytes) {
    if (here_bytes >= there_bytes) return false;
    size_t compared = std::min<uint64_t>(here_bytes, kMostCompared);
    return disk_.read(list_.root / path, compared) == disk_.read(list_.staged / path, compared);
  }

  // A folder that is going to be the user's comes into being by itself: what they put into it is not the package's.
  void put(const std::string& path, Owner owner) {
    auto anew = disk_.look(list_.staged / path);
    bool folder = anew && anew->kind == Kind::folder && (owner == Owner::user || owner == Owner::shared);
    if (!folder) return add(SwapKind::put, path);
    list_.entries.push_back({SwapKind::make, path, anew->mode});
    for (const auto& entry : entries_of(list_.staged, path)) {
      std::string inner = path + "/" + entry.name;
      Owner of_inner = owner == Owner::user ? Owner::user : owner_(inner);
      if (of_inner != Owner::nobody) put(inner, of_inner);
    }
  }

  std::vector<platform::Entry> entries_of(const Path& top, const std::string& folder) const {
    return disk_.list(folder.empty() ? top : top / folder).value_or(std::vector<platform::Entry>{});
  }

  void add(SwapKind kind, const std::string& path) { list_.entries.push_back({kind, path, 0}); }

  platform::Disk& disk_;
  const OwnerOf& owner_;
  SwapList& list_;
};

}  // namespace

SwapList plan_swap(platform::Disk& disk, const Path& root, const Path& staged, const OwnerOf& owner) {
  SwapList list{root, staged, {}};
  Planner(disk, owner, list).plan("");
  return list;
}

void check_swap_list(const SwapList& list) {
  std::map<std::string, int> paths;
  for (const SwapEntry& entry : list.entries) {
    std::string shown = base::printable_line(entry.path);
    for (auto part : base::split(entry.path, '/'))
      if (part.empty() || part == "." || part == "..")
        throw base::Failure("cannot swap " + shown + ": it is no path within the site");
    if (++paths[entry.path] > 1) throw base::Failure("cannot swap " + shown + ": it stands twice in the list");
  }
  for (const SwapEntry& entry : list.entries)  // such a folder is there for its entries
    if (entry.kind == SwapKind::make || entry.kind == SwapKind::unmake) paths.erase(entry.path);
  for (const SwapEntry& entry : list.entries)
    for (size_t slash = entry.path.find('/'); slash != std::string::npos; slash = entry.path.find('/', slash + 1))
      if (paths.count(entry.path.substr(0, slash)) > 0)
        throw base::Failure("cannot swap " + base::printable_line(entry.path) +
                            ": a folder that it lies in is swapped too");
}

std::string to_text(const SwapList& list) {
  std::string text = std::string(kFirstLine) + "\nroot " + encoded(list.root) + "\nnew " + encoded(list.staged) + "\n";
  for (const SwapEntry& entry : list.entries) text += line_of(entry);
  return text + "end " + std::to_string(list.entries.size()) + " " + crc_of(text) + "\n";
}

std::optional<SwapList> read_swap_list(platform::Disk& disk, const Path& file) {
  auto text = disk.read(file, kMostListBytes);
  if (!text) return std::nullopt;
  if (auto list = parsed(*text)) return list;
  throw base::Failure(base::printable_line(file.native()) + " is damaged, or of a newer version of this program",
                      "what was replaced lies in the folder \"old\" beside it; do not delete it");
}

}  // namespace storage
