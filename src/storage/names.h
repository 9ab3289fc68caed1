// SPDX-License-Identifier: GPL-3.0-or-later
// Every name that we give to something on disk is made here, so that one file says what may lie where.
//
//   STATE/version          the format of all this; a higher number than ours is refused
//   STATE/secret           32 random bytes: sessions, links to a job's output and what tells one key from another are
//                          made with it, together with the owner's key
//   STATE/current          id of the job that the site belongs to; absent = nobody's
//   STATE/closed           the entrances of the site that are closed now, and by which job (site_closure.h)
//   STATE/start.lock       held for the moment in which a job is started or given up
//   STATE/attempts         who tried keys, and when (fixed size)
//   STATE/owner-seen       empty; its time is when the owner's key was presented last, to the hour
//   STATE/canary.sql.gz    a word that no stranger may read, where a web server could serve all this; canary-result:
//                          whether one could; canary-accepted: the owner went on although that could not be found out
//   STATE/host.json        what we learnt about this host: does it let detached processes live
//   STATE/php.json         the PHPs that were tried
//   STATE/php-shim.php     gives php-cgi its STDIN, STDOUT and STDERR
//   STATE/starts/HASH      the newest job of one task line
//   STATE/plans/HASH       one consent that may be given (or was)
//   STATE/links/HASH       one link that may start one task; HASH is its token's, the token itself is nowhere
//   STATE/links.lock       held for the moment in which one of them is written
//   STATE/kept/ID/         what a job replaced, until the owner lets it go
//     modes                the permissions that it changed, as they were (permissions.h)
//     taken-out/           files and folders that were in the site's way: list, and each under its number in it
//     swap/                its swap of files: list, old/, strays/, and try/ for a moment; configuration-before/,
//                          -after/
//   STATE/staged/ID        new files of a job before they are swapped in (platform/new_tree.h adds .partial, .reserve)
//   STATE/backups/ID.sql.gz, ID.json   the backup of the database that job ID made, and what it says about itself;
//                          without ID.json it is no complete one
//   STATE/logs/ID-NAME     what a job wrote into the site as its log, moved out of there at its end
//   STATE/packages/NAME    releases of the application that were downloaded, or uploaded here; NAME.partial while
//                          it comes
//   STATE/backups/ID.zip, ID-files.json   the same of the site's files
//   STATE/surveys/HASH     what is inside of one dump file, read through once
//   STATE/jobs/ID/         one job:
//     plan.json  journal  log/NNNNNN  runner  busy  lease  stop  back  views  cursor-N  note-NAME
//
// STATE itself lies in the account's home, or hidden in the site's own folder (see below), or is what the setting
// state = names. Where that holds what is not ours, STATE is the folder unstick-state inside of it. Beside a STATE that
// a web server could serve lies, for a moment, control.unstick-ID/ with a file that everybody may read.
#pragma once

#include <string>
#include <vector>

#include "platform/disk.h"

namespace storage {

using platform::Path;

constexpr int kStateVersion = 1;

class StateNames {
 public:
  explicit StateNames(Path folder) : folder_(std::move(folder)) {}

  const Path& folder() const { return folder_; }
  Path version() const { return folder_ / "version"; }
  Path secret() const { return folder_ / "secret"; }
  Path current() const { return folder_ / "current"; }
  Path closed() const { return folder_ / "closed"; }
  Path start_lock() const { return folder_ / "start.lock"; }
  Path attempts() const { return folder_ / "attempts"; }
  Path owner_seen() const { return folder_ / "owner-seen"; }
  Path upgrades() const { return folder_ / "upgrades.json"; }
  Path canary() const { return folder_ / "canary.sql.gz"; }  // named as what must not be given out
  Path canary_result() const { return folder_ / "canary-result"; }
  Path canary_accepted() const { return folder_ / "canary-accepted"; }
  Path host() const { return folder_ / "host.json"; }
  Path php_memory() const { return folder_ / "php.json"; }
  Path php_shim() const { return folder_ / "php-shim.php"; }
  Path starts() const { return folder_ / "starts"; }
  Path start_of(const std::string& hash) const { return starts() / hash; }
  Path plans() const { return folder_ / "plans"; }
  Path plan_of(const std::string& hash) const { return plans() / hash; }
  Path links() const { return folder_ / "links"; }
  Path link_of(const std::string& hash) const { return links() / hash; }
  Path links_lock() const { return folder_ / "links.lock"; }
  Path kept() const { return folder_ / "kept"; }
  Path kept_by(const std::string& job) const { return kept() / job; }
  Path modes_of(const std::string& job) const { return kept_by(job) / "modes"; }
  Path swap_of(const std::string& job) const { return kept_by(job) / "swap"; }
  Path taken_out_by(const std::string& job) const { return kept_by(job) / "taken-out"; }
  // What of a job's kept folder undo and files:rollback need.
  bool is_way_back(const Path& kept, const std::string& job) const {
    return kept == swap_of(job) || kept == taken_out_by(job) || kept == modes_of(job);
  }
  Path logs() const { return folder_ / "logs"; }  // that jobs kept in the site while they ran
  Path staged() const { return folder_ / "staged"; }
  Path staged_by(const std::string& job) const { return staged() / job; }
  Path backups() const { return folder_ / "backups"; }
  Path backup_of(const std::string& job) const { return backups() / (job + ".sql.gz"); }
  Path manifest_of(const std::string& job) const { return backups() / (job + ".json"); }
  Path packages() const { return folder_ / "packages"; }
  Path file_backup_of(const std::string& job) const { return backups() / (job + ".zip"); }
  Path file_manifest_of(const std::string& job) const { return backups() / (job + "-files.json"); }
  Path surveys() const { return folder_ / "surveys"; }
  Path survey_of(const std::string& hash) const { return surveys() / hash; }
  Path jobs() const { return folder_ / "jobs"; }
  Path job(const std::string& id) const { return jobs() / id; }

  // All that lies in the folder itself, but backups(): whatever else is there somebody else put there.
  std::vector<Path> own_entries() const {
    return {version(), secret(),        current(),         closed(), start_lock(), attempts(),   owner_seen(),
            canary(),  canary_result(), canary_accepted(), host(),   php_memory(), php_shim(),   starts(),
            plans(),   links(),         links_lock(),      kept(),   logs(),       staged(),     packages(),
            surveys(), upgrades(),      jobs()};
  }

 private:
  Path folder_;
};

class JobNames {
 public:
  explicit JobNames(Path folder) : folder_(std::move(folder)) {}

  const Path& folder() const { return folder_; }
  Path plan() const { return folder_ / "plan.json"; }
  Path journal() const { return folder_ / "journal"; }
  Path log() const { return folder_ / "log"; }
  Path log_segment(uint64_t index) const;
  Path runner() const { return folder_ / "runner"; }  // locked by the job's process alone
  Path busy() const { return folder_ / "busy"; }      // locked by the job's process and its children
  Path lease() const { return folder_ / "lease"; }
  Path stop() const { return folder_ / "stop"; }      // there = somebody asked the job to stop
  Path back() const { return folder_ / "back"; }      // there = the job is to take back what it did
  Path views() const { return folder_ / "views"; }    // which part was sent last, see jobs/follow.h
  Path note(const std::string& name) const { return folder_ / ("note-" + name); }  // for later steps
  Path cursor(size_t step) const { return folder_ / ("cursor-" + std::to_string(step)); }  // how far a step is

 private:
  Path folder_;
};

// One swap of files, see swap.h.
class SwapNames {
 public:
  explicit SwapNames(Path folder) : folder_(std::move(folder)) {}

  const Path& folder() const { return folder_; }
  Path list() const { return folder_ / "list"; }      // there = the swap may have begun
  Path old() const { return folder_ / "old"; }        // what was replaced, under its path in the site
  // Where the new files lay in the site, when they did not come from a package.
  Path origin() const { return folder_ / "origin"; }
  Path taken_back() const { return folder_ / "back"; }  // there = all of it was rolled back
  // The application's configuration before and after the job's step on the database, see steps/configuration.cpp.
  Path configuration_before() const { return folder_ / "configuration-before"; }
  Path configuration_after() const { return folder_ / "configuration-after"; }
  Path strays() const { return folder_ / "strays"; }  // what was in the way: made by others while a swap was under way
  Path try_file() const { return folder_ / "try" / "file"; }
  Path try_folder() const { return folder_ / "try" / "folder"; }
  // The two, for a moment, in a folder of the site.
  static Path try_file_in(const Path& folder) { return folder / ".unstick-try-file"; }
  static Path try_folder_in(const Path& folder) { return folder / ".unstick-try-folder"; }

 private:
  Path folder_;
};

constexpr size_t kJobIdLength = 25;

// "20261121-093015123-k3v9qa", time to the millisecond: sorts by time; the last part is chance.
std::string new_job_id(platform::WallTime now);
bool is_job_id(std::string_view text);

// "mautic-files-20261121-093015.zip": a backup of files on the disk of whoever downloads it.
std::string file_backup_name(const std::string& application, std::string_view stamp);
// Whether something of this name inside a site is ours: a state folder, what a job set aside beside its place, a backup
// of files that was uploaded or moved there.
bool is_name_of_ours(std::string_view name);

// Name of the state folder in the account's home for a site: ".unstick-" and 16 hex digits of a hash of the
// site's real path, so that command line and web find the same one and two sites of one home never share it.
std::string state_folder_name(const Path& real_root);
// The same for a folder that has to lie where strangers may ask for it: nobody can guess it without `secret`.
std::string hidden_state_folder_name(const std::string& secret, const Path& real_root);
// In the folder that the owner names for it, where that holds what is not ours.
constexpr const char* kStateFolderInside = "unstick-state";
// "control.unstick-ID", beside a state folder for the moment in which a web server is asked for what is in it.
std::string control_name(platform::WallTime now);
bool is_control_name(std::string_view name);

}  // namespace storage
