// SPDX-License-Identifier: GPL-3.0-or-later
// Two disks for tests:
//   MemoryDisk  a tree in memory that behaves like the real one (tests/unit/platform/disk_test.cpp runs one contract
//               over both). Folders of another device can be made, for EXDEV. Links in the middle of a path are not
//               followed.
//   FaultyDisk  stands before any disk, writes down its changing calls and makes them go wrong from the n-th on: with
//               an error, or by dying, which is what a killed process looks like to the one that comes after it.
// The cut sweep over both is in cut_sweep.h.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <map>
#include <string>
#include <vector>

#include "base/failure.h"
#include "platform/disk.h"
#include "support/passing_disk.h"

namespace support {

using platform::Kind;
using platform::WallTime;

// Path to "folder", "file BYTES" or "link TARGET".
using Tree = std::map<std::string, std::string>;

class MemoryDisk final : public platform::Disk {
 public:
  MemoryDisk() { nodes_["/"] = {Kind::folder, {}, 0755, 1, 1}; }

  // ---- for tests: everything needed is made on the way
  void put_folder(const Path& path, mode_t mode = 0755) {
    if (path == "/" || nodes_.count(path.native())) return;
    put_folder(path.parent_path());
    add(path, Kind::folder, {}, mode);
  }
  void put_file(const Path& path, std::string_view bytes, mode_t mode = 0644) {
    put_folder(path.parent_path());
    add(path, Kind::file, bytes, mode);
  }
  void put_link(const Path& path, const Path& target) {
    put_folder(path.parent_path());
    add(path, Kind::symlink, target.native(), 0777);
  }
  void mount(const Path& folder, dev_t device) { put_folder(folder), nodes_[folder.native()].device = device; }
  void set_owner(const Path& path, uid_t owner) { nodes_.at(path.native()).owner = owner; }
  void set_changed(const Path& path, WallTime time) { nodes_.at(path.native()).changed = time; }

  Tree tree(const Path& below = "/") const {
    Tree all;
    for (const auto& [path, node] : nodes_) {
      if (!platform::lies_in(path, below) || path == below) continue;
      if (node.kind == Kind::folder) all[path] = "folder";
      if (node.kind == Kind::file) all[path] = "file " + node.bytes;
      if (node.kind == Kind::symlink) all[path] = "link " + node.bytes;
    }
    return all;
  }

  // ---- Disk
  std::optional<Facts> look(const Path& path) override {
    const Node* node = find(path);
    if (!node) return std::nullopt;
    return Facts{node->kind,  node->bytes.size(), node->mode,  node->owner, ::getegid(), node->device,
                 node->inode, node->changed, node->changed};
  }
  std::optional<Facts> look_through(const Path& path) override { return look(target_of(path)); }

  std::optional<std::vector<Entry>> list(const Path& folder) override {
    Path real = target_of(folder);
    const Node* node = find(real);
    if (!node || node->kind != Kind::folder) return std::nullopt;
    std::vector<Entry> entries;
    for (const auto& [path, inner] : nodes_)
      if (path != "/" && Path(path).parent_path() == real) entries.push_back({Path(path).filename(), inner.kind});
    return entries;
  }

  std::optional<std::string> read(const Path& file, size_t most_bytes) override {
    const Node* node = find(target_of(file));
    if (!node) return std::nullopt;
    if (node->kind == Kind::folder) fail("cannot read " + file.native(), EISDIR);
    return node->bytes.substr(0, most_bytes);
  }
  bool may_read(const Path& path) override { return may(path, 0400); }
  bool may_write(const Path& path) override { return may(path, 0200); }
  std::optional<Path> real_path(const Path& path) override {
    Path real = target_of(path).lexically_normal();
    return find(real) ? std::optional(real) : std::nullopt;
  }

  void create(const Path& file, std::string_view bytes, mode_t mode) override {
    need_parent(file, "cannot create ");
    if (find(file)) fail("cannot create " + file.native(), EEXIST);
    add(file, Kind::file, bytes, mode);
  }
  void replace(const Path& file, std::string_view bytes, mode_t mode, Sync) override {
    need_parent(file, "cannot create ");
    if (const Node* there = find(file); there && there->kind == Kind::folder)
      fail("cannot rename to " + file.native(), EISDIR);
    add(file, Kind::file, bytes, mode);
  }
  bool make_folder(const Path& folder, mode_t mode) override {
    if (auto there = look_through(folder); there && there->kind == Kind::folder) return false;
    need_parent(folder, "cannot create the folder ");
    if (find(folder)) fail("cannot create the folder " + folder.native(), EEXIST);
    add(folder, Kind::folder, {}, mode);
    return true;
  }

  void rename(const Path& from, const Path& to) override {
    std::string attempt = "cannot rename " + from.native() + " -> " + to.native();
    const Node* moved = find(from);
    if (!moved || !find(to.parent_path())) fail(attempt, ENOENT);
    if (moved->device != find(to.parent_path())->device) fail(attempt, EXDEV);
    if (platform::lies_in(to, from) && to != from) fail(attempt, EINVAL);
    if (const Node* there = find(to)) {
      if (there->kind == Kind::folder && moved->kind != Kind::folder) fail(attempt, EISDIR);
      if (there->kind != Kind::folder && moved->kind == Kind::folder) fail(attempt, ENOTDIR);
      if (there->kind == Kind::folder && !list(to)->empty()) fail(attempt, ENOTEMPTY);
    }
    std::map<std::string, Node> carried;
    for (auto node = nodes_.begin(); node != nodes_.end();) {
      bool inside = platform::lies_in(node->first, from);
      if (inside) carried[to.native() + node->first.substr(from.native().size())] = node->second;
      node = inside ? nodes_.erase(node) : std::next(node);
    }
    for (auto& [path, node] : carried) nodes_[path] = std::move(node);
  }

  void duplicate(const Path& from, const Path& to) override {
    const Node* source = find(from);
    if (!source) fail("cannot read " + from.native(), ENOENT);
    need_parent(to, "cannot create ");
    if (find(to)) fail("cannot copy " + from.native() + " -> " + to.native(), EEXIST);
    Node copy = *source;
    nodes_[key(to)] = copy;
  }

  void remove_file(const Path& file) override {
    const Node* node = find(file);
    if (node && node->kind == Kind::folder) fail("cannot delete " + file.native(), EISDIR);
    nodes_.erase(key(file));
  }
  void remove_folder(const Path& folder) override {
    const Node* node = find(folder);
    if (!node) return;
    if (node->kind != Kind::folder) fail("cannot delete the folder " + folder.native(), ENOTDIR);
    if (!list(folder)->empty()) fail("cannot delete the folder " + folder.native(), ENOTEMPTY);
    nodes_.erase(key(folder));
  }
  void set_mode(const Path& path, mode_t mode) override {
    if (!find(target_of(path))) fail("cannot set the permissions of " + path.native(), ENOENT);
    nodes_.at(key(target_of(path))).mode = mode;
  }
  void sync_folder(const Path&) override {}

 private:
  struct Node {
    Kind kind = Kind::other;
    std::string bytes;  // of a file, or a link's target
    mode_t mode = 0;
    dev_t device = 0;
    ino_t inode = 0;
    uid_t owner = ::geteuid();
    WallTime changed = std::chrono::system_clock::now();
  };

  [[noreturn]] static void fail(const std::string& attempt, int error) { throw base::system_failure(attempt, error); }

  static std::string key(const Path& path) {
    Path normal = path.lexically_normal();
    return (normal.has_filename() || normal == "/" ? normal : normal.parent_path()).native();
  }
  const Node* find(const Path& path) const {
    auto found = nodes_.find(key(path));
    return found == nodes_.end() ? nullptr : &found->second;
  }
  Path target_of(Path path) const {
    for (int hops = 0; hops < 40; ++hops) {
      const Node* node = find(path);
      if (!node || node->kind != Kind::symlink) return path;
      path = (path.parent_path() / node->bytes).lexically_normal();
    }
    fail("cannot look at " + path.native(), ELOOP);
  }
  void need_parent(const Path& path, const char* attempt) const {
    const Node* parent = find(path.parent_path());
    if (!parent) fail(attempt + path.native(), ENOENT);
    if (parent->kind != Kind::folder) fail(attempt + path.native(), ENOTDIR);
  }
  void add(const Path& path, Kind kind, std::string_view bytes, mode_t mode) {
    nodes_[key(path)] = {kind, std::string(bytes), mode, find(path.parent_path())->device, ++newest_inode_};
  }
  bool may(const Path& path, mode_t bit) const {
    const Node* node = find(target_of(path));
    return node && (node->mode & bit) != 0;
  }

  std::map<std::string, Node> nodes_;
  ino_t newest_inode_ = 1;
};

// Thrown by a FaultyDisk that dies; nobody in src/ can catch it.
struct Died {};

class FaultyDisk final : public PassingDisk {
 public:
  explicit FaultyDisk(platform::Disk& under) : PassingDisk(under) {}

  // Changing calls from the n-th (1 = the first) on fail with `error`. No space left keeps nothing from being deleted.
  void fail_from(size_t n, int error) { from_ = n, error_ = error; }
  // At the n-th the process dies: a created file is left half written, everything else not begun.
  void die_at(size_t n) { from_ = n, error_ = 0; }
  // Works again, and counts anew.
  void mend() { from_ = SIZE_MAX, calls_.clear(); }

  // "create /a/b", "rename /a -> /b": in order, those that failed too.
  const std::vector<std::string>& calls() const { return calls_; }

  void create(const Path& file, std::string_view bytes, mode_t mode) override {
    if (calls_.size() + 1 == from_ && error_ == 0) under_.create(file, bytes.substr(0, bytes.size() / 2), mode);
    before("create " + file.native(), true);
    under_.create(file, bytes, mode);
  }
  void replace(const Path& file, std::string_view bytes, mode_t mode, Sync sync) override {
    before("replace " + file.native(), true);
    under_.replace(file, bytes, mode, sync);
  }
  bool make_folder(const Path& folder, mode_t mode) override {
    before("make_folder " + folder.native(), true);
    return under_.make_folder(folder, mode);
  }
  void rename(const Path& from, const Path& to) override {
    before("rename " + from.native() + " -> " + to.native(), true);
    under_.rename(from, to);
  }
  void duplicate(const Path& from, const Path& to) override {
    before("duplicate " + from.native() + " -> " + to.native(), true);
    under_.duplicate(from, to);
  }
  void remove_file(const Path& file) override {
    before("remove_file " + file.native(), false);
    under_.remove_file(file);
  }
  void remove_folder(const Path& folder) override {
    before("remove_folder " + folder.native(), false);
    under_.remove_folder(folder);
  }
  void set_mode(const Path& path, mode_t mode) override {
    before("set_mode " + path.native(), false);
    under_.set_mode(path, mode);
  }
  void sync_folder(const Path& folder) override {
    before("sync_folder " + folder.native(), false);
    under_.sync_folder(folder);
  }

 private:
  void before(const std::string& call, bool needs_space) {
    calls_.push_back(call);
    if (calls_.size() < from_) return;
    if (error_ == 0) throw Died{};
    bool no_space = error_ == ENOSPC || error_ == EDQUOT;
    if (needs_space || !no_space) throw base::system_failure("cannot " + call, error_);
  }

  std::vector<std::string> calls_;
  size_t from_ = SIZE_MAX;
  int error_ = 0;
};

}  // namespace support
