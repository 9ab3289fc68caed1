// SPDX-License-Identifier: GPL-3.0-or-later
// What a process that answers many requests remembers of one question: the last answer. A question holds all
// that the answer depends on; any other one is not known. For any number of threads.
#pragma once

#include <mutex>
#include <optional>
#include <string>

namespace base {

template <typename Answer>
class LastAnswer {
 public:
  std::optional<Answer> recall(const std::string& question) {
    std::lock_guard lock(mutex_);
    return question == question_ ? answer_ : std::nullopt;
  }
  void keep(std::string question, Answer answer) {
    std::lock_guard lock(mutex_);
    question_ = std::move(question);
    answer_ = std::move(answer);
  }

 private:
  std::mutex mutex_;
  std::string question_;
  std::optional<Answer> answer_;
};

}  // namespace base
