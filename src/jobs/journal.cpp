// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"

namespace jobs {

namespace {

using nlohmann::json;

constexpr size_t kMostBytes = 4 << 20;  // thousands of events; a journal beyond that is not ours
constexpr std::array<const char*, 9> kWords = {"run",   "alive",   "begin",  "child",   "end",
                                               "pause", "stopped", "finish", "given_up"};

std::string line_of(const Event& event) {
  json line = {{"e", kWords[static_cast<size_t>(event.what)]},
               {"t", std::chrono::duration_cast<std::chrono::milliseconds>(event.time.time_since_epoch()).count()}};
  if (event.step >= 0) line["step"] = event.step;
  if (event.pid != 0) line["pid"] = event.pid, line["ticks"] = event.ticks, line["detached"] = event.detached;
  if (event.what == What::end || event.what == What::finish)
    line["code"] = event.exit.code, line["signal"] = event.exit.signal;
  if (!event.text.empty()) line["text"] = event.text;
  std::string text = line.dump(-1, ' ', false, json::error_handler_t::replace);
  std::array<char, 16> crc{};
  std::snprintf(crc.data(), crc.size(), "\t%08x\n", base::crc32(text));
  return text + crc.data();
}

Event event_in(const json& line, What what) {
  Event event;
  event.what = what;
  event.time = platform::WallTime(std::chrono::milliseconds(line.value("t", int64_t{0})));
  event.step = line.value("step", -1);
  event.pid = line.value("pid", 0);
  event.ticks = line.value("ticks", uint64_t{0});
  event.detached = line.value("detached", false);
  event.exit = {line.value("code", 0), line.value("signal", 0)};
  event.text = line.value("text", "");
  return event;
}

std::optional<Event> event_of(std::string_view line) {
  auto tab = line.rfind('\t');
  if (tab == std::string_view::npos) return std::nullopt;
  std::array<char, 16> crc{};
  std::snprintf(crc.data(), crc.size(), "%08x", base::crc32(line.substr(0, tab)));
  if (line.substr(tab + 1) != crc.data()) return std::nullopt;
  json parsed = json::parse(line.substr(0, tab), nullptr, false);
  try {
    if (!parsed.is_object()) return std::nullopt;
    std::string word = parsed.value("e", "");
    auto found = std::find_if(kWords.begin(), kWords.end(), [&](const char* known) { return word == known; });
    if (found != kWords.end()) return event_in(parsed, static_cast<What>(found - kWords.begin()));
  } catch (const json::exception&) {  // another type than ours: no line of ours
  }
  return std::nullopt;
}

// Does the file end in the middle of a line (a torn one)?
bool ends_torn(int fd) {
  off_t end = ::lseek(fd, 0, SEEK_END);
  char last = '\n';
  return end > 0 && ::pread(fd, &last, 1, end - 1) == 1 && last != '\n';
}

}  // namespace

std::vector<Event> read_journal(platform::Disk& disk, const platform::Path& file) {
  std::vector<Event> events;
  auto text = disk.read(file, kMostBytes);
  if (!text) return events;
  for (auto line : base::lines(*text)) {
    if (auto event = event_of(line)) events.push_back(std::move(*event));
  }
  return events;
}

void create_journal(const platform::Path& file) {
  base::Fd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) throw base::system_failure("cannot create " + file.native(), errno);
  // Filesystems that cannot reserve go on without; a full one tells us here, before anything began.
  if (::fallocate(fd.number(), FALLOC_FL_KEEP_SIZE, 0, 65536) != 0 && (errno == ENOSPC || errno == EDQUOT))
    throw base::system_failure("cannot write the job's journal " + file.native(), errno);
}

void append(const platform::Path& file, Event event, platform::Sync sync) {
  base::Fd fd(::open(file.c_str(), O_RDWR | O_APPEND | O_CLOEXEC));
  if (!fd) throw base::system_failure("cannot open the journal " + file.native(), errno);
  event.time = platform::system_clock().now();
  std::string line = line_of(event);
  if (ends_torn(fd.number())) line.insert(line.begin(), '\n');
  ssize_t written = ::write(fd.number(), line.data(), line.size());
  if (written < 0) throw base::system_failure("cannot write the journal " + file.native(), errno);
  if (static_cast<size_t>(written) != line.size())
    throw base::system_failure("cannot write the journal " + file.native(), ENOSPC);
  if (sync == platform::Sync::yes && ::fdatasync(fd.number()) != 0)
    throw base::system_failure("cannot sync the journal " + file.native(), errno);
}

}  // namespace jobs
