// SPDX-License-Identifier: GPL-3.0-or-later
// What the script looked at before it began, evaluated rightly (it compared versions as texts, and took MariaDB's "5.5.5-10.2" for
// 5.5). Left out is what binds only a script inside the web's PHP and mysqldump: we back up ourselves, and run beside PHP. That PHP
// fits is seen when the plan is made.
#include <functional>

#include "apps/examination.h"
#include "apps/mautic/configuration.h"
#include "apps/mautic/database_findings.h"
#include "apps/mautic/upgrade_v3.h"
#include "base/failure.h"
#include "base/text.h"

namespace apps::mautic {

namespace {

constexpr std::string_view kLeastVersion = "2.16.3";
constexpr std::string_view kLeastMysql = "5.7.14", kLeastMariadb = "10.2.0";
constexpr uint64_t kManyContacts = 10000;

using Obstacles = std::vector<Obstacle>;

void block(Obstacles& all, std::string text) { all.push_back({true, std::move(text)}); }
void warn(Obstacles& all, std::string text) { all.push_back({false, std::move(text)}); }

void look_at_version(Examination& examination, Obstacles& all) {
  const Site& site = examination.site;
  if (examination.disk.look(site.root / "app/release_metadata.json"))
    return block(all, "app/release_metadata.json says that files of Mautic 3 or later lie here already: an upgrade has begun; doctor tells how far it came");
  if (site.version.empty())
    return block(all, "the version is not known (" + site.version_problem + "): upload app/version.txt of your release again");
  if (site.version < base::Version::of(std::string(kLeastVersion)))
    block(all, "Mautic " + site.version.text() + " has to be updated to " + std::string(kLeastVersion) + " or a later 2.16 first");
}

void look_at_driver(Examination& examination, Obstacles& all) {
  Configuration configuration(examination.disk, examination.site);
  if (!configuration.problem().empty()) return block(all, configuration.problem());
  auto driver = configuration.value("db_driver").text.value_or("");
  if (driver != "pdo_mysql" && driver != "mysqli")
    block(all, "db_driver in " + configuration.shown(configuration.file()) + " is '" + base::printable_line(driver) + "': Mautic 3 knows pdo_mysql and mysqli only");
}

void look_at_server(Examination& examination, Obstacles& all) {
  auto* connection = examination.database();
  if (!connection) return block(all, "the database cannot be reached: " + examination.database_problem());
  bool is_mariadb = connection->is_mariadb();
  std::string least(is_mariadb ? kLeastMariadb : kLeastMysql), product = is_mariadb ? "MariaDB " : "MySQL ";
  auto number = server_number(connection->server_version(), is_mariadb);
  if (number.empty()) return warn(all, "the database server's version cannot be read: " + base::printable_line(connection->server_version()));
  if (number < base::Version::of(least))
    block(all, product + number.text() + " is too old: Mautic 3 needs " + product + least + " or later; ask your host to move the database to one");
}

void look_at_contacts(Examination& examination, Obstacles& all) {
  auto* connection = examination.database();
  if (!connection) return;
  if (!examination.has_table("leads")) return block(all, "the database has no table " + examination.prefixed("leads") + ": db_table_prefix in local.php may be wrong");
  auto count = base::whole_number(connection->value("SELECT COUNT(*) FROM " + storage::quote_name(examination.prefixed("leads"))).value_or(""));
  if (count && *count >= kManyContacts)
    warn(all, "there are " + std::to_string(*count) + " contacts: the migrations may take long, and the site stays closed meanwhile");
  if (!examination.has_table("migrations"))
    warn(all, "the table " + examination.prefixed("migrations") + " is missing, so nobody knows which migrations have run");
}

void look_at_rate_limiter(Examination& examination, Obstacles& all) {
  Configuration configuration(examination.disk, examination.site);
  for (const auto& element : configuration.elements()) {
    if (element.key != "api_rate_limiter_cache") continue;
    const base::PhpValue* type = element.value->find("type");
    auto words = type ? type->words() : std::nullopt;
    bool custom = element.value->as<base::PhpCode>() || (words && !words->empty() && *words != "file_system");
    if (custom)
      warn(all, "api_rate_limiter_cache in " + configuration.shown(*element.file) + " is set to something of your own: it becomes "
                "cache.adapter.filesystem; set yours again afterwards, in Mautic 3's form");
  }
}

void look_at_spool(Examination& examination, Obstacles& all) {
  Configuration configuration(examination.disk, examination.site);
  Path spool = configuration.path("mailer_spool_path");
  if (spool.empty()) spool = examination.site.root / "app/spool";
  auto waiting = examination.disk.list(spool / "default").value_or(std::vector<platform::Entry>{});
  if (waiting.empty()) return;
  warn(all, std::to_string(waiting.size()) + " mails wait in " + examination.shown(spool / "default") +
            ", and Mautic 3 does not look there: send them first, with mautic:emails:send");
}

void look_at_plugins(Examination& examination, Obstacles& all) {
  std::vector<std::string> own;
  for (const auto& entry : examination.disk.list(examination.site.root / "plugins").value_or(std::vector<platform::Entry>{}))
    if (entry.kind == platform::Kind::folder && !is_plugin_of_two(entry.name)) own.push_back(base::printable_line(entry.name));
  if (!own.empty())
    warn(all, "plugins of your own: " + base::some_of(own, 20) + ": see that they know Mautic 3, or take them out of plugins/ first; "
              "one that does not can break every page");
}

void look_at_origin(Examination& examination, Obstacles& all) {
  if (examination.disk.look(examination.site.root / "composer.json"))
    warn(all, "composer.json lies in the root, as in a copy of the sources from git: what you changed in Mautic's own files is exchanged too (it is kept)");
}

void look_at_root(Examination& examination, Obstacles& all) {
  for (const char* folder : {"", "app", "app/config", "plugins", "themes", "media"}) {
    Path path = *folder ? examination.site.root / folder : examination.site.root;
    if (examination.disk.look(path) && !examination.disk.may_write(path))
      block(all, "this account may not write to " + base::printable_line(path.native()) + ": permissions:fix says what can be done");
  }
}

}  // namespace

std::vector<Obstacle> upgrade_obstacles(Examination& examination) {
  Obstacles all;
  using Look = void (*)(Examination&, Obstacles&);
  for (Look look : {look_at_version, look_at_root, look_at_driver, look_at_server, look_at_contacts, look_at_rate_limiter, look_at_spool, look_at_plugins,
                    look_at_origin}) {
    try {
      look(examination, all);
    } catch (const base::Failure& failure) {
      warn(all, "could not be looked at: " + base::printable_line(failure.full()));
    }
  }
  return all;
}

}  // namespace apps::mautic
