// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/state_folder.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/failure.h"
#include "base/text.h"

namespace actions {

namespace {

constexpr std::array<std::string_view, 7> kDocumentRootNames = {"public_html", "www", "htdocs", "httpdocs",
                                                                "html",        "web", "docroot"};
constexpr std::string_view kDenyAll =
    "<IfModule mod_authz_core.c>\nRequire all denied\n</IfModule>\n"
    "<IfModule !mod_authz_core.c>\nDeny from all\n</IfModule>\n";

// A folder that is there and ours to write, or could be made in a parent that is.
std::string obstacle(platform::Disk& disk, const Path& folder) {
  auto facts = disk.look(folder);
  if (facts && facts->kind != platform::Kind::folder) return folder.native() + " is not a folder";
  const Path& needed = facts ? folder : folder.parent_path();
  auto parent = disk.look_through(needed);
  if (!parent) return needed.native() + " does not exist";
  if (parent->kind != platform::Kind::folder) return needed.native() + " is not a folder";
  if (!disk.may_write(needed)) return needed.native() + " cannot be written";
  return {};
}

bool on_same_disk(platform::Disk& disk, const Path& a, const Path& b) {
  auto first = disk.look_through(a);
  auto second = disk.look_through(b);
  return first && second && first->device == second->device;
}

std::optional<StateFolder> in_home(platform::Disk& disk, const StateQuestion& question, const Path& home,
                                   std::vector<std::string>& reasons) {
  if (home.empty() || home == "/") return std::nullopt;
  Path folder = home / storage::state_folder_name(question.real_root);
  std::string problem;
  if (is_served(home, home, question.document_roots)) problem = home.native() + " lies in a document root";
  else if (problem = obstacle(disk, folder); !problem.empty()) {
  } else if (!on_same_disk(disk, home, question.real_root))
    problem = home.native() + " is on another filesystem than the site";
  if (problem.empty()) return StateFolder{folder, false, "in the account's home"};
  reasons.push_back(problem);
  return std::nullopt;
}

// A package or a dump, which owners are asked to upload there.
bool is_upload(std::string_view name) {
  return name.ends_with(".zip") || name.ends_with(".sql") || name.ends_with(".sql.gz");
}

// Whether something in there bears the id of a job: nobody else gives such names.
bool holds_jobs_work(platform::Disk& disk, const Path& folder) {
  auto entries = disk.list(folder).value_or(std::vector<platform::Entry>{});
  return std::any_of(entries.begin(), entries.end(), [](const platform::Entry& entry) {
    return storage::is_job_id(entry.name.substr(0, storage::kJobIdLength));
  });
}

// Ours: made by us, with what a job of ours made, or with nothing in it but uploads for us and what bears a name that
// we give.
bool is_ours(platform::Disk& disk, const Path& folder) {
  storage::StateNames names(folder);
  auto version = disk.read(names.version(), 32);
  if (version && base::whole_number(base::trim(*version))) return true;
  if (holds_jobs_work(disk, names.jobs()) || holds_jobs_work(disk, names.backups())) return true;
  auto own = names.own_entries();
  own.insert(own.end(), {names.backups(), folder / ".htaccess"});
  // Another request may be making it ours in this moment, or was killed while it did: Disk::replace() writes
  // ".MARK.NAME", state_secret() "secret.MARK".
  auto is_of = [](const std::string& name, const std::string& final_name) {
    return name == final_name || (name.starts_with('.') && name.ends_with("." + final_name));
  };
  auto is_known = [&](const platform::Entry& entry) {
    bool is_secret = entry.name.starts_with(names.secret().filename().native() + ".");
    return is_secret || is_upload(entry.name) || std::any_of(own.begin(), own.end(), [&](const Path& path) {
             return is_of(entry.name, path.filename().native());
           });
  };
  auto entries = disk.list(folder).value_or(std::vector<platform::Entry>{});
  return std::all_of(entries.begin(), entries.end(), is_known);
}

// As `state =` names it; inside of it where it holds what is somebody else's, so that nothing of ours is taken for
// that.
StateFolder set_folder(platform::Disk& disk, const StateQuestion& question) {
  auto need_usable = [&](const Path& folder) {
    if (std::string problem = obstacle(disk, folder); !problem.empty())
      throw base::Failure("the folder of the setting state = cannot be used: " + problem,
                          "make it writable for the account, or remove the setting");
  };
  Path folder = question.set_by_user;
  need_usable(folder);
  std::string reason = "set in the settings file";
  if (!is_ours(disk, folder)) {
    folder /= storage::kStateFolderInside;
    need_usable(folder);
    reason += ", in a folder of its own inside";
  }
  bool exposed = is_served(folder, {}, question.document_roots);
  for (const auto& home : question.homes) exposed = exposed || is_served(folder, home, question.document_roots);
  return {folder, exposed, reason};
}

}  // namespace

std::optional<Account> account_of(platform::Disk& disk, uid_t user) {
  auto text = disk.read("/etc/passwd", 4 << 20);
  if (!text) return std::nullopt;
  for (auto line : base::lines(*text)) {
    auto fields = base::split(line, ':');
    if (fields.size() >= 7 && base::whole_number(fields[2]) == user)
      return Account{std::string(fields[0]), Path(std::string(fields[5]))};
  }
  return std::nullopt;
}

Path home_of(platform::Disk& disk, const Path& folder) {
  try {
    auto facts = disk.look_through(folder);
    if (!facts) return {};
    if (auto account = account_of(disk, facts->owner); account && account->home != "/") {
      Path home = disk.real_path(account->home).value_or(account->home);
      if (platform::lies_in(folder, home)) return home;
    }
    Path home;
    for (Path above = folder.parent_path(); facts->owner != 0 && above.has_relative_path();
         above = above.parent_path()) {
      auto theirs = disk.look_through(above);
      if (!theirs || theirs->owner != facts->owner) break;
      home = above;
    }
    return home;
  } catch (const base::Failure&) {
    return {};
  }
}

bool is_served(const Path& folder, const Path& home, const std::vector<Path>& document_roots) {
  for (const auto& root : document_roots)
    if (!root.empty() && platform::lies_in(folder, root)) return true;
  if (home.empty() || !platform::lies_in(folder, home)) return false;
  for (const auto& part : folder.lexically_relative(home))
    if (std::find(kDocumentRootNames.begin(), kDocumentRootNames.end(), part.native()) != kDocumentRootNames.end())
      return true;
  return false;
}

StateFolder find_state_folder(platform::Disk& disk, const StateQuestion& question) {
  if (!question.set_by_user.empty()) return set_folder(disk, question);
  std::vector<std::string> reasons;
  for (const auto& home : question.homes)
    if (auto found = in_home(disk, question, home, reasons)) return *found;
  for (const auto& place : question.last_resorts) {
    if (question.name_secret.empty()) break;
    Path folder = place / storage::hidden_state_folder_name(question.name_secret, question.real_root);
    std::string problem = obstacle(disk, folder);
    if (problem.empty()) return {folder, true, "no place outside the document root can be written"};
    reasons.push_back(problem);
  }
  throw base::Failure("there is no place for our own data: " + base::join(reasons, "; "),
                      "make one of these folders writable for the account, or name a writable folder outside the "
                      "document root as state = in the settings file");
}

void prepare_state_folder(platform::Disk& disk, const StateFolder& where) {
  storage::StateNames names(where.folder);
  auto version = disk.read(names.version(), 32);  // first: at each request but one it is there
  if (!version) disk.make_folder(where.folder, 0700);
  Path guard = where.folder / ".htaccess";
  if (where.exposed && !disk.look(guard)) disk.replace(guard, kDenyAll, 0644);
  if (!version) return disk.replace(names.version(), std::to_string(storage::kStateVersion) + "\n", 0600);
  auto number = base::whole_number(base::trim(*version));
  if (!number || *number > static_cast<uint64_t>(storage::kStateVersion))
    throw base::Failure("the data in " + where.folder.native() + " was written by a newer version of this program",
                        "upload that newer version again");
}

}  // namespace actions
