// SPDX-License-Identifier: GPL-3.0-or-later
// Everything a request or a command line acts on, found anew each time: which site, whose settings, where our own
// data lies. What cannot be found is said in a sentence; only what an action really needs is then missed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actions/key.h"
#include "actions/settings.h"
#include "actions/state_folder.h"
#include "apps/app.h"
#include "jobs/start.h"

namespace actions {

// What the process was started with; lives as long as it.
struct Program {
  platform::Disk& disk;
  Path path;                 // of this binary, links resolved
  base::Fd image;            // it, open
  std::string path_variable; // PATH
  std::vector<std::string> child_environment;
};

struct World {
  Program& program;
  platform::Disk& disk;
  Settings settings;
  Key key;
  std::optional<apps::Site> site;
  std::string site_problem;      // why there is none
  Path root;                     // the site's, or where it should be
  std::optional<StateFolder> state_folder;
  std::string state_problem;     // why there is none

  // Throws Failure with site_problem when there is no site.
  const apps::Site& need_site() const;
  // Makes the state folder when needed. Throws Failure when there can be none.
  storage::StateNames need_state();
  jobs::Engine need_engine();
};

struct Whereabouts {
  Path root{};                        // --root; else settings, else searched for from the program's folder upwards
  Path state{};                       // --state; else settings
  std::vector<Path> document_roots{}; // as the web server names them
  std::vector<std::pair<std::string, std::string>> overrides{};  // settings given on the command line
};

// Never fails: what cannot be found or read becomes a sentence in the World.
World find_world(Program& program, const Whereabouts& where);

// Path of this very binary, without "(deleted)".
Path own_path(platform::Disk& disk);

}  // namespace actions
