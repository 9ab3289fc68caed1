// SPDX-License-Identifier: GPL-3.0-or-later
// What a job printed. Stored UTF-8 safe and with control characters escaped, so that an offset into the log is
// always an offset into what people see, on a character boundary. A line that is not a child's plain stdout
// begins with a mark: \x01 our own words, \x02 a child's stderr (no other control character but tab and newline
// can stand in a log).
//
// On disk: segments of 1 MiB named by their number. The first 8 and the last 8 are kept, those between are deleted
// while the job prints: a child may print for ever. A reader that asks for a deleted part is told how much it was.
#pragma once

#include <cstdint>
#include <string>

#include "base/handle.h"
#include "base/report.h"
#include "storage/names.h"

namespace jobs {

constexpr char kOursMark = '\x01';
constexpr char kErrorsMark = '\x02';
constexpr uint64_t kSegmentBytes = 1 << 20;
constexpr uint64_t kKeptSegments = 8;

class LogWriter final : public base::Report {
 public:
  // Goes on at the end of what is there.
  LogWriter(platform::Disk& disk, storage::JobNames names);
  // A disk that is full does not stop a job: what cannot be written is counted and told in the next line that can.
  void say(base::Stream stream, std::string_view bytes) override;
  // Ends an unfinished line and what is left of a cut character.
  void finish_line();
  uint64_t size() const { return size_; }

 private:
  void put(std::string_view safe);
  size_t store(std::string_view safe);
  bool open_segment(uint64_t index);
  std::string& pending_of(base::Stream stream);
  void drop_old_segment(uint64_t newest);

  platform::Disk& disk_;
  storage::JobNames names_;
  base::Fd segment_;
  uint64_t segment_index_ = UINT64_MAX;
  uint64_t size_ = 0;
  uint64_t lost_ = 0;
  std::string cut_;  // the end of a character whose beginning a full disk still took
  bool at_line_start_ = true;
  base::Stream last_ = base::Stream::output;
  std::string pending_output_, pending_errors_, pending_ours_;  // at most 3 bytes each: the start of a character
};

struct LogPart {
  std::string text;
  uint64_t from = 0;   // offset of text's first byte; beyond what was asked when a part is gone
  uint64_t next = 0;   // offset behind it: ask for this next
  uint64_t left_out = 0;  // bytes between what was asked and `from` that are gone
};

// Up to most_bytes from an offset, ending on a character boundary. At the end of the log: an empty text.
LogPart read_log(platform::Disk& disk, const storage::JobNames& names, uint64_t from, size_t most_bytes);
uint64_t log_size(platform::Disk& disk, const storage::JobNames& names);

}  // namespace jobs
