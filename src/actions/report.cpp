// SPDX-License-Identifier: GPL-3.0-or-later
// The action `report`: what helpers in the forum ask for, in the form that they ask for it, ready to be pasted. Everything passes
// one place at the end, where secrets and the account's name are taken out.
#include <algorithm>

#include "actions/database_access.h"
#include "actions/doctor.h"
#include "actions/logs.h"
#include "base/failure.h"
#include "base/masking.h"
#include "base/text.h"
#include "jobs/job.h"
#include "platform/clock.h"
#include "platform/php.h"

namespace actions {

namespace {

constexpr size_t kMostErrors = 20;
constexpr size_t kMostJobs = 10;
constexpr size_t kMostLooked = 60;  // jobs, those that only read among them
constexpr size_t kMostPhps = 8;
constexpr std::chrono::seconds kPatience{10};

bool has_state(World& world) { return world.state_folder && world.disk.look(world.state_folder->folder).has_value(); }

// ---- your software

std::string php_words(World& world) {
  if (!has_state(world)) return "not probed";
  std::vector<std::string> all;
  for (const auto& php : platform::remembered_php(world.disk, world.need_state().php_memory()))
    all.push_back(php.version.text() + " (" + php.path.native() + ")");
  return all.empty() ? "not probed" : base::some_of(all, kMostPhps) + " on the command line; the web site's may be another one";
}

std::string database_words(World& world) {
  try {
    auto connection = storage::Connection::open(find_database(world.disk, &world.need_site(), world.settings).target(), kPatience);
    return connection.server_version();
  } catch (const base::Failure& failure) {
    return "not known: " + base::printable_line(std::string(failure.what()).substr(0, 300));
  }
}

void tell_software(World& world, base::Report& report) {
  const apps::Site& site = world.need_site();
  std::string title(site.app->title);
  report.line("Your software");
  report.line("My " + title + " version is: " + (site.version.empty() ? "unknown" : site.version.text()) + " (" + site.layout +
              " layout)");
  report.line("My PHP version is: " + php_words(world));
  report.line("My web server is: " + (world.web_server.empty() ? "unknown" : base::printable_line(world.web_server)));
  report.line("My database server is: " + database_words(world));
  report.line("My browser is: ");
}

// ---- errors, findings, steps

void tell_errors(World& world, base::Report& report) {
  const apps::Site& site = world.need_site();
  auto files = apps::log_files(world.disk, site, home_of(world.disk, site.root));
  auto log = apps::read_errors(world.disk, files, known_secrets(world));
  report.line("These errors are showing in the log:");
  if (log.errors.empty()) report.line("none");
  for (const auto& line : error_lines(world, log, kMostErrors)) report.line(line);
  for (const auto& why : log.not_looked) report.line("not read: " + base::printable_line(why));
}

void tell_findings(const Diagnosis& diagnosis, const apps::Site& site, base::Report& report) {
  report.line("What Unstick's doctor says:");
  auto found = diagnosis.findings();
  if (found.empty()) report.line(diagnosis.is_incomplete() ? "nothing wrong found as far as could be looked" : "nothing wrong found");
  for (const auto* finding : found) {
    std::string mend = remedy_words(site, *finding);
    report.line("- " + base::printable_line(finding->what) + (mend.empty() ? "" : " (to mend it: " + mend + ")"));
    if (!finding->evidence.empty()) report.line("    " + base::printable_line(finding->evidence[0]));
  }
  for (const auto& row : diagnosis.rows)
    for (const auto& why : row.looked.not_looked)
      report.line("- could not look: " + std::string(row.check->title) + ": " + base::printable_line(why));
}

void tell_jobs(World& world, base::Report& report) {
  report.line("Steps I have tried to fix the problem:");
  size_t told = 0;
  if (has_state(world))
    for (const auto& id : jobs::newest_jobs(world.disk, world.need_state(), kMostLooked)) {
      auto job = jobs::look_at(world.disk, world.need_state(), id);
      if (!job || job->plan.effect == Effect::reads || told == kMostJobs) continue;
      ++told;
      report.line("- " + platform::utc_words(job->created) + "  " + base::printable_line(job->plan.task) + ": " +
                  jobs::state_words(*job));
    }
  report.line("- ");
}

// ---- what must not stand in it

class Draft final : public base::Report {
 public:
  void say(base::Stream, std::string_view bytes) override { text += bytes; }
  std::string text;
};

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  if (from.size() < 2) return;
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
}

// "/home/user" -> "/home/u..."
std::string with_short_name(const Path& home) {
  std::string name = home.filename().native();
  return (home.parent_path() / (name.substr(0, name.empty() ? 0 : 1) + "...")).native();
}

std::string made_safe(World& world, std::string text) {
  if (world.state_folder) {
    replace_all(text, world.state_folder->folder.native(), "(our state folder)");
    std::string name = world.state_folder->folder.filename().native();
    if (name.starts_with(".unstick-")) replace_all(text, name, "(our state folder)");
  }
  text = base::masked(text, known_secrets(world));
  for (const Path& start : {world.need_site().root, world.program.path.parent_path()}) {
    Path home = home_of(world.disk, start);
    if (home.empty() || home.filename().native().size() < 2) continue;
    replace_all(text, home.native(), with_short_name(home));
    replace_all(text, "/home/" + home.filename().native(), "/home/" + home.filename().native().substr(0, 1) + "...");
  }
  return text;
}

}  // namespace

int write_report(World& world, const Options&, base::Report& report) {
  const apps::Site& site = world.need_site();
  Draft draft;
  tell_software(world, draft);
  for (const char* line : {"", "Your problem", "My problem is: ", "What I was doing, step by step:", "1. ", "2. ", "3. ", ""})
    draft.line(line);
  tell_errors(world, draft);
  draft.line("");
  tell_findings(diagnose(world), site, draft);
  draft.line("");
  tell_jobs(world, draft);
  report.line(
      "Copy what follows into a new topic of the forum and fill in the empty lines. Passwords, keys and addresses are masked as far "
      "as they can be told: read it once yourself");
  report.line("");
  report.say(base::Stream::ours, made_safe(world, std::move(draft.text)));
  return 0;
}

}  // namespace actions
