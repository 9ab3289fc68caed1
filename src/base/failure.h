// SPDX-License-Identifier: GPL-3.0-or-later
// The one exception type of the program: a sentence for the operator, with the object and the cause
// ("cannot rename app -> .old/app: Permission denied"), and, where we know it, what to do about it.
// Results that a caller must decide on are returned, never thrown.
#pragma once

#include <stdexcept>
#include <string>

namespace base {

class Failure : public std::runtime_error {
 public:
  // `what`: one sentence without a final full stop. `advice`: what the operator can do, may be empty.
  explicit Failure(const std::string& what, std::string advice = {}, int error = 0)
      : std::runtime_error(what), advice_(std::move(advice)), error_(error) {}

  const std::string& advice() const { return advice_; }
  // The errno value behind it, 0 when there is none.
  int error() const { return error_; }
  // The disk is full, or the account's part of it.
  bool no_space() const;

  // The sentence and, behind a dash, the advice.
  std::string full() const { return advice_.empty() ? what() : what() + (" - " + advice_); }

 private:
  std::string advice_;
  int error_;
};

// "cannot read /x/y: Permission denied" for an errno value. ENOSPC and EDQUOT carry their advice with them.
Failure system_failure(const std::string& attempt, int error);

// The plain words for an errno value, without locale ("No space left on device").
std::string error_words(int error);

}  // namespace base
