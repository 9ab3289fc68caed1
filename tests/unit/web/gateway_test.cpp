// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/gateway.h"

#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "base/handle.h"

namespace {

using namespace std::chrono_literals;

// A connection whose buffer holds little.
struct Pair {
  base::Fd ours, theirs;
  Pair() {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    ours.reset(ends[0]);
    theirs.reset(ends[1]);
    int bytes = 4096;
    ::setsockopt(ours.number(), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  }
};

// Signals that break off a blocking call, as long as it lives.
class Interruptions {
 public:
  Interruptions() : thread_([this, target = ::pthread_self()] {
    for (; !over_; std::this_thread::sleep_for(1ms)) ::pthread_kill(target, SIGUSR2);
  }) {}
  ~Interruptions() { over_ = true, thread_.join(); }

 private:
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace

TEST_CASE("Whoever reads slowly gets every byte once, also when signals come in between") {
  struct sigaction action {}, before {};
  action.sa_handler = [](int) {};
  ::sigaction(SIGUSR2, &action, &before);
  Pair pair;
  std::string sent;
  for (int i = 0; sent.size() < (300 << 10); ++i) sent += std::to_string(i);
  std::string got;
  std::thread reader([&] {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    char some[1000];
    for (ssize_t count; (count = ::read(pair.theirs.number(), some, sizeof some)) > 0;) {
      got.append(some, static_cast<size_t>(count));
      std::this_thread::sleep_for(100us);
    }
  });
  {
    Interruptions interruptions;
    CHECK(web::write_whole(pair.ours.number(), sent));
  }
  pair.ours.reset();
  reader.join();
  CHECK(got == sent);
  ::sigaction(SIGUSR2, &before, nullptr);
}

TEST_CASE("A reader who has gone is told, and ends nobody") {
  auto before = ::signal(SIGPIPE, SIG_IGN);
  Pair pair;
  pair.theirs.reset();
  CHECK_FALSE(web::write_whole(pair.ours.number(), "text"));
  ::signal(SIGPIPE, before);
}
