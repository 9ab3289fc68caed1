// SPDX-License-Identifier: GPL-3.0-or-later
// Sends a job's output to one client: streamed where the web server passes text on, else in parts, each of which
// ends soon after a new line and says where the next one is (a Refresh header and a last line), so that a browser
// goes on without JavaScript and curl can follow. Closing the connection changes nothing for the job.
#pragma once

#include <string>

#include "jobs/follow.h"
#include "web/attached.h"
#include "web/links.h"
#include "web/streaming.h"
#include "web/tokens.h"

namespace web {

enum class Format { text, pretty, events };

struct Delivery {
  Gateway& gateway;
  actions::World& world;
  const Links& links;
  Format format = Format::text;
  Passing passing = Passing::follow;
  std::string job;
  uint64_t from = 0;
  View view = View::reads;   // whether this client's requests may take the job further
  std::string preface;       // one line to put first, may be empty
  std::string viewer;        // the token it came with; empty when it came with the key
  std::string back{};        // where a page leads back to; empty: nowhere
};

// Writes the whole answer. Throws Failure, before anything was written, when there is no such job.
void deliver(Delivery delivery);

// What a job came to, and the process that takes it further as a child of this request, if any: where detached
// processes are killed nothing else does, so whoever asked is answered, and then that child is waited for.
struct Waited {
  jobs::Snapshot job;
  Attached child;
};
// Waits for the job's end, at most `patience`, taking it further if it may be: at least once, however short that is.
Waited wait_for_end(actions::World& world, const std::string& job, std::chrono::seconds patience);

}  // namespace web
