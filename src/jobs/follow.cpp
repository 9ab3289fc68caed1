// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/follow.h"

#include <array>
#include <thread>

#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"

namespace jobs {

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr auto kEagerFor = 3s;         // after that a follower looks less often
constexpr auto kEagerInterval = 2ms;
constexpr auto kCalmInterval = 20ms;
constexpr auto kLookInterval = 300ms;  // a process that was killed writes nothing: only its locks tell
constexpr auto kRepeatWindow = 30s;

// "FROM NEXT HOW SECONDS", of the part that was sent last.
struct Sent {
  uint64_t from = 0, next = 0, how = 0, seconds = 0;
};

platform::Path sent_file(const storage::JobNames& names, const std::string& viewer) {
  return names.views() / base::hex(base::sha256(viewer).substr(0, 8));
}

std::optional<Sent> read_sent(platform::Disk& disk, const platform::Path& file) {
  auto text = disk.read(file, 256);
  if (!text) return std::nullopt;
  auto words = base::split(base::trim(*text), ' ');
  if (words.size() != 4) return std::nullopt;
  std::array<uint64_t, 4> numbers{};
  for (size_t i = 0; i < 4; ++i) {
    auto number = base::whole_number(words[i]);
    if (!number) return std::nullopt;
    numbers[i] = *number;
  }
  return Sent{numbers[0], numbers[1], numbers[2], numbers[3]};
}

}  // namespace

Follower::Follower(platform::Disk& disk, storage::StateNames state, std::string id, uint64_t from)
    : disk_(disk),
      state_(std::move(state)),
      names_(state_.job(id)),
      position_(from),
      began_(SteadyClock::now()) {
  job_.id = std::move(id);
}

// Looks at the job only when its journal grew or some time went by: reading it is dearer than a stat.
bool Follower::job_is_over() {
  auto journal = disk_.look(names_.journal());
  uint64_t size = journal ? journal->size_bytes : 0;
  auto now = SteadyClock::now();
  if (size != journal_size_ || now - looked_ >= kLookInterval) {
    journal_size_ = size;
    look_again();
  }
  return rests();
}

void Follower::look_again() {
  looked_ = SteadyClock::now();
  auto seen = look_at(disk_, state_, job_.id);
  if (!seen) throw base::Failure("there is no job " + base::printable_line(job_.id));
  job_ = std::move(*seen);
}

Follower::News Follower::next(std::chrono::milliseconds patience, size_t most_bytes) {
  auto until = SteadyClock::now() + patience;
  for (;;) {
    // Asked before the log is read: what a job prints before it ends is then never missed.
    bool over = job_is_over();
    News news{read_log(disk_, names_, position_, most_bytes), false};
    bool at_end = news.part.next == position_;  // a log may end within a character, which is never given
    position_ = news.part.next;
    news.over = over && (at_end || position_ >= log_size(disk_, names_));
    auto now = SteadyClock::now();
    if (!news.part.text.empty() || news.over || now >= until) return news;
    std::this_thread::sleep_for(now - began_ < kEagerFor ? kEagerInterval : kCalmInterval);
  }
}

Part part_to_send(platform::Disk& disk, const storage::JobNames& names, const std::string& viewer, uint64_t from,
                  platform::WallTime now) {
  auto sent = read_sent(disk, sent_file(names, viewer));
  if (!sent || sent->from != from || sent->next == from) return {};
  if (now - platform::from_unix_seconds(static_cast<int64_t>(sent->seconds)) > kRepeatWindow) return {};
  switch (static_cast<Delivery>(sent->how)) {
    case Delivery::last: return {Delivery::plain, UINT64_MAX, true};
    case Delivery::plain: return {Delivery::escaped, sent->next, false};
    default: return {Delivery::skip, sent->next, false};
  }
}

void note_sent(platform::Disk& disk, const storage::JobNames& names, const std::string& viewer, uint64_t from,
               uint64_t next, Delivery how, platform::WallTime now) {
  std::string text = std::to_string(from) + " " + std::to_string(next) + " " + std::to_string(static_cast<int>(how)) +
                     " " + std::to_string(platform::unix_seconds(now)) + "\n";
  // A full disk must not keep anybody from following.
  try {
    disk.make_folder(names.views(), 0700);
    disk.replace(sent_file(names, viewer), text, 0600, platform::Sync::no);
  } catch (const base::Failure&) {
  }
}

}  // namespace jobs
