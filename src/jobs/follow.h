// SPDX-License-Identifier: GPL-3.0-or-later
// Following what a job prints, from any offset, by any number of followers. A follower only reads files.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "jobs/job.h"
#include "jobs/log.h"

namespace jobs {

class Follower {
 public:
  Follower(platform::Disk& disk, storage::StateNames state, std::string id, uint64_t from);

  struct News {
    LogPart part;         // new text, with the log's marks; empty when nothing came
    bool over = false;    // nothing more will come unless somebody takes the job up again; all text was given
  };
  // Waits for new text, or for the end, at most `patience`. Up to most_bytes at once.
  News next(std::chrono::milliseconds patience, size_t most_bytes = 256 << 10);

  // Looks at the job now, after something was done with it.
  void look_again();
  // The last `bytes` of what next() gave will be given again.
  void give_back(uint64_t bytes) { position_ -= bytes; }
  uint64_t position() const { return position_; }
  // The job as it was seen last.
  const Snapshot& job() const { return job_; }

 private:
  bool job_is_over();
  bool rests() const { return job_.state != State::running && job_.state != State::still_busy; }

  platform::Disk& disk_;
  storage::StateNames state_;
  storage::JobNames names_;
  uint64_t position_;
  Snapshot job_;
  uint64_t journal_size_ = 0;
  std::chrono::steady_clock::time_point began_, looked_;
};

// What was sent to the follower of one link, so that a part that a filter in front of us swallows can be told from
// one that arrived: the same part asked again within 30 s, with nothing followed.
enum class Delivery {
  plain,    // send it as it is
  escaped,  // it was sent and asked again: send it so that no filter recognises it
  skip,     // that did not arrive either: leave it out, with a note
  last,     // plain, and the job's end: nothing can follow, so asking again may be a mere reload, once
};
struct Part {
  Delivery how = Delivery::plain;
  uint64_t until = UINT64_MAX;  // for escaped and skip: exactly the part that did not arrive, no byte more
  bool reloaded = false;        // plain once more, because it may have been a mere reload; not so the next time
};
Part part_to_send(platform::Disk& disk, const storage::JobNames& names, const std::string& viewer, uint64_t from,
                  platform::WallTime now);
// To be called after a part was sent: what a repetition will be compared with.
void note_sent(platform::Disk& disk, const storage::JobNames& names, const std::string& viewer, uint64_t from,
               uint64_t next, Delivery how, platform::WallTime now);

}  // namespace jobs
