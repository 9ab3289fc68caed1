// SPDX-License-Identifier: GPL-3.0-or-later
// Mautic's table: every line that people have in bookmarks and cron pages, for each release.
#include <catch2/catch.hpp>

#include "apps/command_line.h"
#include "apps/mautic/mautic.h"

namespace {

using namespace apps;

constexpr const char* kReleases[] = {"2.16.5", "3.0.2",  "3.3.5", "4.4.13", "5.0.4",
                                     "5.1.1",  "5.2.10", "6.0.8", "7.0.2"};

std::variant<Allowed, Denied> ask(const char* version, std::string_view line) {
  return match(mautic::kApp, base::Version::of(version), line, {});
}

std::string line_of(const char* version, std::string_view line) {
  auto result = ask(version, line);
  auto* allowed = std::get_if<Allowed>(&result);
  return allowed ? allowed->line : "";
}

Effect effect_of(std::string_view line) { return std::get<Allowed>(ask("5.1.0", line)).effect; }

}  // namespace

TEST_CASE("The lines of the gist run on every release, under their present names") {
  struct {
    const char* line;
    const char* present;
  } rows[] = {
      {"cache:clear", "cache:clear"},
      {"mautic:leadlists:update", "mautic:segments:update"},
      {"mautic:campaigns:update", "mautic:campaigns:update"},
      {"mautic:campaigns:trigger", "mautic:campaigns:trigger"},
      {"mautic:fetch:email", "mautic:email:fetch"},
      {"doctrine:migrations:migrate", "doctrine:migrations:migrate"},
      {"doctrine:schema:update --dump-sql", "doctrine:schema:update --dump-sql"},
  };
  for (const char* release : kReleases)
    for (const auto& row : rows) {
      INFO(release << " " << row.line);
      CHECK(line_of(release, row.line) == row.present);
    }
}

TEST_CASE("The lines of the gist's successor run on every release") {
  const char* lines[] = {
      "list",
      "mautic:segments:update",
      "mautic:segments:update --force",
      "mautic:segments:update --max-contacts=300 --batch-limit=300",
      "mautic:segments:update --max-contacts=300 --batch-limit=300 --quiet",
      "mautic:segments:update --max-contacts=300 --batch-limit=300 --force",
      "mautic:campaigns:update --force",
      "mautic:campaigns:update --max-contacts=100 --quiet",
      "mautic:campaigns:trigger --force",
      "mautic:campaigns:trigger --quiet",
      "cache:clear --no-interaction --no-warmup --no-optional-warmers",
      "cache:warmup --no-interaction --no-optional-warmers",
      "mautic:broadcasts:send",
      "mautic:broadcasts:send --channel=email",
      "mautic:broadcasts:send --channel=sms",
      "mautic:messages:send",
      "mautic:webhooks:process",
      "mautic:reports:scheduler",
      "mautic:iplookup:download",
      "mautic:assets:generate",
      "mautic:social:monitoring",
      "mautic:integration:pushleadactivity --integration=Hubspot",
      "mautic:integration:fetchleads --integration=Hubspot",
      "mautic:import --limit=600 --quiet",
      "mautic:maintenance:cleanup --no-interaction --days-old=90 --dry-run",
      "mautic:maintenance:cleanup --no-interaction --days-old=365",
      "doctrine:migrations:status",
      "doctrine:migrations:migrate --allow-no-migration --dry-run",
      "doctrine:migrations:migrate --allow-no-migration --no-interaction",
      "doctrine:migrations:migrate --allow-no-migration --query-time --dry-run",
      "doctrine:schema:validate",
      "debug:router",
      "debug:event-dispatcher",
      "doctrine:mapping:info",
      "mautic:contacts:deduplicate",
      "mautic:unusedip:delete",
      "mautic:update:find",
      "mautic:update:apply --no-interaction --force",
      "--version",
  };
  for (const char* release : kReleases)
    for (const char* line : lines) {
      INFO(release << " " << line);
      CHECK(line_of(release, line) == line);
    }
}

TEST_CASE("Second names and lines of older releases lead to what works now") {
  struct {
    const char* version;
    const char* line;
    const char* present;
  } rows[] = {
      {"5.1.0", "mautic:segments:rebuild --list-id=5", "mautic:segments:update --list-id=5"},
      {"5.1.0", "mautic:campaigns:rebuild", "mautic:campaigns:update"},
      {"5.1.0", "mautic:campaigns:messages --channel=email", "mautic:messages:send --channel=email"},
      {"5.1.0", "mautic:emails:fetch --quiet", "mautic:email:fetch --quiet"},
      {"5.1.0", "mautic:plugins:update", "mautic:plugins:reload"},
      {"5.1.0", "mautic:integration:pushactivity --integration=Hubspot",
       "mautic:integration:pushleadactivity --integration=Hubspot"},
      {"4.4.13", "mautic:email:process", "mautic:emails:send"},
      {"2.16.5", "mautic:emails:send --quiet", "mautic:emails:send --quiet"},
      {"5.0.0", "mautic:email:process", "messenger:consume email --time-limit=50"},
      {"7.0.0", "mautic:emails:send --quiet", "messenger:consume email --quiet --time-limit=50"},
      {"7.0.0", "messenger:consume email", "messenger:consume email --time-limit=50"},
      {"7.0.0", "messenger:consume email --limit=100", "messenger:consume email --limit=100 --time-limit=50"},
      {"7.0.0", "messenger:consume hit --time-limit=160", "messenger:consume hit --time-limit=160"},
      {"2.16.5", "doctrine:migration:status", "doctrine:migrations:status"},
      {"7.0.0", "doctrine:migration:migrate --no-interaction",
       "doctrine:migrations:migrate --no-interaction"},
      {"4.4.13", "doctrine:migrations:status --show-versions", "doctrine:migrations:status --show-versions"},
      {"5.0.0", "doctrine:migrations:status --show-versions", "doctrine:migrations:list"},
      {"5.1.0", "doctrine:schema:update", "doctrine:schema:update --dump-sql"},
      {"4.4.13", "mautic:campaign:summarize", "mautic:campaigns:summarize"},
  };
  for (const auto& row : rows) {
    INFO(row.version << " " << row.line);
    CHECK(line_of(row.version, row.line) == row.present);
  }
}

TEST_CASE("Commands come and go with the releases that have them") {
  struct {
    const char* line;
    const char* first;  // nullptr: always had it
    const char* last;   // nullptr: has it still
  } rows[] = {
      {"mautic:cache:clear", "3.3.5", nullptr},
      {"mautic:integrations:sync Hubspot", "3.0.2", nullptr},
      {"mautic:contacts:scheduled_export", "5.0.4", nullptr},
      {"mautic:segments:stat", "6.0.8", nullptr},
      {"mautic:fields:analyse", "5.1.1", nullptr},
      {"mautic:queue:process", nullptr, "4.4.13"},
      {"mautic:citrix:sync", nullptr, "4.4.13"},
      {"debug:swiftmailer", nullptr, "4.4.13"},
      {"doctrine:migrations:list", "5.0.4", nullptr},
      {"doctrine:migrations:sync-metadata-storage", "5.0.4", nullptr},
      {"doctrine:migrations:up-to-date", "3.0.2", nullptr},
      {"messenger:consume email --time-limit=50", "5.0.4", nullptr},
      {"about", "3.0.2", nullptr},
  };
  for (const auto& row : rows)
    for (const char* release : kReleases) {
      INFO(release << " " << row.line);
      auto version = base::Version::of(release);
      bool exists = (!row.first || version >= base::Version::of(row.first)) &&
                    (!row.last || version <= base::Version::of(row.last));
      CHECK(line_of(release, row.line) == (exists ? row.line : ""));
    }
}

TEST_CASE("What harms is refused with its reason, on every release and under old names") {
  for (const char* release : kReleases) {
    for (const char* line :
         {"doctrine:schema:update --force", "doctrine:schema:update --no-interaction --dump-sql --force",
          "doctrine:schema:update --no-interaction --force", "doctrine:schema:update -f"}) {
      auto denied = std::get<Denied>(ask(release, line));
      CHECK(denied.known);
      CHECK(denied.reason.find("custom fields") != std::string::npos);
      CHECK(denied.reason.find("doctrine:migrations:migrate") != std::string::npos);
    }
    auto denied = std::get<Denied>(ask(release, "mautic:install:data --no-interaction --force"));
    CHECK(denied.known);
    CHECK(denied.reason.find("contacts") != std::string::npos);
  }
}

TEST_CASE("What is not known at all is not allowed") {
  for (const char* line : {"doctrine:database:drop --force", "doctrine:query:sql SELECT",
                           "doctrine:schema:drop --force", "mautic:install", "doctrine:migrations:rollup",
                           "mautic:marketplace:install x", "mautic:transifex:pull", "server:run", "help"}) {
    auto denied = std::get<Denied>(ask("5.1.0", line));
    CHECK_FALSE(denied.known);
    CHECK(denied.reason == "Task " + std::string(line) + " is not allowed.");
  }
}

TEST_CASE("Each command declares its effect") {
  for (const char* line :
       {"list", "--version", "about", "doctrine:migrations:status", "doctrine:migrations:list",
        "doctrine:migrations:up-to-date", "doctrine:schema:validate", "doctrine:schema:update",
        "mautic:update:find", "debug:router"})
    CHECK(effect_of(line) == Effect::reads);
  for (const char* line : {"cache:clear", "cache:warmup", "mautic:cache:clear", "mautic:assets:generate"})
    CHECK(effect_of(line) == Effect::files);
  for (const char* line :
       {"doctrine:migrations:migrate", "doctrine:migrations:migrate --dry-run",
        "doctrine:migrations:execute 20230621074925 --down", "mautic:contacts:deduplicate"})
    CHECK(effect_of(line) == Effect::database);
  for (const char* line :
       {"mautic:update:apply --force", "mautic:update:apply --finish", "mautic:plugins:reload"})
    CHECK(effect_of(line) == Effect::both);
  for (const char* line :
       {"mautic:segments:update", "mautic:campaigns:trigger", "messenger:consume email",
        "mautic:maintenance:cleanup --days-old=365", "mautic:import", "mautic:email:fetch"})
    CHECK(effect_of(line) == Effect::routine);
}

TEST_CASE("Migrations and updates are never cut off by a timeout, everything else is some day") {
  for (const auto& command : mautic::kApp.commands) {
    INFO(command.name);
    bool unlimited = command.timeout == std::chrono::seconds(0);
    bool changes = command.effect == Effect::database || command.effect == Effect::both;
    if (unlimited) CHECK(changes);
  }
  for (const char* line : {"doctrine:migrations:migrate", "mautic:update:apply --force"})
    CHECK(std::get<Allowed>(ask("5.1.0", line)).timeout == std::chrono::seconds(0));
}

TEST_CASE("An update package is a bare name") {
  auto good = std::get<Allowed>(ask("5.1.0", "mautic:update:apply --force --update-package=5.2.1.zip"));
  CHECK(good.package == "5.2.1.zip");
  for (const char* value : {"/tmp/x.zip", "../x.zip", "a/b.zip", "x.phar", "%2e%2e.zip/x", "", "..zip"})
    CHECK(line_of("5.1.0", std::string("mautic:update:apply --update-package=") + value).empty());
}

TEST_CASE("The ready-made link of every command may run, in the release that has it") {
  for (const char* release : kReleases)
    for (const auto* command : commands_for(mautic::kApp, base::Version::of(release))) {
      std::string line = std::string(command->name);
      if (!command->default_options.empty()) line += " " + std::string(command->default_options);
      INFO(release << " " << line);
      CHECK(line_of(release, line) == line);
    }
}

TEST_CASE("A command and its version are offered only once a release") {
  for (const char* release : kReleases) {
    auto commands = commands_for(mautic::kApp, base::Version::of(release));
    CHECK(commands.size() > 35);
    for (size_t i = 0; i < commands.size(); ++i)
      for (size_t j = 0; j < i; ++j) CHECK(commands[i]->name != commands[j]->name);
  }
}
