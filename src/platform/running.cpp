// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/running.h"

#include <unistd.h>

#include <algorithm>

#include "base/failure.h"
#include "base/text.h"

namespace platform {

namespace {

constexpr size_t kMostWordsBytes = 64 << 10;

std::vector<std::string> arguments_of(const Path& process) {
  std::vector<std::string> words;
  auto text = posix_disk().read(process / "cmdline", kMostWordsBytes);
  if (!text) return words;
  while (text->ends_with('\0')) text->pop_back();
  for (auto word : base::split(*text, '\0')) words.emplace_back(word);
  return words;
}

bool runs(const Path& process, const std::vector<std::string>& words, const std::vector<Path>& scripts) {
  std::error_code ignored;
  Path folder = std::filesystem::read_symlink(process / "cwd", ignored);
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    if (word.empty() || word[0] == '-') return false;
    std::error_code unknown;
    Path path = std::filesystem::weakly_canonical(word[0] == '/' ? Path(word) : folder / word, unknown);
    return std::find(scripts.begin(), scripts.end(), path) != scripts.end();
  });
}

}  // namespace

std::vector<RunningScript> running_scripts(const std::vector<Path>& named) {
  std::vector<RunningScript> found;
  std::vector<Path> scripts;
  std::error_code unknown;
  for (const auto& name : named)
    if (!name.empty()) scripts.push_back(std::filesystem::weakly_canonical(name, unknown));
  if (scripts.empty()) return found;
  Disk& disk = posix_disk();
  std::optional<std::vector<Entry>> all;
  try {
    all = disk.list("/proc");
  } catch (const base::Failure&) {
  }
  for (const auto& entry : all.value_or(std::vector<Entry>{})) {
    auto pid = base::whole_number(entry.name, INT32_MAX);
    if (!pid || static_cast<pid_t>(*pid) == ::getpid()) continue;
    try {
      Path process = Path("/proc") / entry.name;
      auto facts = disk.look(process);
      auto words = facts && facts->owner == ::geteuid() ? arguments_of(process) : std::vector<std::string>{};
      if (runs(process, words, scripts)) found.push_back({static_cast<pid_t>(*pid), base::join(words, " ")});
    } catch (const base::Failure&) {  // it ended, or hides
    }
  }
  return found;
}

}  // namespace platform
