// SPDX-License-Identifier: GPL-3.0-or-later
// The table. The first row that fits decides, so that the special stands before the general.
#include "apps/whmcs/symptoms.h"

namespace apps::whmcs {

namespace {

constexpr Symptom kSymptoms[] = {
    {"loader.missing",
     {"ionCube Loader for PHP needs to be installed", "ionCube PHP Loader needs to be installed", "requires the ionCube PHP Loader",
      "requires the ionCube Loader"},
     "a PHP without the ionCube Loader ran WHMCS's files",
     "nothing of WHMCS runs on it; the web site and the command line may have different ones",
     Mend::nothing,
     "switch the ionCube Loader on for the PHP version of the site in the hosting panel, for the web site and for "
     "cron, or ask the host to "
     "install it",
     Rests::on_host},
    {"loader.old",
     {"cannot be decoded by this version of the ionCube Loader"},
     "the ionCube Loader is older than what the files were encoded with",
     "the files that are named do not run",
     Mend::nothing,
     "ask the host for the current ionCube Loader of this PHP version",
     Rests::on_host},
    {"php.encoding",
     {"cannot be run by the ionCube Loader", "an encoded file that can run on your version of PHP",
      "was encoded by the ionCube Encoder for PHP"},
     "an encoded file carries nothing for the PHP that ran it",
     "it happens after PHP was switched: WHMCS's own files run on the PHP versions of their release, modules and hooks "
     "of others often on fewer",
     Mend::nothing,
     "set the PHP version back in the hosting panel, or bring the module that is named up to date first, then switch "
     "PHP and its ionCube Loader "
     "together",
     Rests::on_host},
    {"files.corrupted",
     {"The file *is corrupted"},
     "an encoded file is damaged",
     "pages that need it are blank: it was cut off, or uploaded in text mode",
     Mend::nothing,
     "upload the file that is named again from the full release, in binary mode"},
    {"database.mismatch",
     {"does not match file version"},
     "files and database are of different versions",
     "every page shows \"Down for Maintenance\"",
     Mend::nothing,
     "see database.version",
     Rests::on_database},
    {"page.maintenance",
     {"Down for Maintenance*(Err 2)", "Down for Maintenance*(Err 3)", "Down for Maintenance (Err"},
     "pages show \"Down for Maintenance\"",
     "WHMCS finds its files and its database of different versions",
     Mend::nothing,
     "see database.version and files.release; where they find nothing, bring all files of the full release of the "
     "database's version "
     "(files:replace)",
     Rests::on_database},
    {"installer.repeated",
     {"Base table or view already exists", "1060 Duplicate column", "1061 Duplicate key"},
     "an upgrade found its own changes in the database already",
     "one ran before it and did not come to its end: what it changed is half done",
     Mend::nothing,
     "restore the backup that was taken right before the first attempt (backups lists them; db:restore): an older one "
     "loses what came in between. See the cause of the first failure in install/log, mend it, and run the upgrade "
     "once"},
    {"installer.not_empty",
     {"1062 Duplicate entry", "Duplicate entry '"},
     "the installer was run as for a new site, over a database that is not empty",
     "it stopped at the first row that was there already",
     Mend::nothing,
     "run the upgrade, not the installation: open install/install.php and choose the upgrade; restore a backup if rows "
     "are wrong"},
    {"host.disk_full",
     {"Disk quota exceeded", "No space left on device"},
     "the disk, or the account's part of it, was full",
     "files that were written then may be cut off: those of an update, compiled templates",
     Mend::nothing,
     "delete old backups and logs, or ask the host for more room and more files (inodes); then upload again what was "
     "cut off",
     Rests::on_host},
    {"updater.disabled",
     {"chmod() has been disabled", "proc_open() has been disabled", "exec() has been disabled"},
     "the host does not allow what the automatic updater needs",
     "it cannot work here",
     Mend::nothing,
     "update by hand: upload the full release in binary mode and run install/; or ask the host to allow chmod and "
     "proc_open",
     Rests::on_host,
     Weight::hinders},
    {"updater.permissions",
     {"mkdir(): Permission denied", "Could not delete /", "Unable to copy /", "chmod(): Operation not permitted"},
     "an update could not write into the site",
     "part of its files is in place, part not",
     Mend::nothing,
     "make the whole site writable for its own account (permissions:fix looks for what is not), then upload the full "
     "release, or run the "
     "automatic updater again"},
    {"php.memory",
     {"Allowed memory size of *exhausted"},
     "PHP ran out of memory",
     "what was being done stopped in the middle: a page, or an update",
     Mend::nothing,
     "set memory_limit to 256M in the hosting panel (the automatic updater needs 128M at least)",
     Rests::on_host,
     Weight::hinders},
    {"php.time",
     {"Maximum execution time of *whmcs-foundation/lib/Updater", "Maximum execution time of */install/"},
     "PHP's time limit ended an update",
     "it stopped in the middle",
     Mend::nothing,
     "set max_execution_time to 300 or more in the hosting panel",
     Rests::on_host},
    {"module.old",
     {"Call to undefined function mysql_*modules/", "Call to undefined function each()*modules/",
      "Call to undefined function create_function()*modules/", "Call to undefined function mysql_*includes/hooks",
      "Call to undefined function each()*includes/hooks"},
     "a module or hook of somebody else does not fit this PHP",
     "pages that use it say \"Oops! Something went wrong\"",
     Mend::nothing,
     "bring it up to date, or move it out of the site until there is a version for this PHP"},
    {"page.oops",
     {"Oops! Something went wrong"},
     "pages end with WHMCS's \"Oops! Something went wrong\"",
     "something of the site stopped with an error, often a module or hook of others",
     Mend::nothing,
     "see logs, and the activity log of the admin area: the newest error names the file"},
    {"page.admin_folder",
     {"access the admin area via a directory that is not configured"},
     "the admin area was opened in a folder that the configuration does not name",
     "nobody gets in there",
     Mend::nothing,
     "see files.admin"},
    {"page.welcome",
     {"Welcome to WHMCS! Before you can begin"},
     "WHMCS takes itself for not installed",
     "configuration.php, or its licence line, is missing or cannot be read",
     Mend::nothing,
     "see config.file"},
};

}  // namespace

std::span<const Symptom> symptoms() { return kSymptoms; }

const Symptom* symptom_of(std::string_view text) { return find_symptom(kSymptoms, text); }

}  // namespace apps::whmcs
