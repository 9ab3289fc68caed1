// SPDX-License-Identifier: GPL-3.0-or-later
// Which backups are complete, in every state that a kill or a foreign hand leaves them in; on a disk in memory.
#include "storage/backups.h"

#include <catch2/catch.hpp>

#include "support/fake_disk.h"

namespace {

using namespace storage;

const std::string kOld = "20261120-093015123-k3v9qa", kNew = "20261121-093015123-k3v9qa";

struct Folder {
  support::MemoryDisk disk;
  StateNames state{"/home/.unstick"};

  void put_file(const std::string& id, size_t bytes) {
    disk.put_file(state.backup_of(id).native(), std::string(bytes, 'x'));
  }
  void put_manifest(const std::string& id, uint64_t file_bytes) {
    Manifest manifest;
    manifest.occasion = "db:backup";
    manifest.file_bytes = file_bytes;
    manifest.sha256 = std::string(64, 'a');
    disk.put_file(state.manifest_of(id).native(), to_json(manifest));
  }
};

}  // namespace

TEST_CASE("A backup is complete when its manifest names its file's length") {
  Folder folder;
  CHECK_FALSE(find_backup(folder.disk, folder.state, kNew));
  folder.put_file(kNew, 10);
  CHECK_FALSE(find_backup(folder.disk, folder.state, kNew)->manifest);
  for (uint64_t other : {0, 9, 11}) {
    folder.put_manifest(kNew, other);
    CHECK_FALSE(find_backup(folder.disk, folder.state, kNew)->manifest);
  }
  folder.put_manifest(kNew, 10);
  auto backup = find_backup(folder.disk, folder.state, kNew);
  REQUIRE(backup->manifest);
  CHECK(backup->manifest->occasion == "db:backup");
  CHECK(backup->file_bytes == 10);
  folder.disk.put_file(folder.state.manifest_of(kNew).native(), "{\"format\":");
  CHECK_FALSE(find_backup(folder.disk, folder.state, kNew)->manifest);
}

TEST_CASE("A manifest without its file is no backup that could be restored") {
  Folder folder;
  folder.put_manifest(kNew, 0);
  CHECK_FALSE(find_backup(folder.disk, folder.state, kNew)->manifest);
  CHECK(all_backups(folder.disk, folder.state).empty());
}

TEST_CASE("The newest backup comes first, and other files are left out") {
  Folder folder;
  CHECK(all_backups(folder.disk, folder.state).empty());
  folder.put_file(kOld, 1), folder.put_file(kNew, 2);
  for (const char* other : {"notes.txt", "20261121-093015123-k3v9qa.sql", "20261121-093015123-k3v9qa.sql.gz.partial", "x.sql.gz"})
    folder.disk.put_file((folder.state.backups() / other).native(), "x");
  auto all = all_backups(folder.disk, folder.state);
  REQUIRE(all.size() == 2);
  CHECK(all[0].id == kNew);
  CHECK(all[1].id == kOld);
}

TEST_CASE("A removed backup leaves nothing, not even what a kill had begun, and the others stay") {
  Folder folder;
  folder.put_file(kOld, 1), folder.put_file(kNew, 2), folder.put_manifest(kNew, 2);
  folder.disk.put_file(folder.state.backup_of(kNew).native() + ".partial", "x");
  remove_backup(folder.disk, folder.state, kNew);
  CHECK(folder.disk.list(folder.state.backups())->size() == 1);
  CHECK(find_backup(folder.disk, folder.state, kOld));
  CHECK_NOTHROW(remove_backup(folder.disk, folder.state, kNew));
}

namespace {

Backup automatic(const std::string& id, const std::string& occasion = "doctrine:migrations:migrate") {
  Backup backup;
  backup.id = id;
  backup.manifest = Manifest{};
  backup.manifest->occasion = occasion;
  return backup;
}

using Ids = std::vector<std::string>;
const auto everything_ended_well = [](const std::string&) { return true; };
const auto nothing_ended_well = [](const std::string&) { return false; };

}  // namespace

TEST_CASE("Of automatic backups the newest three are kept") {
  std::vector<Backup> all = {automatic("e"), automatic("d"), automatic("c")};
  CHECK(rotated_out(all, everything_ended_well).empty());
  all.push_back(automatic("b"));
  all.push_back(automatic("a"));
  CHECK(rotated_out(all, everything_ended_well) == Ids{"b", "a"});
}

TEST_CASE("The owner's backups and incomplete ones are never rotated away, nor counted") {
  Backup incomplete;
  incomplete.id = "d";
  std::vector<Backup> all = {automatic("g"), automatic("f", "db:backup"), automatic("e"), incomplete, automatic("c"),
                             automatic("b"), automatic("a", "db:backup")};
  CHECK(rotated_out(all, everything_ended_well) == Ids{"b"});
}

TEST_CASE("After failures the oldest backup since the last success stays") {
  std::vector<Backup> all = {automatic("f"), automatic("e"), automatic("d"), automatic("c"), automatic("b"), automatic("a")};
  CHECK(rotated_out(all, nothing_ended_well) == Ids{"c", "b"});
  auto b_ended_well = [](const std::string& job) { return job == "b"; };
  CHECK(rotated_out(all, b_ended_well) == Ids{"b", "a"});
  auto e_ended_well = [](const std::string& job) { return job == "e"; };
  CHECK(rotated_out(all, e_ended_well) == Ids{"c", "b", "a"});
}
