// SPDX-License-Identifier: GPL-3.0-or-later
// The action `db:restore`. Its plan is the dry run: what the file holds, what of the database would be lost for it.
#include "storage/restore.h"

#include <algorithm>
#include <chrono>

#include "actions/closing.h"
#include "actions/database_access.h"
#include "actions/database_back.h"
#include "actions/dump_files.h"
#include "actions/running_upgrade.h"
#include "actions/safety_backup.h"
#include "actions/upgrade_attempts.h"
#include "apps/dated_rows.h"
#include "base/failure.h"
#include "base/text.h"
#include "storage/database_tables.h"
#include "storage/restore_session.h"
#include "storage/survey_memory.h"

namespace actions {

namespace {

using storage::DumpSurvey;
using Names = std::vector<std::string>;

constexpr std::chrono::seconds kReadInRequest{8};  // a larger dump is read through by a job
constexpr uint64_t kBytesPerSecond = 10 << 20;     // of SQL; a slow server's
constexpr uint64_t kTablesPerSecond = 10;          // dropped and made
constexpr size_t kMostNames = 20;

std::string list_of(const Names& names) { return base::some_of(names, kMostNames); }

std::string dump_name(const DumpFile& dump) {
  return dump.backup ? "the backup " + dump.backup->id : base::printable_line(dump.path.native());
}

Proposal which_one(World& world, const Options& options) {
  Proposal proposal = begin_proposal("db:restore", {}, Effect::database);
  proposal.choices = dumps_at_hand(world, options);
  proposal.plan.notes.push_back(
      proposal.choices.empty()
          ? "there is no backup and no dump: upload one (.sql, .sql.gz, .sql.zip) in binary mode into " +
                world.need_state().folder().native() + ", or into " + world.need_site().root.native() +
                " (where others can download it: delete it afterwards)"
          : "which of these is to be restored?");
  proposal.nothing_to_do = proposal.choices.empty();
  return proposal;
}

// A plan of its own for files that take longer to read than a request should.
base::Plan reading_job(World& world, const DumpFile& dump, const std::string& task) {
  base::Plan plan;
  plan.task = task + " (reading)";
  plan.headline = "Reading " + dump_name(dump) + " through, for the plan of db:restore";
  plan.effect = Effect::routine;  // one at a time for each file
  plan.steps = {{"survey-dump", "read the dump through", base::Interruption::restart,
                 {world.need_site().root.native(), dump.path.native()}, {}}};
  return plan;
}

// nullopt: it takes longer than a request may.
std::optional<DumpSurvey> survey_of(World& world, const DumpFile& dump, const std::string& database) {
  auto until = std::chrono::steady_clock::now() + kReadInRequest;
  return storage::survey_once(world.disk, world.need_state(),
                              {dump.path, database, {}, [until] { return std::chrono::steady_clock::now() > until; }});
}

void need_restorable(const DumpFile& dump, const DumpSurvey& survey) {
  if (survey.can_be_restored()) return;
  std::string why;
  for (const auto& obstacle : survey.obstacles) why += (why.empty() ? "" : "; ") + obstacle;
  throw base::Failure(dump_name(dump) + " cannot be restored: " + why);
}

// What a restore would do to the tables that are there.
struct Consequences {
  Names replaced, filled, made, kept;  // names, printable
  Names may_drop;                      // as the file names them
  uint64_t replaced_rows = 0;
};

Consequences consequences_of(storage::Connection& connection, const DumpSurvey& survey) {
  storage::PresentTables present(connection);
  Consequences all;
  std::set<std::string> touched;
  for (const auto& table : survey.tables) {
    std::string name = base::printable_line(table.name);
    touched.insert(present.folded(table.name));
    if (!present.has(table.name)) {
      if (!table.created) throw base::Failure("the file fills the table " + name + ", which is not there, and does not make it");
      all.made.push_back(name);
    } else if (table.dropped) {
      all.replaced.push_back(name);
      all.may_drop.push_back(table.name);
    } else if (table.created && !table.if_absent) {
      throw base::Failure("the table " + name + " is there already, and the file does not drop it",
                          "rename or drop the table first, or export with DROP TABLE");
    } else {
      all.filled.push_back(name);
    }
  }
  for (const auto& table : storage::tables_of(connection)) {
    if (table.is_view) continue;
    bool replaced = std::any_of(all.may_drop.begin(), all.may_drop.end(), [&](const std::string& name) {
      return present.folded(name) == present.folded(table.name);
    });
    if (replaced) all.replaced_rows += table.rows;
    if (!touched.count(present.folded(table.name))) all.kept.push_back(base::printable_line(table.name));
  }
  return all;
}

std::string source_words(const DumpFile& dump, const DumpSurvey& survey) {
  std::string words = base::size_words(dump.facts.size_bytes) + ", " + base::size_words(survey.sql_bytes) + " of SQL";
  if (!survey.program.empty()) words += ", written by " + base::printable_line(survey.program);
  if (!survey.database.empty()) words += " of the database " + base::printable_line(survey.database);
  if (!survey.server.empty()) words += " (server " + base::printable_line(survey.server) + ")";
  if (!survey.taken.empty()) words += ", taken " + base::printable_line(survey.taken);
  return words;
}

void note_file(Proposal& proposal, const DumpFile& dump, const DumpSurvey& survey) {
  auto& notes = proposal.plan.notes;
  notes.push_back("from " + dump_name(dump) + ": " + source_words(dump, survey));
  if (survey.completeness == DumpSurvey::Completeness::unknown)
    notes.push_back("the file does not say that it is complete: compare its size with that of the original");
  for (const auto& skip : survey.skipped)
    notes.push_back("left out: " + base::printable_line(skip.words) + ", " + std::to_string(skip.count) + " x: " + skip.why);
  if (!survey.definers.empty())
    notes.push_back("views, triggers and routines of " + list_of(survey.definers) + " will belong to the connecting account");
}

void note_consequences(Proposal& proposal, const Consequences& all, const DumpSurvey& survey) {
  auto& notes = proposal.plan.notes;
  if (!all.replaced.empty())
    notes.push_back("replaces " + std::to_string(all.replaced.size()) + " tables that are there now, with about " +
                    std::to_string(all.replaced_rows) + " rows: " + list_of(all.replaced));
  if (!all.filled.empty()) notes.push_back("adds rows to tables that are there now: " + list_of(all.filled));
  if (!all.made.empty()) notes.push_back("makes " + std::to_string(all.made.size()) + " tables: " + list_of(all.made));
  if (!all.kept.empty())
    notes.push_back("leaves " + std::to_string(all.kept.size()) + " tables as they are, which the file does not hold: " + list_of(all.kept));
  if (!survey.dropped_others.empty()) notes.push_back("replaces also, where it is there: " + list_of(survey.dropped_others));
}

void note_newer(World& world, Proposal& proposal, storage::Connection& connection, const DumpSurvey& survey) {
  auto& notes = proposal.plan.notes;
  std::string moment = apps::moment_of(survey.taken);
  auto access = find_database(world.disk, &world.need_site(), world.settings).access;
  if (moment.empty()) notes.push_back("the file does not say when it was taken: what is newer than it is not known");
  std::string newer = moment.empty() ? "" : list_of(apps::newer_rows(connection, *world.need_site().app, access.prefix, moment));
  if (!newer.empty()) notes.push_back("newer than the file, and gone from the site afterwards: " + newer);
  notes.push_back("pause the cron lines of the site in the hosting panel first: mails that went out since would go out twice");
}

void add_steps(Proposal& proposal, World& world, const DumpFile& dump, const storage::DatabaseTarget& target,
               const Options& options) {
  add_safety_backup(world, proposal, options, Reuse::never);
  proposal.plan.steps.push_back({"restore-database", "restore " + dump_name(dump) + " into " + base::printable_line(target.name),
                                 base::Interruption::cursor,
                                 {world.need_site().root.native(), storage::target_words(target), dump.path.native(),
                                  platform::fingerprint(dump.facts)}, {}});
}

void note_undo(Proposal& proposal, const DumpSurvey& survey, const Options& options) {
  auto& notes = proposal.plan.notes;
  if (!refuses_backup(options))
    notes.push_back("to go back: db:restore with the backup that the first step makes; it has the id of the job");
  uint64_t minutes = (survey.sql_bytes / kBytesPerSecond + survey.tables.size() / kTablesPerSecond) / 60;
  notes.push_back("visitors see that the site is being repaired meanwhile; expect " +
                  (minutes == 0 ? "less than a minute" : "up to " + std::to_string(minutes + 1) + " minutes") + " for the restore itself");
}

// Rows larger than the server takes would stop it in the middle.
void need_packet(storage::Connection& connection, const DumpSurvey& survey) {
  uint64_t packet = base::whole_number(connection.value("SELECT @@max_allowed_packet").value_or("")).value_or(UINT64_MAX);
  if (survey.packet_bytes > packet)
    throw base::Failure("the file needs a server with max_allowed_packet of " + std::to_string(survey.packet_bytes) +
                            " bytes, this one has " + std::to_string(packet),
                        "ask the host to raise it");
}

Proposal propose_check(World& world, const DumpFile& dump, const Options& options, const storage::DatabaseTarget& target) {
  if (!dump.backup) throw base::Failure("check=yes proves our own backups; " + dump_name(dump) + " is none");
  Proposal proposal = begin_proposal("db:restore", options, Effect::database);
  proposal.plan.holds_routine = false;
  proposal.findings = dump.backup->id + " " + storage::place_words(target) + " " + target.name;
  proposal.plan.notes = {"each table of " + dump_name(dump) + " is restored under another name (unstick_check_...), counted and "
                         "dropped again; no table of the site is touched",
                         "the database must have room for the largest table a second time"};
  proposal.plan.steps = {{"check-backup", "prove " + dump_name(dump), base::Interruption::restart,
                          {world.need_site().root.native(), storage::target_words(target), dump.backup->id}, {}}};
  return proposal;
}

}  // namespace

namespace {

// From what an upgrade left half changed.
void add_way_back(World& world, Proposal& proposal, const std::string& backup, const Options& options) {
  auto& steps = proposal.plan.steps;
  leave_others(world, proposal, steps.back(), backup);
  if (!refuses_backup(options)) add_drop(world, proposal, steps, backup);
}

}  // namespace

Proposal propose_db_restore(World& world, const Options& options) {
  need_open(world);
  need_no_upgrade(world);
  auto dump = named_dump(world, options);
  if (!dump) return which_one(world, options);
  auto target = target_of_job(world);
  if (options.count("check")) return propose_check(world, *dump, options, target);

  Proposal proposal = begin_proposal("db:restore", options, Effect::database);
  auto survey = survey_of(world, *dump, target.name);
  if (!survey) {
    proposal.preparation = reading_job(world, *dump, proposal.plan.task);
    return proposal;
  }
  need_restorable(*dump, *survey);
  auto connection = storage::Connection::open(target);
  need_packet(connection, *survey);
  auto consequences = consequences_of(connection, *survey);
  note_file(proposal, *dump, *survey);
  note_consequences(proposal, consequences, *survey);
  note_newer(world, proposal, connection, *survey);
  note_undo(proposal, *survey, options);
  add_steps(proposal, world, *dump, target, options);
  auto& words = proposal.plan.steps.back().words;
  words.insert(words.end(), consequences.may_drop.begin(), consequences.may_drop.end());
  proposal.findings = storage::place_words(target) + " " + target.name + "\n" + base::join(words, "\n");
  if (dump->backup && leads_back_from_upgrade(world, dump->backup->id)) add_way_back(world, proposal, dump->backup->id, options);
  close_site_before(world, proposal, 0);  // what is written until it is closed is in the backup
  return proposal;
}

}  // namespace actions
