// SPDX-License-Identifier: GPL-3.0-or-later
// The append-only journal of one job: one line a transition, `{json}` TAB crc32 in 8 hex digits NEWLINE.
// Why lines: a person can read them in an FTP client. Why a checksum: a line that a crash or a full disk tore is
// recognised and ignored; append() then starts a new line behind it.
// The file is given 64 KB of disk when it is created, so that a disk that fills up later cannot keep a job from
// writing how it ended.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "platform/clock.h"
#include "platform/process.h"

namespace jobs {

enum class What {
  run,       // a process took the job up: pid, ticks, detached
  alive,     // that process lived long enough to say that this host lets it live
  begin,     // a step began: step
  child,     // the step started a process: pid, ticks
  end,       // the step ended: step, code, signal
  pause,     // a slice ended between two steps; the next request goes on
  stopped,   // somebody asked the job to stop, and it did
  finish,    // all is over: code (0 = done), text = how it ended
  given_up,  // the owner gave it up
};

struct Event {
  What what = What::run;
  platform::WallTime time{};
  int step = -1;
  pid_t pid = 0;
  uint64_t ticks = 0;
  bool detached = false;
  platform::Exit exit{};
  std::string text{};
};

// All whole lines; torn ones are left out. A missing file is an empty journal.
std::vector<Event> read_journal(platform::Disk& disk, const platform::Path& file);

// Creates the empty file. Throws Failure when there is no room for it.
void create_journal(const platform::Path& file);

// Appends one event with the present time. With Sync::yes it is on the disk when this returns.
void append(const platform::Path& file, Event event, platform::Sync sync = platform::Sync::no);

}  // namespace jobs
