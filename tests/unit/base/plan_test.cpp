// SPDX-License-Identifier: GPL-3.0-or-later
// Plans on disk use words, and failures are sentences.
#include "base/plan.h"

#include <catch2/catch.hpp>
#include <cerrno>

#include "base/failure.h"
#include "base/text.h"

using namespace base;

TEST_CASE("Every effect and interruption has a word of its own that is read back") {
  for (Effect effect : {Effect::reads, Effect::files, Effect::database, Effect::both, Effect::routine})
    CHECK(effect_of(word(effect)) == effect);
  for (Interruption interruption : {Interruption::cursor, Interruption::restart, Interruption::once})
    CHECK(interruption_of(word(interruption)) == interruption);
  CHECK(word(Effect::routine) == "routine");
  CHECK(word(Interruption::once) == "once");
}

TEST_CASE("A word that no plan of ours holds is a failure, never a guess") {
  for (const char* bad : {"", "Reads", "read", "once", "files "}) CHECK_THROWS_AS(effect_of(bad), Failure);
  for (const char* bad : {"", "never", "reads"}) CHECK_THROWS_AS(interruption_of(bad), Failure);
}

TEST_CASE("A step whose interruption nobody stated must be asked about") {
  CHECK(Step{}.interruption == Interruption::once);
}

TEST_CASE("A failure of the system says what was tried, why it failed, and what to do") {
  Failure full = system_failure("cannot write /x/y", ENOSPC);
  CHECK(std::string(full.what()) == "cannot write /x/y: No space left on device");
  CHECK(full.no_space());
  CHECK(full.error() == ENOSPC);
  CHECK(contains(full.full(), "the disk is full"));
  CHECK(contains(system_failure("x", EDQUOT).full(), "quota is used up"));
  CHECK(system_failure("x", EDQUOT).no_space());
  Failure denied = system_failure("cannot read /x", EACCES);
  CHECK_FALSE(denied.no_space());
  CHECK(denied.full() == "cannot read /x: Permission denied");
  CHECK(error_words(123456) == "error 123456");
  CHECK(Failure("it broke", "mend it").full() == "it broke - mend it");
  CHECK(Failure("it broke").full() == "it broke");
}
