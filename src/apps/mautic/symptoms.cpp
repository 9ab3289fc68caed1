// SPDX-License-Identifier: GPL-3.0-or-later
// The table. The first row that fits decides, so that the special stands before the general. Messages as Mautic 2 to 7, Symfony,
// Doctrine, PHP 7 and 8 and MySQL write them.
#include "apps/mautic/symptoms.h"

#include <algorithm>

#include "base/text.h"

namespace apps::mautic {

namespace {

constexpr std::string_view kOldCode =
    "PHP loads classes of one release from files of another: pages and commands stop with a fatal error";
constexpr std::string_view kHalfMigrated =
    "a migration stopped between its statements: part of what it adds is there already, and running it again stops at the same place";

constexpr Symptom kSymptoms[] = {
    // ---- the server's PHP
    {"php.version",
     {"Composer detected issues in your platform", "Mautic does not support PHP version", "does not meet the minimum PHP requirements"},
     "the PHP that runs here does not fit this release",
     "Mautic refuses to start on it; the web server and the command line may have different ones",
     Mend::nothing, "choose a PHP that the release supports in the hosting panel (for the web site and for cron): the action php says "
     "which ones fit",
     Rests::on_host},
    {"php.extension",
     {"ZipArchive* not found", "undefined function *mb_", "undefined function *imap_", "undefined function *curl_",
      "undefined function *iconv",
      "undefined function *simplexml_", "undefined function *openssl_", "undefined function *posix_", "NumberFormatter* not found",
      "IntlDateFormatter* not found", "could not find driver", "DOMDocument* not found"},
     "an extension of PHP is missing", "the pages and commands that need it stop with a fatal error", Mend::nothing, "", Rests::on_host},
    {"php.memory",
     {"Allowed memory size of *exhausted", "Out of memory (allocated"},
     "PHP ran out of memory", "what was being done stopped in the middle: a page, the building of the cache, or an update",
     Mend::nothing, "", Rests::on_host},
    {"php.time",
     {"Maximum execution time of *CoreBundle/Update", "Maximum execution time of *UpdateHelper", "Maximum execution time of *igration",
      "Maximum execution time of *DependencyInjection", "Maximum execution time of *upgrade",
      "Maximum execution time of *Component/Filesystem"},
     "PHP's time limit ended an update or the building of the cache",
     "it stopped in the middle, and stops there again when a browser starts it",
     Mend::nothing, "run it from here: commands run without a time limit; else raise max_execution_time to 300 in the hosting panel or in "
     ".user.ini",
     Rests::on_host},
    {"php.opcache",
     {"Insufficient shared memory", "Unable to allocate shared memory", "opcache* corrupted"},
     "PHP's opcode cache cannot be used", "pages fail, or run code that is not on the disk any more", Mend::nothing,
     "ask the host to raise opcache.memory_consumption and to restart PHP", Rests::on_host},
    // ---- the host
    {"host.disk_full",
     {"No space left on device", "Disk quota exceeded", "Got error 28 from storage engine", "disk is full"},
     "the disk, or the account's part of it, was full",
     "files that were written then may be cut off: the configuration, the cache, those of an update",
     Mend::nothing, "delete old backups and logs, or ask the host for more room and more files (inodes); then mend what was cut off",
     Rests::on_host},
    {"host.connections",
     {"Too many connections", "max_user_connections", "max_connections_per_hour", "max_questions", "max_queries_per_hour"},
     "the database server refused connections, for there were too many", "pages and commands fail now and then", Mend::nothing,
     "run fewer cron commands at the same time, and ask the host to raise max_user_connections: a larger plan or a VPS is the documented "
     "advice",
     Rests::on_host, Weight::hinders},
    {"host.gone_away",
     {"server has gone away", "Lost connection to MySQL server during query", "max_allowed_packet"},
     "the database server closed the connection while it was used", "what was being done stopped in the middle", Mend::nothing,
     "ask the host to raise wait_timeout and max_allowed_packet", Rests::on_host, Weight::hinders},
    {"host.htaccess",
     {".htaccess: *Invalid command", ".htaccess: *not allowed here", "AuthType not set", ".htaccess: *not closed"},
     "the web server does not accept a line of .htaccess", "every page is answered with 500", Mend::nothing,
     "an update brought a .htaccess that this server does not understand, or the host's own lines were lost: take out the line that is "
     "named, or put the former file back"},
    // ---- what is in the way
    {"plugin.old",
     {"not found while loading \"MauticPlugin\\", "CommonSubscriber\" not found", "Class*MauticPlugin\\*not found",
      "MauticPlugin\\*must be compatible with",
      "MauticPlugin\\*abstract method"},
     "a plugin does not fit this release", "Mautic loads all plugins, so that one that is too old stops every page and every command",
     Mend::nothing, ""},
    {"theme.old",
     {"is missing a required config file", "Theme *not configured properly", "builder property"},
     "a theme does not fit this release", "pages and e-mails that use it fail", Mend::nothing,
     "upload the theme anew, in a version for this release; those that come with Mautic come back with files:replace"},
    // ---- the cache
    {"cache.container",
     {"must be an instance of AppKernel", "Too few arguments to function *cache/", "Too few arguments to function *ProjectContainer",
      "Too few arguments to function *ProdContainer", "Too few arguments to function *::__construct()*passed in", "Proxies/__CG__",
      "proxies/__CG__", "Failed opening required *cache/prod",
      "called in *ProjectContainer.php", "called in *ProdContainer.php"},
     "the cache was built by another release",
     "the cached container builds objects as the former code wanted them: every page and every command fails, cache:clear too",
     Mend::caches, ""},
    // ---- the configuration
    {"config.parameter",
     {"The parameter \"*must be defined", "non-existent parameter", "kernel.root_dir", "root_dir%"},
     "a value of the configuration holds a percent sign, or a name that this release does not know",
     "% begins the name of a parameter: a bare one in a password or an address must be doubled", Mend::configuration, ""},
    {"config.syntax",
     {"yntax error*local.php", "unexpected *config/local.php", "Unclosed '*local.php"},
     "the configuration is no valid PHP", "no page and no command can start", Mend::configuration, ""},
    {"config.composer_updates",
     {"You have Composer updates enabled"},
     "composer_updates is switched on in the configuration", "Mautic then refuses to be updated here", Mend::nothing,
     "set 'composer_updates' => false in local.php, unless Composer manages this site", Rests::on_files, Weight::hinders},
    // ---- rights
    {"files.permissions",
     {"is not writable", "ermission denied", "Failed removing the file at", "Unable to write in the", "Unable to create the *directory",
      "could not be opened in append mode", "Cannot rename \""},
     "Mautic may not write or read some of its files", "the cache cannot be built, or updates stop half way", Mend::permissions,
     "where another account owns the files (the update was run as root, say), the host must give them back to yours"},
    {"cron.commands_php",
     {"app/autoload.php*commands.php", "AppKernel*commands.php"},
     "the script commands.php does not fit this release", "what cron runs with it is not done", Mend::nothing,
     "use this program's links in its place: they take the same names of commands", Rests::on_files, Weight::hinders},
    {"cron.lock", {"Script in progress"},
     "a command did not run, for another one of its kind runs or left its lock", "segments and campaigns stand still when it stays so",
     Mend::nothing,
     "when none of them runs, delete the lock files: var/cache/run", Rests::on_host, Weight::hinders},
    // ---- files of an update
    {"files.env",
     {"Unable to read the *.env"},
     "the file .env is missing", "no page and no command of Mautic 5 or later can start; FTP programs leave files out whose names begin "
     "with a dot", Mend::configuration, ""},
    {"files.vendor",
     {"ComposerAutoloaderInit*not found", "Class*not found in *vendor/", "Class \"Symfony\\*not found", "Class 'Symfony\\*not found",
      "Class*Doctrine\\*not found",
      "Class*Twig*not found", "Interface*not found", "Trait*not found", "contains *abstract method",
      "Declaration of *must be compatible with", "Failed opening required *vendor/", "SkipMigrationException"},
     "files of more than one release lie in vendor", kOldCode, Mend::files, ""},
    {"files.mixed",
     {"Class*Mautic\\*not found", "Failed opening required *app/", "setLogger() on null", "Undefined variable $projectRoot",
      "Undefined variable: projectRoot",
      "Cannot redeclare", "Attempted to load class", "undefined constant", "Undefined constant", "Failed opening required *",
      "ReflectionException*does not exist"},
     "files of more than one release lie here, or some did not arrive", kOldCode, Mend::files, ""},
    {"files.cut",
     {"syntax error, unexpected", "Unclosed '"},
     "a file of PHP cannot be read", "it was cut off while it was uploaded, or it is written for a newer PHP", Mend::files,
     "see also which PHP runs: the action php"},
    {"files.assets",
     {"pictogram", "AssetGenerationHelper", "libraries.css", "libraries.js", "generation_in_progress", "Asset manifest file"},
     "files that pages load are missing", "pages lack their styles and scripts, or fail", Mend::files, ""},
    {"update.package",
     {"Could not open the ZIP archive", "Package could not be found", "ZIP archive seems corrupt", "ZIP archive does not seem to be valid",
      "ZIP archive could not be found",
      "Failed to extract the files", "InstallNewFilesStep"},
     "an update could not unpack its package", "the download broke off, or there was no room for it", Mend::files,
     "upload the full package of the release yourself: update:finish names the folder"},
    // ---- the database
    {"database.too_old",
     {"is too old for Mautic to work correctly", "Unknown collation", "Unknown character set"},
     "the database server is too old for this release", "migrations are refused", Mend::nothing,
     "ask the host for a newer MySQL or MariaDB: db:status says which it is", Rests::on_host},
    {"migration.transaction", {"There is no active transaction"},
     "a migration ended with an error of PHP 8 that is harmless", "each run comes further: run the migrations again until none is left",
     Mend::migrations, "",
     Rests::on_database},
    {"migration.metadata", {"The metadata storage is not up to date"},
     "the list of migrations has the form of an older release", "the next run of the migrations converts it", Mend::migrations, "",
     Rests::on_database},
    {"migration.index_size",
     {"Index column size too large", "Specified key was too long", "Row size too large"},
     "a table's row format is too small for a migration", "the migration stops at this table each time", Mend::tables, "",
     Rests::on_database},
    {"migration.half",
     {"SQLSTATE[42S01]", "SQLSTATE[42S21]", "Base table or view already exists", "Duplicate column name", "Duplicate key name",
      "campaign_summary' already exists"},
     "a migration was done by half", kHalfMigrated, Mend::tables, "", Rests::on_database},
    {"migration.keys",
     {"Can't DROP", "errno: 150", "errno 150", "Foreign key constraint is incorrectly formed", "oreign key constraint *are incompatible",
      "Cannot change column", "Undefined index: fk", "Undefined array key \"fk\""},
     "a migration does not find the keys that it wants to change",
     "the tables came from another installer, or a migration was done by half", Mend::tables, "", Rests::on_database},
    {"migration.orphans", {"Cannot add or update a child row*ADD CONSTRAINT", "ADD CONSTRAINT*Cannot add or update a child row"},
     "rows without their parents keep a migration from adding a key", "it stops there each time", Mend::tables,
     "delete the rows that point to nothing, then run the migrations again",
     Rests::on_database},
    {"migration.failed", {"[UPGRADE ERROR] Exit code", "An error occurred while updating the database"},
     "the migrations of an update failed", "the files are newer than the database", Mend::migrations, "", Rests::on_database},
    {"schema.behind",
     {"SQLSTATE[42S22]", "SQLSTATE[42S02]", "Unknown column '", "Base table or view not found", "Column not found"},
     "the database is behind the files", "the code asks for tables or columns that migrations have still to make: some pages work and "
     "others fail", Mend::migrations, "",
     Rests::on_database},
};

// In the context behind a message of Monolog quotes, slashes and backslashes are escaped.
std::string without_escapes(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    bool escapes = text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '\\' || text[i + 1] == '"' || text[i + 1] == '/');
    out += escapes ? text[++i] : text[i];
  }
  return out;
}

bool has_prefix(const Symptom* symptom, std::string_view prefix) { return symptom && symptom->id.starts_with(prefix); }

struct Extension {
  std::string_view sign, name;
};
constexpr Extension kExtensions[] = {{"ZipArchive", "zip"}, {"mb_", "mbstring"}, {"imap_", "imap"}, {"curl_", "curl"}, {"iconv", "iconv"},
                                     {"simplexml_", "xml"}, {"openssl_", "openssl"}, {"posix_", "posix"}, {"NumberFormatter", "intl"},
                                     {"IntlDateFormatter", "intl"}, {"could not find driver", "pdo_mysql"}, {"DOMDocument", "xml"}};

}  // namespace

std::span<const Symptom> symptoms() { return kSymptoms; }

const Symptom* symptom_of(std::string_view text) { return find_symptom(kSymptoms, without_escapes(text)); }

bool is_schema_error(std::string_view text) { return has_prefix(symptom_of(text), "schema."); }

bool is_migration_error(std::string_view text) { return has_prefix(symptom_of(text), "migration."); }

std::string plugin_folder_in(std::string_view text) {
  std::string plain = without_escapes(text);
  for (std::string_view mark : {"MauticPlugin\\", "plugins/"}) {
    size_t at = plain.find(mark);
    if (at == std::string::npos) continue;
    size_t begin = at + mark.size(), end = begin;
    while (end < plain.size() && end - begin < 80 && (std::isalnum(static_cast<unsigned char>(plain[end])) || plain[end] == '_')) ++end;
    if (end > begin) return "plugins/" + plain.substr(begin, end - begin);
  }
  return {};
}

std::string extension_missing_in(std::string_view text) {
  for (const auto& extension : kExtensions)
    if (base::contains(text, extension.sign)) return std::string(extension.name);
  return {};
}

std::string memory_limit_in(std::string_view text) {
  auto bytes = base::number_behind(text, "Allowed memory size of ");
  return bytes ? std::to_string(*bytes >> 20) + "M" : std::string();
}

}  // namespace apps::mautic
