// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/gzip_members.h"

#include <catch2/catch.hpp>
#include <cerrno>
#include <random>

#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/process.h"
#include "support/limits.h"
#include "support/temp_folder.h"

namespace {

using platform::LargeFile;
using platform::Path;
using storage::GzipMembers;
using support::content_of;
using support::TempFolder;

constexpr std::string_view kPreface = "-- the first lines, 000\n";
constexpr std::string_view kFinal = "-- the first lines, 777\n";

std::string text_of(size_t bytes) {
  std::mt19937 chance(bytes);
  std::string text;
  while (text.size() < bytes) text += "INSERT " + std::to_string(chance() % 100000) + ", 'name'\n";
  text.resize(bytes);
  return text;
}

std::string noise_of(size_t bytes) {
  std::mt19937 chance(7);
  std::string noise(bytes, '\0');
  for (char& byte : noise) byte = static_cast<char>(chance());
  return noise;
}

// What a program prints that gets the file's path as its last argument.
std::string read_by(std::vector<std::string> program, const Path& file) {
  program.push_back(file.native());
  return platform::capture({program, {"PATH=/usr/bin:/bin"}, {}}, std::chrono::seconds(30), 64 << 20).output;
}

// Fails, or damages what it keeps, at the n-th call.
class FaultyFile final : public LargeFile {
 public:
  FaultyFile(std::unique_ptr<LargeFile> file, int fail_at) : file_(std::move(file)), left_(fail_at) {}
  void reserve(uint64_t bytes) override { count(), file_->reserve(bytes); }
  void append(std::string_view bytes) override { count(), file_->append(bytes); }
  void overwrite(uint64_t at, std::string_view bytes) override { count(), file_->overwrite(at, bytes); }
  void sync() override { count(), file_->sync(); }
  void read_back(const std::function<void(std::string_view)>& take) override { count(), file_->read_back(take); }
  void commit() override { count(), file_->commit(); }

 private:
  void count() {
    if (--left_ == 0) throw base::system_failure("cannot write backup.gz.partial", ENOSPC);
  }
  std::unique_ptr<LargeFile> file_;
  int left_;
};

// One byte comes back from the disk changed.
class DamagedFile final : public LargeFile {
 public:
  DamagedFile(std::unique_ptr<LargeFile> file, uint64_t at) : file_(std::move(file)), at_(at) {}
  void reserve(uint64_t bytes) override { file_->reserve(bytes); }
  void append(std::string_view bytes) override { file_->append(bytes); }
  void overwrite(uint64_t at, std::string_view bytes) override { file_->overwrite(at, bytes); }
  void sync() override { file_->sync(); }
  void read_back(const std::function<void(std::string_view)>& take) override {
    uint64_t from = 0;
    file_->read_back([&](std::string_view bytes) {
      std::string copy(bytes);
      if (at_ >= from && at_ < from + copy.size()) copy[at_ - from] ^= 1;
      from += copy.size();
      take(copy);
    });
  }
  void commit() override { file_->commit(); }

 private:
  std::unique_ptr<LargeFile> file_;
  uint64_t at_;
};

storage::GzipTotals write_all(std::unique_ptr<LargeFile> file, std::string_view text) {
  GzipMembers members(std::move(file), kPreface);
  members.write(text);
  auto totals = members.finish(kFinal);
  members.commit();
  return totals;
}

}  // namespace

TEST_CASE("A file of many members is read whole by zcat, Python and both ways of PHP") {
  TempFolder folder;
  for (size_t bytes : {size_t{0}, size_t{1}, GzipMembers::kBlockBytes, GzipMembers::kBlockBytes + 1, size_t{9'876'543}}) {
    Path file = folder / (std::to_string(bytes) + ".gz");
    std::string text = text_of(bytes);
    auto totals = write_all(platform::create_large_file(file, 0600), text);
    std::string expected = std::string(kFinal) + text;
    std::string packed = content_of(file);
    CHECK(totals.input_bytes == expected.size());
    CHECK(totals.file_bytes == packed.size());
    CHECK(totals.sha256 == base::hex(base::sha256(packed)));
    CHECK(platform::posix_disk().look(file)->mode == 0600);
    CHECK(read_by({"/usr/bin/zcat"}, file) == expected);
    CHECK(read_by({"/usr/bin/python3", "-c", "import gzip,sys; sys.stdout.buffer.write(gzip.open(sys.argv[1]).read())"},
                  file) == expected);
    CHECK(read_by({"/usr/bin/php", "-r", "$f=gzopen($argv[1],'r'); while(!gzeof($f)) echo gzread($f, 1<<20);"}, file) ==
          expected);
    CHECK(read_by({"/usr/bin/php", "-r", "readfile('compress.zlib://'.$argv[1]);"}, file) == expected);
  }
}

TEST_CASE("Bytes can be put in place, and what does not compress is kept too") {
  TempFolder folder;
  std::string noise = noise_of(3'000'000);
  GzipMembers members(platform::create_large_file(folder / "a.gz", 0600), kPreface);
  for (size_t at = 0; at < noise.size(); at += 1000) {
    noise.copy(members.room(1000), 1000, at);
    members.advance(1000);
  }
  CHECK(members.input_bytes() == kPreface.size() + noise.size());
  CHECK(members.finish(kFinal).input_bytes == kFinal.size() + noise.size());
  CHECK(members.file_bytes() < noise.size() + noise.size() / 100);
  members.commit();
  CHECK(read_by({"/usr/bin/zcat"}, folder / "a.gz") == std::string(kFinal) + noise);
}

TEST_CASE("Without commit no file is left, and while it is written it has another name") {
  TempFolder folder;
  {
    GzipMembers members(platform::create_large_file(folder / "a.gz", 0600), kPreface);
    members.write(text_of(5'000'000));
    CHECK(std::filesystem::exists(folder / "a.gz.partial"));
    CHECK_FALSE(std::filesystem::exists(folder / "a.gz"));
    members.finish(kFinal);
    CHECK_FALSE(std::filesystem::exists(folder / "a.gz"));
  }
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("A write that fails at any call is a failure that names the full disk, and leaves nothing") {
  std::string text = text_of(4'500'000);
  int calls = 0;
  for (bool failed = true; failed; ++calls) {
    TempFolder folder;
    failed = false;
    try {
      auto real = platform::create_large_file(folder / "a.gz", 0600);
      write_all(std::make_unique<FaultyFile>(std::move(real), calls + 1), text);
    } catch (const base::Failure& failure) {
      failed = true;
      CHECK(failure.no_space());
      CHECK(std::filesystem::is_empty(folder.path()));
    }
  }
  CHECK(calls > 6);
}

TEST_CASE("A byte that the disk gives back changed is found, wherever it lies") {
  std::string text = text_of(2'500'000);
  TempFolder sound;
  uint64_t length = write_all(platform::create_large_file(sound / "a.gz", 0600), text).file_bytes;
  for (uint64_t at : {uint64_t{12}, uint64_t{100}, length / 2, length - 1}) {
    TempFolder folder;
    auto damaged = std::make_unique<DamagedFile>(platform::create_large_file(folder / "a.gz", 0600), at);
    CHECK_THROWS_WITH(write_all(std::move(damaged), text), Catch::Contains("not what was written"));
    CHECK(std::filesystem::is_empty(folder.path()));
  }
}

TEST_CASE("A large file replaces a torn one of an earlier attempt, never a complete one") {
  TempFolder folder;
  folder.write("a.gz.partial", "torn");
  write_all(platform::create_large_file(folder / "a.gz", 0600), "x");
  std::string first = content_of(folder / "a.gz");
  CHECK_THROWS_WITH(platform::create_large_file(folder / "a.gz", 0600), Catch::Contains("File exists"));
  auto late = platform::create_large_file(folder / "b.gz", 0600);
  folder.write("b.gz", "somebody else's");
  CHECK_THROWS_AS(late->commit(), base::Failure);
  late.reset();
  CHECK(content_of(folder / "a.gz") == first);
  CHECK(content_of(folder / "b.gz") == "somebody else's");
  CHECK_FALSE(std::filesystem::exists(folder / "b.gz.partial"));
}

TEST_CASE("Reserved space that was not used is given back; more than there is is refused at once") {
  TempFolder folder;
  auto file = platform::create_large_file(folder / "a", 0600);
  file->reserve(8 << 20);
  file->append("some bytes");
  file->sync();
  file->commit();
  struct stat st {};
  REQUIRE(::stat((folder / "a").c_str(), &st) == 0);
  CHECK(st.st_size == 10);
  CHECK(st.st_blocks * 512 < 1 << 20);
  auto huge = platform::create_large_file(folder / "huge", 0600);
  CHECK_THROWS_WITH(huge->reserve(uint64_t{1} << 50), Catch::StartsWith("cannot reserve "));
}
