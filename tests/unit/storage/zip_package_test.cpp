// SPDX-License-Identifier: GPL-3.0-or-later
// Whole archives: decent ones of several makes are opened, hostile and broken ones refused with the entry named.
#include "storage/zip_package.h"

#include <catch2/catch.hpp>

#include "base/text.h"
#include "support/made_zip.h"
#include "support/temp_folder.h"

namespace {

using namespace support;
using storage::ZipPackage;

// What opening it and reading its first entry says; empty when that goes well.
std::string refusal_of(const std::string& bytes) {
  TempFolder temp;
  try {
    ZipPackage package(temp.write("p.zip", bytes));
    package.read(package.entries().front(), 1 << 20);
    return "";
  } catch (const base::Failure& failure) {
    CHECK_FALSE(failure.advice().empty());
    return failure.what();
  }
}

std::string refusal_of(const std::vector<MadeEntry>& entries, const MadeEnd& end = {}) {
  return refusal_of(made_zip(entries, end));
}

// One good file, and this one.
std::string refusal_beside(const MadeEntry& entry) { return refusal_of({{"good.php", "good"}, entry}); }

MadeEntry text(const std::string& name, const std::string& content) {
  MadeEntry entry{name, content};
  entry.deflated = true;
  return entry;
}

}  // namespace

TEST_CASE("A package lists its files and folders, and gives back small files") {
  TempFolder temp;
  MadeEntry tool{"bin/console", "#!/usr/bin/env php\n"};
  tool.mode = 0100755;
  MadeEntry app{"app/"};
  app.mode = 040755;
  ZipPackage package(
      temp.write("5.1.1.zip", made_zip({app, text("app/meta.json", std::string(5000, 'x')), tool, {"empty", ""}})));
  CHECK(package.shown() == "5.1.1.zip");
  CHECK(package.files() == 3);
  CHECK(package.folders() == 2);
  CHECK(package.bytes() == 5000 + 19);
  REQUIRE(package.entries().size() == 4);
  REQUIRE(package.find("app/meta.json"));
  CHECK(package.find("app/meta.json")->packed_bytes < 100);
  CHECK(package.find("app")->folder);
  CHECK(package.find("bin/console")->executable);
  CHECK_FALSE(package.find("bin"));
  CHECK_FALSE(package.find("none"));
  CHECK(package.read(*package.find("app/meta.json"), 5000) == std::string(5000, 'x'));
  CHECK(package.read(*package.find("bin/console"), 100) == "#!/usr/bin/env php\n");
  CHECK(package.read(*package.find("empty"), 0).empty());
  CHECK_THROWS_AS(package.read(*package.find("app/meta.json"), 4999), base::Failure);
}

TEST_CASE("Archives as decent programs write them are opened") {
  SECTION("with sizes behind the data") {
    MadeEntry streamed = text("a", std::string(100, 'a'));
    streamed.flags = 8, streamed.local_crc = 0, streamed.local_bytes = 0, streamed.local_packed = 0;
    CHECK(refusal_beside(streamed) == "");
  }
  SECTION("with zip64 fields") {
    MadeEntry large = text("a", std::string(100, 'a'));
    large.zip64 = true;
    CHECK(refusal_beside(large) == "");
    MadeEnd end;
    end.zip64 = true;
    CHECK(refusal_of({large}, end) == "");
    end.count = 0xffff, end.count64 = 1, end.size = std::nullopt;
    CHECK(refusal_of({large}, end) == "");
  }
  SECTION("with a comment, even one that looks like an end") {
    MadeEnd end;
    end.comment = "made by hand";
    CHECK(refusal_of({text("a", "a")}, end) == "");
  }
  SECTION("with folders by DOS attributes") {
    MadeEntry folder{"a/"};
    folder.made_by = 20, folder.mode = 0;
    CHECK(refusal_beside(folder) == "");
  }
}

TEST_CASE("A hostile entry makes the whole package refused, and is named") {
  MadeEntry entry = text("a", std::string(3000, 'a'));
  std::string expected;
  SECTION("it climbs") {
    entry.name = "../../.htaccess",
    expected = "p.zip is refused: ../../.htaccess leads out of the folder that it is unpacked into";
  }
  SECTION("it is absolute") {
    entry.name = "/etc/cron.d/x", expected = "p.zip is refused: /etc/cron.d/x has an absolute name";
  }
  SECTION("it is a link") { entry.mode = 0120777, expected = "p.zip is refused: a is a symbolic link"; }
  SECTION("it is a device") { entry.mode = 020666, expected = "p.zip is refused: a is a device, a pipe or a socket"; }
  SECTION("it is setuid") {
    entry.mode = 0104755, expected = "p.zip is refused: a has the permission to run as another user (setuid or setgid)";
  }
  SECTION("it is there twice") { entry.name = "good.php", expected = "p.zip is refused: good.php is there twice"; }
  SECTION("it differs in case") {
    entry.name = "Good.php", expected = "p.zip is refused: Good.php differs from good.php in upper and lower case only";
  }
  SECTION("its name holds a zero byte") {
    entry.name = std::string("a.php\0.txt", 10),
    expected = "p.zip is refused: a.php\\x00.txt has a control character in its name";
  }
  SECTION("it is encrypted") { entry.flags = 1, expected = "p.zip is refused: a is encrypted"; }
  SECTION("it states a size beyond measure") {
    entry.bytes = 4000000000, expected = "p.zip is refused: a states a size that its packed data cannot have";
  }
  SECTION("its data are another's") {
    entry.offset = 0, expected = "p.zip is refused: a shares its data with another entry";
  }
  SECTION("it lies nowhere") { entry.offset = 1 << 20, expected = "p.zip is refused: a lies outside of the archive"; }
  SECTION("its data go into the table of contents") {
    entry.packed_bytes = 2999, expected = "p.zip is refused: a lies outside of the archive";
  }
  SECTION("it has two names") {
    entry.local_name = "b", expected = "p.zip is refused: a has another name in front of its data";
  }
  SECTION("it has two sizes") {
    entry.local_bytes = 2999,
    expected = "p.zip is refused: a has other sizes in front of its data than in the table of contents";
  }
  SECTION("it has two checksums") {
    entry.local_crc = 1,
    expected = "p.zip is refused: a has other sizes in front of its data than in the table of contents";
  }
  SECTION("a second reader sees another name") {
    std::string other =
        std::string("\x01") + std::string(4, '\0') + "b";  // the Unicode path field, its checksum filled in
    uint32_t crc = base::crc32("a");
    for (int i = 0; i < 4; ++i) other[1 + i] = static_cast<char>(crc >> (8 * i));
    entry.central_extra = std::string("\x75\x70\x06\x00", 4) + other;
    expected = "p.zip is refused: it can be read in two ways, with different contents";
  }
  CHECK(refusal_beside(entry) == expected);
}

TEST_CASE("A broken archive is refused with what is wrong with it") {
  std::string good = made_zip({text("a", std::string(3000, 'a')), text("b", "b")});
  CHECK(refusal_of(good) == "");
  SECTION("cut off at any byte") {
    for (size_t cut = 0; cut < good.size(); ++cut) {
      INFO(cut);
      CHECK(refusal_of(good.substr(0, cut)).starts_with("p.zip is cut off or no zip archive"));
    }
  }
  SECTION("any byte of its headers changed: refused, or it is the same package") {
    size_t refused = 0;
    for (size_t at = good.find("PK\x01\x02"); at < good.size(); ++at)
      for (char change : {'\x01', '\x20', '\x7f'}) {
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ change);
        refused += refusal_of(bad).empty() ? 0 : 1;
      }
    CHECK(refused > 150);
  }
  SECTION("bytes behind it") { CHECK(base::contains(refusal_of(good + "x"), "no table of contents")); }
  SECTION("another count") {
    MadeEnd end;
    end.count = 1;
    CHECK(base::contains(refusal_of({text("a", "a"), text("b", "b")}, end), "more entries than it says"));
    end.count = 3;
    CHECK(base::contains(refusal_of({text("a", "a"), text("b", "b")}, end), "table of contents"));
  }
  SECTION("zip64 fields that disagree") {
    MadeEnd end;
    end.zip64 = true, end.count64 = 2;
    CHECK(base::contains(refusal_of({text("a", "a")}, end), "its zip64 fields disagree"));
  }
  SECTION("entries without number") {
    MadeEnd end;
    end.zip64 = true, end.count = 0xffff, end.count64 = uint64_t{1} << 60;
    CHECK(base::contains(refusal_of({text("a", "a")}, end), "which is too many"));
  }
  SECTION("a part of several disks") {
    MadeEnd end;
    end.disk = 1;
    CHECK(base::contains(refusal_of({text("a", "a")}, end), "several files"));
  }
  SECTION("not a zip file") { CHECK(base::contains(refusal_of(std::string("<html>404</html>")), "no zip archive")); }
  SECTION("nothing in it") { CHECK(base::contains(refusal_of(std::vector<MadeEntry>{}), "holds no files")); }
}

TEST_CASE("What is no file at all is no package") {
  TempFolder temp;
  CHECK_THROWS_WITH(ZipPackage(temp / "none.zip"), "cannot read none.zip: No such file or directory");
  CHECK_THROWS_WITH(ZipPackage(temp.make_folder("folder.zip")), "folder.zip is not a file");
}
