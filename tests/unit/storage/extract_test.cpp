// SPDX-License-Identifier: GPL-3.0-or-later
// Unpacking: a whole tree or nothing, whatever goes wrong, and every content proved.
#include "storage/extract.h"

#include <catch2/catch.hpp>
#include <map>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "storage/zip_contents.h"
#include "support/made_zip.h"
#include "support/temp_folder.h"

namespace {

using namespace support;
using storage::ZipPackage;

// A tree in memory whose n-th call fails.
class MemoryTree final : public platform::NewTree {
 public:
  struct Seen {
    std::map<std::string, std::string> files;
    std::map<std::string, mode_t> modes;
    uint64_t reserved = 0, reserved_files = 0;
    size_t calls = 0;
    size_t fail_at = 0;
    int error = ENOSPC;
    size_t wrong = 0;
    bool committed = false;
    std::mutex mutex{};
  };
  explicit MemoryTree(Seen& seen) : seen_(seen) {}
  ~MemoryTree() override {
    if (!seen_.committed) seen_.files.clear();
  }

  void reserve(uint64_t bytes, uint64_t files) override {
    call(), seen_.reserved = bytes, seen_.reserved_files = files;
  }
  void make_folder(unsigned, const std::string& path) override { call(), seen_.modes[path] = 0755; }
  void write(unsigned hand, const std::string& path, std::string_view bytes, mode_t mode) override {
    std::lock_guard lock(seen_.mutex);
    count();
    seen_.wrong += hand < kHands && seen_.files.emplace(path, bytes).second ? 0 : 1;  // Catch2 is for one thread only
    seen_.modes[path] = mode;
  }
  void append(unsigned, const std::string& path, std::string_view bytes) override {
    std::lock_guard lock(seen_.mutex);
    count();
    seen_.files.at(path) += bytes;
  }
  void commit() override { call(), seen_.committed = true; }

 private:
  void call() {
    std::lock_guard lock(seen_.mutex);
    count();
  }
  void count() {
    if (++seen_.calls == seen_.fail_at) throw base::system_failure("cannot go on", seen_.error);
  }
  Seen& seen_;
};

std::string text_of(size_t bytes, size_t seed) {
  std::string text;
  for (size_t i = 0; text.size() < bytes; ++i) text += "line " + std::to_string(i * seed) + "\n";
  return text.substr(0, bytes);
}

// Files of many sizes, one of them larger than what is unpacked at once.
std::map<std::string, std::string> release() {
  std::map<std::string, std::string> files = {{"empty", ""},
                                              {"stored.bin", text_of(50000, 3)},
                                              {"large.sql", text_of(9 << 20, 7)},
                                              {"large.stored.bin", text_of(5 << 20, 11)}};
  for (size_t i = 0; i < 300; ++i)
    files["app/bundles/B" + std::to_string(i / 10) + "/f" + std::to_string(i) + ".php"] = text_of(i * 37, i + 1);
  return files;
}

std::string zip_of(const std::map<std::string, std::string>& files) {
  std::vector<MadeEntry> entries;
  MadeEntry folder{"var/cache/"};
  folder.mode = 040700;
  entries.push_back(folder);
  for (const auto& [path, content] : files) {
    MadeEntry entry{path, content};
    entry.deflated = !base::contains(path, "stored");
    entry.mode = base::contains(path, "B7/") ? 0100775 : 0100600;
    entries.push_back(entry);
  }
  return made_zip(entries);
}

std::string failure_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const base::Failure& failure) {
    return failure.what();
  }
  return "";
}

}  // namespace

TEST_CASE("A package is unpacked with its contents and with permissions of our choice") {
  TempFolder temp;
  auto files = release();
  ZipPackage package(temp.write("p.zip", zip_of(files)));
  mode_t before = ::umask(077);
  auto done = storage::extract(package, platform::create_new_tree(temp / "new"), {});
  ::umask(before);
  REQUIRE(done);
  CHECK(done->files == files.size());
  for (const auto& [path, content] : files) {
    INFO(path);
    CHECK(content_of(temp / "new" / path) == content);
    auto facts = platform::posix_disk().look(temp / "new" / path);
    REQUIRE(facts);
    CHECK(facts->mode == (base::contains(path, "B7/") ? 0755 : 0644));
  }
  for (const char* folder : {"app", "app/bundles/B3", "var/cache"})
    CHECK(platform::posix_disk().look(temp / "new" / folder)->mode == 0755);
  CHECK(platform::posix_disk().list(temp.path())->size() == 2);  // the package and the new folder
}

TEST_CASE("The space for a package is taken before its first file") {
  TempFolder temp;
  ZipPackage package(temp.write("p.zip", zip_of({{"a/b", std::string(5000, 'x')}, {"a/c", "y"}})));
  auto needed = storage::space_needed(package);
  CHECK(needed.files == 2 + 3);
  CHECK(needed.bytes == 8192 + 4096 + 3 * 4096);
  MemoryTree::Seen seen;
  seen.fail_at = 1;
  CHECK_THROWS_AS(storage::extract(package, std::make_unique<MemoryTree>(seen), {}), base::Failure);
  CHECK(seen.calls == 1);
  seen.fail_at = 0;
  REQUIRE(storage::extract(package, std::make_unique<MemoryTree>(seen), {}));
  CHECK(seen.reserved == needed.bytes);
  CHECK(seen.reserved_files == needed.files);
}

TEST_CASE("Whichever call fails, the cause is told and nothing is left") {
  TempFolder temp;
  auto files = release();
  ZipPackage package(temp.write("p.zip", zip_of(files)));
  MemoryTree::Seen whole;
  REQUIRE(storage::extract(package, std::make_unique<MemoryTree>(whole), {}));
  CHECK(whole.files == files);
  CHECK(whole.wrong == 0);
  for (size_t call = 1; call <= whole.calls; call += call < 5 || call > whole.calls - 5 ? 1 : 41)
    for (int error : {ENOSPC, EDQUOT, EACCES}) {
      MemoryTree::Seen seen;
      seen.fail_at = call, seen.error = error;
      INFO(call << " " << base::error_words(error));
      CHECK(failure_of([&] { storage::extract(package, std::make_unique<MemoryTree>(seen), {}); }) ==
            "cannot go on: " + base::error_words(error));
      CHECK_FALSE(seen.committed);
      CHECK(seen.files.empty());
    }
}

TEST_CASE("A content that is not what the archive states is a failure that names it, with one thread and with two") {
  MadeEntry bad{"bad.php", text_of(3000, 1)};
  bad.deflated = GENERATE(true, false);
  bool large = GENERATE(false, true);
  if (large) bad.content = text_of(6 << 20, 1);
  std::string why;
  SECTION("its checksum is wrong") {
    bad.crc = 1;
    why = large || !bad.deflated ? "" : "its checksum is wrong";
  }
  SECTION("it is larger than it says") {
    if (!bad.deflated) return;
    bad.bytes = bad.content.size() - 1, bad.crc = base::crc32(bad.content.substr(1));
    why = "it is larger than it says";
    if (large) why = "";
  }
  SECTION("it is smaller than it says") {
    if (!bad.deflated) return;
    bad.bytes = bad.content.size() + 1;
    why = large ? "" : "it has another size than it says";
  }
  SECTION("its data are no deflate stream") {
    bad.method = 8, bad.deflated = false;
    why = large ? "" : "its data cannot be unpacked";
  }
  TempFolder temp;
  ZipPackage package(temp.write("p.zip", made_zip({{"good.php", "good"}, bad, {"other.php", "other"}})));
  for (unsigned threads : {1U, 2U}) {
    storage::ContentsOrder order;
    order.threads = threads;
    bool whole = false;
    order.take = [&](unsigned, const storage::ZipPiece& piece) {
      whole = whole || (piece.entry.path == "bad.php" && piece.last && !large);
    };
    std::string what = failure_of([&] { storage::read_contents(package, order); });
    CHECK(what.starts_with("bad.php in p.zip is damaged: " + why));
    CHECK_FALSE(whole);
  }
  CHECK(failure_of([&] { storage::extract(package, platform::create_new_tree(temp / "new"), {}); }) != "");
  CHECK(platform::posix_disk().list(temp.path())->size() == 1);
}

TEST_CASE("Unpacking tells how far it is, and stops when it is asked to, with nothing left") {
  TempFolder temp;
  auto files = release();
  ZipPackage package(temp.write("p.zip", zip_of(files)));
  size_t calls = 0;
  storage::ExtractOrder order;
  order.progress = [&, caller = std::this_thread::get_id()](uint64_t count, uint64_t bytes) {
    CHECK(std::this_thread::get_id() == caller);
    CHECK(count <= files.size());
    CHECK(bytes <= package.bytes());
    ++calls;
  };
  order.stop_asked = [&] { return true; };
  CHECK_FALSE(storage::extract(package, platform::create_new_tree(temp / "new"), order));
  CHECK(calls > 0);
  CHECK(platform::posix_disk().list(temp.path())->size() == 1);
}

TEST_CASE("A package whose file is cut off while it is open comes out as damaged") {
  TempFolder temp;
  auto file = temp.write("p.zip", zip_of(release()));
  ZipPackage package(file);
  bool read_before = GENERATE(true, false);
  if (read_before) CHECK(package.read(*package.find("empty"), 10).empty());
  if (read_before) package.read(*package.find("stored.bin"), 1 << 20);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  std::string what = failure_of([&] { storage::extract(package, platform::create_new_tree(temp / "new"), {}); });
  CHECK(base::contains(what, read_before ? " in p.zip is damaged: " : "p.zip is damaged: "));
  CHECK(platform::posix_disk().list(temp.path())->size() == 1);
}
