// SPDX-License-Identifier: GPL-3.0-or-later
// Mautic's console as far as it may be used from a URL: what the commands.php gist and its successor offered,
// the cron list of the documentation, and what recovery needs. Names, options and versions were read from the
// sources of 2.16 to 7; an option that an older release lacks is refused by its own console. Two rows of one
// name stand for two ranges of releases. The order is that of the page.
#include <array>

#include "apps/command_grammar.h"
#include "apps/mautic/checks.h"
#include "apps/configuration_mend.h"
#include "apps/mautic/mautic.h"
#include "apps/mautic/upgrade_v3.h"

namespace apps::mautic {

namespace {

using namespace std::chrono_literals;

// A hung command must end some day, for its lock; a slow one on a busy host must not be cut off.
constexpr auto kQuick = 10min;
constexpr auto kLong = 6h;   // sends, imports, rebuilds
constexpr auto kSafe = base::Interruption::restart;  // run again from its beginning after a kill
constexpr auto kNever = 0s;  // cut off in the middle these do harm

// The options in one text, for options that many commands share.
template <const std::string_view&... parts>
struct Joined {
  static constexpr auto kText = [] {
    std::array<char, (parts.size() + ... + 0)> text{};
    auto end = text.begin();
    ((end = std::copy(parts.begin(), parts.end(), end)), ...);
    return text;
  }();
  static constexpr std::string_view kValue{kText.data(), kText.size()};
};

// Of every command that Mautic itself keeps from running twice at a time.
constexpr std::string_view kLocking =
    " --force -f --bypass-locking --timeout=N -t=N --lock_mode=WORD -x=WORD";
constexpr std::string_view kContacts =
    " --contact-id=N --contact-ids=LIST --min-contact-id=N --max-contact-id=N --thread-id=N --max-threads=N";

constexpr std::string_view kSegments =
    "--batch-limit=N -b=N --max-contacts=N -m=N --list-id=N -i=N --timing=N --exclude=N -d=N";
constexpr std::string_view kRebuild =
    "--batch-limit=N -l=N --max-contacts=N -m=N --campaign-id=N -i=N --exclude=N -d=N";
constexpr std::string_view kTrigger =
    "--campaign-id=N -i=N --campaign-limit=N --batch-limit=N -l=N --kickoff-only --scheduled-only"
    " --inactive-only --exclude=N -d=N";
constexpr std::string_view kNegative = " --negative-only";
constexpr std::string_view kMessages = "--channel=WORD -c=WORD --channel-id=N -i=N --message-id=N -m=N";
constexpr std::string_view kBroadcasts =
    "--channel=WORD -c=WORD --id=N -i=N --min-contact-id=N --max-contact-id=N --limit=N -l=N --batch=N -b=N"
    " --thread-id=N --max-threads=N";
constexpr std::string_view kSpool =
    "--message-limit=N --time-limit=N --do-not-clear --recover-timeout=N --clear-timeout=N --lock-name=WORD";
constexpr std::string_view kSummarize = "--batch-limit=N -l=N --max-hours=N --rebuild";
constexpr std::string_view kCleanup = "--days-old=N -d=N --dry-run -r --gdpr -g";
constexpr std::string_view kUnusedIp = "--limit=N -l=N";
constexpr std::string_view kDeduplicate = "--newer-into-older --batch=N --processes=N";
constexpr std::string_view kCreateColumn = "--id=N -i=N --user=N -u=N";
constexpr std::string_view kCitrix = "--product=WORD -p=WORD --id=WORD -i=WORD";
constexpr std::string_view kPush =
    "--integration=WORD -i=WORD --start-date=DATE -d=DATE --end-date=DATE -t=DATE --time-interval=DATE"
    " -a=DATE --force -f";
constexpr std::string_view kFetch = " --fetch-all --limit=N -l=N";
constexpr std::string_view kSync =
    "[WORD] --start-datetime=DATE -t=DATE --end-datetime=DATE --mautic-object-id=WORD"
    " --integration-object-id=WORD --first-time-sync -f --disable-push --disable-pull "
    "--disable-activity-push --option=WORD";
constexpr std::string_view kConsume =
    "[WORD] --time-limit=N! -t=N! --limit=N -l=N --failure-limit=N -f=N --memory-limit=WORD -m=WORD"
    " --sleep=N --queues=WORD --no-reset";
constexpr std::string_view kMigrate =
    "[MIGRATION] --dry-run --query-time --allow-no-migration --all-or-nothing";
constexpr std::string_view kExecute = "[MIGRATION] --up --down --dry-run --query-time";
constexpr std::string_view kVersion =
    "[MIGRATION] --add --delete --all --range-from=MIGRATION --range-to=MIGRATION";

// clang-format off
constexpr ConsoleCommand kCommands[] = {
    // Cache and files
    {"cache:clear", "delete the compiled cache and build it anew", "--no-warmup --no-optional-warmers",
     Effect::files, {}, {}, kQuick, {}, {}, kSafe},
    {"cache:warmup", "build the compiled cache", "--no-optional-warmers", Effect::files, {}, {}, kQuick, {}, {},
     kSafe},
    {"mautic:cache:clear", "empty Mautic's own data cache", "", Effect::files, "3.3", {}, kQuick},
    {"mautic:assets:generate", "build the combined style sheets and scripts", "", Effect::files, {}, "5.0",
     kQuick},
    {"mautic:assets:generate", "build the combined style sheets and scripts; needs node_modules, which no zip has",
     "", Effect::files, "5.0", {}, kQuick},
    {"mautic:plugins:reload", "install and update the plugins that lie in plugins/", "", Effect::both, {}, {},
     kNever},

    // Database and update
    {"doctrine:migrations:status", "show how far the database is migrated", "--show-versions", Effect::reads,
     {}, "5.0", kQuick},
    {"doctrine:migrations:status", "show how far the database is migrated", "", Effect::reads, "5.0", {},
     kQuick},
    {"doctrine:migrations:migrate", "bring the database up to the version of the files", kMigrate,
     Effect::database, {}, {}, kNever, {}, {}, kSafe, Backup::first, "!--dry-run"},
    {"doctrine:migrations:up-to-date", "tell whether migrations are left", "--fail-on-unregistered -u",
     Effect::reads, "3.0", {}, kQuick},
    {"doctrine:migrations:list", "list the migrations and their state", "", Effect::reads, "5.0", {}, kQuick},
    {"doctrine:migrations:current", "show the newest migration that was run", "", Effect::reads, "5.0", {},
     kQuick},
    {"doctrine:migrations:latest", "show the newest migration that exists", "", Effect::reads, {}, {},
     kQuick},
    {"doctrine:migrations:execute", "run one migration by name, or take it back", kExecute, Effect::database,
     {}, {}, kNever, {}, "VERSION --up|--down", base::Interruption::once, Backup::first, "!--dry-run"},
    {"doctrine:migrations:version", "record migrations as run or not run", kVersion, Effect::database, {}, {},
     kQuick, {}, "VERSION --add|--delete"},
    {"doctrine:migrations:sync-metadata-storage", "bring the table of migrations into its present form", "",
     Effect::database, "5.0", {}, kNever},
    {"doctrine:schema:validate", "compare the database with the classes", "--skip-mapping --skip-sync",
     Effect::reads, {}, {}, kQuick},
    {"doctrine:schema:update", "show the SQL between the database and the classes", "--dump-sql!",
     Effect::reads, {}, {}, kQuick, "--dump-sql"},
    // Writes only the note of its answer, into the cache: the site's lock would be out of proportion.
    {"mautic:update:find", "ask whether there is a newer release", "", Effect::reads, {}, {}, kQuick},
    {"mautic:update:apply", "update to the newer release, or finish an update",
     "--force --finish --update-package=PACKAGE", Effect::both, {}, {}, kNever, "--force", {},
     base::Interruption::once, Backup::first, "--finish"},
    {"mautic:custom-field:create-column", "create the columns of custom fields that wait for it",
     Joined<kCreateColumn, kLocking>::kValue, Effect::database, "3.3", {}, kNever},

    // What cron runs
    {"mautic:segments:update", "update who belongs to which segment", Joined<kSegments, kLocking>::kValue,
     Effect::routine, {}, {}, kLong},
    {"mautic:campaigns:update", "update who belongs to which campaign",
     Joined<kRebuild, kContacts, kLocking>::kValue, Effect::routine, {}, {}, kLong},
    {"mautic:campaigns:trigger", "run the campaigns' due events",
     Joined<kTrigger, kNegative, kContacts, kLocking>::kValue, Effect::routine, {}, "5.0", kLong},
    {"mautic:campaigns:trigger", "run the campaigns' due events",
     Joined<kTrigger, kContacts, kLocking>::kValue, Effect::routine, "5.0", {}, kLong},
    {"mautic:messages:send", "send the messages that frequency rules held back",
     Joined<kMessages, kLocking>::kValue, Effect::routine, {}, {}, kLong},
    {"mautic:broadcasts:send", "send segment e-mails and other broadcasts",
     Joined<kBroadcasts, kLocking>::kValue, Effect::routine, {}, {}, kLong},
    {"mautic:emails:send", "send the queued e-mails", Joined<kSpool, kLocking>::kValue, Effect::routine, {},
     "5.0", kLong},
    // Alone it never ends; a limit on messages does not end it either while the queue is empty.
    {"messenger:consume", "work off a queue: email, hit or failed", kConsume, Effect::routine, "5.0", {},
     kLong, "email --time-limit=50"},
    {"mautic:email:fetch", "read the monitored mailboxes for bounces and replies", "--message-limit=N -m=N",
     Effect::routine, {}, {}, kLong},
    {"mautic:import", "import the waiting contact files", "--id=N -i=N --limit=N -l=N", Effect::routine, {},
     {}, kLong, "--limit=600"},
    {"mautic:contacts:scheduled_export", "write the contact exports that were asked for", "--ids=LIST",
     Effect::routine, "5.0", {}, kLong},
    {"mautic:webhooks:process", "send the queued webhooks", "--webhook-id=N -i=N --min-id=N --max-id=N",
     Effect::routine, {}, {}, kLong},
    {"mautic:reports:scheduler", "send the scheduled reports", "--report=N", Effect::routine, {}, {}, kLong},
    {"mautic:queue:process", "work off a message queue",
     "--queue-name=WORD -i=WORD --messages=N -m=N --timeout=N -t=N", Effect::routine, {}, "5.0", kLong},
    {"mautic:campaigns:summarize", "add up the campaigns' statistics", Joined<kSummarize, kLocking>::kValue,
     Effect::routine, "4.1", {}, kLong},
    {"mautic:social:monitoring", "look through the monitored social media",
     "--mid=N -i=N --batch-size=N --query-count=N", Effect::routine, {}, {}, kLong},
    {"mautic:integrations:sync", "synchronise contacts with an integration", kSync, Effect::routine, "3.0",
     {}, kLong, {}, "INTEGRATION"},
    {"mautic:integration:fetchleads", "fetch contacts from an integration", Joined<kPush, kFetch>::kValue,
     Effect::routine, {}, {}, kLong, {}, "--integration=NAME"},
    {"mautic:integration:pushleadactivity", "push contact activity to an integration", kPush, Effect::routine,
     {}, {}, kLong, {}, "--integration=NAME"},
    {"mautic:integration:pipedrive:fetch", "fetch contacts from Pipedrive", "--restart", Effect::routine, {},
     "5.0", kLong},
    {"mautic:integration:pipedrive:push", "push contacts to Pipedrive", "--restart", Effect::routine, {},
     "5.0", kLong},
    {"mautic:citrix:sync", "synchronise with the GoTo products", Joined<kCitrix, kLocking>::kValue,
     Effect::routine, {}, "5.0", kLong},
    {"mautic:maintenance:cleanup", "delete old visitors, page hits and log entries",
     Joined<kCleanup, kLocking>::kValue, Effect::routine, {}, {}, kLong, "--days-old=365 --dry-run"},
    {"mautic:unusedip:delete", "delete IP addresses that nothing uses", Joined<kUnusedIp, kLocking>::kValue,
     Effect::routine, {}, {}, kLong},
    {"mautic:iplookup:download", "download the database of IP locations", "", Effect::routine, {}, {},
     kQuick},
    {"mautic:donotsell:download", "download MaxMind's list of addresses not to sell", "", Effect::routine,
     "3.2", {}, kQuick},
    {"mautic:max-mind:purge", "delete the data of addresses on MaxMind's list", "--dry-run -d",
     Effect::routine, "3.3", {}, kLong},

    // Contacts and statistics
    {"mautic:contacts:deduplicate", "merge contacts that are the same person",
     kDeduplicate, Effect::database, {}, {}, kLong},
    {"mautic:segments:stat", "show which segments are used where", kLocking, Effect::reads, "6.0", {},
     kQuick},
    {"mautic:fields:analyse", "show how full the contacts' table is", "--display-table -t", Effect::reads,
     "5.1", {}, kQuick},

    // Looking around
    {"list", "list the console's commands", "[WORD] --raw", Effect::reads, {}, {}, kQuick},
    {"--version", "show the version the console reports", "", Effect::reads, {}, {}, kQuick},
    {"about", "show versions, paths and settings of the framework", "", Effect::reads, "3.0", {}, kQuick},
    {"debug:router", "list the routes", "[WORD]", Effect::reads, {}, {}, kQuick},
    {"debug:event-dispatcher", "list who listens to which event", "[WORD]", Effect::reads, {}, {}, kQuick},
    {"debug:swiftmailer", "show how mail is sent", "[WORD]", Effect::reads, {}, "5.0", kQuick},
    {"doctrine:mapping:info", "list the classes that are stored in the database", "", Effect::reads, {}, {},
     kQuick},
};
// clang-format on

constexpr OldName kOldNames[] = {
    // Mautic 1
    {"mautic:leadlists:update", "mautic:segments:update"},
    {"mautic:leadlists:rebuild", "mautic:segments:update"},
    {"mautic:lists:update", "mautic:segments:update"},
    {"mautic:lists:rebuild", "mautic:segments:update"},
    {"mautic:email:process", "mautic:emails:send"},
    {"mautic:fetch:email", "mautic:email:fetch"},
    {"mautic:fetch:mail", "mautic:email:fetch"},
    {"mautic:check:email", "mautic:email:fetch"},
    // Second names: one line must have one lock
    {"mautic:segments:rebuild", "mautic:segments:update"},
    {"mautic:campaigns:rebuild", "mautic:campaigns:update"},
    {"mautic:campaigns:messages", "mautic:messages:send"},
    {"mautic:campaigns:messagequeue", "mautic:messages:send"},
    {"mautic:emails:fetch", "mautic:email:fetch"},
    {"mautic:plugins:install", "mautic:plugins:reload"},
    {"mautic:plugins:update", "mautic:plugins:reload"},
    {"mautic:integration:synccontacts", "mautic:integration:fetchleads"},
    {"mautic:integration:pushactivity", "mautic:integration:pushleadactivity"},
    {"mautic:campaign:summarize", "mautic:campaigns:summarize"},
    // Mautic 5: UPGRADE-5.0.md names messenger:consume; doctrine/migrations 3 moved the list of versions
    {"mautic:emails:send", "messenger:consume email", "5.0"},
    {"doctrine:migrations:status --show-versions", "doctrine:migrations:list", "5.0"},
    // The console's own abbreviation
    {"doctrine:migration:", "doctrine:migrations:"},
};

constexpr std::string_view kNoForcedSchema =
    "doctrine:schema:update --force is not run here: it drops the columns of custom fields. Use "
    "doctrine:migrations:migrate; to see the differences use doctrine:schema:update --dump-sql.";

constexpr Refused kRefused[] = {
    {"doctrine:schema:update", "--force", kNoForcedSchema},
    {"doctrine:schema:update", "-f", kNoForcedSchema},
    {"mautic:install:data", "",
     "mautic:install:data is not run here: it deletes every table and with it all contacts. To bring the "
     "database up "
     "to the files use doctrine:migrations:migrate; to go back to a backup use db:restore."},
};

static_assert(problem_in(kCommands) == "");
static_assert(problem_in(kOldNames, kCommands) == "");

}  // namespace

constexpr std::array<DatedRows, 4> kDatedRows = {{{"leads", "date_added", "contacts"},
                                                  {"email_stats", "date_sent", "sent e-mails"},
                                                  {"form_submissions", "date_submitted", "form submissions"},
                                                  {"page_hits", "date_hit", "page hits"}}};

constexpr std::array<std::string_view, 2> kConsoles = {"bin/console", "app/console"};
// upgrade.php is what 2.x and 3.x finish an update with.
constexpr std::array<std::string_view, 2> kFrontControllers = {"index.php", "upgrade.php"};

constexpr std::array<std::string_view, 2> kPages = {"", "s/login"};

// What 2 to 7 refuse to install without (InstallBundle's CheckStep), and zip, which updates need.
constexpr std::array<std::string_view, 12> kExtensions = {"ctype", "curl",    "dom",       "fileinfo",  "iconv",     "json",
                                                          "mbstring", "openssl", "pdo_mysql", "simplexml", "tokenizer", "zip"};
constexpr std::array<std::string_view, 3> kPassingFiles = {"deleted_files.txt", "critical_migrations.txt", "upgrade.php"};

constinit const App kApp = {
    "mautic", "Mautic", recognise, database, kCommands, kOldNames, kRefused, "--no-interaction --env=prod --no-debug",
    "512M", kFrontControllers, kConsoles, kDatedRows, site_url, kPages, release_of, owners, "deleted_files.txt", source, unfinished, tree_signs,
    written, configuration_files, "doctrine:migrations:migrate", kPassingFiles, kExtensions, "cache:warmup", checks, log_folders,
    mend_configuration, &kUpgradeToThree, nullptr, database_repairs, secrets,
};

}  // namespace apps::mautic
