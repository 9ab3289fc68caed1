// SPDX-License-Identifier: GPL-3.0-or-later
// Names and attributes of archive entries: tables of good rows, then of bad ones.
#include "storage/zip_entry.h"

#include <catch2/catch.hpp>

#include "base/text.h"

namespace {

using namespace storage;

ZipHeader header_of(const std::string& name, uint32_t mode = 0100644, unsigned system = 3) {
  ZipHeader header;
  header.name = name;
  header.made_by = static_cast<uint16_t>(system << 8 | 20);
  header.attributes = mode << 16;
  return header;
}

ZipEntry file(const std::string& path) {
  ZipEntry entry;
  entry.path = path;
  return entry;
}

ZipEntry folder(const std::string& path) {
  ZipEntry entry = file(path);
  entry.folder = true;
  return entry;
}

}  // namespace

TEST_CASE("An archive's names below the root are accepted") {
  auto [name, path] = GENERATE(table<std::string, std::string>({
      {"index.php", "index.php"},
      {"app/config/config.php", "app/config/config.php"},
      {"app/", "app"},
      {"./", ""},
      {"./app/x.php", "app/x.php"},
      {".htaccess", ".htaccess"},
      {"...", "..."},
      {"a/..b/b../c", "a/..b/b../c"},
      {"with space and ; ' \" $", "with space and ; ' \" $"},
      {"caf\xc3\xa9/\xe6\x97\xa5.php", "caf\xc3\xa9/\xe6\x97\xa5.php"},
      {"ab:c", "ab:c"},
      {std::string(255, 'x'), std::string(255, 'x')},
  }));
  bool is_folder = name.ends_with('/');
  ZipJudgement judgement = judge(header_of(name, is_folder ? 040755 : 0100644), 7);
  INFO(name << ": " << judgement.refusal);
  CHECK(judgement.refusal.empty());
  CHECK(judgement.skipped == path.empty());
  if (judgement.skipped) return;
  CHECK(judgement.entry.path == path);
  CHECK(judgement.entry.folder == is_folder);
  CHECK(judgement.entry.index == 7);
}

TEST_CASE("An archive's names that lead elsewhere, or deceive, are refused") {
  auto [name, why] = GENERATE(table<std::string, std::string>({
      {"", "has no name"},
      {"..", "leads out of"},
      {"../x", "leads out of"},
      {"../", "leads out of"},
      {"a/../../x", "leads out of"},
      {"a/..", "leads out of"},
      {"./../x", "leads out of"},
      {"/etc/passwd", "absolute"},
      {"/", "absolute"},
      {"//x", "absolute"},
      {"C:/x", "absolute"},
      {"c:x", "absolute"},
      {"a\\b", "backslash"},
      {"..\\..\\x", "backslash"},
      {"a//b", "an empty part"},
      {"a//", "an empty part"},
      {".//x", "absolute"},
      {"a/./b", "a part \".\""},
      {"a/.", "a part \".\""},
      {".", "a part \".\""},
      {"././x", "a part \".\""},
      {std::string("a\0b", 3), "control character"},
      {"a\nb", "control character"},
      {"a\x7f", "control character"},
      {"a\xc2\x85", "control character"},
      {"caf\xe9", "not UTF-8"},
      {"\xc0\xae\xc0\xae/x", "not UTF-8"},
      {"a\xff", "not UTF-8"},
      {"\xed\xa0\x80", "not UTF-8"},
      {std::string(256, 'x'), "too long a name"},
      {std::string(200, 'x') + "/" + std::string(200, 'y') + "/" + std::string(200, 'z') + "/" + std::string(200, 'x') +
           "/" + std::string(200, 'y') + "/" + std::string(200, 'z'),
       "too long a name"},
  }));
  ZipJudgement judgement = judge(header_of(name), 0);
  INFO(base::printable_line(name));
  CHECK(base::contains(judgement.refusal, why));
  CHECK(judgement.entry == ZipEntry{});
}

TEST_CASE("An archive's folders may not nest beyond measure") {
  std::string deep;
  for (size_t i = 1; i < kMostZipPathParts; ++i) deep += "d/";
  CHECK(judge(header_of(deep + "f"), 0).refusal.empty());
  CHECK(judge(header_of(deep + "d/f"), 0).refusal == "lies in too many folders");
}

TEST_CASE("Of an entry's permissions only that to run is taken over") {
  auto [mode, expected] = GENERATE(table<uint32_t, unsigned>({{0100644, 0644},
                                                              {0100600, 0644},
                                                              {0100666, 0644},
                                                              {0100755, 0755},
                                                              {0100777, 0755},
                                                              {0100544, 0755},
                                                              {0, 0644},
                                                              {0101644, 0644}}));
  ZipJudgement judgement = judge(header_of("a", mode), 0);
  INFO(std::oct << mode);
  REQUIRE(judgement.refusal.empty());
  CHECK(mode_of(judgement.entry) == expected);
}

TEST_CASE("Bits that are no permissions of this system are not read as such") {
  ZipHeader dos = header_of("a.php", 0106777 | 0120000, 0);
  CHECK(judge(dos, 0).refusal.empty());
  CHECK(mode_of(judge(dos, 0).entry) == 0644);
}

TEST_CASE("Links, devices and other kinds of files are refused, and so is setuid") {
  auto [mode, why] = GENERATE(table<uint32_t, std::string>({
      {0120777, "is a symbolic link"},
      {0020666, "is a device"},
      {0060660, "is a device"},
      {0010644, "is a device, a pipe"},
      {0140755, "is a device, a pipe or a socket"},
      {0150000, "is a device"},
      {0104755, "setuid"},
      {0102755, "setuid"},
      {0106644, "setuid"},
      {0040755, "a file by its name and a folder by its permissions"},
  }));
  for (unsigned system : {3U, 19U}) CHECK(base::contains(judge(header_of("a", mode, system), 0).refusal, why));
  CHECK_FALSE(judge(header_of("a/", 0120777), 0).refusal.empty());
  CHECK(judge(header_of("a/", 0100644), 0).refusal == "is a folder by its name and a file by its permissions");
  CHECK(base::contains(judge(header_of("a/", 042755), 0).refusal, "setuid"));
}

TEST_CASE("Contents that cannot be what the header says are refused") {
  ZipHeader header = header_of("a");
  std::string why;
  auto check = [&] { CHECK(base::contains(judge(header, 0).refusal, why)); };
  SECTION("encrypted") { header.flags = 1, why = "is encrypted", check(); }
  SECTION("strongly encrypted") { header.flags = 1 << 6, why = "is encrypted", check(); }
  SECTION("with its name masked") { header.flags = 1 << 13, why = "is encrypted", check(); }
  SECTION("a patch") { header.flags = 1 << 5, why = "is a patch", check(); }
  SECTION("another method") {
    for (uint16_t method : {1, 6, 9, 12, 14, 93, 95, 99, 0xffff})
      header.method = method, why = "is packed by method", check();
  }
  SECTION("stored with two sizes") {
    header.bytes = 5, header.packed_bytes = 4, why = "is stored, yet states two sizes", check();
  }
  SECTION("more than deflate can do") {
    header.method = 8, header.packed_bytes = 1000, header.bytes = 1033 * 1000 + 1033;
    why = "states a size that its packed data cannot have", check();
    header.bytes = 1032 * 1000;
    CHECK(judge(header, 0).refusal.empty());
  }
  SECTION("a folder with content") {
    header.name = "a/", header.attributes = 040755u << 16, header.bytes = header.packed_bytes = 1,
    why = "a folder with content", check();
  }
}

TEST_CASE("Entries that cannot lie beside each other are refused, the later one named") {
  struct Row {
    std::vector<ZipEntry> entries;
    size_t blamed;
    std::string why;
  };
  auto row = GENERATE(values<Row>({
      {{file("a"), file("b"), file("a")}, 2, "is there twice"},
      {{folder("a"), folder("a")}, 1, "is there twice"},
      {{file("a"), file("A")}, 1, "differs from a in upper and lower case only"},
      {{file("a/x"), file("A/y")}, 1, "lies in a folder that differs from a in upper and lower case only"},
      {{folder("Lib"), file("lib/x")}, 1, "lies in a folder that differs from Lib"},
      {{file("x/y/z"), file("x/Y/z")}, 1, "differs from x/y/z"},
      {{file("a"), folder("a")}, 1, "is a file and a folder at once"},
      {{file("a"), file("a/b")}, 1, "lies in a, which is a file"},
      {{file("a/b/c"), file("a/b")}, 1, "is a file and a folder at once"},
      {{file("a/b/c"), file("a")}, 1, "is a file and a folder at once"},
  }));
  ZipClash clash = find_clash(row.entries);
  REQUIRE(clash.entry);
  CHECK(clash.entry == &row.entries[row.blamed]);
  INFO(clash.refusal);
  CHECK(base::contains(clash.refusal, row.why));
}

TEST_CASE("Entries that lie beside each other well are no clash") {
  std::vector<ZipEntry> entries = {file("a/b/c"), folder("a/b"), folder("a"), file("a/bc"), file("ab"), file("a/B2/c")};
  CHECK_FALSE(find_clash(entries).entry);
  CHECK_FALSE(find_clash({}).entry);
}
