// SPDX-License-Identifier: GPL-3.0-or-later
// The website's PHP is often another one than the command line's, and only a page can tell what it lacks: Mautic 2 to 7 say so on
// every page, with an error 500 and without a line in any log. Only the words count, not the status.
#include "apps/page_check.h"

#include "apps/mautic/checks.h"
#include "apps/mautic/symptoms.h"

namespace apps::mautic {

Looked look_at_page(Examination& examination) {
  Looked looked;
  auto said = said_by_page(examination, looked);
  if (!said) return looked;
  const Symptom* symptom = symptom_of(said->telling);
  bool is_refused = symptom && symptom->id == "php.version";
  if (is_refused)
    looked.found.push_back({"the PHP that the website runs with does not fit this release", {said->words}, std::string(symptom->means), Mend::nothing,
                            std::string(symptom->otherwise)});
  else if (said->is_empty) looked.not_looked.push_back(said->answer + ", with nothing on the page");
  else if (said->status >= 400) looked.not_looked.push_back(said->words);
  else looked.seen = said->answer;
  return looked;
}

}  // namespace apps::mautic
