// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/state_secret.h"

#include <cerrno>

#include "base/failure.h"
#include "platform/clock.h"

namespace storage {

std::string state_secret(platform::Disk& disk, const StateNames& names) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    auto secret = disk.read(names.secret(), 64);
    if (secret && secret->size() == 32) return *secret;
    if (secret) {  // a power cut may leave it empty
      disk.replace(names.secret(), platform::random_bytes(32), 0600);
      continue;
    }
    // Two first requests at once: the one whose whole file gets the name wins, the other reads it.
    Path fresh = names.secret();
    fresh += "." + platform::random_word(48);
    disk.create(fresh, platform::random_bytes(32), 0600);
    try {
      disk.duplicate(fresh, names.secret());
    } catch (const base::Failure& failure) {
      if (failure.error() != EEXIST) {
        disk.remove_file(fresh);
        throw;
      }
    }
    disk.remove_file(fresh);
  }
  throw base::Failure("cannot read or write " + names.secret().native());
}

}  // namespace storage
