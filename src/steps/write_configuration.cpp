// SPDX-License-Identifier: GPL-3.0-or-later
// The verb `write-configuration`. The new text is written beside the file, read back, parsed and tried before it gets the file's
// name; until that rename nothing of the application is changed. The former file stays beside it under a name in .php, which servers
// run and do not give out, and in what keep-configuration kept.
#include "base/digest.h"
#include "base/failure.h"
#include "base/php_literal.h"
#include "base/text.h"
#include "steps/configuration.h"
#include "steps/configuration_text.h"

namespace steps {

namespace {

using platform::Path;

constexpr const char* kNote = "configuration";
constexpr mode_t kPlainFile = 0644;

Path new_beside(const Path& file, const std::string& job) { return file.native() + ".unstick-" + job + ".new.php"; }

// Of this file, in what the step noted before its rename.
std::string line_of(const Path& file, const std::string& text) { return base::hex(base::sha256(text)) + " " + file.native() + "\n"; }

bool is_written(Supervisor& supervisor, const Path& file) {
  auto text = supervisor.disk().read(file, base::kMostPhpBytes + 1);
  return text && base::contains(supervisor.noted(kNote), line_of(file, *text));
}

// One that begins with no <?php would be given out as it is.
void keep_beside(platform::Disk& disk, const Path& file, const std::string& job, const platform::Facts& facts) {
  auto text = disk.read(file, base::kMostPhpBytes + 1);
  if (file.extension() == ".php" && text && text->starts_with("<?php")) disk.replace(former_beside(file, job), *text, facts.mode);
}

void prove(Supervisor& supervisor, const base::Step& step, const Path& beside, const std::string& meant) {
  auto text = supervisor.disk().read(beside, base::kMostPhpBytes + 1);
  if (text != meant) throw base::Failure("what was written to " + base::printable_line(beside.native()) + " does not read the same");
  if (step.words.at(4) != kTried) return;
  std::string problem = supervisor.configuration_problem(step.words.at(0), step.words.at(1), *text);
  if (!problem.empty()) throw base::Failure("the new configuration was tried, and not used: " + problem);
  supervisor.line("tried: the database answers to it, and has the tables");
}

void write(Supervisor& supervisor, const base::Step& step, const Path& file, const std::string& text) {
  platform::Disk& disk = supervisor.disk();
  auto former = disk.look_through(file);
  mode_t mode = former ? former->mode : static_cast<mode_t>(base::whole_number(step.words.at(3)).value_or(kPlainFile));
  platform::make_folders(disk, file.parent_path(), 0755);
  Path beside = new_beside(file, supervisor.job());
  try {
    disk.replace(beside, text, mode);
    prove(supervisor, step, beside, text);
    if (former) keep_beside(disk, file, supervisor.job(), *former);
    supervisor.note(kNote, supervisor.noted(kNote) + line_of(file, text));
    disk.rename(beside, file);
    disk.sync_folder(file.parent_path());
  } catch (const base::Failure&) {
    discard_unfinished_configuration(supervisor, step);
    throw;
  }
}

}  // namespace

Path former_beside(const Path& file, const std::string& job) { return file.native() + ".unstick-" + job + ".php"; }

void discard_unfinished_configuration(Supervisor& supervisor, const base::Step& step) {
  Path file = supervisor.disk().real_path(step.words.at(1)).value_or(step.words.at(1));
  Path unfinished = new_beside(file, supervisor.job());
  platform::remove_abandoned(supervisor.disk(), unfinished);  // of a kill in the middle of it: they hold the password
  supervisor.disk().remove_file(unfinished);
}

Outcome write_configuration(Supervisor& supervisor, const base::Step& step) {
  platform::Disk& disk = supervisor.disk();
  const Path named = step.words.at(1), file = disk.real_path(named).value_or(named);
  if (is_written(supervisor, file)) return {};
  auto facts = disk.look_through(file);  // a link that leads nowhere is no file: one is written in its place
  if ((facts ? platform::fingerprint(*facts) : "") != step.words.at(2))
    throw base::Failure(base::printable_line(file.native()) + " is not as it was when the plan was made", "ask for the plan again");
  platform::remove_abandoned(disk, new_beside(file, supervisor.job()));
  Ingredients from{disk, [&] { return supervisor.database(step.words.at(0)); }};
  std::string text = configuration_text(from, file, std::span(step.words).subspan(5));
  write(supervisor, step, file, text);
  supervisor.line("wrote " + base::printable_line(file.native()));
  return {};
}

}  // namespace steps
