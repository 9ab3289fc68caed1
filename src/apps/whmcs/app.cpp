// SPDX-License-Identifier: GPL-3.0-or-later
// The data sheet of WHMCS.
#include <array>

#include "apps/arrangement.h"
#include "apps/command_grammar.h"
#include "apps/database_upgrade.h"
#include "apps/whmcs/checks.h"
#include "apps/whmcs/state.h"

namespace apps::whmcs {

namespace {

constexpr std::array<std::string_view, 1> kConsoles = {"crons/cron.php"};
// What visitors reach first; entrances.cpp finds the others.
constexpr std::array<std::string_view, 12> kFrontControllers = {
    "index.php",       "cart.php",       "clientarea.php",   "login.php",      "dologin.php", "register.php",
    "viewinvoice.php", "creditcard.php", "submitticket.php", "viewticket.php", "contact.php", "upgrade.php"};
constexpr std::array<std::string_view, 2> kPages = {"", "clientarea.php"};
// What the panel's cron page calls every five minutes; it finds out by itself what is due.
constexpr std::array kCommands = {ConsoleCommand{.name = "whmcs:cron",
                                                 .help = "do what is due, as the cron line does: php -q crons/cron.php",
                                                 .options = "",
                                                 .effect = Effect::routine,
                                                 .interruption = base::Interruption::restart,
                                                 .name_word = NameWord::left_out}};
static_assert(problem_in(kCommands) == "");

// The loader has a check of its own.
constexpr std::array<std::string_view, 5> kExtensions = {"curl", "gd", "json", "pdo", "pdo_mysql"};
constexpr std::array<std::string_view, 2> kTableNames = {"tbl", "mod_"};  // modules make theirs
constexpr std::array<DatedRows, 4> kDatedRows = {{{"tblorders", "date", "orders"},
                                                  {"tblinvoices", "date", "invoices"},
                                                  {"tblaccounts", "date", "payments"},
                                                  {"tbltickets", "date", "tickets"}}};

}  // namespace

constinit const App kApp = {
    .name = "whmcs",
    .title = "WHMCS",
    .recognise = recognise,
    .database = database,
    .commands = kCommands,
    .old_names = {},
    .refused = {},
    .console_defaults = "",
    .memory_limit = "512M",
    .front_controllers = kFrontControllers,
    .consoles = kConsoles,
    .dated_rows = kDatedRows,
    .site_url = site_url,
    .pages = kPages,
    .release_of = release_of,
    .written = written,
    .configuration_files = configuration_files,
    .php_extensions = kExtensions,
    .checks = checks,
    .log_folders = log_folders,
    .database_upgrade = database_upgrade,
    .database_repairs = database_repairs,
    .secrets = secrets,
    .arrange = arrange,
    .compiled = compiled,
    .entrances = entrances,
    .running_upgrade = running_upgrade,
    .half_upgraded = half_upgraded,
    .problem_with_files = problem_with_files,
    .table_names = kTableNames,
    .console_problem = console_problem,
    .closed_folder = ClosedFolder::is_owners_choice,
};

}  // namespace apps::whmcs
