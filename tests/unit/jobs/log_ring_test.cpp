// SPDX-License-Identifier: GPL-3.0-or-later
// Logs of children that print without end, and disks that have no room for them.
#include <catch2/catch.hpp>

#include "base/text.h"
#include "jobs/follow.h"
#include "jobs/log.h"
#include "support/limits.h"
#include "support/temp_folder.h"
#include "support/utf8.h"

namespace {

using namespace jobs;
using base::Stream;
using support::TempFolder;

constexpr uint64_t kMiB = 1 << 20;

platform::Disk& disk() { return platform::posix_disk(); }

struct Log {
  TempFolder folder;
  storage::JobNames names{folder.path()};
  LogWriter writer{disk(), names};

  void fill(uint64_t bytes, const std::string& line) {
    std::string block;
    while (block.size() < 64 * 1024) block += line;
    while (writer.size() < bytes) writer.say(Stream::output, block);
  }
  uint64_t bytes_on_disk() const {
    uint64_t all = 0;
    auto entries = disk().list(names.log()).value();
    for (const auto& entry : entries) all += disk().look(names.log() / entry.name)->size_bytes;
    return all;
  }
};

struct Seen {
  std::string text;
  uint64_t left_out = 0, rounds = 0;
  bool whole_characters = true;
};

// Reads from part to part until a part brings nothing.
Seen read_on(const Log& log, uint64_t from = 0) {
  Seen seen;
  for (;;) {
    auto part = read_log(disk(), log.names, from, 256 << 10);
    seen.left_out += part.left_out;
    ++seen.rounds;
    bool stuck = part.text.empty() && part.next == from;
    seen.whole_characters = seen.whole_characters && support::is_utf8(part.text);
    seen.text += part.text;
    from = part.next;
    if (stuck || seen.rounds > 1000) return seen;
  }
}

// Lines whose characters no power of two is a multiple of: segments end inside characters.
const std::string kThreeBytes = "\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\n\xE2\x82\xAC";

}  // namespace

TEST_CASE("Of 25 MB the first 8 and the last 8 are kept, and the disk holds no more than that") {
  Log log;
  log.fill(25 * kMiB, "0123456789abcde\n");
  CHECK(log.bytes_on_disk() <= 17 * kMiB);
  CHECK(log.bytes_on_disk() >= 16 * kMiB);
  CHECK(log_size(disk(), log.names) == log.writer.size());
  auto head = read_log(disk(), log.names, 0, SIZE_MAX);
  CHECK(head.text.size() == 8 * kMiB);
  CHECK(head.next == 8 * kMiB);
  auto tail = read_log(disk(), log.names, head.next, SIZE_MAX);
  CHECK(tail.left_out == tail.from - head.next);
  CHECK(tail.left_out > 0);
  CHECK(tail.next == log.writer.size());
  CHECK(tail.text.size() >= 8 * kMiB);
  CHECK(tail.text.substr(tail.text.size() - 16) == "0123456789abcde\n");
  CHECK(head.text.size() + tail.left_out + tail.text.size() == log.writer.size());
}

TEST_CASE("A reader in the middle of what is gone is told how much, and goes on behind it") {
  Log log;
  log.fill(22 * kMiB, "0123456789abcde\n");
  uint64_t asked = 9 * kMiB + 5;
  auto part = read_log(disk(), log.names, asked, 1000);
  CHECK(part.from % kMiB == 0);
  CHECK(part.left_out == part.from - asked);
  CHECK(part.text.size() == 1000);
  CHECK(part.next == part.from + 1000);
}

TEST_CASE("A reader passes the gap though the segments around it end inside a character") {
  Log log;
  log.fill(20 * kMiB + 12345, kThreeBytes);
  auto seen = read_on(log);
  CHECK(seen.rounds < 1000);
  CHECK(seen.whole_characters);
  CHECK(seen.left_out > 0);
  // All but the few bytes of characters that were cut by the gap.
  uint64_t counted = seen.text.size() + seen.left_out;
  CHECK(counted <= log.writer.size());
  CHECK(counted + 6 >= log.writer.size());
  CHECK(seen.text.substr(seen.text.size() - 3) == "\xE2\x82\xAC");
}

TEST_CASE("Segments that end inside a character are read as one text while all are there") {
  Log log;
  log.fill(3 * kMiB, kThreeBytes);
  auto seen = read_on(log);
  CHECK(seen.whole_characters);
  CHECK(seen.left_out == 0);
  CHECK(seen.text.size() == log.writer.size());
}

TEST_CASE("A reader that keeps up sees everything of 25 MB") {
  Log log;
  uint64_t at = 0, left_out = 0, bytes = 0;
  for (uint64_t target = 512 * 1024; target <= 25 * kMiB; target += 512 * 1024) {
    log.fill(target, kThreeBytes);
    for (;;) {
      auto part = read_log(disk(), log.names, at, 256 << 10);
      left_out += part.left_out;
      bytes += part.text.size();
      at = part.next;
      if (part.text.empty()) break;
    }
  }
  CHECK(left_out == 0);
  CHECK(bytes == log.writer.size());
}

TEST_CASE("A writer that takes a large log up goes on in the ring") {
  Log log;
  log.fill(18 * kMiB + 100, "0123456789abcde\n");
  LogWriter next(disk(), log.names);
  CHECK(next.size() == log.writer.size());
  std::string block(kMiB, 'x');
  for (int i = 0; i < 5; ++i) next.say(Stream::output, block);
  CHECK(log.bytes_on_disk() <= 17 * kMiB);
  CHECK(log_size(disk(), log.names) == next.size());
  CHECK(read_log(disk(), log.names, 0, 16).text == "0123456789abcde\n");
}

TEST_CASE("A full disk stops no job: what was lost is told in the next line that can be written") {
  Log log;
  log.writer.say(Stream::output, "before\n");
  {
    support::FileSizeLimit full(7);
    CHECK_NOTHROW(log.writer.say(Stream::output, "lost one\n"));
    CHECK_NOTHROW(log.writer.say(Stream::errors, "lost two\n"));
  }
  log.writer.say(Stream::output, "after\n");
  std::string text = read_on(log).text;
  CHECK(text.substr(0, 7) == "before\n");
  CHECK(base::contains(text, "\n\x01-- 19 bytes of output lost here: the disk was full\n"));
  CHECK(text.substr(text.size() - 6) == "after\n");
  CHECK(base::printable_line(text).find("lost one") == std::string::npos);
}

TEST_CASE("What a full disk cut off in a character leaves whole characters only, and is counted once") {
  for (rlim_t room = 0; room <= 12; ++room) {
    INFO(room);
    Log log;
    {
      support::FileSizeLimit full(room);
      log.writer.say(Stream::output, "\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC");
    }
    log.writer.say(Stream::output, "after\n");
    auto seen = read_on(log);
    CHECK(seen.whole_characters);
    CHECK(seen.left_out == 0);
    CHECK(seen.text.size() == log_size(disk(), log.names));
    size_t kept = (room + 2) / 3 * 3;  // a character that was begun is ended
    CHECK(seen.text.substr(0, kept) == std::string("\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC").substr(0, kept));
    if (kept < 12) CHECK(base::contains(seen.text, "-- " + std::to_string(12 - kept) + " bytes of output lost here"));
    CHECK(seen.text.substr(seen.text.size() - 6) == "after\n");
  }
}

TEST_CASE("A disk that stays full is counted on, and told once") {
  Log log;
  {
    support::FileSizeLimit full(0);
    for (int i = 0; i < 10; ++i) log.writer.say(Stream::output, "0123456789");
  }
  log.writer.line("end");
  std::string text = read_on(log).text;
  CHECK(base::contains(text, "-- 100 bytes of output lost here"));
  CHECK(text.find("lost here") == text.rfind("lost here"));
}
