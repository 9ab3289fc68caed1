// SPDX-License-Identifier: GPL-3.0-or-later
// The application says what would mend its configuration; here that is made, without writing it, and tried against the database, and
// where that shows more to mend (another prefix, other access data) the application is asked again.
#include "actions/configuration_fix.h"

#include <algorithm>

#include "actions/configuration_trial.h"
#include "actions/database_access.h"
#include "actions/closing.h"
#include "actions/replacing.h"
#include "actions/site_address.h"
#include "apps/configuration_mend.h"
#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"
#include "steps/configuration_text.h"
#include "steps/verbs.h"

namespace actions {

namespace {

using apps::ConfigurationMend;
using apps::MendOrder;
using base::Interruption;

constexpr int kMostTrials = 6;

class Fixer {
 public:
  Fixer(World& world, const Options& options) : world_(world), site_(world.need_site()), options_(options) {
    if (world.state_folder && world.disk.look(world.state_folder->folder)) order_.state = world.state_folder->folder;
    order_.address = site_address(world);
    if (auto named = options.find("file"); named != options.end()) order_.copy = named->second;
  }

  ConfigurationFix fix() {
    if (!site_.app->mend_configuration)
      throw base::Failure("the configuration of " + std::string(site_.app->title) + " cannot be mended by this program yet");
    for (int trials = 0; trials < kMostTrials; ++trials) {
      mend_ = site_.app->mend_configuration(world_.disk, site_, order_);
      if (!mend_.needed.empty()) {
        if (learn_settings()) continue;
        return needing(mend_.needed);
      }
      trial_ = try_configuration(world_, texts());
      if (trial_.problem.empty() || !learn()) break;
    }
    return fix_.choices.empty() ? planned() : std::move(fix_);
  }

 private:
  // ---- what it would be

  std::map<Path, std::string> texts() {
    std::map<Path, std::string> all;
    steps::Ingredients from{world_.disk,
                            [&] { return find_database(world_.disk, &site_, world_.settings).target(Prefix::may_be_unknown); }};
    for (const auto& file : mend_.files) all[file.file] = steps::configuration_text(from, file.file, file.edits);
    return all;
  }

  // ---- what trying it tells. True: the application is to be asked again.

  bool learn() {
    if (trial_.connected) return learn_prefix();
    return learn_settings() || learn_next_copy() || learn_access();
  }

  bool learn_settings() {
    if (order_.from_database) return false;
    Trial other = try_settings(world_);
    order_.from_database = other.connected;
    if (other.connected && world_.settings.db_prefix) order_.prefix = *world_.settings.db_prefix;
    return other.connected;
  }

  // A copy whose database is not there any more, while another one's is.
  bool learn_next_copy() {
    if (options_.contains("file") || mend_.copies.empty()) return false;
    tried_.push_back(mend_.copies[0].mark);
    for (const auto& copy : mend_.copies) {
      if (std::find(tried_.begin(), tried_.end(), copy.mark) != tried_.end()) continue;
      order_.copy = copy.mark;
      return true;
    }
    return false;
  }

  // A configuration that is good but for a login that the server refuses, beside a copy with one that it takes. Where that copy names
  // another database nobody but the owner can know whether it is the site's: then it is only offered.
  bool learn_access() {
    if (!order_.access_from.empty()) return false;
    const std::vector<apps::OtherAccess> others = mend_.accesses;
    for (const auto& other : others) {
      bool named = order_.copy == other.mark;
      if (!order_.copy.empty() && !named) continue;
      order_.access_from = other.mark;
      if (!access_is_right()) continue;
      if (other.same_database || named) return true;
      Options said = options_;
      said["file"] = other.mark;
      fix_.choices.push_back({std::move(said), "take the access to the database from the copy " + other.words});
    }
    order_.access_from.clear();
    if (!fix_.choices.empty())
      fix_.notes.push_back("the database is not reached: " + trial_.problem +
                           "; copies of the configuration lead to another database that has the site's tables: is one of them this "
                           "site's?");
    return false;
  }

  bool access_is_right() try {
    mend_ = site_.app->mend_configuration(world_.disk, site_, order_);
    return mend_.needed.empty() && try_configuration(world_, texts()).problem.empty();
  } catch (const base::Failure&) {
    return false;  // code stands there: nothing that could be taken over
  }

  bool learn_prefix() {
    if (order_.prefix || trial_.prefixes.empty()) return false;
    auto named = options_.find("tables");
    std::string_view contacts = site_.app->dated_rows.front().table;
    for (const auto& prefix : trial_.prefixes)
      if (trial_.prefixes.size() == 1 || (named != options_.end() && named->second == prefix + std::string(contacts))) {
        order_.prefix = prefix;
        return true;
      }
    for (const auto& prefix : trial_.prefixes) {
      Options said = options_;
      said["tables"] = prefix + std::string(contacts);
      std::string words =
          prefix.empty() ? "the tables without a prefix" : "the tables whose names begin with " + base::printable_line(prefix);
      fix_.choices.push_back({std::move(said), std::move(words)});
    }
    fix_.notes.push_back(trial_.problem + ", and there are several sites in it: which tables are this one's?");
    return false;
  }

  // ---- the answer

  ConfigurationFix needing(const std::vector<std::string>& needed) {
    fix_.needs_owner = true;
    for (const auto& note : mend_.notes) fix_.notes.push_back(note);
    for (const auto& one : needed) fix_.notes.push_back("NEEDED FIRST: " + one);
    return std::move(fix_);
  }

  bool touches_database() const { return mend_.begins_anew || order_.from_database || order_.prefix; }

  ConfigurationFix planned() {
    if (!trial_.problem.empty() && touches_database())
      return needing({"the database does not answer to it: " + trial_.problem + settings_advice()});
    if (mend_.files.empty() && !trial_.problem.empty())
      return needing({"the configuration is as this release reads it, but the database is not reached, or is another one: " +
                      trial_.problem + settings_advice()});
    if (mend_.files.empty()) return std::move(fix_);
    fix_.notes = mend_.notes;
    if (trial_.problem.empty()) fix_.notes.push_back("the result was tried: the database answers, and has the tables");
    else
      fix_.notes.push_back("NOT tried against the database, which is not reached with this configuration, before or after: " +
                           trial_.problem);
    fix_.notes.push_back("the former files are kept, also beside each as NAME.unstick-JOB.php; `undo` brings them back");
    add_steps();
    return std::move(fix_);
  }

  std::string settings_advice() const {
    return "; write db_host, db_name, db_user and db_password as they are right into the settings file, and ask again";
  }

  void add_steps() {
    base::Step keep{"keep-configuration", "keep a copy of the configuration", Interruption::restart, {}, {}};
    for (const auto& file : mend_.files) keep.words.push_back(world_.disk.real_path(file.file).value_or(file.file).native());
    fix_.steps.push_back(std::move(keep));
    for (const auto& file : mend_.files) {
      bool last = &file == &mend_.files.back();
      bool tried = last && file.names_database && trial_.problem.empty();
      base::Step step{"write-configuration", "write " + base::printable_line(file.file.native()) + (tried ? ", once it was tried" : ""),
                      Interruption::restart,
                      {site_.root.native(), file.file.native(), file.fingerprint, std::to_string(file.mode),
                       std::string(tried ? steps::kTried : steps::kUntried)}, {}};
      step.words.insert(step.words.end(), file.edits.begin(), file.edits.end());
      fix_.findings += base::join(step.words, " ") + "\n";
      fix_.steps.push_back(std::move(step));
    }
  }

  World& world_;
  const apps::Site& site_;
  const Options& options_;
  MendOrder order_{};
  ConfigurationMend mend_;
  Trial trial_;
  std::vector<std::string> tried_;
  ConfigurationFix fix_;
};

}  // namespace

ConfigurationFix configuration_fix(World& world, const Options& options) { return Fixer(world, options).fix(); }

std::string configuration_problem(Program& program, const Path& root, const Path& file, const std::string& text) {
  Whereabouts where;
  where.root = root;
  World world = find_world(program, where);
  return try_configuration(world, {{file, text}}).problem;
}

Proposal propose_config_fix(World& world, const Options& options) {
  need_open(world);
  Proposal proposal = begin_proposal("config:fix", options, Effect::files);
  auto fix = configuration_fix(world, options);
  proposal.findings = fix.findings;
  proposal.choices = std::move(fix.choices);
  proposal.plan.notes = std::move(fix.notes);
  if (!proposal.choices.empty()) return proposal;
  if (fix.steps.empty()) {
    proposal.nothing_to_do = true;
    proposal.needs_owner = fix.needs_owner;
    if (!fix.needs_owner) proposal.plan.notes.push_back("nothing to do: the configuration is as this release reads it");
    return proposal;
  }
  Around around;
  around.inner = std::move(fix.steps);
  around.judging = "back";
  add_around(world, proposal, std::move(around));
  return proposal;
}

}  // namespace actions
