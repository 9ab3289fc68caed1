// SPDX-License-Identifier: GPL-3.0-or-later
// Guessing is slow, and the owner is never locked out.
#include "web/attempts.h"

#include <catch2/catch.hpp>
#include <thread>

#include "base/text.h"
#include "support/temp_folder.h"

namespace {

using namespace web;
using namespace std::chrono_literals;
using support::TempFolder;

struct Counter {
  TempFolder folder;
  platform::Path file = folder / "attempts";
  platform::WallTime now = platform::from_unix_seconds(1795253415);

  Attempts attempts() const { return {file, "salt"}; }  // every CGI process opens it anew
  bool may_try(const std::string& client) { return attempts().ask(client, now) == Verdict::go_on; }
  // Tries a wrong key; false when told to wait.
  bool guess(const std::string& client) {
    if (!may_try(client)) return false;
    attempts().wrong(client, now);
    return true;
  }
};

std::string client(int i) { return "client " + std::to_string(i); }

}  // namespace

TEST_CASE("A client may try ten wrong keys a minute, then waits") {
  Counter counter;
  for (int i = 0; i < 10; ++i, counter.now += 1s) CHECK(counter.guess("a"));
  for (int i = 0; i < 49; ++i, counter.now += 1s) CHECK_FALSE(counter.may_try("a"));
  counter.now += 2s;
  CHECK(counter.may_try("a"));
}

TEST_CASE("Guesses in a minute never exceed ten, however they are spread") {
  Counter counter;
  size_t passed = 0;
  for (int second = 0; second < 3600; ++second, counter.now += 1s) passed += counter.guess("a") ? 1 : 0;
  CHECK(passed <= 600);
  CHECK(passed >= 500);
}

TEST_CASE("One client's guesses do not count for another") {
  Counter counter;
  for (int i = 0; i < 12; ++i, counter.now += 1s) counter.guess("a");
  CHECK_FALSE(counter.may_try("a"));
  CHECK(counter.may_try("b"));
}

TEST_CASE("A right key ends the wait's count") {
  Counter counter;
  for (int i = 0; i < 9; ++i, counter.now += 1s) counter.guess("a");
  counter.attempts().right("a", counter.now);
  for (int i = 0; i < 9; ++i, counter.now += 1s) CHECK(counter.guess("a"));
}

TEST_CASE("All unknown clients together may cause twenty slow hashes a second") {
  Counter counter;
  for (int second = 0; second < 3; ++second, counter.now += 1s) {
    size_t passed = 0;
    for (int i = 0; i < 300; ++i) passed += counter.guess(client(second * 1000 + i)) ? 1 : 0;
    CHECK(passed == 20);
  }
}

TEST_CASE("A client that knew the key within 30 days is not kept out by the guesses of others") {
  Counter counter;
  counter.attempts().right("owner", counter.now);
  counter.now += 29 * 24h;
  for (int i = 0; i < 100; ++i) counter.guess(client(i));
  CHECK_FALSE(counter.may_try("stranger"));
  for (int i = 0; i < 50; ++i) CHECK(counter.may_try("owner"));
  counter.now += 2 * 24h;
  for (int i = 0; i < 100; ++i) counter.guess(client(i));
  CHECK_FALSE(counter.may_try("owner"));
}

TEST_CASE("A known client is not locked out by wrong keys from its own address, but those are counted as strangers' are") {
  Counter counter;
  counter.attempts().right("owner", counter.now);
  for (int i = 0; i < 30; ++i, counter.now += 1s) CHECK(counter.guess("owner"));
  CHECK(counter.may_try("owner"));
  counter.now += 1s;
  size_t passed = 0;
  for (int i = 0; i < 200; ++i) passed += counter.guess("owner") ? 1 : 0;
  CHECK(passed == 20);
}

TEST_CASE("A flood of strangers does not make the owner unknown") {
  Counter counter;
  const std::string owners[] = {"owner", "cron", "helper"};
  for (const auto& owner : owners) counter.attempts().right(owner, counter.now);
  for (int i = 0; i < 12'000; ++i) {
    if (i % 20 == 0) counter.now += 1s;
    counter.guess(client(i));
  }
  for (int i = 0; i < 30; ++i) counter.guess(client(i));
  CHECK_FALSE(counter.may_try("stranger"));
  for (const auto& owner : owners) CHECK(counter.may_try(owner));
  CHECK(std::filesystem::file_size(counter.file) < 64 * 1024);
}

TEST_CASE("The file holds no address") {
  Counter counter;
  counter.guess("192.0.2.77");
  counter.attempts().right("192.0.2.78", counter.now);
  std::string bytes = support::content_of(counter.file);
  CHECK_FALSE(bytes.empty());
  CHECK_FALSE(base::contains(bytes, "192.0.2"));
  CHECK(platform::posix_disk().look(counter.file)->mode == 0600);
}

TEST_CASE("A damaged or missing file is an empty one, and one that cannot be written limits nobody") {
  Counter counter;
  for (const std::string& garbage : {std::string(), std::string("x"), std::string(100, '\xff')}) {
    counter.folder.write("attempts", garbage, 0600);
    CHECK(counter.guess("a"));
    CHECK(counter.may_try("a"));
  }
  counter.file = counter.folder / "none/attempts";
  for (int i = 0; i < 100; ++i) CHECK(counter.guess("a"));
  counter.file = platform::Path();
  for (int i = 0; i < 100; ++i) CHECK(counter.guess("a"));
  std::filesystem::create_symlink(counter.folder / "elsewhere", counter.folder / "link");
  counter.file = counter.folder / "link";
  CHECK(counter.guess("a"));
  CHECK_FALSE(std::filesystem::exists(counter.folder / "elsewhere"));
}

TEST_CASE("A clock that is set back locks nobody out") {
  Counter counter;
  for (int i = 0; i < 12; ++i, counter.now += 1s) counter.guess("a");
  CHECK_FALSE(counter.may_try("a"));
  counter.now -= 24h;
  CHECK(counter.may_try("a"));
}

TEST_CASE("Processes that count at the same time lose no guess") {
  Counter counter;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&counter] {
      for (int i = 0; i < 2; ++i) counter.attempts().wrong("a", counter.now);
    });
  for (auto& thread : threads) thread.join();
  counter.now += 1s;
  CHECK(counter.guess("a"));   // the ninth
  CHECK(counter.guess("a"));   // the tenth
  CHECK_FALSE(counter.guess("a"));
}
