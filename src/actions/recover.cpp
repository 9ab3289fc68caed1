// SPDX-License-Identifier: GPL-3.0-or-later
// The action `recover`: what doctor found, mended in the order that the application's documentation gives: permissions, configuration,
// files, what is in the way, caches, the database. As little as is needed, with a backup where the database is touched; at the end
// everything is read again, and only that counts.
#include <algorithm>
#include <set>

#include "actions/closing.h"
#include "actions/configuration_fix.h"
#include "actions/console.h"
#include "actions/database_repair.h"
#include "actions/database_upgrade.h"
#include "actions/doctor.h"
#include "actions/replacing.h"
#include "actions/site_address.h"
#include "base/failure.h"
#include "base/text.h"
#include "steps/verbs.h"

namespace actions {

namespace {

using apps::Finding;
using apps::Mend;
using base::Interruption;

class Recovery {
 public:
  Recovery(World& world, const Options& options, const Diagnosis& diagnosis)
      : world_(world), options_(options), diagnosis_(diagnosis), site_(world.need_site()), next_(site_) {
    proposal_ = begin_proposal("recover", options, Effect::files);
    around_.judging = "back";
    for (const Finding* finding : diagnosis.findings()) wanted_.insert(finding->mend);
    takes_out_ = lies_on_our_disk();
  }

  Proposal propose() {
    make();
    note_findings();  // only now it is known what of them this plan mends
    return std::move(proposal_);
  }

 private:
  void make() {
    for (const Finding* finding : diagnosis_.findings())
      if (finding->comes_first || finding->mend == Mend::database_back) return only_after(*finding);
    if (!mends_anything()) return nothing_here();
    if (wanted(Mend::permissions) && !can_be_closed() && add_permissions_alone()) return;
    if (wanted(Mend::configuration) && !add_configuration()) return;
    if (wanted(Mend::files) && !only_configuration_ && !add_package()) return;
    if (wanted(Mend::permissions)) add_permissions();
    add_in_the_way();
    if (only_takes_out()) return take_out_alone();
    next_step_ = only_configuration_ ? "" : add_database();
    if (!next_step_.empty() && !does_more_than_migrate()) return only_by_owner();
    if (!only_configuration_) add_warming();
    if (!next_step_.empty()) around_.judging.clear();
    add_around(world_, proposal_, std::move(around_));
    if (!next_step_.empty()) add_database_advice(proposal_, next_step_);
    add_proof();
  }

  bool wanted(Mend mend) const { return wanted_.count(mend) != 0; }

  bool mends_anything() const { return std::any_of(wanted_.begin(), wanted_.end(), [this](Mend mend) { return is_mended(mend); }); }

  // By the job that is proposed.
  bool is_mended(Mend mend) const {
    if (!recover_mends(mend)) return false;
    if (mend == Mend::set_aside && !takes_out_) return false;
    if (only_permissions_) return mend == Mend::permissions;
    if (only_tables_ && mend == Mend::migrations) return false;
    return !only_configuration_ || (mend != Mend::files && mend != Mend::migrations && mend != Mend::tables);
  }

  // What is in the way is renamed into our folder, and that cannot be done from one disk to another.
  bool lies_on_our_disk() {
    if (!wanted(Mend::set_aside)) return true;
    auto ours = world_.disk.look(world_.need_state().folder());
    for (const Finding* finding : diagnosis_.findings())
      for (const auto& path : finding->in_the_way)
        if (auto its = world_.disk.look(path); ours && its && its->device != ours->device) return false;
    return true;
  }

  // Whose turn it is to mend a finding.
  enum class Turn { now, later, owner };

  Turn turn_of(const Finding& finding) const {
    if (!recover_mends(finding.mend)) return Turn::owner;
    if (finding.mend == Mend::set_aside && !takes_out_) return Turn::owner;
    if (waits_for_owner()) return Turn::later;
    if (finding.mend == Mend::migrations && !next_step_.empty()) return Turn::owner;
    if (finding.mend == Mend::configuration && !only_configuration_ && !only_permissions_) return Turn::owner;
    return is_mended(finding.mend) ? Turn::now : Turn::later;
  }

  bool waits_for_owner() const { return proposal_.nothing_to_do || !proposal_.choices.empty(); }

  void note_findings() {
    std::vector<std::string> notes;
    if (!takes_out_)
      notes.push_back("what is in the site's way stays, for our own data lies on another disk: delete it yourself, or name a folder on "
                      "the same disk as state = in the settings file");
    for (const Finding* finding : diagnosis_.findings()) {
      Turn turn = turn_of(*finding);
      std::string_view word = turn == Turn::now     ? "mends: "
                              : turn == Turn::owner ? "left to you: "
                              : waits_for_owner()   ? "can be mended once what is needed is there: "
                                                    : "not in this run, but when you ask recover once more: ";
      notes.push_back(std::string(word) + base::printable_line(finding->what) +
                      (turn != Turn::owner || finding->otherwise.empty() ? "" : ": " + base::printable_line(finding->otherwise)));
      // Consent is to what is done. What is left to the owner may change meanwhile: planning itself finds out which PHP fits.
      if (turn != Turn::owner) proposal_.findings += finding->what + "\n" + base::join(finding->evidence, "\n") + "\n";
    }
    proposal_.plan.notes.insert(proposal_.plan.notes.begin(), notes.begin(), notes.end());
  }

  void nothing_here() {
    proposal_.nothing_to_do = true;
    const auto found = diagnosis_.findings();
    proposal_.needs_owner = std::any_of(found.begin(), found.end(), [](const Finding* one) { return one->weight == apps::Weight::breaks; });
    std::string how_far = diagnosis_.is_incomplete() ? " as far as could be looked (doctor says where not)" : "";
    proposal_.plan.notes.push_back(found.empty() ? "nothing to do: nothing wrong found" + how_far
                                                                 : "nothing that could be mended from here");
  }

  void only_after(const Finding& finding) {
    proposal_.nothing_to_do = proposal_.needs_owner = true;
    std::string task = remedy_words(site_, finding);
    proposal_.plan.notes.push_back("FIRST " + (task.empty() ? finding.otherwise : "ask " + task + ", which shows its plan") +
                                   "; recover does nothing before that is settled");
  }

  bool does_more_than_migrate() const {
    return std::any_of(wanted_.begin(), wanted_.end(), [this](Mend mend) { return mend != Mend::migrations && is_mended(mend); });
  }

  // To close the site and to empty its caches would mend nothing.
  void only_by_owner() {
    proposal_.nothing_to_do = proposal_.needs_owner = true;
    proposal_.plan.notes.push_back("NEEDED FIRST: " + next_step_);
  }

  // While the configuration is broken nobody can look at the database, nor back it up: that is mended first, and the rest when it is
  // asked again. False: the owner has something to say or to do before.
  bool add_configuration() {
    Options known;
    for (const char* name : {"file", "tables"})
      if (auto said = options_.find(name); said != options_.end()) known.insert(*said);
    auto fix = configuration_fix(world_, known);
    auto& notes = proposal_.plan.notes;
    notes.insert(notes.end(), fix.notes.begin(), fix.notes.end());
    proposal_.findings += fix.findings;
    proposal_.choices = std::move(fix.choices);
    if (!proposal_.choices.empty()) return false;
    if (fix.steps.empty()) {
      proposal_.nothing_to_do = proposal_.needs_owner = fix.needs_owner;
      return !fix.needs_owner;
    }
    around_.inner.insert(around_.inner.end(), fix.steps.begin(), fix.steps.end());
    bool more = wanted(Mend::files) || wanted(Mend::migrations) || wanted(Mend::tables) || diagnosis_.is_incomplete();
    only_configuration_ = true;
    if (more)
      notes.push_back("mends the configuration first; ask recover once more when that is done, for what can only be looked at then");
    return true;
  }

  // False: `proposal_` asks for it, or fetches it.
  bool add_package() {
    need_replaceable(world_);
    auto source = mending_source(world_, options_, proposal_);
    if (source) {
      add_files(world_, proposal_, around_, *source);
      next_ = after(world_, *source);
      proposal_.findings += words_of(*source) + "\n";
      return true;
    }
    if (proposal_.preparation) return false;
    proposal_.plan.notes.push_back("FIRST a package is needed, and none is at hand: upload " + mending_package(site_) + " into " +
                                   base::printable_line(site_.root.native()) +
                                   " in binary mode, and ask again; or let this program download it:");
    if (!site_.version.empty() && site_.app->source)
      proposal_.choices.push_back(
          {{{"version", site_.version.text()}}, "download " + site_.app->source(site_.version, apps::PackageKind::full).file});
    proposal_.nothing_to_do = proposal_.needs_owner = proposal_.choices.empty();
    return false;
  }

  void add_permissions() {
    Proposal permissions = propose_permissions(world_, {});
    for (auto& step : permissions.plan.steps) around_.first.push_back(std::move(step));
    for (auto& note : permissions.plan.notes) proposal_.plan.notes.push_back(std::move(note));
    proposal_.findings += permissions.findings;
  }

  bool can_be_closed() const {
    Proposal trial;
    return close_site_before(world_, trial, 0, std::vector<Path>{site_.console});
  }

  // Where this account may not write to the site's folders nothing else can be done. False: it can do nothing about that.
  bool add_permissions_alone() {
    add_permissions();
    if (around_.first.empty()) return false;
    proposal_.plan.steps = std::move(around_.first);
    only_permissions_ = true;
    if (diagnosis_.findings().size() > 1 || diagnosis_.is_incomplete())
      proposal_.plan.notes.push_back("mends the permissions first; ask recover once more when that is done, for the rest");
    add_proof();
    return true;
  }

  void add_in_the_way() {
    if (!takes_out_) return;
    base::Step step{"take-out", "move out of the site what is in its way; it is kept", Interruption::restart, {}, {}};
    for (const Finding* finding : diagnosis_.findings())
      for (const auto& path : finding->in_the_way) {
        proposal_.plan.notes.push_back("moves out, and keeps for `undo`: " + base::printable_line(path.native()));
        step.words.push_back(path.native());
      }
    // Before the site is closed: one of them may be an entrance, which becomes a stub then.
    if (!step.words.empty()) around_.first.push_back(std::move(step));
  }

  bool only_takes_out() const {
    auto is_that = [this](Mend mend) { return mend == Mend::set_aside || !is_mended(mend); };
    return !around_.first.empty() && std::all_of(wanted_.begin(), wanted_.end(), is_that);
  }

  // A lock or a script that is renamed away is in nobody's hands: for that alone no visitor is kept out and no cache built anew.
  void take_out_alone() {
    auto questions = site_questions(world_);
    base::Step judge{"judge-site", "ask the site again", Interruption::cursor, {"back"}, {}};
    judge.words.insert(judge.words.end(), questions.begin(), questions.end());
    proposal_.plan.steps = {{"ask-site", "ask the site how it answers now", Interruption::restart, questions, {}},
                            std::move(around_.first.back()), std::move(judge)};
    add_proof();
  }

  // What the owner does instead where it cannot be done from here; empty otherwise. New files always get their turn on the database:
  // nobody knows whether they had it, and a migration that is done already changes nothing.
  std::string add_database() {
    if (wanted(Mend::tables) && add_repair() && site_.app->database_upgrade && wanted(Mend::migrations)) {
      only_tables_ = true;
      proposal_.plan.notes.push_back("mends the tables first; ask recover once more when that is done, for the upgrade and a backup of right before it");
      return {};
    }
    if (!wanted(Mend::migrations) && !wanted(Mend::files) && !wanted(Mend::tables)) return {};
    if (site_.app->database_upgrade && !wanted(Mend::migrations)) return {};
    if ((says_afterwards_ = site_.app->database_upgrade)) return add_database_upgrade(world_, proposal_, around_, options_), std::string();
    return add_database_step(world_, proposal_, around_, next_, options_);
  }

  // SQL before migrations: they stop at what it mends. False: there is none.
  bool add_repair() {
    Proposal repair;
    bool any = add_database_repair(world_, repair, {});
    auto& notes = proposal_.plan.notes;
    notes.insert(notes.end(), repair.plan.notes.begin(), repair.plan.notes.end());
    if (!any) return false;
    add_backup(world_, proposal_, around_, options_);
    proposal_.findings += base::join(repair.plan.steps.back().words, "\n");
    around_.after.push_back(std::move(repair.plan.steps.back()));
    return true;
  }

  // While the site is closed one process builds the cache, instead of each visitor's.
  void add_warming() {
    if (site_.app->warm_step.empty()) return;
    try {
      auto matched = apps::match(*next_.app, next_.version, site_.app->warm_step, world_.settings.commands);
      if (!std::holds_alternative<apps::Allowed>(matched)) return;
      auto made = console_step(world_, next_, std::get<apps::Allowed>(matched));
      made.step.verb = "warm-cache";
      made.step.title = "build the cache: " + std::string(site_.app->warm_step);
      made.step.interruption = Interruption::restart;
      around_.after.push_back(std::move(made.step));
    } catch (const base::Failure& failure) {
      proposal_.plan.notes.push_back("the first visitor's page builds the cache, which takes some seconds: " +
                                     base::printable_line(failure.what()));
    }
  }

  void add_proof() {
    auto proof = proof_step(world_, diagnosis_, [this](Mend mend) { return is_mended(mend); }, only_permissions_);
    if (only_configuration_) proof.words.emplace_back("database.*");
    proposal_.plan.steps.push_back(std::move(proof));
    if (says_afterwards_) proposal_.plan.steps.push_back(say_afterwards(world_));
  }

  World& world_;
  const Options& options_;
  const Diagnosis& diagnosis_;
  const apps::Site& site_;
  apps::Site next_;  // as it will be
  Proposal proposal_;
  Around around_;
  std::set<Mend> wanted_;
  bool takes_out_ = true;
  std::string next_step_;  // what the owner does on the database, for it cannot be done from here
  bool says_afterwards_ = false;
  bool only_configuration_ = false, only_permissions_ = false, only_tables_ = false;  // what rests on them is left for another time
};

}  // namespace

Proposal propose_recover(World& world, const Options& options) {
  need_open(world);
  Diagnosis diagnosis = diagnose(world);
  return Recovery(world, options, diagnosis).propose();
}

}  // namespace actions
