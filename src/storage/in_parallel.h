// SPDX-License-Identifier: GPL-3.0-or-later
// Work on many small things by two threads; by the caller's alone where the host allows no more.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>

namespace storage {

class InParallel {
 public:
  // Both by the caller's thread, ten times a second. May be empty.
  std::function<void(size_t done)> progress;
  std::function<bool()> stop_asked;
  size_t batch = 32;
  unsigned threads = 2;

  // Calls work(thread, i) once for every i below `count`, in batches of neighbours; `thread` is 0 or 1. False: stopped
  // before the end. What `work` or the two above throw ends it all and is thrown.
  template <typename Work>
  bool run(size_t count, Work work) {
    auto loop = [&](unsigned thread) {
      try {
        if (thread == 0) look();
        for (size_t first = next_.fetch_add(batch); first < count && !ended_; first = next_.fetch_add(batch)) {
          for (size_t i = first; i < std::min(count, first + batch); ++i) work(thread, i);
          done_ += batch;
          if (thread == 0) look();
        }
      } catch (...) {
        fail();
      }
    };
    std::thread other;
    try {
      if (threads > 1 && count > batch) other = std::thread([&] { loop(1), end(); });
    } catch (const std::system_error&) {  // the host's limit of processes
    }
    loop(0);
    wait(other);
    if (failure_) std::rethrow_exception(failure_);
    return !stopped_;
  }

 private:
  static constexpr auto kLook = std::chrono::milliseconds(100);

  void look() {
    auto now = std::chrono::steady_clock::now();
    if (now - looked_ < kLook) return;
    looked_ = now;
    if (progress) progress(done_);
    if (stop_asked && stop_asked()) stopped_ = ended_ = true;
  }

  void fail() {
    std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
    ended_ = true;
  }

  void end() {
    std::lock_guard lock(mutex_);
    other_ended_ = true;
    change_.notify_all();
  }

  void wait(std::thread& other) {
    if (!other.joinable()) return;
    std::unique_lock lock(mutex_);
    while (!change_.wait_for(lock, kLook, [&] { return other_ended_; })) {
      lock.unlock();
      try {
        look();
      } catch (...) {
        fail();
      }
      lock.lock();
    }
    lock.unlock();
    other.join();
  }

  std::atomic<size_t> next_{0}, done_{0};
  std::atomic<bool> ended_{false};
  bool stopped_ = false;
  std::chrono::steady_clock::time_point looked_{};
  std::mutex mutex_;  // guards what follows
  std::condition_variable change_;
  bool other_ended_ = false;
  std::exception_ptr failure_;
};

}  // namespace storage
