// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/look.h"

namespace apps {

using platform::Kind;

std::vector<std::string> Look::folders_in(const Path& folder) {
  std::vector<std::string> names;
  try {
    for (auto& entry : disk_.list(folder).value_or(std::vector<platform::Entry>()))
      if (entry.kind == Kind::folder) names.push_back(std::move(entry.name));
  } catch (const base::Failure& failure) {
    keep(failure);
  }
  return names;
}

std::string Look::text_of(const Path& file, size_t most_bytes) {
  try {
    return disk_.read(file, most_bytes).value_or("");
  } catch (const base::Failure&) {
    return {};
  }
}

Path Look::real(const Path& folder) {
  try {
    return disk_.real_path(folder).value_or(folder);
  } catch (const base::Failure& failure) {
    keep(failure);
    return folder;
  }
}

bool Look::is(const Path& path, Kind kind) {
  try {
    auto facts = disk_.look_through(path);
    return facts && facts->kind == kind;
  } catch (const base::Failure& failure) {
    keep(failure);
    return false;
  }
}

void Look::keep(const base::Failure& failure) {
  if (!failure_) failure_ = failure;
}

Path tidy(const Path& folder) {
  Path place = folder.lexically_normal();
  return place.has_filename() || place == place.root_path() ? place : place.parent_path();
}

}  // namespace apps
