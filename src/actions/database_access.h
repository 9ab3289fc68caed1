// SPDX-License-Identifier: GPL-3.0-or-later
// How to reach the site's database: what the application's configuration says, and over it what the user wrote into
// the settings file (db_host, db_port, db_socket, db_name, db_user, db_password, db_prefix).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actions/world.h"
#include "apps/app.h"
#include "storage/mysql.h"

namespace actions {

enum class Prefix { needed, may_be_unknown };

struct DatabaseWay {
  // `problems` are those that the settings do not answer.
  apps::DatabaseAccess access;
  // Names of settings that must be written, in the order of the list above; empty: everything is known.
  std::vector<std::string_view> missing;
  Path settings_file;  // where to write them; empty when there is none yet

  bool is_complete(Prefix prefix = Prefix::needed) const;
  // For the operator, a sentence a line: why it is not complete and what to write. Holds no value. Empty when complete.
  std::string explanation() const;
  // Throws Failure with the explanation when it is not complete.
  storage::DatabaseTarget target(Prefix prefix = Prefix::needed) const;
};

// Never throws. `site` may be nullptr: then the settings must say all.
DatabaseWay find_database(platform::Disk& disk, const apps::Site* site, const Settings& settings);

// For the process of a job: reads settings and configuration of the site in `root` now. Throws Failure with the
// explanation when something is missing; the prefix of the tables stands in the plan where it matters.
storage::DatabaseTarget database_target(Program& program, const Path& root);

// The target of the site that was found, for an answer that starts a job on it: what is wrong with it is said in the
// answer, and not by a job that fails a moment later. Throws Failure as well where the job would see another one (the
// --db_ words of a command line).
storage::DatabaseTarget target_of_job(World& world);

}  // namespace actions
