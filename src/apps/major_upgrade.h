// SPDX-License-Identifier: GPL-3.0-or-later
// The way from one major release of an application to the next that its own updater does not go. Its stages have names of their own,
// which people know from the script that used to go it: they stand in their bookmarks and in the answers of forums.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/app.h"
#include "apps/configuration_mend.h"

namespace apps {

// Where the site stands when a stage fails.
enum class Standing {
  former,    // the former release is in its place, untouched or put back
  own_data,  // the same; its own migrations may have had their turn on the database
  newer,     // the new release's files are in their place
};

struct UpgradeStage {
  std::string_view code;      // "backupDatabase"
  std::string_view label;     // what it does, for whoever waits: "Backing up the database"
  std::string_view error;     // "ERR_DATABASE_BACKUP_FAILED"; empty: it has none of its own
  std::string_view failed;    // "the database could not be backed up"
  std::string_view advice;    // what to do about it: sentences
  Standing standing = Standing::former;
  std::string_view counting_error = {};  // of stages that migrate: when it cannot be told which migrations are left
};

// What speaks against beginning.
struct Obstacle {
  bool blocks = false;  // else the owner may accept it
  std::string text;     // what was found, and what to do: "PHP 8.2 ...: choose PHP 7.3 in the hosting panel"
};

// What the script that used to go this way left when it stopped.
struct Abandoned {
  enum class At {
    told,    // nothing that could be mended from here with certainty: `advice` says what to do
    moving,  // the files are partly exchanged, and nothing of the newer release ran: it can be taken back
    moved,   // the newer release is in its place, the rest is not through: it can be gone on with
  } at = At::told;
  bool breaks = false;                // the site cannot work as it is
  bool comes_first = false;           // until it is settled nothing else may be mended
  std::string what;                   // a sentence: "upgrade_v3.php stopped while it exchanged the files"
  std::vector<std::string> evidence;
  std::string means;                  // a sentence
  std::string advice;                 // of told: a sentence
  Path former;                        // the folder that has the former release's files, and the owner's; not of told
  Path configured;                    // of moving: the root that has the former release's configuration, `former` or the site's own
  // Whose the paths of the site are when `former` is swapped into its place: of moving all that the former release and the owner had,
  // of moved what is the owner's, where the site lacks it.
  std::vector<storage::OwnerRule> owners;
  bool lived_on = false;              // of moved: the site was used since, so the owner may have ended the upgrade otherwise
};

struct MajorUpgrade {
  std::string_view from, to;    // "Mautic 2", "Mautic 3"
  std::string_view version;     // of the release that is fetched when no package is at hand
  std::string_view script;      // that people used for it: a file of the root
  std::string_view log_file;    // in the root, while it goes on
  std::span<const std::string_view> made_by_script;  // names in the root which nobody needs once the exchange is taken back
  std::string_view help;        // the page that explains its errors; an error's place in it is #code_ERROR, in lower case
  std::string_view forum;
  std::string_view afterwards;  // what the owner has to do himself when it is through: a sentence
  std::span<const UpgradeStage> stages;  // in their order
  std::string_view migrations;  // the folder of their files, from the root on; the table of their rows has the name of its last part
  bool (*begins_at)(const base::Version& version) = nullptr;  // it leads away from this release
  bool (*leads_to)(const base::Version& version) = nullptr;
  // Looks at all of them. Throws nothing: what could not be looked at is an obstacle too.
  std::vector<Obstacle> (*obstacles)(Examination& examination) = nullptr;
  // What the new release reads otherwise in the configuration; nullopt: nothing. Throws Failure when it cannot be read.
  std::optional<MendedFile> (*configuration)(platform::Disk& disk, const Site& site) = nullptr;
  // The owner's files and folders, from the root on, which must be there in the end as they are now. Never throws.
  std::vector<std::string> (*own_things)(platform::Disk& disk, const Site& site) = nullptr;
  // What such an upgrade, ours or the script's, leaves in the root, but what may hold the owner's things. Never throws.
  std::vector<Path> (*left_over)(platform::Disk& disk, const Site& site) = nullptr;
  // nullopt: the script left nothing. Throws Failure when it cannot be looked at.
  std::optional<Abandoned> (*abandoned)(platform::Disk& disk, const Site& site, platform::WallTime now) = nullptr;
  // What the database of the former release holds of the newer one: migrations that are recorded. `former`: of the site that
  // Abandoned::configured is. Throws Failure when it cannot be asked.
  std::vector<std::string> (*rows_of_newer_release)(Examination& former) = nullptr;
};

}  // namespace apps
