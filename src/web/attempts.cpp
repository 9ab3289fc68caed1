// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/attempts.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "base/digest.h"
#include "base/handle.h"

namespace web {

namespace {

constexpr uint32_t kMostWrong = 10;
constexpr uint32_t kWindowSeconds = 60;
constexpr uint32_t kMostHashesASecond = 20;
constexpr uint32_t kKnownForSeconds = 30 * 86400;
constexpr size_t kSlots = 1024;
constexpr size_t kProbes = 8;

struct Slot {
  uint64_t client = 0;         // 0 = free
  uint32_t window_began = 0;   // unix seconds
  uint32_t wrong = 0;          // in that window
  uint32_t last_right = 0;     // unix seconds, 0 = never
  uint32_t last_seen = 0;
};

struct Table {
  uint32_t second = 0;  // in which `hashes` were counted
  uint32_t hashes = 0;
  std::array<Slot, kSlots> slots{};
};

uint64_t number_of(const std::string& unit, const std::string& salt) {
  uint64_t number = 0;
  std::memcpy(&number, base::hmac_sha256(salt, unit).data(), sizeof number);
  return number | 1;
}

// The client's slot, or the one that makes room for it: free, or the one seen longest ago, known clients last.
Slot& slot_of(Table& table, uint64_t client, uint32_t now) {
  Slot* best = nullptr;
  auto worth = [&](const Slot& slot) {
    bool known = slot.last_right != 0 && now - slot.last_right < kKnownForSeconds;
    return slot.client == 0 ? uint64_t{0} : slot.last_seen + (known ? uint64_t{1} << 40 : 0);
  };
  for (size_t i = 0; i < kProbes; ++i) {
    Slot& slot = table.slots[(client + i) % kSlots];
    if (slot.client == client) return slot;
    if (!best || worth(slot) < worth(*best)) best = &slot;
  }
  *best = {};
  best->client = client;
  return *best;
}

// The table under an exclusive lock; what cannot be read is an empty one.
class OpenTable {
 public:
  explicit OpenTable(const platform::Path& file)
      : fd_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
    if (!fd_) return;
    ::flock(fd_.number(), LOCK_EX);
    if (::pread(fd_.number(), &table, sizeof table, 0) != static_cast<ssize_t>(sizeof table)) table = {};
  }
  void save() {
    if (fd_) [[maybe_unused]] ssize_t written = ::pwrite(fd_.number(), &table, sizeof table, 0);
  }
  Table table;

 private:
  base::Fd fd_;
};

uint32_t seconds(platform::WallTime time) { return static_cast<uint32_t>(platform::unix_seconds(time)); }

}  // namespace

Verdict Attempts::ask(const std::string& unit, platform::WallTime time) {
  OpenTable open(file_);
  uint32_t now = seconds(time);
  Slot& slot = slot_of(open.table, number_of(unit, salt_), now);
  bool over = now - slot.window_began < kWindowSeconds && slot.wrong >= kMostWrong;
  bool known = slot.last_right != 0 && now - slot.last_right < kKnownForSeconds;
  if (over && !known) return Verdict::wait;
  // A neighbour behind the owner's address, or an old cron line, must not lock him out; all of them together stay
  // under the overall limit.
  if (over) known = false;
  if (open.table.second != now) open.table.second = now, open.table.hashes = 0;
  if (!known && open.table.hashes >= kMostHashesASecond) return Verdict::wait;
  if (!known) ++open.table.hashes;
  slot.last_seen = now;
  open.save();
  return Verdict::go_on;
}

void Attempts::wrong(const std::string& unit, platform::WallTime time) {
  OpenTable open(file_);
  uint32_t now = seconds(time);
  Slot& slot = slot_of(open.table, number_of(unit, salt_), now);
  if (now - slot.window_began >= kWindowSeconds) slot.window_began = now, slot.wrong = 0;
  ++slot.wrong;
  slot.last_seen = now;
  open.save();
}

void Attempts::right(const std::string& unit, platform::WallTime time) {
  OpenTable open(file_);
  uint32_t now = seconds(time);
  Slot& slot = slot_of(open.table, number_of(unit, salt_), now);
  slot.wrong = 0;
  slot.last_right = slot.last_seen = now;
  open.save();
}

}  // namespace web
