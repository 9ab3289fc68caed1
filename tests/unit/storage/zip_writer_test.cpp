// SPDX-License-Identifier: GPL-3.0-or-later
// Archives that this program writes, read back by its own strict reader; other readers are in tests/files.
#include "storage/zip_writer.h"

#include <catch2/catch.hpp>

#include <functional>
#include <map>

#include "base/failure.h"
#include "base/text.h"
#include "storage/zip_package.h"
#include "support/temp_folder.h"

namespace {

using namespace storage;

const platform::WallTime kTime{std::chrono::seconds(1795275000)};

// The content in pieces of `size`.
std::function<std::string_view()> pieces(const std::string& content, size_t size) {
  return [&content, size, at = size_t{0}]() mutable {
    std::string_view piece = std::string_view(content).substr(at, size);
    at += piece.size();
    return piece;
  };
}

std::string text_of(size_t bytes) {
  std::string text;
  for (size_t i = 0; text.size() < bytes; ++i) text += "line " + std::to_string(i * i) + "\n";
  return text.substr(0, bytes);
}

}  // namespace

TEST_CASE("What is written is read back, small and large, empty and without gain") {
  std::map<std::string, std::string> files = {{"empty", ""},
                                              {"app/a.php", text_of(5000)},
                                              {"caf\xc3\xa9/x", "x"},
                                              {"just-at-once", text_of(4 << 20)},
                                              {"large.sql", text_of(9 << 20)}};
  std::string noise;
  for (size_t i = 0; i < 100000; ++i) noise += static_cast<char>((i * i * 2654435761U) >> 13);
  files["noise.jpg"] = noise;
  std::string archive;
  ZipWriter writer([&](std::string_view bytes) { archive += bytes; });
  writer.add_folder("var/empty", 0700, kTime);
  for (const auto& [path, content] : files)
    writer.add_file(path, path == "app/a.php" ? 0755 : 0600, kTime, pieces(content, 70000));
  writer.finish();
  CHECK(writer.bytes() == archive.size());
  CHECK(writer.entries() == files.size() + 1);
  support::TempFolder temp;
  ZipPackage package(temp.write("b.zip", archive));
  CHECK(package.files() == files.size());
  CHECK(package.find("var/empty")->folder);
  CHECK(package.find("app/a.php")->executable);
  CHECK(package.find("app/a.php")->packed_bytes < 2500);
  CHECK(package.find("large.sql")->method == ZipMethod::deflated);
  for (const auto& [path, content] : files) {
    INFO(path);
    REQUIRE(package.find(path));
    CHECK(package.read(*package.find(path), 16 << 20) == content);
  }
}

TEST_CASE("An archive of more entries than 16 bits count is written with zip64") {
  std::string archive;
  ZipWriter writer([&](std::string_view bytes) { archive += bytes; });
  for (size_t i = 0; i < 66000; ++i)
    writer.add_file("f" + std::to_string(i), 0644, kTime, [] { return std::string_view(); });
  writer.finish();
  support::TempFolder temp;
  ZipPackage package(temp.write("b.zip", archive));
  CHECK(package.files() == 66000);
  CHECK(package.read(package.entries().back(), 10).empty());
}

TEST_CASE("What the receiver throws is passed on") {
  ZipWriter writer([](std::string_view) { throw base::Failure("the disk is full"); });
  CHECK_THROWS_WITH(writer.add_file("a", 0644, kTime, [] { return std::string_view(); }), "the disk is full");
}
