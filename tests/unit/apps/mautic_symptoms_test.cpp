// SPDX-License-Identifier: GPL-3.0-or-later
// Messages as they were reported or seen, and the row of each.
#include "apps/mautic/symptoms.h"

#include <catch2/catch.hpp>
#include <set>

using apps::mautic::symptom_of;

namespace {

std::string id_of(std::string_view text) {
  auto* symptom = symptom_of(text);
  return symptom ? std::string(symptom->id) : "none";
}

}  // namespace

TEST_CASE("every reported message leads to its cause", "[symptoms]") {
  struct Row {
    const char *text, *id;
  };
  const Row rows[] = {
      {"Argument 1 passed to Mautic\\CoreBundle\\Helper\\CacheHelper::__construct() must be an instance of AppKernel, none given, called in /h/app/cache/prod/appProdProjectContainer.php on line 1", "cache.container"},
      {"Uncaught ArgumentCountError: Too few arguments to function Mautic\\A::__construct(), 3 passed in /h/var/cache/prod/ContainerAbCdEf1/AppKernelProdContainer.php on line 9 and exactly 4 expected", "cache.container"},
      {"Failed opening required '/h/app/cache/prod/doctrine/orm/Proxies/__CG__MauticUser.php'", "cache.container"},
      {"An exception occurred: SQLSTATE[42S01]: Base table or view already exists: 1050 Table 'p_point_groups' already exists", "migration.half"},
      {"SQLSTATE[42S01]: 1050 Table 'campaign_summary' already exists", "migration.half"},
      {"SQLSTATE[42S21]: Column already exists: 1060 Duplicate column name 'x'", "migration.half"},
      {"[UPGRADE ERROR] Exit code 1; x", "migration.failed"},
      {"Uncaught Error: Call to a member function setLogger() on null in /h/app/bundles/x.php:3", "files.mixed"},
      {"Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes) in /h/vendor/symfony/x.php on line 3", "php.memory"},
      {"Uncaught Error: Class 'Twig\\Loader\\FilesystemLoader' not found in /h/app/x.php:1", "files.vendor"},
      {"Class Symfony\\Component\\Cache\\Adapter\\PdoAdapter contains 1 abstract method and must therefore be declared abstract", "files.vendor"},
      {"Uncaught Error: Class 'ComposerAutoloaderInit0123456789abcdef0123456789abcdef' not found in /h/vendor/autoload.php:7", "files.vendor"},
      {"Class \"Doctrine\\Migrations\\Exception\\SkipMigrationException\" not found", "files.vendor"},
      {"Class \"Symfony\\Component\\Filesystem\\Path\" not found in /h/app/bundles/CoreBundle/Loader/ParameterLoader.php:1", "files.vendor"},
      {"Declaration of Symfony\\Component\\Cache\\Adapter\\DoctrineAdapter::doFetch(array $ids) must be compatible with x", "files.vendor"},
      {"Uncaught Error: Class \"Facebook\\WebDriver\\Exception\\WebDriverException\" not found in /h/vendor/php-webdriver/webdriver/lib/Exception/TimeoutException.php:8", "files.vendor"},
      {"SQLSTATE[42S22]: Column not found: 1054 Unknown column 'e0_.body_text' in 'field list'", "schema.behind"},
      {"SQLSTATE[42S02]: Base table or view not found: 1146 Table 'm.x' doesn't exist", "schema.behind"},
      {"RuntimeException: The directory \"/h/var/cache/prod/annotations\" is not writable.", "files.permissions"},
      {"ZipArchive::extractTo(/h/app/x.php): failed to open stream: Permission denied", "files.permissions"},
      {"UPDATE ERROR: Failed removing the file at /h/app/x.php", "files.permissions"},
      {"/h/.htaccess: AuthType not set!", "host.htaccess"},
      {"/h/.htaccess: Invalid command 'AddHandlerX', perhaps misspelled or defined by a module not included", "host.htaccess"},
      {"SQLSTATE[HY000]: General error: 1709 Index column size too large. The maximum column size is 767 bytes.", "migration.index_size"},
      {"1071 Specified key was too long; max key length is 3072 bytes", "migration.index_size"},
      {"1118 Row size too large (> 8126)", "migration.index_size"},
      {"1091 Can't DROP 'FK_484FAEA045453D'; check that column/key exists", "migration.keys"},
      {"General error: 1005 Can't create table `m`.`x` (errno: 150 \"Foreign key constraint is incorrectly formed\")", "migration.keys"},
      {"1832 Cannot change column 'id': used in a foreign key constraint", "migration.keys"},
      {"Notice: Undefined index: fk", "migration.keys"},
      {"Undefined variable $projectRoot in /h/app/config/paths.php", "files.mixed"},
      {"You have requested a non-existent parameter \"kernel.root_dir\"", "config.parameter"},
      {"The parameter \"2FGl2lf3au8bahi\" must be defined.", "config.parameter"},
      {"Class \"Mautic\\CoreBundle\\EventListener\\CommonSubscriber\" not found while loading \"MauticPlugin\\MauticExtendeeBundle\\X\".", "plugin.old"},
      {"Composer detected issues in your platform: Your Composer dependencies require a PHP version \">= 7.4.0\".", "php.version"},
      {"Mautic does not support PHP version 8.2.35 at this time.", "php.version"},
      {"Uncaught Error: Class 'ZipArchive' not found in /h/app/x.php:1", "php.extension"},
      {"Uncaught Error: Call to undefined function Mautic\\A\\mb_strtolower()", "php.extension"},
      {"Maximum execution time of 30 seconds exceeded in /h/app/bundles/CoreBundle/Update/Step/InstallNewFilesStep.php on line 9", "php.time"},
      {"Could not open the ZIP archive to complete the update.", "update.package"},
      {"Package could not be found!", "update.package"},
      {"Undefined index: message in /h/app/bundles/CoreBundle/Update/Step/InstallNewFilesStep.php", "update.package"},
      {"Unable to find file \"media/images/pictograms/x.svg\"", "files.assets"},
      {"Uncaught Exception in /h/app/bundles/CoreBundle/Helper/AssetGenerationHelper.php", "files.assets"},
      {"Failed opening required '/h/vendor/composer/../../app/bundles/SmsBundle/EventListener/ConfigSubscriber.php'", "files.vendor"},
      {"The metadata storage is not up to date, please run the sync-metadata-storage command to fix this issue.", "migration.metadata"},
      {"PDOException: There is no active transaction", "migration.transaction"},
      {"Unable to read the \"/h/.env\" environment file.", "files.env"},
      {"Your database version (5.5.5) is too old for Mautic to work correctly.", "database.too_old"},
      {"ALTER TABLE campaign_events ADD CONSTRAINT x: 1452 Cannot add or update a child row: a foreign key constraint fails, ADD CONSTRAINT", "migration.orphans"},
      {"You have Composer updates enabled. This means that", "config.composer_updates"},
      {"Uncaught Error: Undefined constant \"X\" in /h/app/x.php:1", "files.mixed"},
      {"finkmedia is missing a required config file", "theme.old"},
      {"Theme Blank not configured properly: builder property in the config.json", "theme.old"},
      {"Uncaught Error: Failed opening required '/h/app/autoload.php' (include_path='.') in /h/commands.php:5", "cron.commands_php"},
      {"file_put_contents(): Write of 3 bytes failed with errno=28 No space left on device", "host.disk_full"},
      {"fwrite(): write failed: Disk quota exceeded", "host.disk_full"},
      {"Fatal Error Insufficient shared memory!", "php.opcache"},
      {"SQLSTATE[08004] [1040] Too many connections", "host.connections"},
      {"User m already has more than 'max_user_connections' active connections", "host.connections"},
      {"SQLSTATE[HY000]: General error: 2006 MySQL server has gone away", "host.gone_away"},
      {"Script in progress. Can force execution by using --bypass-locking.", "cron.lock"},
      {"syntax error, unexpected end of file in /h/config/local.php on line 3", "config.syntax"},
      {"Unclosed '(' on line 2 in /h/config/local.php on line 31", "config.syntax"},
      {"syntax error, unexpected end of file in /h/app/AppKernel.php on line 3", "files.cut"},
  };
  std::set<std::string> seen;
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(id_of(row.text) == row.id);
    seen.insert(row.id);
  }
  for (const auto& symptom : apps::mautic::symptoms()) CHECK(seen.count(std::string(symptom.id)) == 1);
}

TEST_CASE("what names no cause is left alone", "[symptoms]") {
  for (const char* text : {"", "Connection could not be established with host smtp.example", "Error in a webhook: 500", "cURL error 28: Operation timed out",
                           "Maximum execution time of 30 seconds exceeded in /h/app/bundles/ReportBundle/x.php", "Access denied for user 'x'@'localhost'"})
    CHECK(id_of(text) == "none");
}

TEST_CASE("escaped text is read as what it says, and names are taken from it", "[symptoms]") {
  CHECK(id_of("{\"exception\":\"Class \\\"Symfony\\\\Component\\\\X\\\" not found\"}") == "files.vendor");
  CHECK(apps::mautic::plugin_folder_in("while loading \"MauticPlugin\\\\OldBundle\\\\X\"") == "plugins/OldBundle");
  CHECK(apps::mautic::plugin_folder_in("nothing").empty());
  CHECK(apps::mautic::plugin_folder_in("MauticPlugin\\../../etc").empty());
  CHECK(apps::mautic::memory_limit_in("Allowed memory size of 134217728 bytes exhausted") == "128M");
  CHECK(apps::mautic::memory_limit_in("Allowed memory size of x").empty());
  CHECK(apps::mautic::extension_missing_in("Class 'ZipArchive' not found") == "zip");
  CHECK(apps::mautic::is_schema_error("SQLSTATE[42S22]: x"));
  CHECK_FALSE(apps::mautic::is_schema_error("SQLSTATE[42S01]: x"));
  CHECK(apps::mautic::is_migration_error("SQLSTATE[42S01]: x"));
}
