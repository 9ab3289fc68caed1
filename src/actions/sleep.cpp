// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/sleep.h"

#include <algorithm>

#include "base/failure.h"
#include "platform/clock.h"

namespace actions {

namespace {

using namespace std::chrono_literals;

constexpr auto kExact = 1h;  // so that not every request writes

std::optional<platform::WallTime> time_of(World& world, const Path& file) {
  auto facts = file.empty() ? std::nullopt : world.disk.look(file);
  return facts ? std::optional(facts->changed) : std::nullopt;
}

std::optional<platform::WallTime> last_seen(World& world) {
  if (!world.state_folder) return std::nullopt;
  return time_of(world, storage::StateNames(world.state_folder->folder).owner_seen());
}

}  // namespace

bool is_asleep(World& world) {
  auto seen = last_seen(world);
  if (world.settings.sleep_days == 0 || !seen) return false;  // never used yet
  auto awake = std::max(*seen, time_of(world, world.settings.file).value_or(*seen));
  if (world.key.place == KeyPlace::program_name)
    awake = std::max(awake, time_of(world, world.program.path).value_or(awake));
  return platform::system_clock().now() - awake > std::chrono::hours(24) * world.settings.sleep_days;
}

std::string sleep_words(const World& world) {
  std::string words = "this program sleeps: its key was not used for " + std::to_string(world.settings.sleep_days) +
                      " days, so it opens nothing. Links for cron go on until they expire. To wake it, ";
  if (world.key.place == KeyPlace::program_name) return words + "upload the program again";
  return words + "write a line key = NEW-KEY into " + world.settings.file.filename().native() +
         ", in place of the one that is there, and upload that file";
}

void note_owner(World& world) {
  try {
    auto seen = last_seen(world);
    if (seen && platform::system_clock().now() - *seen < kExact) return;
    world.disk.replace(world.need_state().owner_seen(), "", 0600, platform::Sync::no);
  } catch (const base::Failure&) {
  }
}

}  // namespace actions
