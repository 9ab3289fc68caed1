// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/journal.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"
#include "support/limits.h"
#include "support/temp_folder.h"

namespace {

using namespace jobs;
using support::content_of;
using support::TempFolder;

std::vector<Event> read(const platform::Path& file) { return read_journal(platform::posix_disk(), file); }

std::vector<What> whats(const platform::Path& file) {
  std::vector<What> all;
  for (const auto& event : read(file)) all.push_back(event.what);
  return all;
}

// A line as we write them.
std::string line_with_checksum(const std::string& text) {
  char crc[16];
  std::snprintf(crc, sizeof crc, "\t%08x\n", base::crc32(text));
  return text + crc;
}

struct Journal {
  TempFolder folder;
  platform::Path file = folder / "journal";
  Journal() { create_journal(file); }
};

}  // namespace

TEST_CASE("Every event comes back as it was written") {
  Journal journal;
  const Event events[] = {
      {.what = What::run, .pid = 4711, .ticks = UINT64_MAX - 1, .detached = true},
      {.what = What::alive, .pid = 4711},
      {.what = What::begin, .step = 0},
      {.what = What::child, .pid = 4712, .ticks = 99},
      {.what = What::end, .step = 0, .exit = {0, 9}},
      {.what = What::pause},
      {.what = What::stopped},
      {.what = What::finish, .exit = {1, 0}, .text = "failed: \"x\"\n\t\x01 \xC3\xA4"},
      {.what = What::given_up},
  };
  auto before = platform::system_clock().now() - std::chrono::milliseconds(1);
  for (const auto& event : events) append(journal.file, event, platform::Sync::yes);
  auto read_back = read(journal.file);
  REQUIRE(read_back.size() == std::size(events));
  for (size_t i = 0; i < read_back.size(); ++i) {
    INFO(i);
    CHECK(read_back[i].what == events[i].what);
    CHECK(read_back[i].step == events[i].step);
    CHECK(read_back[i].pid == events[i].pid);
    CHECK(read_back[i].ticks == events[i].ticks);
    CHECK(read_back[i].detached == events[i].detached);
    CHECK(read_back[i].exit.code == events[i].exit.code);
    CHECK(read_back[i].exit.signal == events[i].exit.signal);
    CHECK(read_back[i].text == events[i].text);
    CHECK(read_back[i].time >= before);
    CHECK(read_back[i].time <= platform::system_clock().now());
  }
}

TEST_CASE("A journal is one line an event, which a person can read") {
  Journal journal;
  append(journal.file, {.what = What::begin, .step = 2});
  append(journal.file, {.what = What::finish, .text = "done:\nexit 0"});
  std::string text = content_of(journal.file);
  CHECK(base::lines(text).size() == 2);
  CHECK(text.substr(0, 2) == "{\"");
  CHECK(text.back() == '\n');
  CHECK(base::contains(text, "\"begin\""));
}

TEST_CASE("A text that is no UTF-8 does not keep an event from being written") {
  Journal journal;
  append(journal.file, {.what = What::finish, .text = "bad \xff end"});
  REQUIRE(read(journal.file).size() == 1);
  CHECK(base::contains(read(journal.file)[0].text, " end"));
}

TEST_CASE("A missing or empty journal has no events") {
  TempFolder folder;
  CHECK(read(folder / "none").empty());
  create_journal(folder / "journal");
  CHECK(read(folder / "journal").empty());
  CHECK(platform::posix_disk().look(folder / "journal")->mode == 0600);
}

TEST_CASE("A torn last line is left out, whatever its length, and the next event begins behind it") {
  Journal journal;
  append(journal.file, {.what = What::run, .pid = 1});
  append(journal.file, {.what = What::begin, .step = 0});
  std::string whole = content_of(journal.file);
  size_t first = whole.find('\n') + 1;
  for (size_t cut = first; cut < whole.size(); ++cut) {
    INFO("cut at " << cut);
    platform::posix_disk().replace(journal.file, whole.substr(0, cut), 0600, platform::Sync::no);
    bool complete = cut + 1 == whole.size();  // only the newline is missing
    std::vector<What> expected = {What::run};
    if (complete) expected.push_back(What::begin);
    CHECK(whats(journal.file) == expected);
    append(journal.file, {.what = What::pause});
    expected.push_back(What::pause);
    CHECK(whats(journal.file) == expected);
  }
}

TEST_CASE("A line in which any byte was damaged is left out, and the others stay") {
  Journal journal;
  append(journal.file, {.what = What::run, .pid = 1});
  append(journal.file, {.what = What::begin, .step = 0});
  append(journal.file, {.what = What::pause});
  std::string whole = content_of(journal.file);
  size_t from = whole.find('\n') + 1, to = whole.find('\n', from);
  for (size_t at = from; at < to; ++at) {
    std::string damaged = whole;
    damaged[at] ^= 1;
    if (damaged[at] == '\n') continue;
    platform::posix_disk().replace(journal.file, damaged, 0600, platform::Sync::no);
    INFO("byte " << at);
    CHECK(whats(journal.file) == std::vector<What>{What::run, What::pause});
  }
}

TEST_CASE("Whole lines that are not ours are left out, and nothing is thrown") {
  Journal journal;
  append(journal.file, {.what = What::run, .pid = 1});
  std::string ours = content_of(journal.file);
  for (const char* text : {"{\"e\":\"unheard-of\"}", "{\"e\":5}", "{\"e\":\"run\",\"pid\":\"x\"}", "[1]", "null", "{}",
                           "{\"e\":\"finish\",\"text\":7}", "{\"e\":\"run\",\"t\":[]}", "not json", ""}) {
    INFO(text);
    platform::posix_disk().replace(journal.file, line_with_checksum(text) + ours, 0600, platform::Sync::no);
    std::vector<What> seen;
    REQUIRE_NOTHROW(seen = whats(journal.file));
    CHECK(seen == std::vector<What>{What::run});
  }
}

TEST_CASE("A journal is created once") {
  Journal journal;
  CHECK_THROWS_AS(create_journal(journal.file), base::Failure);
  CHECK_THROWS_AS(create_journal(journal.folder / "none/journal"), base::Failure);
  CHECK_THROWS_AS(append(journal.folder / "none", {.what = What::run}), base::Failure);
  CHECK_FALSE(platform::posix_disk().look(journal.folder / "none"));
}

TEST_CASE("An empty journal has its disk space already") {
  Journal journal;
  struct stat st {};
  ::stat(journal.file.c_str(), &st);
  CHECK(st.st_size == 0);
  CHECK(st.st_blocks * 512 >= 65536);
}

TEST_CASE("A write that is cut by a full disk is a failure, and the journal stays readable and usable") {
  Journal journal;
  append(journal.file, {.what = What::run, .pid = 1});
  auto size = static_cast<rlim_t>(content_of(journal.file).size());
  for (rlim_t more : {0, 1, 20}) {
    {
      support::FileSizeLimit full(size + more);
      CHECK_THROWS_AS(append(journal.file, {.what = What::begin, .step = 0}), base::Failure);
    }
    CHECK(whats(journal.file) == std::vector<What>{What::run});
  }
  append(journal.file, {.what = What::pause});
  CHECK(whats(journal.file) == std::vector<What>{What::run, What::pause});
}
