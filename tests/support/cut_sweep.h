// SPDX-License-Identifier: GPL-3.0-or-later
// The cut sweep: an operation is run once for every one of its changing calls, which goes wrong there, in every way
// in which disks go wrong.
#pragma once

#include <catch2/catch.hpp>

#include "support/fake_disk.h"

namespace support {

enum class Ended { well, failure, death };

struct Cut {
  size_t call;    // the changing call that went wrong, 1 = the first
  int error;      // errno, 0 = the process died
  Ended ended;    // how the operation ended
  std::string what;
};

inline std::string word(int error) { return error == 0 ? "death" : base::error_words(error); }

// `make()` returns an object that holds a fresh world: `disk()` is the FaultyDisk, `run()` the operation under test;
// `check(world, cut)` is called after every cut, with the disk mended. Returns how many calls the operation makes.
template <typename Make, typename Check>
size_t sweep(Make make, Check check, const std::vector<int>& errors = {0, ENOSPC, EDQUOT, EACCES, EIO}) {
  auto whole = make();
  whole->run();
  size_t calls = whole->disk().calls().size();
  REQUIRE(calls > 0);
  for (int error : errors)
    for (size_t n = 1; n <= calls; ++n) {
      auto world = make();
      error == 0 ? world->disk().die_at(n) : world->disk().fail_from(n, error);
      Cut cut{n, error, Ended::well, {}};
      try {
        world->run();
      } catch (const Died&) {
        cut.ended = Ended::death;
      } catch (const base::Failure& failure) {
        cut.ended = Ended::failure;
        cut.what = failure.full();
      }
      std::string call = world->disk().calls().at(n - 1);
      INFO(word(error) << " at call " << n << " of " << calls << ": " << call << "; " << cut.what);
      world->disk().mend();
      check(*world, cut);
    }
  return calls;
}

}  // namespace support
