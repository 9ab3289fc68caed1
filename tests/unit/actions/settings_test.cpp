// SPDX-License-Identifier: GPL-3.0-or-later
// The settings file: a format for ever, written by hand in any editor and uploaded by FTP.
#include "actions/settings.h"

#include <catch2/catch.hpp>

#include "base/failure.h"
#include "base/text.h"
#include "support/fake_disk.h"

namespace {

using namespace actions;
using base::contains;

Settings parsed(std::string text) { return parse_settings("/x/unstick.ini.php", std::move(text)); }

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("Every setting is read") {
  auto settings = parsed(
      ";<?php exit; ?>\n"
      "key = a-key\nroot = /site\nurl = https://example.org/\nphp = /usr/bin/php8.2\nstate = /home/u/state\n"
      "allow_ip = 192.0.2.7, 2001:db8::/32\nallow_ip = 198.51.100.0/24\ntrusted_proxy = 10.0.0.1\nproxy = http://p:3128\n"
      "sleep_days = 90\ncommand = mautic:x --y\ncommand = mautic:z\n"
      "db_host = h\ndb_port = 3307\ndb_socket = /s\ndb_name = n\ndb_user = u\ndb_password = p\ndb_prefix =\n");
  CHECK(settings.file == "/x/unstick.ini.php");
  CHECK(settings.key == "a-key");
  CHECK(settings.root == "/site");
  CHECK(settings.url == "https://example.org/");
  CHECK(settings.php == "/usr/bin/php8.2");
  CHECK(settings.state == "/home/u/state");
  CHECK(settings.allow_ip == Words{"192.0.2.7", "2001:db8::/32", "198.51.100.0/24"});
  CHECK(settings.trusted_proxy == Words{"10.0.0.1"});
  CHECK(settings.proxy == "http://p:3128");
  CHECK(settings.sleep_days == 90);
  CHECK(settings.commands == Words{"mautic:x --y", "mautic:z"});
  CHECK(settings.db_host == "h");
  CHECK(settings.db_port == "3307");
  CHECK(settings.db_socket == "/s");
  CHECK(settings.db_name == "n");
  CHECK(settings.db_user == "u");
  CHECK(settings.db_password == "p");
  CHECK(settings.db_prefix == "");
  CHECK(settings.problems.empty());
}

TEST_CASE("A value is everything behind the first =, blanks and one pair of quotes aside") {
  const std::pair<const char*, const char*> rows[] = {
      {"db_password = p", "p"},
      {"db_password=p", "p"},
      {"  db_password\t =  p  ", "p"},
      {"db_password = a ;b", "a ;b"},
      {"db_password = a # b", "a # b"},
      {"db_password = a=b==", "a=b=="},
      {"db_password = \"a b\"", "a b"},
      {"db_password = ' a '", " a "},
      {"db_password = \"a", "\"a"},
      {"db_password = a\"", "a\""},
      {"db_password = \"", "\""},
      {"db_password = \"\"", ""},
      {"db_password = \"a'", "\"a'"},
      {"db_password = \"a\" ;b", "\"a\" ;b"},
      {"db_password = \"\"a\"\"", "\"a\""},
      {"db_password = a\\nb$c%d", "a\\nb$c%d"},
      {"db_password = \xC3\xA4\xE2\x82\xAC", "\xC3\xA4\xE2\x82\xAC"},
      {"db_password =", ""},
      {"db_password = p\r", "p"},
  };
  for (auto [line, value] : rows) {
    INFO(line);
    CHECK(parsed(line).db_password == value);
    CHECK(parsed(std::string("; x\n") + line + "\n").db_password == value);
    CHECK(parsed(line).problems.empty());
  }
}

TEST_CASE("A file is read with any line ends, a byte order mark, comments, sections, and no last newline") {
  for (const char* text : {"key = k\nroot = /r", "key = k\r\nroot = /r\r\n", "\xEF\xBB\xBFkey = k\nroot = /r\n",
                           "[unstick]\n; key = x\n# key = y\n;key=z\n\n   \nkey = k\n[more]\nroot = /r\n",
                           "key = old\nkey = k\nroot = /r"}) {
    INFO(text);
    auto settings = parsed(text);
    CHECK(settings.key == "k");
    CHECK(settings.root == "/r");
    CHECK(settings.problems.empty());
    CHECK(settings.text == text);
  }
}

TEST_CASE("What is not understood is said by its line's number, and never quoted") {
  auto settings = parsed("key = k\nmy secret password\ncolour = blue\nsleep_days = soon\nKEY = x\ndb_password: hunter2\n");
  REQUIRE(settings.problems.size() == 5);
  CHECK(settings.problems[0] == "line 2 of unstick.ini.php is neither a comment nor NAME = VALUE");
  CHECK(settings.problems[1] == "line 3 of unstick.ini.php: there is no setting named colour");
  CHECK(contains(settings.problems[2], "sleep_days is not a number of days: soon"));
  CHECK(settings.problems[3] == "line 5 of unstick.ini.php: there is no setting named KEY");
  CHECK(settings.problems[4] == "line 6 of unstick.ini.php is neither a comment nor NAME = VALUE");
  for (const auto& problem : settings.problems) CHECK_FALSE(contains(problem, "hunter2"));
  CHECK(settings.key == "k");
  CHECK(settings.sleep_days == 30);
}

TEST_CASE("Nonsense is a problem, never a throw") {
  for (std::string text : {std::string("\0\0\0", 3), std::string("\xFF\xFEk\0e\0y\0", 8), std::string("=\n==\n= x\n"),
                           std::string(100000, 'x'), std::string("\x1b[31m = 1"), std::string("sleep_days = -1")}) {
    Settings settings;
    CHECK_NOTHROW(settings = parsed(text));
    CHECK_FALSE(settings.problems.empty());
    for (const auto& problem : settings.problems) CHECK(base::printable_line(problem) == problem);
  }
  CHECK(parsed("").problems.empty());
}

TEST_CASE("The file is looked for by both names, the guarded one first") {
  support::MemoryDisk disk;
  CHECK(read_settings(disk, "/x").file.empty());
  disk.put_file("/x/unstick.ini", "key = plain");
  CHECK(read_settings(disk, "/x").key == "plain");
  CHECK(read_settings(disk, "/x").file == "/x/unstick.ini");
  disk.put_file("/x/unstick.ini.php", "key = guarded");
  CHECK(read_settings(disk, "/x").key == "guarded");
}

TEST_CASE("A file that is there and cannot be read is a failure") {
  support::MemoryDisk disk;
  disk.put_folder("/x/unstick.ini.php");
  CHECK_THROWS_AS(read_settings(disk, "/x"), base::Failure);
}

TEST_CASE("Setting a value keeps every other byte") {
  const std::tuple<const char*, const char*> rows[] = {
      {"key = old", "key = NEW"},
      {"key = old\n", "key = NEW\n"},
      {"key=old\nroot = /r", "key = NEW\nroot = /r"},
      {";<?php exit; ?>\n; my note\n\n  key = 'old' ;x\n\troot =  /r \n", ";<?php exit; ?>\n; my note\n\nkey = NEW\n\troot =  /r \n"},
      {"a = b\r\nkey = old\r\nc = d\r\n", "a = b\r\nkey = NEW\r\nc = d\r\n"},
      {"key = one\n; key = two\nkey = three\n", "key = NEW\n; key = two\nkey = NEW\n"},
      {"root = /r\n", "root = /r\nkey = NEW\n"},
      {"root = /r", "root = /r\nkey = NEW\n"},
      {"", "key = NEW\n"},
      {"keys = x\nmykey = y\n", "keys = x\nmykey = y\nkey = NEW\n"},
      {"\xEF\xBB\xBFkey = old\n", "\xEF\xBB\xBFkey = NEW\n"},
      {"\xEF\xBB\xBF;<?php exit; ?>\nkey = old\n", "\xEF\xBB\xBF;<?php exit; ?>\nkey = NEW\n"},
      {"garbage \x01\xff\nkey = old\n\n\n", "garbage \x01\xff\nkey = NEW\n\n\n"},
  };
  for (auto [before, after] : rows) {
    INFO(before);
    CHECK(with_setting(before, "key", "NEW") == after);
    CHECK(parsed(with_setting(before, "key", "NEW")).key == "NEW");
    CHECK_FALSE(contains(with_setting(before, "key", "NEW"), "old"));
  }
}

TEST_CASE("A value that is set is read back as it was") {
  for (const char* value : {"$scrypt$c2FsdA$x_-", "/home/u/my state", "a;b", "a = b", "#"}) {
    INFO(value);
    CHECK(parsed(with_setting("; x\n", "state", value)).state == value);
  }
}
