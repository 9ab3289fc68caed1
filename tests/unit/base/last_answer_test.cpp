// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/last_answer.h"

#include <catch2/catch.hpp>

TEST_CASE("The last answer is known for its very question, and for no other") {
  base::LastAnswer<int> memory;
  CHECK_FALSE(memory.recall(""));
  CHECK_FALSE(memory.recall("a"));
  memory.keep("a", 1);
  CHECK(memory.recall("a") == 1);
  CHECK_FALSE(memory.recall("a "));
  CHECK_FALSE(memory.recall(""));
  memory.keep("b", 2);
  CHECK(memory.recall("b") == 2);
  CHECK_FALSE(memory.recall("a"));
  memory.keep("b", 3);
  CHECK(memory.recall("b") == 3);
}
