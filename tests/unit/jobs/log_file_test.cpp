// SPDX-License-Identifier: GPL-3.0-or-later
// The log that a job keeps in the site: the old script's form, nobody else's to read, and never in the job's way.
#include "jobs/log_file.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "support/temp_folder.h"

namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("Each whole line gets its time, and the file is its owner's alone") {
  support::TempFolder folder;
  auto file = folder.path() / "upgrade_log.txt";
  jobs::LogFile log(file, true, {"pass-word-of-site"});
  log.say("first li");
  log.say("ne\n\nsecond\x01 \xff line\n");
  log.say("unfinished, with pass-word-of-site");
  log.finish_line();
  CHECK(std::regex_match(text_of(file), std::regex(R"((\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] [^\n]+\n){3})")));
  CHECK(text_of(file).find("] first line\n") != std::string::npos);
  CHECK(text_of(file).find("pass-word") == std::string::npos);
  CHECK(text_of(file).find('\x01') == std::string::npos);
  struct stat facts {};
  REQUIRE(::stat(file.c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
}

TEST_CASE("A log that was taken away does not come back, one that is there is written on") {
  support::TempFolder folder;
  auto file = folder.path() / "upgrade_log.txt";
  jobs::LogFile going_on(file, false, {});
  going_on.say("nothing\n");
  CHECK_FALSE(std::filesystem::exists(file));
  std::ofstream(file) << "of the script\n";
  REQUIRE(::chmod(file.c_str(), 0644) == 0);
  going_on.say("more\n");
  struct stat facts {};
  REQUIRE(::stat(file.c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
  CHECK(text_of(file).starts_with("of the script\n["));
}

TEST_CASE("What is no plain file is left alone") {
  support::TempFolder folder;
  auto file = folder.path() / "upgrade_log.txt", other = folder.path() / "other";
  std::ofstream(other) << "mine";
  std::filesystem::create_symlink(other, file);
  jobs::LogFile(file, true, {}).say("line\n");
  CHECK(text_of(other) == "mine");
  jobs::LogFile({}, true, {}).say("line\n");
}
