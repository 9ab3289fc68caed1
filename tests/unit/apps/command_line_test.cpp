// SPDX-License-Identifier: GPL-3.0-or-later
// The grammar of command lines, on a table made up for the purpose; Mautic's own is tested beside this file.
#include "apps/command_line.h"

#include <catch2/catch.hpp>

#include "apps/command_grammar.h"

namespace {

using namespace apps;
using namespace std::chrono_literals;

constexpr ConsoleCommand kCommands[] = {
    {"plain", "do it", "", Effect::files, {}, {}, 60s},
    {"flags", "take flags", "--fast -f", Effect::reads},
    {"numbers", "take numbers", "--size=N -s=N --ids=LIST", Effect::routine},
    {"words", "take words", "[WORD] [N] --name=WORD -n2 --day=DATE", Effect::routine},
    {"migrate", "take a migration", "[MIGRATION] --from=MIGRATION", Effect::database},
    {"package", "take a package", "--file=PACKAGE", Effect::both},
    {"ends",
     "end some day",
     "[WORD] --seconds=N! -t=N! --loops=N",
     Effect::routine,
     {},
     {},
     5s,
     "mail --seconds=50"},
    {"young", "exist since 5.1", "", Effect::reads, "5.1"},
    {"gone", "exist until 5", "", Effect::reads, {}, "5.0"},
    {"changed", "differ before 4", "--old", Effect::reads, {}, "4.0"},
    {"changed", "differ from 4 on", "--new", Effect::reads, "4.0"},
    {"new:one", "have a new prefix", "--x=N", Effect::reads},
    {"harmful", "only look", "--look", Effect::reads},
    {"forbidden", "never run", "", Effect::both},
};
constexpr OldName kOldNames[] = {
    {"oldest", "gone"}, {"older", "plain"}, {"gone", "ends mail", "5.0"}, {"flags --old", "plain", "5.0"},
    {"older:", "new:"},
};
constexpr Refused kRefused[] = {
    {"harmful", "--really", "harmful --really is not run here: it harms."},
    {"forbidden", "", "forbidden is not run here."},
};
const App kTestApp = {
    "test", "Test", nullptr, nullptr, kCommands, kOldNames, kRefused, "--no-interaction --env=prod --no-debug",
    "512M"};

std::variant<Allowed, Denied> ask(std::string_view line, const char* version = "5.1.0",
                                  const std::vector<std::string>& extra = {}) {
  return match(kTestApp, base::Version::parse(version).value_or(base::Version()), line, extra);
}

// The line in its present form, or "" when it may not run.
std::string line_of(std::string_view line, const char* version = "5.1.0") {
  auto result = ask(line, version);
  auto* allowed = std::get_if<Allowed>(&result);
  return allowed ? allowed->line : "";
}

std::string reason_of(std::string_view line) {
  auto result = ask(line);
  auto* denied = std::get_if<Denied>(&result);
  return denied ? denied->reason : "";
}

struct Row {
  const char* line;
  const char* present;
};

}  // namespace

TEST_CASE("A line that fits a row of the table may run, in one normal form") {
  const Row rows[] = {
      {"plain", "plain"},
      {"  plain  ", "plain"},
      {"plain -n", "plain -n"},
      {"plain -vvv --no-ansi --env=prod", "plain -vvv --no-ansi --env=prod"},
      {"flags --fast", "flags --fast"},
      {"flags   -f    --fast", "flags -f --fast"},
      {"numbers --size=300", "numbers --size=300"},
      {"numbers --size 300", "numbers --size=300"},
      {"numbers -s 300", "numbers -s 300"},
      {"numbers -s300", "numbers -s 300"},
      {"numbers -s=300", "numbers -s 300"},
      {"numbers --size=999999999999", "numbers --size=999999999999"},
      {"numbers --size=1 --size=2", "numbers --size=1 --size=2"},
      {"numbers --ids=1,22,333", "numbers --ids=1,22,333"},
      {"words", "words"},
      {"words Hubspot", "words Hubspot"},
      {"words a 5", "words a 5"},
      {"words --name=x a", "words --name=x a"},
      {"words --name=a.b_c@d:e+f-g", "words --name=a.b_c@d:e+f-g"},
      {"words --day=2026-11-21T10:00", "words --day=2026-11-21T10:00"},
      {"words --day=-1day", "words --day=-1day"},
      {"migrate", "migrate"},
      {"migrate 20230621074925", "migrate 20230621074925"},
      {"migrate Version20230621074925", "migrate Version20230621074925"},
      {"migrate Versionzz20230929183000", "migrate Versionzz20230929183000"},
      {"migrate Mautic\\Migrations\\Version020230615115326",
       "migrate Mautic\\Migrations\\Version020230615115326"},
      {"migrate latest", "migrate latest"},
      {"migrate --from=20230621074925", "migrate --from=20230621074925"},
      {"package --file=5.2.1.zip", "package --file=5.2.1.zip"},
      {"package --file 5.2.1-update.zip", "package --file=5.2.1-update.zip"},
      {"harmful --look", "harmful --look"},
  };
  for (const Row& row : rows) {
    INFO(row.line);
    CHECK(line_of(row.line) == row.present);
  }
}

TEST_CASE("A line that is not in the table does not run, and the reason names it") {
  const char* lines[] = {
      "plain; rm -rf /",
      "plain ;rm",
      "plain && id",
      "plain | id",
      "plain > /tmp/x",
      "plain $(id)",
      "plain `id`",
      "$(plain)",
      "plain --no-interaction;id",
      "plain 'x'",
      "plain x",
      "plain --",
      "plain -",
      "plain --unknown",
      "plain --unknown=1",
      "plain --env=dev",
      "plain -e dev",
      "plain --no-interaction=1",
      "/bin/sh",
      "plai",
      "PLAIN",
      "--help",
      "flags --fast=1",
      "flags --fas",
      "flags -ff",
      "flags -f1",
      "numbers --size",
      "numbers --size=",
      "numbers --size=abc",
      "numbers --size=-5",
      "numbers --size=1e9",
      "numbers --size=1234567890123",
      "numbers --size --ids=1",
      "numbers -s",
      "numbers --ids=1;2",
      "numbers 5",
      "words --name=-x",
      "words --name=a/b",
      "words --name=a%20b",
      "words a b",
      "words a 5 6",
      "words ../etc/passwd",
      "words \xC3\xA9t\xC3\xA9",
      "words --day=1,5",
      "migrate first",
      "migrate prev",
      "migrate 0",
      "migrate 2023062a074925",
      "migrate Other\\Migrations\\Version20230621074925",
      "migrate Mautic\\Migrations\\20230621074925",
      "migrate Version",
      "migrate 20230621074925 20230621074926",
      "package --file=/etc/passwd.zip",
      "package --file=../5.2.1.zip",
      "package --file=.zip",
      "package --file=5.2.1.tar",
      "package --file=-x.zip",
      "new:two",
      "gone:x",
  };
  for (const char* line : lines) {
    INFO(line);
    auto result = ask(line);
    auto* denied = std::get_if<Denied>(&result);
    REQUIRE(denied);
    CHECK_FALSE(denied->known);
    CHECK(denied->reason == "Task " + std::string(line) + " is not allowed.");
  }
}

TEST_CASE("A reason is one printable line of at most 100 characters of the task") {
  SECTION("control characters are shown, never sent") {
    CHECK(reason_of("plain\nid") == "Task plain\\nid is not allowed.");
    CHECK(reason_of("plain\n") == "Task plain\\n is not allowed.");
    CHECK(reason_of("plain\tx") == "Task plain\\tx is not allowed.");
    CHECK(reason_of(std::string_view("plain\0x", 7)) == "Task plain\\x00x is not allowed.");
    CHECK(reason_of(std::string_view("\0", 1)) == "Task \\x00 is not allowed.");
    CHECK(reason_of("\x1b[31mplain") == "Task \\x1b[31mplain is not allowed.");
  }
  SECTION("bytes that are no UTF-8 are shown") { CHECK(reason_of("a\xff") == "Task a\\xff is not allowed."); }
  SECTION("a long task is cut") {
    CHECK(reason_of(std::string(101, 'x')) == "Task " + std::string(100, 'x') + " is not allowed.");
    CHECK(reason_of(std::string(10'000'000, 'x')) == "Task " + std::string(100, 'x') + " is not allowed.");
    CHECK(reason_of("plain" + std::string(10'000'000, ' ') + "x").size() < 130);
  }
  SECTION("characters are counted, not bytes, and never cut in two") {
    std::string smile = "\xF0\x9F\x98\x80", smiles;
    for (int i = 0; i < 100; ++i) smiles += smile;
    CHECK(reason_of(smiles + smiles) == "Task " + smiles + " is not allowed.");
  }
  SECTION("a task of nothing") {
    CHECK(reason_of("") == "Task  is not allowed.");
    CHECK(std::holds_alternative<Denied>(ask("   ")));
  }
}

TEST_CASE("Ten megabytes of words are refused without being read") {
  std::string many = "plain";
  while (many.size() < 10'000'000) many += " -n";
  CHECK(std::holds_alternative<Denied>(ask(many)));
  std::string fifty = "plain";
  for (int i = 0; i < 49; ++i) fifty += " -n";
  CHECK(std::holds_alternative<Allowed>(ask(fifty)));
  CHECK(std::holds_alternative<Denied>(ask(fifty + " -n")));
}

TEST_CASE("The words for the console end in the application's defaults, where they are not given") {
  auto words = [](const char* line) { return std::get<Allowed>(ask(line)).words; };
  using Words = std::vector<std::string>;
  CHECK(words("plain") == Words{"plain", "--no-interaction", "--env=prod", "--no-debug"});
  CHECK(words("plain -n") == Words{"plain", "-n", "--env=prod", "--no-debug"});
  CHECK(words("plain --no-debug --no-interaction --env=prod") ==
        Words{"plain", "--no-debug", "--no-interaction", "--env=prod"});
  CHECK(words("numbers -s=5") == Words{"numbers", "-s", "5", "--no-interaction", "--env=prod", "--no-debug"});
  CHECK(std::get<Allowed>(ask("plain")).line == "plain");
}

TEST_CASE("Effect, timeout and package come from the row") {
  auto plain = std::get<Allowed>(ask("plain"));
  CHECK(plain.name == "plain");
  CHECK(plain.effect == Effect::files);
  CHECK(plain.timeout == 60s);
  CHECK(plain.package.empty());
  auto package = std::get<Allowed>(ask("package --file=5.2.1.zip"));
  CHECK(package.package == "5.2.1.zip");
  CHECK(package.words[1] == "--file=5.2.1.zip");
  CHECK(package.effect == Effect::both);
}

TEST_CASE("Asking for help reads, whatever the command does") {
  for (const char* line : {"package --help", "package -h", "package --file=5.zip --help"}) {
    auto help = std::get<Allowed>(ask(line));
    CHECK(help.effect == Effect::reads);
    CHECK(help.timeout == 60s);
  }
  CHECK(std::get<Allowed>(ask("ends --help")).line == "ends --help");
}

TEST_CASE("An option that must be given is added from the ready-made line") {
  CHECK(line_of("ends") == "ends --seconds=50");
  CHECK(line_of("ends mail") == "ends mail --seconds=50");
  CHECK(line_of("ends mail --loops=5") == "ends mail --loops=5 --seconds=50");
  CHECK(line_of("ends mail --seconds=7") == "ends mail --seconds=7");
  CHECK(line_of("ends mail -t 7") == "ends mail -t 7");
}

TEST_CASE("A command exists from its first version until its last") {
  struct {
    const char* line;
    const char* version;
    bool exists;
  } rows[] = {
      {"young", "5.0.4", false},         {"young", "5.1.0", true},         {"young", "5.1.0-rc", true},
      {"young", "7.0.0", true},          {"young", "5.10.0", true},        {"gone", "4.4.13", true},
      {"gone", "2.16.5", true},          {"changed --old", "3.3.5", true}, {"changed --new", "3.3.5", false},
      {"changed --old", "4.0.0", false}, {"changed --new", "4.0.0", true},
  };
  for (const auto& row : rows) {
    INFO(row.line << " in " << row.version);
    CHECK(std::holds_alternative<Allowed>(ask(row.line, row.version)) == row.exists);
  }
}

TEST_CASE("Where the version is unknown every command exists") {
  for (const char* line : {"young", "gone", "changed --old", "changed --new"})
    CHECK(line_of(line, "") == line);
  auto commands = commands_for(kTestApp, {});
  CHECK(commands.size() == std::size(kCommands) - 1);
  auto changed =
      std::find_if(commands.begin(), commands.end(), [](auto* row) { return row->name == "changed"; });
  REQUIRE(changed != commands.end());
  CHECK((*changed)->options == "--new");
}

TEST_CASE("commands_for lists what exists, in the table's order") {
  std::vector<std::string> names;
  for (const auto* command : commands_for(kTestApp, base::Version::of("3.3.5")))
    names.emplace_back(command->name);
  CHECK(names == std::vector<std::string>{"plain", "flags", "numbers", "words", "migrate", "package", "ends",
                                          "gone", "changed", "new:one", "harmful", "forbidden"});
}

TEST_CASE("Old names lead to their successors, through several steps and by prefix") {
  CHECK(line_of("oldest -q", "4.4.0") == "gone -q");
  CHECK(line_of("oldest -q", "5.0.0") == "ends mail -q --seconds=50");
  CHECK(line_of("older") == "plain");
  CHECK(line_of("older:one --x=5") == "new:one --x=5");
  CHECK(line_of("gone", "5.0.0") == "ends mail --seconds=50");
  CHECK(line_of("gone --quiet", "5.0.0") == "ends mail --quiet --seconds=50");
  CHECK(line_of("gone", "4.4.0") == "gone");
  CHECK(line_of("flags --old", "5.0.0") == "plain");
  CHECK(line_of("flags --old", "4.4.0").empty());
  CHECK(reason_of("oldest --x") == "Task oldest --x is not allowed.");
}

TEST_CASE("What is refused says why, in any spelling, and no setting allows it") {
  for (const char* line :
       {"harmful --really", "harmful --look --really", "harmful --really=1", "harmful  --really"}) {
    INFO(line);
    auto denied = std::get<Denied>(ask(line, "5.1.0", {"harmful --really", "harmful --look --really"}));
    CHECK(denied.known);
    CHECK(denied.reason == "harmful --really is not run here: it harms.");
  }
  CHECK(std::get<Denied>(ask("forbidden --x")).known);
  CHECK_FALSE(std::get<Denied>(ask("harmful --unknown")).known);
}

TEST_CASE("The settings allow more by exact line") {
  std::vector<std::string> extra = {"plugin:work --all  --name=a/b", "plain --secret",
                                    "words \xC3\xA9t\xC3\xA9"};
  auto more = std::get<Allowed>(ask("plugin:work  --all --name=a/b", "5.1.0", extra));
  CHECK(more.line == "plugin:work --all --name=a/b");
  CHECK(more.words.back() == "--no-debug");
  CHECK(more.effect == Effect::both);
  CHECK(more.timeout == 0s);
  auto known = std::get<Allowed>(ask("plain --secret", "5.1.0", extra));
  CHECK(known.effect == Effect::files);
  CHECK(known.timeout == 60s);
  CHECK(std::holds_alternative<Allowed>(ask("words \xC3\xA9t\xC3\xA9", "5.1.0", extra)));
  for (const char* line : {"plugin:work", "plugin:work --all", "plugin:work --all --name=a/b x",
                           "plugin:work --all --name=a/b\n"})
    CHECK(std::holds_alternative<Denied>(ask(line, "5.1.0", extra)));
}

TEST_CASE("An unsound table of commands is told at compile time") {
  static_assert(problem_in(kOldNames, kCommands) == "");
  constexpr ConsoleCommand two[] = {{"a", "x", "", Effect::reads, {}, "5.0"},
                                    {"a", "x", "", Effect::reads, "4.4"}};
  static_assert(problem_in(two) == "two rows of one name exist in the same version");
  constexpr ConsoleCommand apart[] = {{"a", "x", "", Effect::reads, {}, "5.0"},
                                      {"a", "x", "", Effect::reads, "5.0"}};
  static_assert(problem_in(apart) == "");
  static_assert(problem_in(ConsoleCommand{"a", "", ""}) == "a help is empty");
  static_assert(problem_in(ConsoleCommand{"a", "x\ny", ""}) == "a help is more than one line");
  static_assert(problem_in(ConsoleCommand{"a", "Do it", ""}) == "a help begins in upper case");
  static_assert(problem_in(ConsoleCommand{"a b", "x", ""}) == "a name is not one word");
  for (auto options : {"--", "x", "--a=", "--a=X", "[N", "[n]", "-ab", "---", "=N", "[WORD]!", "--a b"}) {
    INFO(options);
    CHECK(problem_in(ConsoleCommand{"a", "x", options}) == "a word of the options is not in the grammar");
  }
  static_assert(problem_in(ConsoleCommand{"a", "x", "--t=N!"}) ==
                "the default options lack the option that must be given");
  constexpr OldName lost[] = {{"a", "b"}};
  static_assert(problem_in(lost, two) == "an old name leads to no command");
}
