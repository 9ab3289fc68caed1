// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/survey_memory.h"

#include <catch2/catch.hpp>

#include "support/fake_disk.h"

namespace {

using namespace storage;

const platform::Path kFile = "/site/dump.sql";

DumpSurvey sample() {
  DumpSurvey survey;
  survey.writer = DumpWriter::phpmyadmin;
  survey.program = "phpMyAdmin 5.2.1";
  survey.packing = SqlPacking::zip;
  survey.completeness = DumpSurvey::Completeness::unknown;
  survey.tables = {{"leads", true, true, false, 3, 4711, 100, 4811}};
  survey.skipped = {{"SET GLOBAL", "it sets a variable of the whole server", 2, 5, 9}};
  survey.views = {"v"};
  survey.obstacles = {"the file is cut off"};
  survey.sql_bytes = uint64_t{1} << 40;
  survey.of_several_databases = true;
  return survey;
}

struct Folder {
  support::MemoryDisk disk;
  StateNames state{"/state"};

  Folder() {
    disk.make_folder("/state", 0700);
    disk.make_folder("/site", 0755);
    disk.put_file(kFile.native(), "select 1;");
  }
  void remember(const std::string& database) {
    remember_survey(disk, state, kFile, disk.look(kFile).value(), database, sample());
  }
};

}  // namespace

TEST_CASE("A survey comes back from its JSON as it was") {
  auto back = survey_of(to_json(sample()));
  REQUIRE(back);
  CHECK(to_json(*back) == to_json(sample()));
  CHECK(back->writer == DumpWriter::phpmyadmin);
  CHECK(back->packing == SqlPacking::zip);
  CHECK(back->completeness == DumpSurvey::Completeness::unknown);
  CHECK(back->may_drop() == std::vector<std::string>{"leads"});
  CHECK_FALSE(back->can_be_restored());
  for (const char* text : {"", "{", "[]", "{\"writer\":1}", "null"}) CHECK_FALSE(survey_of(text));
}

TEST_CASE("A survey is remembered for this file, as it was, and this database") {
  Folder folder;
  CHECK_FALSE(remembered_survey(folder.disk, folder.state, kFile, "shop"));
  folder.remember("shop");
  REQUIRE(remembered_survey(folder.disk, folder.state, kFile, "shop"));
  CHECK_FALSE(remembered_survey(folder.disk, folder.state, kFile, "other"));
  folder.disk.put_file(kFile.native(), "select 12;");
  CHECK_FALSE(remembered_survey(folder.disk, folder.state, kFile, "shop"));
  CHECK_FALSE(remembered_survey(folder.disk, folder.state, "/site/none.sql", "shop"));
}

TEST_CASE("Only a few surveys are kept") {
  Folder folder;
  for (int i = 0; i < 30; ++i) folder.remember("database" + std::to_string(i));
  CHECK(folder.disk.list(folder.state.surveys())->size() == 8);
  CHECK(remembered_survey(folder.disk, folder.state, kFile, "database29"));
}
