// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs that plans are made of. Each is blind to the application: all it knows stands in the step's words.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/plan.h"
#include "base/report.h"
#include "platform/disk.h"
#include "platform/http.h"
#include "platform/process.h"
#include "storage/mysql.h"
#include "storage/names.h"

namespace steps {

// What a verb may use while it runs; the job runner implements it.
class Supervisor : public base::Report {
 public:
  virtual platform::Disk& disk() = 0;
  // True once somebody asked the job to stop; a verb looks at least five times a second.
  virtual bool stop_asked() = 0;
  // True once this process should end, on hosts that let none live longer than a request: a verb that only waits ends with
  // Outcome::rests then, and the next process takes the step up again.
  virtual bool rest_due() = 0;
  // A child is running (or has ended): written down, so that a later visitor can find it.
  virtual void child_started(pid_t pid) = 0;
  // Where children run: in a group of their own, but on hosts that kill what leaves the web server's.
  virtual platform::Session session() = 0;
  // Descriptors that children must inherit: they hold the job's `busy` lock.
  virtual std::vector<int> inherited() = 0;
  // "NAME=value" for children: an allow-list, nothing of the request's.
  virtual std::vector<std::string> child_environment() = 0;
  // The state folder, and this job's place in it.
  virtual storage::StateNames state() = 0;
  virtual std::string job() = 0;
  // Folder of this job for what it replaces; made by the verb that needs it.
  virtual platform::Path kept() = 0;
  // How far this step was when its process last said so; empty at its beginning. keep_cursor() returns when it is on the
  // disk, where the next process that takes the step up finds it.
  virtual std::string cursor() = 0;
  virtual void keep_cursor(const std::string& cursor) = 0;
  // What an earlier step of this job noted under a name (lower-case letters); empty when none did. note() returns when it is
  // on the disk.
  virtual std::string noted(const std::string& name) = 0;
  virtual void note(const std::string& name, const std::string& text) = 0;
  virtual platform::Http& http() = 0;
  // This job's steps that were begun, the present one among them, in their order.
  virtual std::vector<base::Step> begun_steps() = 0;
  // Whether another job that changed the site (it closed and opened it again) ended well; false when nobody knows it any
  // more.
  virtual bool ended_well(const std::string& job) = 0;
  // How to reach the database of the site in `root`, read anew from its configuration: no plan ever holds a password.
  // Throws Failure naming what is missing.
  virtual storage::DatabaseTarget database(const platform::Path& root) = 0;
  // What of that site must not be told: passwords and keys of its configuration. Throws Failure where they cannot be read.
  virtual std::vector<std::string> secrets(const platform::Path& root) = 0;
  // Examines the site in `root` now, as `doctor` does, with the errors that came into its logs since then, and says what is wrong.
  // Returns how many things are, without those of the `known` checks.
  virtual int examine(const platform::Path& root, const std::set<std::string>& known, platform::WallTime since) = 0;
  // What is seen of an upgrade of the application's own that works in that site now and that this job did not start; empty: nothing.
  virtual std::string running_upgrade(const platform::Path& root) = 0;
  // Why the site in `root` would not reach its database, or not find its tables in it, if `file` of its configuration had this text: a
  // sentence; empty when it would.
  virtual std::string configuration_problem(const platform::Path& root, const platform::Path& file, const std::string& text) = 0;
};

struct Outcome {
  platform::Exit exit;
  bool stopped = false;      // not at its end, and can be taken up again: stop_asked(), or what `explanation` says
  std::string explanation;   // what the exit means in plain words; empty when there is nothing to explain
  bool taken_back = false;   // what the job did is taken back already
  bool untouched = false;    // it failed before it changed anything
  bool stays = false;        // it failed, and what the steps before it did is right all the same
  bool ends_with_stop = false;  // a stop was asked for, and with that it failed: what is done in any case still follows
  bool rests = false;        // not at its end: the next process takes it up again (Supervisor::rest_due)
};

using Verb = Outcome (*)(Supervisor&, const base::Step&);

// nullptr when there is no such verb (a plan of another version).
Verb find_verb(std::string_view name);

// What of the site a step changes, beyond closing and opening it.
enum class Touches {
  nothing,
  files,
  present_database,  // as the release that is there does it to its own: whatever follows can still go back to that release
  upgraded_database,  // by an installer of the application's own: the job's own backup, made while the site was closed, leads back
  database,
};
Touches touches(std::string_view verb);

// Takes back what the job's steps have done, from the last to the first: opened sites are closed, files and caches go back to where
// they were, closed sites are opened, what an installer did to the database is undone from the job's own backup. Other steps on the
// database have no way back here. Throws Failure; calling it again goes on.
void take_back(Supervisor& supervisor);

// Stands in a console step's words for the job's kept folder, which is not known when the plan is made.
constexpr std::string_view kKeptPlaceholder = "@kept@";

// words: working folder, then the argument vector; an entrance of the site that this job closed is run from behind its
// stub. Its output goes to the report as it comes; ends with its group
// when the step's timeout is over or a stop is asked.
Outcome run_console(Supervisor& supervisor, const base::Step& step);

// words: the site's root, the database (storage::target_words), a question in SQL, the values that it may answer with (a | between), the
// installer's script, then the argument vector that runs it. However it ends is only told: what it did is asked by await_answer. It
// does not begin while another upgrade works in the site. A cursor step that is never begun a second time: after an interruption it
// waits for what it started, and asks the database; if the upgrade did not come to its end the job stops there, with the site closed.
Outcome run_installer(Supervisor& supervisor, const base::Step& step);

// words: the site's root, the database (storage::target_words), kNowWord or kWaitWord, a question in SQL, the values that it may answer
// with (a | between), then sentences, which it says first. Fails when the first value of the answer is none of them; with kWaitWord
// it asks every two seconds until it is, without end, and a stop makes it fail; it rests when that is due.
Outcome await_answer(Supervisor& supervisor, const base::Step& step);
// Noted before an installer is started, or the owner asked to: without it nothing of the database was changed.
constexpr std::string_view kUpgradeStartedNote = "upgradestarted";
constexpr std::string_view kNowWord = "now", kWaitWord = "wait";

// words: as run_console. Builds the application's cache; never fails: without it the next page builds it.
Outcome warm_cache(Supervisor& supervisor, const base::Step& step);

// words: folders. Each that exists is renamed away at once, so that the application sees an empty cache within
// milliseconds: into the job's kept folder, or beside itself as NAME.unstick-JOB where that is another filesystem or
// the folder another account's.
// On a failure the folders before it are renamed already, the others untouched.
Outcome set_folders_aside(Supervisor& supervisor, const base::Step& step);

// words: folders of compiled templates. Every *.php but index.php is moved into the job's kept folder; where that is another filesystem,
// deleted. All else stays. A failure leaves some where they were: what is compiled can be missing or there.
Outcome set_compiled_aside(Supervisor& supervisor, const base::Step& step);

// words: files and folders of the site that are in its way. Moves them into the job's kept folder. Fails when one cannot be moved;
// those before it are moved then, and go back with the job.
Outcome take_out(Supervisor& supervisor, const base::Step& step);

// words: the job whose take_out it was. What it moved lies in its place again, where nothing else does by now.
Outcome return_taken(Supervisor& supervisor, const base::Step& step);

// words: a file, and the bare name under which a duplicate of it is put into the job's kept folder (for programs that
// delete what they are given). Done again after an interruption, it finds its own duplicate.
Outcome keep_duplicate(Supervisor& supervisor, const base::Step& step);

// words: the folders of set_folders_aside. Unless judge_site of this job found the site good, or was not asked, it keeps all. Deletes what that and keep_duplicate of this job kept, but not the files that a swap
// replaced. Never follows links. Entries that cannot be deleted
// are counted and the first named; the rest is deleted.
Outcome delete_kept(Supervisor& supervisor, const base::Step& step);

// words: files and folders of ours. Deletes them as delete_kept does, from each folder's last entry to its first.
Outcome delete_folders(Supervisor& supervisor, const base::Step& step);

// The database of the site in `root`, as supervisor.database() tells; Failure when that is another one than `planned`
// (target_words of it): the configuration changed since the plan was made.
storage::DatabaseTarget same_target(Supervisor& supervisor, const platform::Path& root, const std::string& planned);

// words: the site's root, the application in words ("Mautic 5.1.0", may be empty), the task that asks for it, the
// database (storage::target_words). Writes the
// whole database into the job's backup and, when that is verified, the manifest beside it. Done again after an
// interruption it keeps a complete backup of this job and begins an incomplete one anew. After a failure or a stop there
// is none. A task other than db:backup itself makes an automatic backup: then older automatic ones are rotated away
// (storage/backups.h).
Outcome dump_database(Supervisor& supervisor, const base::Step& step);
// The same under another id than the job's, and nothing is rotated away.
Outcome back_up_database(Supervisor& supervisor, const base::Step& step, const std::string& id);

// What could be let go of when there is no room for one more: the backups and their sizes.
void list_what_takes_room(Supervisor& supervisor);

// words: the folder to pack, the document root relative to it (empty: the same), the application in words, the task that
// asks, the scope (kWholeScope, kOwnScope), then rules of owners (storage::to_word) and folders to leave out. Writes the
// job's backup of files (storage/file_backups.h). Done again after an interruption it keeps a complete one and begins an
// incomplete one anew. After a failure or a stop there is none; what could not be read does not fail it.
Outcome pack_files(Supervisor& supervisor, const base::Step& step);
constexpr std::string_view kWholeScope = "whole", kOwnScope = "own";

// words: the top, the number of our account, then pairs: kWrittenWord, kCacheWord or kLeftOutWord and a folder. Looks for
// what is to be mended (storage/permissions.h) and mends it, until there is nothing more. What was changed stands in the
// journal in any case; what could not be fails the step, and the rest is done.
Outcome set_modes(Supervisor& supervisor, const base::Step& step);
constexpr std::string_view kWrittenWord = "written", kCacheWord = "cache", kLeftOutWord = "left-out";

// words: what stubs say about where the owner goes (may be empty), the console (may be empty), then all other entrances: *.php are
// pages, the first of them in the site's root. Closes the site (storage/site_closure.h), then waits, up to the step's timeout, for the
// account's processes that still run the console or what lies beside it; if some go on, it fails and names them. The plan must hold
// an open-site that runs in any case.
Outcome close_site(Supervisor& supervisor, const base::Step& step);

// words: none. Opens what this job closed.
Outcome open_site(Supervisor& supervisor, const base::Step& step);

// Throws Failure when the file is not the one that had this fingerprint when the plan was made.
void need_unchanged(Supervisor& supervisor, const platform::Path& file, const std::string& planned);

// words: a package, its fingerprint, then where its entries go (storage::to_word of each placing), if not where they lie in it. Unpacks it into STATE/staged/JOB (storage/extract.h): after a failure or a stop nothing of it
// is left there.
Outcome stage_package(Supervisor& supervisor, const base::Step& step);

// words: a package, its fingerprint. Fails when it is not the one that the plan saw, or is no zip that can be read.
Outcome check_package(Supervisor& supervisor, const base::Step& step);

// words: the site's root, the database (target_words), the folder of migrations named VersionX.php, the table in which X stands when one
// was run, and "left", or "none": then it fails while one is left. Counts, and names them.
Outcome count_migrations(Supervisor& supervisor, const base::Step& step);

// words: the site's root, then paths relative to it. Fails when one of them is not there, and names those.
Outcome check_present(Supervisor& supervisor, const base::Step& step);

// words: a log in the site. Moves it into the state folder, where nobody can ask for it. Nothing happens where there is none.
Outcome put_log_away(Supervisor& supervisor, const base::Step& step);

// words: a job whose set_modes is taken back.
Outcome restore_modes(Supervisor& supervisor, const base::Step& step);

// words: the site's root; a folder of the site with the new files, or empty: what stage_package unpacked; the name in it of the
// list of files that are gone since (may be empty); then rules (storage/owner.h): whose what is. The site is closed: what waits beside a stub is exchanged with the new entrance.
// After an interruption it goes on; when a rename is refused it goes back at once and fails with the files as they were; if
// that is refused too it stops, and can be taken up again or rolled back.
Outcome swap_files(Supervisor& supervisor, const base::Step& step);

// words: the job whose swap is taken back. The site is closed. Ends as swap_files does.
Outcome roll_back_swap(Supervisor& supervisor, const base::Step& step);

// words: files of the application's configuration, there or not. Copies them, for going back.
Outcome keep_configuration(Supervisor& supervisor, const base::Step& step);

// words: the job whose keep_configuration it was. The files are again as they were then; what they were until now is kept.
Outcome return_configuration(Supervisor& supervisor, const base::Step& step);

// words: the site's root, a file of its configuration, its fingerprint when the plan was made (empty: it is not there), the mode of a
// new one, kTried or kUntried (whether it must reach the database), then edits (steps/configuration_text.h). Writes the file anew, a
// link's target in place of the link. On a failure the file is as it was. The plan holds a keep-configuration before it.
Outcome write_configuration(Supervisor& supervisor, const base::Step& step);
constexpr std::string_view kTried = "tried", kUntried = "untried";

// words: a job whose swap was rolled back. What it found in a folder of the site, and brought in from there, lies there again.
Outcome return_files(Supervisor& supervisor, const base::Step& step);

// words: the site's address (may be empty), then pages below it. Notes what they answer.
Outcome ask_site(Supervisor& supervisor, const base::Step& step);

// words: "back" or "stay", then as ask_site. Asks again. Worse is an error (4xx, 5xx), none in time, or the installer, where there was
// a good answer before; it must stay so for some seconds. Then it fails; with "back" it first takes back what the job did.
Outcome judge_site(Supervisor& supervisor, const base::Step& step);

// words: the site's address (may be empty). While a stub lies there it is asked to empty PHP's opcode cache. Never fails:
// says what to do where it could not be.
Outcome reset_opcode_cache(Supervisor& supervisor, const base::Step& step);

// words: sentences. Says them.
Outcome say(Supervisor& supervisor, const base::Step& step);

// words: the id of a backup. Fails when it is not there, or not complete.
Outcome find_backup(Supervisor& supervisor, const base::Step& step);

// words: the site's root, a dump. Reads it through and remembers what is inside (storage/survey_memory.h); reads only.
Outcome survey_dump(Supervisor& supervisor, const base::Step& step);

// words: the site's root, the database (storage::target_words), a dump, its fingerprint when the plan was made, then the
// tables that may be lost; behind kLeaveOutWord those of a backup of ours that stay as they are. A cursor step: after an
// interruption it waits for the server's last statement of it, says which tables are old, new or half, and goes on; a lost connection is tried anew for a while. Once a table was begun it does not
// fail but stops where it is, with the site closed, and can be taken up again; only counts that differ at the very end are a
// failure. What is in the database then: storage/restore.h.
constexpr std::string_view kLeaveOutWord = "";
// Noted by whoever made a safety backup under another id than the job's.
constexpr std::string_view kSafetyBackupNote = "safetybackup";
Outcome restore_database(Supervisor& supervisor, const base::Step& step);

// words: the site's root, the database (storage::target_words), tables. Drops those that are there, whatever refers to them. They
// must be in a backup of this job.
Outcome drop_tables(Supervisor& supervisor, const base::Step& step);

// words: the site's root, the database (storage::target_words), then statements. Runs them in their order; one that begins with
// "SELECT " is a question: unless it answers 0 (NULL, no row) nothing more is done and the step fails. A cursor step: what was done
// before an interruption is not done again, and the one that was under way may be done already (a column that is gone, a key that is
// there). Holds the database as restores do.
Outcome run_statements(Supervisor& supervisor, const base::Step& step);

// words: the site's root, the database (storage::target_words), the id of a complete backup. Proves it
// (storage/backup_check.h).
Outcome check_backup(Supervisor& supervisor, const base::Step& step);

// words: the site's root, a package, its release in words ("5.2.1"), what this is (said first), what to do about damage (a sentence),
// then where its entries go, and whose the paths are (storage::to_word of each placing and rule). Compares every file and says what differs; reads only. Fails when anything does.
Outcome verify_tree(Supervisor& supervisor, const base::Step& step);

// words: the site's root, then ids of checks that found something before, which this job was not to mend ("database.*": all that begin so). Examines the site again
// (Supervisor::examine), with the errors in its logs since it was opened; fails when anything else is wrong.
Outcome examine_site(Supervisor& supervisor, const base::Step& step);

// words: the folder that names are told from, then log files. Passes on what is written into them from now on, line by line, secrets
// masked (base/masking.h), until the step's timeout or a stop. A file that is exchanged for a new one, or cut, is read on from its
// beginning; new ones whose names differ in digits only come in. What may not be read is named once.
Outcome follow_logs(Supervisor& supervisor, const base::Step& step);

// words: the package's url, the url of an API that tells its digest (may be empty), the file to write, a proxy (may be empty),
// the most bytes it may have, the folder to name to whoever has to upload it instead, then the hosts that it may come from.
// Writes the file (platform/http.h), in a folder that is made when needed; where the connection is lost on the way it goes on
// from there. A file with another digest than the published one is deleted, and the step fails. Done again it downloads anew,
// but for what FILE.partial holds.
Outcome download_package(Supervisor& supervisor, const base::Step& step);

}  // namespace steps
