// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/mautic/tree_listing.h"

#include <algorithm>

#include "base/failure.h"

namespace apps::mautic {

using platform::Entry;
using platform::Kind;

namespace {

constexpr int kDeepest = 12;

}  // namespace

bool TreeListing::has_file(const std::string& path) {
  size_t slash = path.rfind('/');
  const Folder& folder = listed(slash == path.npos ? "" : path.substr(0, slash));
  if (!folder.is_readable) return true;
  std::string_view name = std::string_view(path).substr(slash == path.npos ? 0 : slash + 1);
  auto entry = std::lower_bound(folder.entries.begin(), folder.entries.end(), name,
                                [](const Entry& one, std::string_view wanted) { return one.name < wanted; });
  if (entry == folder.entries.end() || entry->name != name) return false;
  return entry->kind == Kind::file || (entry->kind == Kind::symlink && disk_.look_through(top_ / path));
}

bool TreeListing::shows_file(const std::string& path) {
  size_t slash = path.rfind('/');
  return listed(slash == path.npos ? "" : path.substr(0, slash)).is_readable && has_file(path);
}

std::vector<std::string> TreeListing::folders_in(const std::string& path) {
  std::vector<std::string> names;
  for (const Entry& entry : listed(path).entries)
    if (entry.kind == Kind::folder || (entry.kind == Kind::symlink && has_folder(path + "/" + entry.name)))
      names.push_back(entry.name);
  return names;
}

bool TreeListing::holds_files(const std::string& path, int depth) {
  if (depth == kDeepest) return true;
  const auto& entries = listed(path).entries;
  return std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) {
    return entry.kind != Kind::folder || holds_files(path + "/" + entry.name, depth + 1);
  });
}

const TreeListing::Folder& TreeListing::listed(const std::string& path) {
  auto [folder, is_new] = folders_.try_emplace(path);
  if (!is_new) return folder->second;
  try {
    auto entries = disk_.list(path.empty() ? top_ : top_ / path);
    folder->second.is_there = entries.has_value();
    if (entries) folder->second.entries = std::move(*entries);
  } catch (const base::Failure& failure) {
    folder->second.is_there = true;
    folder->second.is_readable = false;
    problems_.push_back(failure.what());
  }
  return folder->second;
}

}  // namespace apps::mautic
