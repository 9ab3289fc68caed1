// SPDX-License-Identifier: GPL-3.0-or-later
// Followers see all that is printed and when it is over; parts that never arrive are told from those that did.
#include "jobs/follow.h"

#include <catch2/catch.hpp>
#include <thread>

#include "base/failure.h"
#include "support/temp_folder.h"

namespace {

using namespace jobs;
using namespace std::chrono_literals;
using support::TempFolder;

platform::Disk& disk() { return platform::posix_disk(); }

struct Job {
  TempFolder folder;
  storage::StateNames state{folder.path()};
  std::string id = create_job(disk(), state, plan());
  storage::JobNames names{state.job(id)};
  std::optional<Lease> lease = take_lease(disk(), names);
  LogWriter log{disk(), names};
  platform::WallTime now = platform::system_clock().now();

  static base::Plan plan() {
    base::Plan plan;
    plan.task = plan.headline = "task";
    plan.steps = {{"console", "run", base::Interruption::once, {}, {}}};
    return plan;
  }
  void finish() {
    append(names.journal(), {.what = What::finish, .text = "done"});
    lease.reset();
  }
  Follower follower(uint64_t from = 0) { return {disk(), state, id, from}; }
  // What the viewer who asks from `from` is sent, to `next`.
  Delivery asks(uint64_t from, uint64_t next, const std::string& viewer = "viewer") {
    Part part = part_to_send(disk(), names, viewer, from, now);
    note_sent(disk(), names, viewer, from, part.until == UINT64_MAX ? next : part.until, part.how, now);
    return part.how;
  }
};

}  // namespace

TEST_CASE("A follower gets what is there at once, then what comes, then the end") {
  Job job;
  job.log.line("one");
  auto follower = job.follower();
  auto news = follower.next(10s);
  CHECK(news.part.text == "\x01one\n");
  CHECK_FALSE(news.over);
  CHECK(follower.next(20ms).part.text.empty());
  std::thread printer([&] {
    std::this_thread::sleep_for(30ms);
    job.log.line("two");
  });
  auto began = std::chrono::steady_clock::now();
  CHECK(follower.next(10s).part.text == "\x01two\n");
  CHECK(std::chrono::steady_clock::now() - began < 5s);
  printer.join();
  job.log.line("three");
  job.finish();
  auto last = follower.next(10s);
  CHECK(last.part.text == "\x01three\n");
  CHECK((last.over || follower.next(10s).over));
  CHECK(follower.job().state == State::done);
  CHECK(follower.position() == job.log.size());
}

TEST_CASE("A job that dies without a word is over for its followers within a second") {
  Job job;
  auto follower = job.follower();
  CHECK_FALSE(follower.next(10ms).over);
  job.lease.reset();
  auto began = std::chrono::steady_clock::now();
  CHECK(follower.next(20s).over);
  CHECK(std::chrono::steady_clock::now() - began < 2s);
  CHECK(follower.job().state == State::interrupted);
}

TEST_CASE("A follower that asks from the end, or beyond it, gets the end alone") {
  Job job;
  job.log.line("text");
  job.finish();
  for (uint64_t from : {job.log.size(), job.log.size() + 1, uint64_t{1} << 50}) {
    auto follower = job.follower(from);
    auto news = follower.next(10s);
    CHECK(news.part.text.empty());
    CHECK(news.over);
  }
}

TEST_CASE("Of a long log a follower gets no more than it asked for, and is not over before all of it") {
  Job job;
  job.log.say(base::Stream::output, std::string(100'000, 'x') + "\n");
  job.finish();
  auto follower = job.follower();
  size_t bytes = 0, rounds = 0;
  for (bool over = false; !over; ++rounds) {
    auto news = follower.next(10s, 30'000);
    CHECK(news.part.text.size() <= 30'000);
    bytes += news.part.text.size();
    over = news.over;
    REQUIRE(rounds < 10);
  }
  CHECK(bytes == 100'001);
}

TEST_CASE("A log that ends within a character still ends") {
  Job job;
  job.log.line("text");
  job.finish();
  std::string text = *disk().read(job.names.log_segment(0), 100);
  disk().replace(job.names.log_segment(0), text + "\xE2\x82", 0600);
  auto follower = job.follower();
  auto news = follower.next(10s);
  CHECK(news.part.text == "\x01text\n");
  CHECK((news.over || follower.next(10s).over));
}

TEST_CASE("To follow what is no job is a failure") {
  Job job;
  Follower follower(disk(), job.state, "20261121-093015123-k3v9qa", 0);
  CHECK_THROWS_AS(follower.next(10ms), base::Failure);
}

TEST_CASE("A part that is asked again, with nothing followed, is sent escaped once, then left out") {
  Job job;
  CHECK(job.asks(0, 50) == Delivery::plain);
  CHECK(job.asks(50, 80) == Delivery::plain);
  CHECK(job.asks(50, 120) == Delivery::escaped);
  CHECK(job.asks(50, 120) == Delivery::skip);
  CHECK(job.asks(50, 120) == Delivery::skip);
  CHECK(job.asks(80, 120) == Delivery::plain);
}

TEST_CASE("What is escaped or left out is exactly the part that did not arrive") {
  Job job;
  job.asks(50, 80);
  CHECK(part_to_send(disk(), job.names, "viewer", 50, job.now).until == 80);
  job.asks(50, 999);
  auto part = part_to_send(disk(), job.names, "viewer", 50, job.now);
  CHECK(part.how == Delivery::skip);
  CHECK(part.until == 80);
}

TEST_CASE("An empty part, an old one, or another viewer's is no part that did not arrive") {
  Job job;
  job.asks(10, 10);
  CHECK(job.asks(10, 20) == Delivery::plain);
  job.now += 31s;
  CHECK(job.asks(10, 20) == Delivery::plain);
  CHECK(job.asks(10, 20, "another viewer") == Delivery::plain);
  CHECK(job.asks(10, 20) == Delivery::escaped);
}

TEST_CASE("The end of a job may be reloaded once without being taken for refused") {
  Job job;
  note_sent(disk(), job.names, "viewer", 0, 100, Delivery::last, job.now);
  auto part = part_to_send(disk(), job.names, "viewer", 0, job.now);
  CHECK(part.how == Delivery::plain);
  CHECK(part.reloaded);
}

TEST_CASE("What was sent is remembered on a disk that is full or damaged as well as can be") {
  Job job;
  job.asks(0, 10);
  auto file = job.names.views() / disk().list(job.names.views())->at(0).name;
  for (const char* text : {"", "1 2 3", "a b c d", "0 10 0 0 0", "0 10 -1 5"}) {
    disk().replace(file, text, 0600);
    CHECK(part_to_send(disk(), job.names, "viewer", 0, job.now).how == Delivery::plain);
  }
  disk().remove_file(file);
  disk().remove_folder(job.names.views());
  disk().create(job.names.views(), "", 0600);
  CHECK_NOTHROW(note_sent(disk(), job.names, "viewer", 0, 10, Delivery::plain, job.now));
}
