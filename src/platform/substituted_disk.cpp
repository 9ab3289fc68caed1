// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/substituted_disk.h"

#include "base/failure.h"

namespace platform {

namespace {

Facts facts_of(const std::string& text) {
  Facts facts;
  facts.kind = Kind::file;
  facts.size_bytes = text.size();
  facts.mode = 0600;
  return facts;
}

}  // namespace

std::optional<Facts> SubstitutedDisk::look(const Path& path) {
  auto found = files_.find(path);
  return found == files_.end() ? under_.look(path) : facts_of(found->second);
}

std::optional<Facts> SubstitutedDisk::look_through(const Path& path) {
  auto found = files_.find(path);
  return found == files_.end() ? under_.look_through(path) : facts_of(found->second);
}

std::optional<std::string> SubstitutedDisk::read(const Path& file, size_t most_bytes) {
  auto found = files_.find(file);
  return found == files_.end() ? under_.read(file, most_bytes) : found->second.substr(0, most_bytes);
}

void SubstitutedDisk::refuse(const Path& path) { throw base::Failure("is only read here: " + path.native()); }

}  // namespace platform
