// SPDX-License-Identifier: GPL-3.0-or-later
// A configuration file's new text, made of what lies there and of edits in words. Plans are shown and stored: their words say which
// value is changed and where the new one comes from, and never hold a secret. Whoever makes a plan makes the text in the same way.
//
// First, where it begins; without one of these with the file as it lies there:
//   copy FILE FINGERPRINT          another file's bytes
//   unpack ZIP FINGERPRINT NAME    those of a file in a zip
//   begin TEXT
// Then any number of
//   cut                            what stands before its <?php is taken away
//   in VARIABLE                    the edits behind it are of this PHP array; $parameters at first
//   percent KEY                    raw percent signs are doubled (base/percent.h)
//   replace KEY WHAT WITH          in all its texts
//   set KEY TEXT
//   literal KEY PHP                "array()"
//   drop KEY
//   take KEY FILE FINGERPRINT      as it stands in the same array of another PHP file
//   database KEY FIELD             host, port, name, user or password as the job reaches the database; texts with % doubled
//   random KEY BYTES               so many random bytes, in hex
#pragma once

#include <functional>
#include <span>
#include <string>

#include "platform/disk.h"
#include "storage/mysql.h"

namespace steps {

struct Ingredients {
  platform::Disk& disk;
  std::function<storage::DatabaseTarget()> database;  // may throw Failure
};

// The text that `file` is to have. A name in .php is a PHP file, and read as one in any case. Throws Failure when it, or what it is
// made of, cannot be read or is not what the plan saw.
std::string configuration_text(const Ingredients& from, const platform::Path& file, std::span<const std::string> edits);

}  // namespace steps
