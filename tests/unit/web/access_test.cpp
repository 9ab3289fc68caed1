// SPDX-License-Identifier: GPL-3.0-or-later
// From the credentials of a request to what it may do.
#include "web/access.h"


#include <catch2/catch.hpp>

#include "base/text.h"
#include "storage/state_secret.h"
#include "support/fake_disk.h"
#include "support/temp_folder.h"
#include "web/tokens.h"

namespace {

using namespace web;
using support::MemoryDisk;
using support::TempFolder;

const std::string kKey = "Qm7x-Tr4w_Zk9~Vb.2", kOther = "Zz9y-Xx8w-Vv7u-Tt6s";

std::string settings_with(const std::string& key, const std::string& more = "") {
  return ";<?php exit; ?>\nkey = " + key + "\n" + more;
}

// A program with its settings and state on a real disk.
struct House {
  TempFolder folder;
  actions::Program program{platform::posix_disk(), folder / "unstick/unstick.cgi", {}, {}, {}};

  House() { settings(kKey); }
  void settings(const std::string& key, const std::string& more = "") {
    folder.write("unstick/unstick.ini.php",
                 settings_with(key, "state = " + (folder / "state").native() + "\n" + more), 0600);
  }
  Access access(const Request& request) {
    auto world = actions::find_world(program, {});
    return find_access(world, request);
  }
};

Request request_with(void (*fill)(Request&)) {
  Request request;
  request.client = "192.0.2.1";
  fill(request);
  return request;
}
Request with_word(const std::string& word) {
  Request request;
  request.client = "192.0.2.1";
  request.words = {word};
  return request;
}

}  // namespace

TEST_CASE("The key opens all, wherever it is presented; what a browser sends by itself may only look") {
  struct {
    const char* what;
    void (*fill)(Request&);
    Level level;
  } rows[] = {
      {"nothing", [](Request&) {}, Level::none},
      {"a word", [](Request& r) { r.words = {kKey}; }, Level::full},
      {"behind other words", [](Request& r) { r.words = {"a", "some-long-word-of-somebody", kKey}; }, Level::full},
      {"a wrong word", [](Request& r) { r.words = {kOther}; }, Level::none},
      {"a beginning of it", [](Request& r) { r.words = {kKey.substr(0, 17)}; }, Level::none},
      {"the header", [](Request& r) { r.key_header = kKey; }, Level::full},
      {"a wrong header", [](Request& r) { r.key_header = kOther; }, Level::none},
      {"a bearer", [](Request& r) { r.authorization = "Bearer " + kKey; }, Level::full},
      {"a bearer in lower case", [](Request& r) { r.authorization = "bearer  " + kKey + " "; }, Level::full},
      // u:KEY
      {"a Basic password", [](Request& r) { r.authorization = "Basic dTpRbTd4LVRyNHdfWms5flZiLjI="; }, Level::ambient},
      // KEY:x, the key as the name
      {"a Basic name", [](Request& r) { r.authorization = "Basic UW03eC1UcjR3X1prOX5WYi4yOng="; }, Level::none},
      {"Basic nonsense", [](Request& r) { r.authorization = "Basic ???"; }, Level::none},
      {"a wrong Basic beside the key",
       [](Request& r) { r.authorization = "Basic dTp3cm9uZw==", r.words = {kKey}; }, Level::full},
      {"a wrong bearer beside the key", [](Request& r) { r.authorization = "Bearer " + kOther, r.key_header = kKey; }, Level::full},
      {"a wrong cookie beside the key", [](Request& r) { r.cookie = "unstick_session=1.2.3", r.words = {kKey}; }, Level::full},
      {"the key as a cookie", [](Request& r) { r.cookie = "unstick_session=" + kKey; }, Level::none},
      {"the stored settings' line", [](Request& r) { r.words = {"key"}; }, Level::none},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    House house;
    CHECK(house.access(request_with(row.fill)).level == row.level);
  }
}

TEST_CASE("A key in the query is known as one, so that links may carry it on; others are not") {
  House house;
  auto access = house.access(with_word(kKey));
  CHECK(access.key_in_query);
  CHECK(access.key_word == kKey);
  auto header = house.access(request_with([](Request& r) { r.key_header = kKey; }));
  CHECK_FALSE(header.key_in_query);
  CHECK(header.key_word.empty());
}

TEST_CASE("A stranger's visit leaves nothing on the disk") {
  House house;
  house.access(Request{});
  CHECK_FALSE(std::filesystem::exists(house.folder / "state"));
}

TEST_CASE("A session lets its browser look, until the key changes") {
  House house;
  auto first = house.access(with_word(kKey));
  auto world = actions::find_world(house.program, {});
  std::string secret = storage::state_secret(world.disk, world.need_state());
  std::string session = new_session(secret, first.session_key_mark, platform::system_clock().now());
  Request later;
  later.cookie = "a=b; unstick_session=" + session;
  CHECK(house.access(later).level == Level::ambient);

  SECTION("it lives on when the same key is hashed") {
    auto age = std::filesystem::file_time_type::clock::now() - std::chrono::minutes(1);
    std::filesystem::last_write_time(house.folder / "unstick/unstick.ini.php", age);
    house.access(with_word(kKey));
    CHECK(base::contains(support::content_of(house.folder / "unstick/unstick.ini.php"), "$scrypt$"));
    CHECK(house.access(later).level == Level::ambient);
    CHECK(house.access(with_word(kKey)).level == Level::full);
  }
  SECTION("it ends with a new key") {
    house.settings(kOther);
    CHECK(house.access(later).level == Level::none);
    CHECK(house.access(with_word(kKey)).level == Level::none);
    CHECK(house.access(with_word(kOther)).level == Level::full);
  }
}

TEST_CASE("Guessing ends in a wait before anything is compared, and touches no session") {
  House house;
  auto mark = house.access(with_word(kKey)).session_key_mark;
  Request guess = with_word(kOther);
  guess.client = "198.51.100.9";
  for (int i = 0; i < 10; ++i) CHECK_FALSE(house.access(guess).too_fast);
  CHECK(house.access(guess).too_fast);
  auto world = actions::find_world(house.program, {});
  std::string session = new_session(storage::state_secret(world.disk, world.need_state()), mark, platform::system_clock().now());
  Request visitor = guess;
  visitor.cookie = "unstick_session=" + session;
  CHECK(house.access(visitor).level == Level::ambient);
  CHECK_FALSE(house.access(visitor).too_fast);
}

TEST_CASE("Words that cannot be a key cost no guess") {
  House house;
  for (int i = 0; i < 50; ++i) CHECK_FALSE(house.access(with_word("short")).too_fast);
}

TEST_CASE("Only the addresses of the settings come in, and forwarded ones count only behind named proxies") {
  House house;
  house.settings(kKey, "allow_ip = 198.51.100.0/24\n");
  auto request = with_word(kKey);
  CHECK(house.access(request).not_from_here);
  CHECK(house.access(request).level == Level::none);
  request.forwarded_for = "198.51.100.7";
  CHECK(house.access(request).not_from_here);
  house.settings(kKey, "allow_ip = 198.51.100.0/24\ntrusted_proxy = 192.0.2.1\n");
  CHECK(house.access(request).level == Level::full);
  CHECK(house.access(request).client == "198.51.100.7");
}

TEST_CASE("A key that is refused opens nothing, though it is presented") {
  House house;
  for (const std::string& key : {std::string("your_secret_phrase_here"), std::string(20, 'a'), std::string("short")}) {
    house.settings(key);
    CHECK(house.access(with_word(key)).level == Level::none);
  }
}

TEST_CASE("Where only a hidden folder will do it is noted in the settings, but never in an upload under way or a foreign file") {
  MemoryDisk disk;
  const platform::Path file = "/srv/web/unstick/unstick.ini.php";
  disk.put_file(file, settings_with(kKey), 0600);
  SECTION("just uploaded") {}
  SECTION("another account's") {
    disk.set_owner(file, ::geteuid() + 1);
    disk.set_changed(file, std::chrono::system_clock::now() - std::chrono::minutes(1));
  }
  actions::Program program{disk, "/srv/web/unstick/unstick.cgi", {}, {}, {}};
  auto world = actions::find_world(program, {.document_roots = {"/srv/web"}});
  REQUIRE(world.state_folder);
  CHECK(world.state_folder->exposed);
  CHECK(find_access(world, with_word(kKey)).level == Level::full);
  CHECK(disk.read(file, 9999) == settings_with(kKey));
}
