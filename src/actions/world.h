// SPDX-License-Identifier: GPL-3.0-or-later
// Everything a request or a command line acts on, found anew each time: which site, whose settings, where our own
// data lies. What cannot be found is said in a sentence; only what an action really needs is then missed.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "actions/key.h"
#include "actions/settings.h"
#include "actions/state_folder.h"
#include "apps/app.h"
#include "jobs/start.h"

namespace actions {

// What was found on the disk, beside the settings.
struct Found {
  std::optional<apps::Site> site;
  std::string site_problem;      // why there is none
  Path root;                     // the site's, or where it should be
  std::optional<StateFolder> state_folder;
  std::string state_problem;     // why there is none
};

// For a second a FastCGI process remembers what it found: searching costs more than answering. Settings and key are
// read anew each time, and a request that starts something always searches.
class FoundMemory {
 public:
  std::optional<Found> recall(const std::string& question);
  void keep(const std::string& question, const Found& found);

 private:
  std::mutex mutex_;
  std::string question_;
  Found found_;
  std::chrono::steady_clock::time_point until_{};
};

// What the process was started with; lives as long as it.
struct Program {
  platform::Disk& disk;
  Path path;                 // of this binary, links resolved
  base::Fd image;            // it, open
  std::string path_variable; // PATH
  std::vector<std::string> child_environment;
  FoundMemory memory{};
  jobs::OverMemory over_memory{};
};

struct World : Found {
  Program& program;
  platform::Disk& disk;
  Settings settings;
  Key key;
  std::string asked_at;          // the address that this request came to, with the program's path; empty without one
  std::string linked_at;         // the same as links are to begin with: over HTTPS where any proxy says that it was
  std::string unnamed_proxy;     // the address of one that says so and is not named in the settings; else empty
  std::string web_server;        // how it names itself; empty without one
  bool state_is_ready = false;   // need_state() was here
  std::string secret;            // the state folder's, once need_secret() was here
  std::string owner_secret;      // the same of need_owner_secret()

  // Throws Failure with site_problem when there is no site.
  const apps::Site& need_site() const;
  // Makes the state folder when needed. Throws Failure when there can be none.
  storage::StateNames need_state();
  jobs::Engine need_engine();
  // storage::state_secret() of it.
  const std::string& need_secret();
  // Bound to the owner's key: what is signed with it, or written down beside it, is void once the key was changed.
  const std::string& need_owner_secret();

  World(Program& started, platform::Disk& its_disk) : program(started), disk(its_disk) {}
};

struct Whereabouts {
  Path root{};                        // --root; else settings, else searched for from the program's folder upwards
  Path state{};                       // --state; else settings
  std::vector<Path> document_roots{}; // as the web server names them
  std::string asked_at{};              // see World
  std::string web_server{};            // see World
  bool may_be_remembered = false;     // what was found within the last second will do
  std::vector<std::pair<std::string, std::string>> overrides{};  // settings given on the command line
};

// Never fails: what cannot be found or read becomes a sentence in the World.
World find_world(Program& program, const Whereabouts& where);

// What to tell the owner of world.unnamed_proxy: a sentence without its full stop; empty when there is none.
std::string words_of_unnamed_proxy(const World& world);

// Path of this very binary, without "(deleted)".
Path own_path(platform::Disk& disk);

}  // namespace actions
