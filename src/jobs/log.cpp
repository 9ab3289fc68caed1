// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/failure.h"
#include "base/text.h"

namespace jobs {

namespace {

// How many bytes at the end of `bytes` may be the beginning of something longer: a cut character, or a \r whose \n
// has not come yet.
size_t unfinished(std::string_view bytes) {
  if (!bytes.empty() && bytes.back() == '\r') return 1;
  for (size_t back = 1; back <= std::min<size_t>(3, bytes.size()); ++back)
    if (base::utf8_length(bytes, bytes.size() - back) == -1) return back;
  return 0;
}

std::optional<uint64_t> last_segment(platform::Disk& disk, const storage::JobNames& names) {
  auto entries = disk.list(names.log());
  if (!entries || entries->empty()) return std::nullopt;
  return base::whole_number(entries->back().name);
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

LogWriter::LogWriter(platform::Disk& disk, storage::JobNames names) : disk_(disk), names_(std::move(names)) {
  disk_.make_folder(names_.log(), 0700);
  size_ = log_size(disk_, names_);
  // Whoever wrote before us may have died in the middle of a line.
  LogPart end = read_log(disk_, names_, size_ == 0 ? 0 : size_ - 1, 1);
  at_line_start_ = end.text.empty() || end.text == "\n";
}

std::string& LogWriter::pending_of(base::Stream stream) {
  if (stream == base::Stream::ours) return pending_ours_;
  return stream == base::Stream::output ? pending_output_ : pending_errors_;
}

void LogWriter::say(base::Stream stream, std::string_view bytes) {
  std::string& pending = pending_of(stream);
  std::string whole = pending;
  whole += bytes;
  size_t rest = unfinished(whole);
  pending = whole.substr(whole.size() - rest);
  whole.resize(whole.size() - rest);
  if (whole.empty()) return;
  std::string safe = base::printable(whole);
  std::string marked;
  marked.reserve(safe.size() + 16);
  if (!at_line_start_ && last_ != stream) marked += '\n', at_line_start_ = true;
  for (std::string_view left = safe; !left.empty();) {
    if (at_line_start_ && stream != base::Stream::output)
      marked += stream == base::Stream::ours ? kOursMark : kErrorsMark;
    auto end = left.find('\n');
    at_line_start_ = end != std::string_view::npos;
    marked += left.substr(0, at_line_start_ ? end + 1 : left.size());
    left.remove_prefix(at_line_start_ ? end + 1 : left.size());
  }
  last_ = stream;
  put(marked);
}

void LogWriter::finish_line() {
  for (base::Stream stream : {base::Stream::output, base::Stream::errors, base::Stream::ours}) {
    std::string rest = std::exchange(pending_of(stream), {});
    if (!rest.empty()) say(stream, base::printable(rest));
  }
  if (at_line_start_) return;
  put("\n");
  at_line_start_ = true;
}

// Remembers what a full disk swallowed, and tells it as soon as it can. A character that the disk cut is completed
// before anything else, so that the log stays UTF-8.
void LogWriter::put(std::string_view safe) {
  cut_.erase(0, store(cut_));
  if (cut_.empty() && lost_ > 0) {
    std::string note = std::string("\n") + kOursMark + "-- " + base::size_words(lost_) + " of output lost here: the disk was full\n";
    if (store(note) == note.size()) lost_ = 0;
  }
  size_t written = cut_.empty() && lost_ == 0 ? store(safe) : 0;
  size_t end = written;
  while (written > 0 && end < safe.size() && is_continuation(safe[end])) ++end;
  cut_ += safe.substr(written, end - written);
  lost_ += safe.size() - end;
}

// Cuts at segment borders. Returns how many bytes the disk took.
size_t LogWriter::store(std::string_view safe) {
  size_t done = 0;
  while (done < safe.size() && open_segment(size_ / kSegmentBytes)) {
    std::string_view piece = safe.substr(done, static_cast<size_t>(kSegmentBytes - size_ % kSegmentBytes));
    ssize_t written = ::write(segment_.number(), piece.data(), piece.size());
    if (written <= 0) break;
    size_ += static_cast<uint64_t>(written);
    done += static_cast<size_t>(written);
  }
  return done;
}

bool LogWriter::open_segment(uint64_t index) {
  if (index == segment_index_) return true;
  base::Fd fresh(::open(names_.log_segment(index).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!fresh) return false;
  segment_ = std::move(fresh);
  segment_index_ = index;
  drop_old_segment(index);
  return true;
}

void LogWriter::drop_old_segment(uint64_t newest) {
  if (newest < 2 * kKeptSegments + 1) return;
  disk_.remove_file(names_.log_segment(newest - kKeptSegments - 1));
}

uint64_t log_size(platform::Disk& disk, const storage::JobNames& names) {
  auto index = last_segment(disk, names);
  if (!index) return 0;
  auto facts = disk.look(names.log_segment(*index));
  return *index * kSegmentBytes + (facts ? facts->size_bytes : 0);
}

LogPart read_log(platform::Disk& disk, const storage::JobNames& names, uint64_t from, size_t most_bytes) {
  LogPart part{{}, from, from, 0};
  uint64_t end = log_size(disk, names);
  bool before_hole = false;
  while (part.text.size() < most_bytes && part.next < end) {
    uint64_t index = part.next / kSegmentBytes;
    base::Fd fd(::open(names.log_segment(index).c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) {
      before_hole = !part.text.empty();
      if (before_hole) break;  // what is before a hole is given first
      part.next = part.from = (index + 1) * kSegmentBytes;
      continue;
    }
    size_t want = std::min<uint64_t>(most_bytes - part.text.size(), kSegmentBytes - part.next % kSegmentBytes);
    std::string buffer(want, '\0');
    ssize_t got = ::pread(fd.number(), buffer.data(), want, static_cast<off_t>(part.next % kSegmentBytes));
    if (got < 0) throw base::system_failure("cannot read the log", errno);
    if (got == 0) break;
    part.text.append(buffer, 0, static_cast<size_t>(got));
    part.next += static_cast<uint64_t>(got);
  }
  // A hole begins in the middle of a character now and then.
  size_t skip = 0;
  while (part.from > from && skip < std::min<size_t>(3, part.text.size()) && is_continuation(part.text[skip])) ++skip;
  part.text.erase(0, skip);
  part.from += skip;
  part.left_out = part.from - from;
  size_t cut = 0;
  for (size_t back = 1; back <= std::min<size_t>(3, part.text.size()); ++back)
    if (base::utf8_length(part.text, part.text.size() - back) == -1) cut = back;
  part.text.resize(part.text.size() - cut);
  if (!before_hole) part.next -= cut;  // the rest of a character before a hole never comes
  return part;
}

}  // namespace jobs
