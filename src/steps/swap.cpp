// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs `swap-files` and `roll-back-swap`.
#include "storage/swap.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/failure.h"
#include "base/text.h"
#include "steps/swap.h"
#include "storage/htaccess.h"
#include "storage/site_closure.h"

namespace steps {

namespace {

using platform::Path;
using storage::Owner;
using storage::OwnerRule;
using storage::SwapEntry;
using storage::SwapKind;
using storage::SwapList;

constexpr size_t kMostListBytes = 16 << 20;
constexpr size_t kMostOriginBytes = 64 << 10;
constexpr std::string_view kHtaccess = ".htaccess";

// Makes the list of one swap: what of the staged files goes where.
class Planning {
 public:
  Planning(Supervisor& supervisor, const base::Step& step, Path staged)
      : supervisor_(supervisor), disk_(supervisor.disk()), root_(step.words.at(0)), staged_(std::move(staged)), deleted_(step.words.at(2)) {
    for (size_t i = 3; i < step.words.size(); ++i) rules_.push_back(storage::rule_of(step.words[i]));
  }

  SwapList list() {
    rule_entrances();
    merge_htaccess();
    auto owner = storage::owner_by(rules_);
    SwapList list = storage::plan_swap(disk_, root_, staged_, owner);
    add_deleted(list, owner);
    // What is not closed because it was not there begins to answer only when all else is in its place.
    std::stable_partition(list.entries.begin(), list.entries.end(),
                          [&](const SwapEntry& entry) { return entrances_.count(entry.path) == 0; });
    return list;
  }

 private:
  // What lies at an entrance now is a stub: what waits beside it is exchanged.
  void rule_entrances() {
    std::vector<OwnerRule> first;
    for (const auto& entrance : storage::waiting(disk_, supervisor_.state(), supervisor_.job())) {
      std::string file = entrance.file.lexically_relative(root_).native(), aside = entrance.aside.lexically_relative(root_).native();
      Owner owner = storage::owner_by(rules_)(file);
      first.push_back({Owner::user, file});
      first.push_back({owner == Owner::package || owner == Owner::nobody ? owner : Owner::either, aside});
      entrances_.insert(aside);
    }
    rules_.insert(rules_.begin(), first.begin(), first.end());
  }

  void merge_htaccess() {
    platform::remove_abandoned(disk_, staged_ / kHtaccess);  // of a merging that was killed: the list would take it for the package's
    auto former = storage::read_htaccess(disk_, root_ / kHtaccess), fresh = storage::read_htaccess(disk_, staged_ / kHtaccess);
    if (!former || !fresh) return;
    std::string merged = storage::merged_htaccess(*former, *fresh);
    if (merged == *fresh) return;
    disk_.replace(staged_ / kHtaccess, merged, 0644);
    supervisor_.line("the host's own lines of .htaccess (how it runs PHP) are taken over into the new one");
  }

  // What the release says is gone since older ones, where it is not the user's and does not go anyway.
  void add_deleted(SwapList& list, const storage::OwnerOf& owner) {
    if (deleted_.empty()) return;
    std::set<std::string> taken;
    for (const auto& entry : list.entries) taken.insert(entry.path);
    auto text = disk_.read(staged_ / deleted_, kMostListBytes);
    auto names = nlohmann::json::parse(text.value_or("[]"), nullptr, false);
    if (!names.is_array()) {
      supervisor_.line("left alone, it is no list: " + deleted_);
      return;
    }
    for (const auto& name : names)
      if (name.is_string() && is_obsolete(name.get<std::string>(), owner, taken))
        list.entries.push_back({SwapKind::remove, name.get<std::string>(), 0});
  }

  bool is_obsolete(const std::string& path, const storage::OwnerOf& owner, std::set<std::string>& taken) {
    for (auto part : base::split(path, '/'))
      if (part.empty() || part == "." || part == "..") return false;
    for (size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
      std::string above = path.substr(0, slash);
      auto facts = disk_.look(root_ / above);
      if (taken.count(above) || owner(above) == Owner::user || !facts || facts->kind != platform::Kind::folder) return false;
    }
    auto facts = disk_.look(root_ / path);
    bool obsolete = facts && facts->kind != platform::Kind::folder && owner(path) != Owner::user && !disk_.look(staged_ / path);
    return obsolete && taken.insert(path).second;
  }

  Supervisor& supervisor_;
  platform::Disk& disk_;
  Path root_, staged_;
  std::string deleted_;
  std::vector<OwnerRule> rules_;
  std::set<std::string> entrances_;
};

// One job's swap, under the names that the closed site's entrances have.
class Exchange {
 public:
  Exchange(Supervisor& supervisor, const std::string& job)
      : supervisor_(supervisor), disk_(supervisor.disk()), names_(supervisor.state().swap_of(job)),
        staged_(supervisor.state().staged_by(job)), swap_(disk_, names_) {}

  storage::Swap& swap() { return swap_; }

  void begin(const base::Step& step) {
    make_folders(disk_, names_.folder(), 0700);
    auto names = entrance_names(step.words.at(0));
    if (const Path from = step.words.at(1); !from.empty()) take_in(from, names);
    for (const auto& [open, closed] : names) rename_if_there(staged_ / open, staged_ / closed);
    swap_.begin(Planning(supervisor_, step, staged_).list());
  }

  void forth() {
    bool again = disk_.look(names_.taken_back()).has_value();
    swap_.run(again ? storage::Swap::Gone::skip : storage::Swap::Gone::refuse);
    disk_.remove_file(names_.taken_back());
    settle();
  }

  void back() {
    swap_.roll_back();
    settle();
    disk_.replace(names_.taken_back(), "", 0600);
  }

  // Not when what took it back was taken back in turn.
  bool is_back() const { return disk_.look(names_.taken_back()).has_value(); }

  // New files that lay in the site lie there again, and there is no swap any more; nothing where they came from a package.
  void give_back() {
    const std::string text = disk_.read(names_.origin(), kMostOriginBytes).value_or("");
    auto lines = base::lines(text);
    if (lines.empty()) return;
    disk_.remove_file(names_.list());
    disk_.sync_folder(names_.folder());
    for (size_t i = 1; i + 1 < lines.size(); i += 2) uncover(staged_ / lines[i + 1], staged_ / lines[i]);
    rename_if_there(staged_, lines[0]);
    disk_.remove_file(names_.origin());
  }

  void tell_removed() const {
    std::vector<std::string> removed;
    if (auto list = storage::read_swap_list(disk_, names_.list()))
      for (const auto& entry : list->entries)
        if (entry.kind == SwapKind::remove) removed.push_back(base::printable_line(entry.path));
    if (!removed.empty())
      supervisor_.line(std::to_string(removed.size()) + " of them are not among the new files, and were taken out (kept as well): " +
                       base::some_of(removed, 20));
  }

  void tell() const {
    auto strays = swap_.strays();
    if (!strays.empty())
      supervisor_.line("somebody else wrote files meanwhile; they are kept in " + base::printable_line(names_.strays().native()) + ": " +
                       base::some_of(strays, 10));
  }

  Path old() const { return names_.old(); }

 private:
  // New files that lie in the site itself: out of the way of the swap, and of visitors. Where they lay is written down first, with
  // the names that are going to be changed.
  void take_in(const Path& from, const std::vector<std::pair<std::string, std::string>>& names) {
    make_folders(disk_, staged_.parent_path(), 0700);
    std::string text = from.native() + "\n";
    for (const auto& [open, closed] : names) text += open + "\n" + closed + "\n";
    disk_.replace(names_.origin(), text, 0600);
    rename_if_there(from, staged_);
  }

  // Entrances below the root, and under which names they wait while the site is closed.
  std::vector<std::pair<std::string, std::string>> entrance_names(const Path& root) {
    std::vector<std::pair<std::string, std::string>> names;
    for (const auto& entrance : storage::waiting(disk_, supervisor_.state(), supervisor_.job()))
      names.emplace_back(entrance.file.lexically_relative(root).native(), entrance.aside.lexically_relative(root).native());
    return names;
  }

  // A folder that went back as a whole took the stub of its entrance along.
  void uncover(const Path& closed, const Path& open) {
    if (disk_.look(closed) && disk_.look(open) && storage::is_any_stub(disk_, open)) disk_.remove_file(open);
    rename_if_there(closed, open);
  }

  void rename_if_there(const Path& from, const Path& to) {
    if (disk_.look(from) && !disk_.look(to)) disk_.rename(from, to);
  }

  // What the swap took away is to be gone when the site is open.
  void settle() { storage::settle_entrances(disk_, supervisor_.state(), supervisor_.job()); }

  Supervisor& supervisor_;
  platform::Disk& disk_;
  storage::SwapNames names_;
  Path staged_;
  storage::Swap swap_;
};

// A refused rename must not leave a mixture: all goes back to where it was before this step. Only when that is refused too does
// the job stop where it is, with the site closed.
template <typename Go, typename Back>
Outcome go_or_go_back(Supervisor& supervisor, Go go, Back back) {
  try {
    go();
    return {};
  } catch (const base::Failure& failure) {
    supervisor.line(failure.full());
    try {
      back();
    } catch (const base::Failure& second) {
      return {{}, true, "neither can this be gone on with nor taken back now (" + second.full() +
                            "): the site stays closed; job:resume tries again, job:rollback takes it back"};
    }
    return {{1, 0}, false, "the files are as they were before this step"};
  }
}

// The job stops here: one that is over could never bring them back.
Outcome not_given_back(const base::Failure& failure) {
  return {{}, true, "the files of the update cannot be put back where they lay now (" + failure.full() + "): job:resume tries again"};
}

}  // namespace

void swap_back(Supervisor& supervisor, const std::string& job) {
  Exchange exchange(supervisor, job);
  if (exchange.swap().begun()) exchange.back();
  exchange.give_back();
}

void swap_forth(Supervisor& supervisor, const std::string& job) {
  Exchange exchange(supervisor, job);
  if (exchange.swap().begun()) exchange.forth();
}

void end_return(Supervisor& supervisor, const std::string& job) {
  Exchange exchange(supervisor, job);
  if (!exchange.swap().begun()) exchange.give_back();
}

Outcome swap_files(Supervisor& supervisor, const base::Step& step) {
  supervisor.kept();
  Exchange exchange(supervisor, supervisor.job());
  try {
    if (!exchange.swap().begun()) exchange.begin(step);
  } catch (const base::Failure& first) {
    try {
      exchange.give_back();
    } catch (const base::Failure& second) {
      supervisor.line(first.full());
      return not_given_back(second);
    }
    throw;
  }
  Outcome outcome = go_or_go_back(supervisor, [&] { exchange.forth(); }, [&] { exchange.back(), exchange.give_back(); });
  if (outcome.stopped) return outcome;
  exchange.tell();
  if (outcome.exit.good()) {
    supervisor.line(std::to_string(exchange.swap().position().done) + " entries of the site are exchanged; what was there is kept in " +
                    base::printable_line(exchange.old().native()));
    exchange.tell_removed();
  }
  return outcome;
}

Outcome roll_back_swap(Supervisor& supervisor, const base::Step& step) {
  const std::string& job = step.words.at(0);
  Exchange exchange(supervisor, job);
  if (!exchange.swap().begun()) throw base::Failure("nothing is kept of the job " + job + " any more", "`kept` lists what is");
  Outcome outcome = go_or_go_back(supervisor, [&] { exchange.back(); }, [&] { exchange.forth(); });
  if (outcome.stopped) return outcome;
  exchange.tell();
  if (outcome.exit.good()) supervisor.line("the former files are back");
  return outcome;
}

Outcome return_files(Supervisor& supervisor, const base::Step& step) {
  Exchange exchange(supervisor, step.words.at(0));
  if (!exchange.is_back()) return {};
  try {
    exchange.give_back();
  } catch (const base::Failure& failure) {
    return not_given_back(failure);
  }
  return {};
}

}  // namespace steps
