// SPDX-License-Identifier: GPL-3.0-or-later
// The table of actions and the options that may come with a request: every one a form of its own, none a path.
#include "actions/action.h"

#include <catch2/catch.hpp>
#include <set>

#include "base/failure.h"
#include "base/text.h"

namespace {

using namespace actions;

// An action that takes everything.
constexpr Action kAll{"all", "take all", "file version backup job php check eula tables lines", Effect::reads,
                      Consent::at_once, nullptr, nullptr};

std::string problem(const Options& options, const Action& action = kAll) {
  try {
    check_options(action, options);
  } catch (const base::Failure& failure) {
    return failure.what();
  }
  return {};
}

}  // namespace

TEST_CASE("Every action has a name of its own, one line of help, and does something") {
  std::set<std::string_view> names;
  for (const Action& action : native_actions()) {
    INFO(action.name);
    CHECK(names.insert(action.name).second);
    CHECK_FALSE(action.help.empty());
    CHECK(action.help.find('\n') == std::string_view::npos);
    CHECK(action.help.back() != '.');
    CHECK((action.propose || action.act));
    CHECK(find_action(action.name) == &action);
    if (action.effect != Effect::reads) CHECK(action.propose != nullptr);
    if (action.consent == Consent::plan_first) CHECK(action.propose != nullptr);
  }
  CHECK(find_action("") == nullptr);
  CHECK(find_action("Cache:purge") == nullptr);
  CHECK(find_action("cache:purge ") == nullptr);
}

TEST_CASE("What deletes, stops or gives up asks first") {
  for (const char* name : {"job:stop", "job:unlock", "job:resume"}) {
    const Action* action = find_action(name);
    REQUIRE(action);
    CHECK(action->consent == Consent::plan_first);
  }
  REQUIRE(find_action("cache:purge"));
  CHECK(find_action("cache:purge")->consent == Consent::at_once);
}

TEST_CASE("A value of its option's form is taken") {
  const std::pair<const char*, const char*> rows[] = {
      {"job", "last"},           {"job", "20261121-093015123-k3v9qa"}, {"lines", "200"},
      {"version", "5.1.0"},      {"php", "yes"},                       {"check", "yes"},
      {"eula", "yes"},           {"tables", "mautic_leads,Users2"},    {"file", "5.1.0-update.zip"},
      {"file", "my_dump-1.sql"}, {"backup", "no"},                     {"backup", "20261121-093015"},
  };
  for (auto [name, value] : rows) {
    INFO(name << "=" << value);
    CHECK(problem({{name, value}}) == "");
  }
  CHECK(problem({}) == "");
}

TEST_CASE("A value of another form is refused, and none is ever a path") {
  const std::pair<const char*, std::string> rows[] = {
      {"job", ""},
      {"job", "../20261121-093015123"},
      {"job", "first"},
      {"lines", "-1"},
      {"lines", "1234567"},
      {"lines", ""},
      {"version", "5.1.0-rc"},
      {"version", "../5"},
      {"php", "no"},
      {"php", "/usr/bin/php"},
      {"check", "1"},
      {"eula", "YES"},
      {"tables", "a b"},
      {"tables", "a;drop"},
      {"tables", "a`b"},
      {"tables", ""},
      {"file", ""},
      {"file", "."},
      {"file", ".."},
      {"file", ".htaccess"},
      {"file", "a/b"},
      {"file", "/etc/passwd"},
      {"file", "..\\x"},
      {"file", "a b.zip"},
      {"file", std::string("a\0b", 3)},
      {"file", "a\nb"},
      {"file", "\xC3\xA4.zip"},
      {"file", std::string(201, 'a')},
      {"backup", "../x"},
      {"backup", "a%2fb"},
  };
  for (const auto& [name, value] : rows) {
    INFO(name << "=" << value);
    std::string said = problem({{name, value}});
    CHECK(base::contains(said, std::string("the value of ") + name + " is not of its form"));
    CHECK(base::printable_line(said) == said);
  }
}

TEST_CASE("An option that an action does not take is refused, even with a good value") {
  CHECK(problem({{"eula", "yes"}}, *find_action("cache:purge")) == "cache:purge takes no option eula");
  CHECK(problem({{"jo", "last"}}, *find_action("job:stop")) == "job:stop takes no option jo");
  CHECK(problem({{"b job", "last"}}, *find_action("job:stop")) == "job:stop takes no option b job");
  CHECK(problem({{"", ""}}, *find_action("cache:purge")) != "");
  CHECK(problem({{"x\ny", ""}}) == "all takes no option x\\ny");
  CHECK(problem({{"job", "last"}}, *find_action("job:stop")) == "");
}
