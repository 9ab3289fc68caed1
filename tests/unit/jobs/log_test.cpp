// SPDX-License-Identifier: GPL-3.0-or-later
// What goes into a log, in any portions, and what comes out. Large logs and full disks: log_ring_test.cpp.
#include "jobs/log.h"

#include <catch2/catch.hpp>

#include "base/text.h"
#include "support/temp_folder.h"
#include "support/utf8.h"

namespace {

using namespace jobs;
using base::Stream;
using support::TempFolder;

platform::Disk& disk() { return platform::posix_disk(); }

struct Log {
  TempFolder folder;
  storage::JobNames names{folder.path()};
  LogWriter writer{disk(), names};

  std::string text() const { return read_log(disk(), names, 0, SIZE_MAX).text; }
};

// What a log holds after `bytes` came in portions of `portion` bytes.
std::string logged(std::string_view bytes, size_t portion, Stream stream = Stream::output) {
  Log log;
  for (size_t at = 0; at < bytes.size(); at += portion) log.writer.say(stream, bytes.substr(at, portion));
  log.writer.finish_line();
  return log.text();
}

}  // namespace

TEST_CASE("A log holds the same whatever portions it came in") {
  const std::pair<std::string, std::string> rows[] = {
      {"plain\n", "plain\n"},
      {"no last newline", "no last newline\n"},
      {"caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\n", "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\n"},
      {"a\r\nb\r\n", "a\nb\n"},
      {"10%\r20%\r\n", "10%\\x0d20%\n"},
      {"ends with cr\r", "ends with cr\\x0d\n"},
      {"\xE4\xF6\xFC latin1\n", "\\xe4\\xf6\\xfc latin1\n"},
      {"cut \xE2\x82", "cut \\xe2\\x82\n"},
      {"cut \xE2\x82\nnext\n", "cut \\xe2\\x82\nnext\n"},
      {"\xF0\x9F\xF0\x9F\x98\x80\n", "\\xf0\\x9f\xF0\x9F\x98\x80\n"},
      {"\x1b[32mgreen\x1b[0m\a\b\n", "\\x1b[32mgreen\\x1b[0m\\x07\\x08\n"},
      {"\x01 not ours\n\x02 not stderr\n", "\\x01 not ours\n\\x02 not stderr\n"},
      {std::string("nul \0 byte\n", 11), "nul \\x00 byte\n"},
      {"\xC2\x9B C1\n", "\\xc2\\x9b C1\n"},
      {"tab\tstays\n\n\n", "tab\tstays\n\n\n"},
      {"", ""},
  };
  for (const auto& [in, out] : rows)
    for (size_t portion : {1, 2, 3, 5, 100}) {
      INFO(base::hex(in) << " by " << portion);
      CHECK(logged(in, portion) == out);
    }
}

TEST_CASE("Lines of ours and of stderr carry their mark, each line one") {
  CHECK(logged("a\nb\n", 1, Stream::errors) == "\x02" "a\n\x02" "b\n");
  CHECK(logged("a\n\nb", 2, Stream::ours) == "\x01" "a\n\x01\n\x01" "b\n");
}

TEST_CASE("Another stream begins a line of its own") {
  Log log;
  log.writer.say(Stream::output, "out");
  log.writer.say(Stream::errors, "err");
  log.writer.say(Stream::errors, " more\n");
  log.writer.say(Stream::output, "out again\n");
  log.writer.line("ours");
  log.writer.say(Stream::output, "last");
  log.writer.line("end");
  CHECK(log.text() == "out\n\x02" "err more\nout again\n\x01" "ours\nlast\n\x01" "end\n");
}

TEST_CASE("A character cut in one stream waits for its rest while another stream speaks") {
  Log log;
  log.writer.say(Stream::output, "caf\xC3");
  log.writer.say(Stream::errors, "warning\n");
  log.writer.say(Stream::output, "\xA9\n");
  CHECK(log.text() == "caf\n\x02warning\n\xC3\xA9\n");
}

TEST_CASE("Finishing a line twice adds nothing") {
  Log log;
  log.writer.finish_line();
  CHECK(log.text().empty());
  log.writer.say(Stream::output, "a");
  log.writer.finish_line();
  log.writer.finish_line();
  CHECK(log.text() == "a\n");
}

TEST_CASE("A writer goes on where the one before it was killed, on a line of its own") {
  for (const char* before : {"half a line", "half \xC3\xA4", "a whole line\n", ""}) {
    INFO(before);
    Log log;
    log.writer.say(Stream::output, before);
    LogWriter next(disk(), log.names);
    CHECK(next.size() == log.writer.size());
    next.line("-- going on");
    std::string expected = before;
    if (!expected.empty() && expected.back() != '\n') expected += '\n';
    CHECK(log.text() == expected + "\x01-- going on\n");
  }
}

TEST_CASE("A reader goes from offset to offset and misses nothing") {
  Log log;
  std::string all;
  for (int i = 0; i < 300; ++i) all += "line " + std::to_string(i) + " \xE2\x82\xAC\xF0\x9F\x98\x80\xC3\xA4\n";
  log.writer.say(Stream::output, all);
  for (size_t most : {4, 5, 7, 100, 100000}) {
    std::string seen;
    uint64_t from = 0;
    for (;;) {
      auto part = read_log(disk(), log.names, from, most);
      if (part.text.empty()) break;
      CHECK(part.text.size() <= most);
      CHECK(part.from == from);
      CHECK(part.next == from + part.text.size());
      CHECK(part.left_out == 0);
      CHECK(support::is_utf8(part.text));  // ends on a character border
      seen += part.text;
      from = part.next;
    }
    CHECK(seen == all);
    CHECK(from == log_size(disk(), log.names));
  }
}

TEST_CASE("At the end of a log, and beyond it, there is nothing, and where there is no log too") {
  Log log;
  log.writer.say(Stream::output, "abc\n");
  for (uint64_t from : {uint64_t{4}, uint64_t{5}, uint64_t{1} << 40, UINT64_MAX}) {
    auto part = read_log(disk(), log.names, from, 100);
    CHECK(part.text.empty());
    CHECK(part.next == from);
    CHECK(part.left_out == 0);
  }
  storage::JobNames none(log.folder / "none");
  CHECK(log_size(disk(), none) == 0);
  CHECK(read_log(disk(), none, 0, 100).text.empty());
}
