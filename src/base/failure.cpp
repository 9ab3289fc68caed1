// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/failure.h"

#include <cerrno>
#include <cstring>

namespace base {

namespace {

std::string advice_for(int error) {
  switch (error) {
    case ENOSPC:
      return "the disk is full: delete what is not needed, or ask the host for more space";
    case EDQUOT:
      return "the account's disk quota is used up: delete what is not needed, or ask the host for more space";
    case EROFS:
      return "this disk is read-only: ask the host";
    case EMFILE:
    case ENFILE:
      return "too many files are open: try again in a minute";
    default:
      return {};
  }
}

}  // namespace

bool Failure::no_space() const { return error_ == ENOSPC || error_ == EDQUOT; }

std::string error_words(int error) {
  const char* words = strerrordesc_np(error);
  return words ? words : "error " + std::to_string(error);
}

Failure system_failure(const std::string& attempt, int error) {
  return Failure(attempt + ": " + error_words(error), advice_for(error), error);
}

}  // namespace base
