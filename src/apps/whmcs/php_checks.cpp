// SPDX-License-Identifier: GPL-3.0-or-later
// The PHPs that run a WHMCS: encoded files need the ionCube Loader, in a version that is at least as new as what
// encoded them. The command line's PHP runs cron and the installer, the website's all else; each can lack what the
// other has.
#include <algorithm>

#include "apps/page_check.h"
#include "apps/whmcs/checks.h"
#include "apps/whmcs/state.h"
#include "apps/whmcs/symptoms.h"
#include "base/text.h"

namespace apps::whmcs {

namespace {

constexpr const char* kLoader = "ioncube loader";  // as PHP lists it, in lower case

std::string encoded_words(const Site& site) {
  return site.php.least.empty() ? "" : "; init.php is encoded for PHP " + site.php.least.text() + " and later";
}

// By another check, which says more; or an upgrade runs.
bool is_explained(Examination& examination) {
  return !running_upgrade(examination).empty() || !look_at_versions(examination).found.empty();
}

bool is_of_versions(const Symptom& symptom) { return symptom.id == "page.maintenance" || symptom.id == "database.mismatch"; }

// What an installer says on its own pages is no matter of the site's.
const Symptom* said_by_pages(std::string_view words) {
  const Symptom* symptom = symptom_of(words);
  return symptom && symptom->id.starts_with("installer.") ? nullptr : symptom;
}

Finding empty_page(const PageSaid& said) {
  return {"the site's pages are empty",
          {said.answer + ", with nothing on the page"},
          "PHP stopped with an error that it may not show: visitors see a blank page",
          Mend::nothing,
          "see logs: the newest error names the file; with display_errors on, for as long as it takes to look once, the page names it "
          "itself. Often it is a file that was cut off, or a module or hook of others that does not fit this PHP",
          Weight::breaks};
}

}  // namespace

Looked look_at_loader(Examination& examination) {
  const Given& given = examination.given;
  const auto* php = given.php ? given.php->php() : nullptr;
  if (!php) return {{}, {"no PHP of the command line was found that fits"}, {}};
  if (!given.php_settings) return {{}, {"only PHP can tell: ask with php=yes"}, {}};
  const auto& extensions = given.php_settings->extensions;
  std::string words = "PHP " + php->version.text() + " (" + base::printable_line(php->path.native()) + ")";
  if (std::find(extensions.begin(), extensions.end(), kLoader) != extensions.end())
    return {{}, {}, words + " has the ionCube Loader"};
  return {{{"the command line's PHP has no ionCube Loader",
            {words + " does not list it" + encoded_words(examination.site)},
            "cron ends with \"Script error: the ionCube Loader for PHP needs to be installed.\" and exit status 199, "
            "and so would an upgrade from "
            "here; the website's PHP may have it all the same",
            Mend::nothing,
            "send to the host: please install the ionCube Loader for the command line's PHP too; or name a PHP that "
            "has it as php = /path/to/php "
            "in the settings file",
            Weight::hinders}},
          {},
          {}};
}

Looked look_at_page(Examination& examination) {
  Looked looked;
  auto said = said_by_page(examination, looked);
  if (!said) return looked;
  const Symptom* symptom = said_by_pages(said->telling);
  if (symptom && is_of_versions(*symptom) && is_explained(examination))
    looked.seen = said->words;
  else if (said->is_empty)
    looked.found.push_back(empty_page(*said));
  else if (symptom)
    looked.found.push_back({std::string(symptom->what),
                            {said->words},
                            std::string(symptom->means),
                            Mend::nothing,
                            std::string(symptom->otherwise),
                            symptom->weight});
  else if (said->status >= 300)  // what it leads to on another host nobody asked
    looked.not_looked.push_back(said->words);
  else
    looked.seen = said->answer;
  return looked;
}

}  // namespace apps::whmcs
