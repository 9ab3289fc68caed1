// SPDX-License-Identifier: GPL-3.0-or-later
// The action `permissions:fix`: what keeps the site's own account out of its files or lets everybody in, and for what is
// another account's the words to send to the host.
#include "storage/permissions.h"

#include <unistd.h>

#include "actions/file_backups.h"
#include "base/digest.h"
#include "base/text.h"
#include "steps/verbs.h"

namespace actions {

namespace {

constexpr size_t kMostNamed = 20;

// "alice:users" as chown takes them; numbers where they have no name.
std::string account_and_group(platform::Disk& disk) {
  auto account = account_of(disk, ::geteuid());
  std::string group = std::to_string(::getegid());
  auto text = disk.read("/etc/group", 4 << 20).value_or("");
  for (auto line : base::lines(text)) {
    auto fields = base::split(line, ':');
    if (fields.size() >= 3 && fields[2] == group)
      return (account ? account->name : std::to_string(::geteuid())) + ":" + std::string(fields[0]);
  }
  return (account ? account->name : std::to_string(::geteuid())) + ":" + group;
}

// As a shell takes it for one word.
std::string quoted(const std::string& path) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/+@%=:,";
  if (path.find_first_not_of(plain) == path.npos) return path;
  std::string text = "'";
  for (char c : path) c == '\'' ? text += "'\\''" : text += c;
  return base::printable_line(text + "'");
}

std::string octal(mode_t mode) {
  std::string digits;
  for (int shift = 9; shift >= 0; shift -= 3) digits += static_cast<char>('0' + (mode >> shift & 7U));
  return digits;
}

storage::PermissionOrder order_for(World& world) {
  const apps::Site& site = world.need_site();
  storage::PermissionOrder order;
  order.top = top_of(site);
  order.account = ::geteuid();
  if (site.app->written) order.written = site.app->written(world.disk, site);
  order.caches = site.caches;
  if (world.state_folder) order.left_out.push_back(world.state_folder->folder);
  return order;
}

std::vector<std::string> words_of(const storage::PermissionOrder& order) {
  std::vector<std::string> words = {order.top.native(), std::to_string(order.account)};
  auto add = [&](std::string_view kind, const std::vector<Path>& folders) {
    for (const auto& folder : folders) words.insert(words.end(), {std::string(kind), folder.native()});
  };
  add(steps::kWrittenWord, order.written);
  add(steps::kCacheWord, order.caches);
  add(steps::kLeftOutWord, order.left_out);
  return words;
}

using Notes = std::vector<std::string>;

void add_and_more(Notes& notes, size_t count) {
  if (count > kMostNamed) notes.push_back("and " + std::to_string(count - kMostNamed) + " more");
}

void add_changes(Notes& notes, const storage::Permissions& found) {
  for (size_t i = 0; i < found.renew.size() && i < kMostNamed; ++i)
    notes.push_back("make anew, as it is root's: " + found.renew[i].native());
  add_and_more(notes, found.renew.size());
  if (!found.changes.empty()) notes.push_back("change the permissions of " + std::to_string(found.changes.size()) + " files and folders:");
  for (size_t i = 0; i < found.changes.size() && i < kMostNamed; ++i)
    notes.push_back(octal(found.changes[i].from) + " -> " + octal(found.changes[i].to) + "  " + found.changes[i].path.native());
  add_and_more(notes, found.changes.size());
  if (found.closed > 0) notes.push_back("and what is wrong in folders that cannot be looked into yet: " + std::to_string(found.closed));
}

void add_requests(Notes& notes, World& world, const storage::Permissions& found) {
  if (!found.foreign.empty()) notes.push_back("not ours to change; send this to the host:");
  std::string to = found.foreign.empty() ? "" : account_and_group(world.disk);
  bool of_people = false;
  for (size_t i = 0; i < found.foreign.size() && i < kMostNamed; ++i) {
    const auto& one = found.foreign[i];
    of_people = of_people || one.owner != 0;
    notes.push_back("Please run: chown -R " + to + " " + quoted(one.path.native()));
  }
  add_and_more(notes, found.foreign.size());
  if (of_people)
    notes.push_back("some of it belongs to an account that is not root: if the site's PHP runs as that one, it is right as it is");
  for (size_t i = 0; i < found.kept_open.size() && i < kMostNamed; ++i)
    notes.push_back("left open to everybody, as another account writes there: " + found.kept_open[i].native());
  if (found.harmless > 0)
    notes.push_back(std::to_string(found.harmless) +
                    " more belong to another account and are in nobody's way until they are to be replaced");
}

// Another text whenever something else would be changed.
std::string findings_of(const storage::Permissions& found) {
  base::Sha256 sum;
  for (const auto& one : found.changes) sum.add(octal(one.from) + octal(one.to) + one.path.native() + '\0');
  for (const auto& folder : found.renew) sum.add(folder.native() + '\0');
  return base::hex(sum.end());
}

}  // namespace

Proposal propose_permissions(World& world, const Options&) {
  auto order = order_for(world);
  auto found = storage::find_permissions(world.disk, order);
  Proposal proposal;
  proposal.plan.task = "permissions:fix";
  proposal.plan.headline = "Executing permissions:fix";
  proposal.plan.effect = Effect::files;
  proposal.findings = findings_of(found);
  proposal.nothing_to_do = found.nothing_to_change();
  Notes& notes = proposal.plan.notes;
  if (proposal.nothing_to_do)
    notes.push_back(found.foreign.empty() ? "nothing to do: this account may read all and write what the application writes"
                                          : "nothing that this account could do");
  add_changes(notes, found);
  add_requests(notes, world, found);
  if (proposal.nothing_to_do) return proposal;
  notes.push_back("the former permissions are written down first");
  proposal.plan.steps = {
      {"set-modes", "set permissions in " + base::printable_line(order.top.native()), base::Interruption::restart, words_of(order), {}}};
  return proposal;
}

}  // namespace actions
