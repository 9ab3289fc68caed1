// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sql_source.h"

#include <zip.h>
#include <zlib.h>

#include <catch2/catch.hpp>
#include <vector>

#include "base/failure.h"
#include "storage/dump_survey.h"
#include "support/temp_folder.h"

namespace {

using namespace storage;
using namespace std::string_literals;

std::string read_all(const std::filesystem::path& file) {
  SqlSource source(file);
  std::string text;
  for (std::string_view part = source.next(); !part.empty(); part = source.next()) text += part;
  CHECK(source.sql_position() == text.size());
  CHECK(source.file_position() + 512 >= source.file_bytes());  // padding may be left unread
  CHECK(source.next().empty());
  return text;
}

std::string gzipped(const std::string& text) {
  std::string out(compressBound(text.size()) + 64, '\0');
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

struct ZipEntry {
  std::string name, text;
};

std::filesystem::path packed_zip(const support::TempFolder& folder, const std::vector<ZipEntry>& entries, const char* password = nullptr) {
  auto file = folder / "a.zip";
  zip_t* archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  for (const ZipEntry& entry : entries) {
    auto index = zip_file_add(archive, entry.name.c_str(), zip_source_buffer(archive, entry.text.data(), entry.text.size(), 0), 0);
    if (password) zip_file_set_encryption(archive, static_cast<zip_uint64_t>(index), ZIP_EM_TRAD_PKWARE, password);
  }
  REQUIRE(zip_close(archive) == 0);
  return file;
}

std::string large_text() {
  std::string text;
  for (int i = 0; text.size() < 5 * SqlSource::kBlockBytes; ++i) text += "INSERT INTO t VALUES (" + std::to_string(i * 7919) + ");\n";
  return text;
}

}  // namespace

TEST_CASE("SQL comes out of plain, gzip and zip files, whatever their names") {
  support::TempFolder folder;
  const std::string large = large_text();
  for (const std::string& text : {"SELECT 1;"s, large, large.substr(0, SqlSource::kBlockBytes), large.substr(0, 2 * SqlSource::kBlockBytes)}) {
    CHECK(read_all(folder.write("a.gz", text)) == text);
    CHECK(read_all(folder.write("a.sql", gzipped(text))) == text);
    size_t half = text.size() / 2;
    CHECK(read_all(folder.write("b.sql", gzipped(text.substr(0, half)) + gzipped("") + gzipped(text.substr(half)))) == text);
    CHECK(read_all(folder.write("c.sql", gzipped(text) + std::string(512, '\0'))) == text);
    CHECK(read_all(packed_zip(folder, {{"x/dump.SQL", text}, {"__MACOSX/x/._dump.sql", "x"}, {"readme.txt", "y"}})) == text);
    CHECK(read_all(folder.write("d.sql", "\xEF\xBB\xBF" + text)) == text);
    CHECK(read_all(folder.write("d.sql", gzipped("\xEF\xBB\xBF" + text))) == text);
  }
  CHECK(SqlSource(folder.write("e", gzipped("a"))).packing() == SqlPacking::gzip);
}

TEST_CASE("What is no SQL is refused with what to do") {
  support::TempFolder folder;
  struct Row {
    std::string bytes, expected;
  };
  const Row rows[] = {
      {"", "is empty"},
      {"\xFF\xFES\0E\0L\0"s, "is UTF-16 text"},
      {"\xFE\xFF\0S\0E"s, "is UTF-16 text"},
      {"S\0E\0L\0"s, "is UTF-16 text"},
      {gzipped("\xFF\xFES\0"s), "is UTF-16 text"},
      {gzipped(gzipped("SELECT 1")), "is packed twice"},
      {"BZh91AY", "is a bzip2 file"},
      {"\x28\xB5\x2F\xFD....", "is a zstd file"},
      {"PK\x03\x04....", "is cut off or damaged: its table of contents cannot be read"},
  };
  for (const Row& row : rows) CHECK_THROWS_WITH(read_all(folder.write("a.sql", row.bytes)), Catch::Contains("a.sql " + row.expected));
  CHECK_THROWS_WITH(read_all(folder / "none.sql"), Catch::Contains("cannot read none.sql: No such file"));
  CHECK_THROWS_WITH(read_all(packed_zip(folder, {{"a.txt", "x"}})), Catch::Contains("holds no .sql file"));
  CHECK_THROWS_WITH(read_all(packed_zip(folder, {{"a.sql", "x"}, {"b.sql", "x"}})), Catch::Contains("holds several .sql files (a.sql, b.sql)"));
}

TEST_CASE("A gzip file that is cut off or damaged is refused with the place") {
  support::TempFolder folder;
  std::string packed = gzipped(large_text());
  CHECK_THROWS_WITH(read_all(folder.write("a.gz", packed.substr(0, packed.size() / 2))),
                    Catch::Contains("a.gz is cut off: it ends at byte " + std::to_string(packed.size() / 2)));
  CHECK_THROWS_WITH(read_all(folder.write("a.gz", packed.substr(0, packed.size() - 3))), Catch::Contains("is cut off"));
  CHECK_THROWS_WITH(read_all(folder.write("a.gz", packed + "<html>")), Catch::Contains("something else stands behind the gzip data"));
  std::string damaged = packed;
  damaged[packed.size() - 6] ^= 1;  // the checksum
  CHECK_THROWS_WITH(read_all(folder.write("a.gz", damaged)), Catch::Contains("a.gz is damaged at byte"));
  SqlSource source(folder / "a.gz");
  auto read = [&] { while (!source.next().empty()) {} };
  CHECK_THROWS_AS(read(), base::Failure);
  CHECK_THROWS_AS(read(), base::Failure);  // and again
}

TEST_CASE("A damaged zip entry is refused") {
  support::TempFolder folder;
  auto file = packed_zip(folder, {{"a.sql", large_text()}});
  std::ifstream in(file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  bytes[bytes.size() / 2] ^= 0x55;
  CHECK_THROWS_WITH(read_all(folder.write("a.zip", bytes)), Catch::Contains("a.zip is damaged at byte"));
}

TEST_CASE("A source that is left early ends its thread") {
  support::TempFolder folder;
  auto file = folder.write("a.sql", large_text());
  for (int parts = 0; parts < 3; ++parts) {
    SqlSource source(file);
    for (int i = 0; i < parts; ++i) CHECK(!source.next().empty());
  }
}

TEST_CASE("The dry run tells the makers of dumps apart, and whether they are whole") {
  support::TempFolder folder;
  auto survey = [&](const std::string& text) { return survey_dump({folder.write("a.sql", text), "shop", {}, {}}).value(); };
  const std::string body = "DROP TABLE IF EXISTS `t`;\nCREATE TABLE `t` (a int);\nINSERT INTO `t` VALUES (1);\nINSERT INTO other_one VALUES (2);\n";
  const std::string end = "-- Dump completed on 2026-11-21  9:30:15\n";

  DumpSurvey found = survey("-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for debian-linux-gnu (x86_64)\n--\n-- Host: localhost    Database: old\n"
                            "-- ------------\n-- Server version\t10.11.6-MariaDB-0+deb12u1\n\n" + body + end);
  CHECK(found.writer == DumpWriter::mariadb_dump);
  CHECK(found.program == "mariadb-dump 10.11.6-MariaDB");
  CHECK((found.database == "old" && found.server == "10.11.6-MariaDB-0+deb12u1" && found.taken == "2026-11-21  9:30:15"));
  CHECK((found.completeness == DumpSurvey::Completeness::complete && found.can_be_restored()));
  REQUIRE(found.tables.size() == 2);
  CHECK((found.tables[0].dropped && found.tables[0].created && found.tables[0].inserts == 1));
  CHECK((!found.tables[1].dropped && !found.tables[1].created));
  CHECK(found.may_drop() == std::vector<std::string>{"t"});

  found = survey("/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19-11.4.2-MariaDB, for Linux (x86_64)\n" + body);
  CHECK(found.program == "mariadb-dump 10.19-11.4.2-MariaDB");
  CHECK((found.completeness == DumpSurvey::Completeness::cut_off && !found.can_be_restored()));

  found = survey("-- MySQL dump 10.13  Distrib 8.0.33, for Linux (x86_64)\n" + body + end);
  CHECK((found.writer == DumpWriter::mysqldump && found.program == "mysqldump 8.0.33"));

  CHECK(survey(body).completeness == DumpSurvey::Completeness::unknown);
  CHECK(survey(body + "INSERT INTO t VALUES ('a").completeness == DumpSurvey::Completeness::cut_off);
  CHECK(survey("START TRANSACTION;\n" + body).completeness == DumpSurvey::Completeness::cut_off);
  CHECK(survey("-- nothing\n").obstacles == std::vector<std::string>{"the file holds no SQL statement"});
}
