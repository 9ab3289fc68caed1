// SPDX-License-Identifier: GPL-3.0-or-later
// Every link that we print. All contain a `=` (Apache makes arguments of a query without one), none the key, but those
// that are told to a client that itself asked with the key and has no session: curl, say.
#pragma once

#include <string>

#include "actions/service.h"
#include "web/access.h"
#include "web/request.h"

namespace web {

class Links {
 public:
  Links(const Request& request, const actions::World& world, const Access& access);

  // "?view=TOKEN&from=N", for headers and pages.
  static std::string view(const std::string& token, uint64_t from, bool pretty = false);
  // The same for printing: absolute, unless the path is the secret.
  std::string printed(const std::string& relative) const;
  // "?KEY&task=..." or "?task=..." when the key did not come in the query.
  std::string task(const std::string& task, const actions::Options& options = {}) const;
  // The parts of one without options: what every one of these begins with, and what no key is part of.
  std::string task_start() const;
  static std::string task_end(const std::string& task);
  std::string confirm(const std::string& task, const actions::Options& options, const std::string& code) const;
  std::string list() const;
  // Of our pages, each of which leads to the next page: a task, and a job's output.
  std::string page(const std::string& task, const actions::Options& options = {}) const;
  static std::string page_end(const std::string& task) { return task_end(task) + "&pretty"; }
  std::string job(const std::string& id) const;

  // "https://example.com", which printed() begins with; empty where that is relative.
  const std::string& origin() const { return origin_; }

  // From now on for a browser that has a session, or gets one with this answer.
  void leave_key_out() { key_.clear(); }
  // The client's connection, as far as it can be known.
  bool is_encrypted() const { return encrypted_; }
  // Or at least somebody who is not known says so. Whoever lies about it has false links, and nothing else.
  bool is_said_to_be_encrypted() const { return said_encrypted_; }

 private:
  std::string origin_, path_;  // both empty: print relative links
  std::string key_;              // "KEY&" or empty
  bool encrypted_ = false, said_encrypted_ = false;
};

}  // namespace web
