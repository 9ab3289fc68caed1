// SPDX-License-Identifier: GPL-3.0-or-later
// What Mautic 3 reads otherwise in local.php: the script's rules, as edits that leave every other byte as it is.
#include <array>

#include "apps/mautic/configuration.h"
#include "apps/mautic/upgrade_v3.h"
#include "base/failure.h"
#include "base/text.h"

namespace apps::mautic {

namespace {

// Set only where the value is exactly `from`.
struct Exchange {
  std::string_view key, from, to;
};
constexpr std::array<Exchange, 3> kExchanges = {{
    {"mailer_transport", "mail", "sendmail"},
    {"system_update_url", "https://updates.mautic.org/index.php?option=com_mauticdownload&task=checkUpdates", "https://api.github.com/repos/mautic/mautic/releases"},
    {"theme", "Mauve", "blank"},
}};

// Replaced wherever they stand in the value.
constexpr std::array<Exchange, 4> kMoved = {{
    {"cache_path", "/app/cache", "/app/../var/cache"},
    {"log_path", "/app/logs", "/app/../var/logs"},
    {"tmp_path", "/app/cache", "/app/../var/tmp"},
    {"mailer_spool_path", "%kernel.root_dir%/spool", "%kernel.root_dir%/../var/spool"},
}};

constexpr std::array<std::string_view, 2> kGone = {"track_by_fingerprint", "webhook_start"};

// As PHP's empty() sees it.
bool is_empty(const base::PhpValue& value) {
  if (auto* array = value.as<base::PhpArray>()) return array->elements().empty();
  auto words = value.words();
  return value.is_null() || (words && (words->empty() || *words == "0"));
}

void add(std::vector<std::string>& edits, std::initializer_list<std::string_view> words) { edits.insert(edits.end(), words.begin(), words.end()); }

void add_edits(std::vector<std::string>& edits, const std::string& key, const base::PhpValue& value) {
  auto* text = value.as<std::string>();
  for (const auto& one : kExchanges)
    if (key == one.key && text && *text == one.from) add(edits, {"set", key, one.to});
  for (const auto& one : kMoved)
    if (key == one.key && text && base::contains(*text, std::string(one.from))) add(edits, {"replace", key, one.from, one.to});
  for (auto gone : kGone)
    if (key == gone) add(edits, {"drop", key});
  if (key == "dev_hosts" && value.is_null()) add(edits, {"literal", key, "array()"});
  if (key == "db_server_version" && value.words() != "5.7") add(edits, {"set", key, "5.7"});
  if (key == "api_rate_limiter_cache" && !is_empty(value)) {
    const base::PhpValue* adapter = value.find("adapter");
    if (!adapter || adapter->words() != "cache.adapter.filesystem") add(edits, {"literal", key, "array('adapter' => 'cache.adapter.filesystem')"});
  }
}

}  // namespace

std::optional<MendedFile> upgraded_configuration(platform::Disk& disk, const Site& site) {
  Configuration configuration(disk, site);
  if (!configuration.problem().empty()) throw base::Failure(configuration.problem(), "config:fix mends that");
  MendedFile mended;
  mended.file = configuration.file();
  mended.names_database = true;
  for (const auto& element : configuration.elements())
    if (*element.file == mended.file) add_edits(mended.edits, element.key, *element.value);
  if (mended.edits.empty()) return std::nullopt;
  auto facts = disk.look_through(mended.file);
  mended.fingerprint = facts ? platform::fingerprint(*facts) : "";
  return mended;
}

}  // namespace apps::mautic
