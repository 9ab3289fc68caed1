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
