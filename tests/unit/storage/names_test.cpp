// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/names.h"

#include <catch2/catch.hpp>
#include <set>

#include "platform/clock.h"

using namespace storage;

TEST_CASE("Everything of ours lies in the state folder, under a name that stays") {
  StateNames state("/home/u/.unstick-x");
  CHECK(state.version() == "/home/u/.unstick-x/version");
  CHECK(state.secret() == "/home/u/.unstick-x/secret");
  CHECK(state.current() == "/home/u/.unstick-x/current");
  CHECK(state.start_lock() == "/home/u/.unstick-x/start.lock");
  CHECK(state.attempts() == "/home/u/.unstick-x/attempts");
  CHECK(state.start_of("abc") == "/home/u/.unstick-x/starts/abc");
  CHECK(state.plan_of("abc") == "/home/u/.unstick-x/plans/abc");
  CHECK(state.kept_by("ID") == "/home/u/.unstick-x/kept/ID");
  JobNames job(state.job("ID"));
  CHECK(job.plan() == "/home/u/.unstick-x/jobs/ID/plan.json");
  CHECK(job.journal() == "/home/u/.unstick-x/jobs/ID/journal");
  CHECK(job.runner() != job.busy());
  CHECK(job.log_segment(0) == "/home/u/.unstick-x/jobs/ID/log/00000000");
  CHECK(job.log_segment(17) == "/home/u/.unstick-x/jobs/ID/log/00000017");
}

TEST_CASE("Names of log segments sort as their numbers do") {
  JobNames job("/j");
  for (uint64_t i : {0, 8, 9, 10, 99, 100, 12345}) CHECK(job.log_segment(i).native() < job.log_segment(i + 1).native());
}

TEST_CASE("A job's id tells its time to the millisecond, is new each time, and is one") {
  auto now = platform::from_unix_seconds(1795253415) + std::chrono::milliseconds(7);
  std::set<std::string> ids;
  for (int i = 0; i < 500; ++i) {
    std::string id = new_job_id(now);
    CHECK(id.substr(0, 19) == "20261121-093015007-");
    CHECK(is_job_id(id));
    ids.insert(id);
  }
  CHECK(ids.size() == 500);
  CHECK(new_job_id(now) < new_job_id(now + std::chrono::milliseconds(1)));
  CHECK(new_job_id(now) < new_job_id(now + std::chrono::seconds(1)));
}

TEST_CASE("What is no job's id is none: it never becomes a path") {
  CHECK(is_job_id("20261121-093015123-k3v9qa"));
  for (const char* bad : {"", "last", "20261121-093015123-k3v9q", "20261121-093015123-k3v9qab", "20261121-093015123-K3V9QA",
                          "20261121-093015123-k3v9q/", "20261121-093015123-../..", "2026112a-093015123-k3v9qa",
                          "20261121_093015123-k3v9qa", "20261121-093015123_k3v9qa", "../../../../../etc/passwd",
                          "20261121-093015-k3v9qa", "20261121-093015123-k3v9q\n", "20261121-093015123-k3v9q\xC3"}) {
    INFO(bad);
    CHECK_FALSE(is_job_id(bad));
  }
  CHECK_FALSE(is_job_id(std::string_view("20261121-093015123-k3v9q\0", 25)));
}

TEST_CASE("Two sites never share a state folder, and one always finds its own") {
  std::string name = state_folder_name("/home/u/public_html");
  CHECK(name == state_folder_name("/home/u/public_html"));
  CHECK(name != state_folder_name("/home/u/public_html/shop"));
  CHECK(name.size() == 9 + 16);
  CHECK(name.substr(0, 9) == ".unstick-");
  CHECK(name.find_first_not_of("0123456789abcdef", 9) == std::string::npos);
  // A format for ever: the first 8 bytes of the path's SHA-256.
  CHECK(state_folder_name("abc") == ".unstick-ba7816bf8f01cfea");
}

TEST_CASE("A hidden state folder's name cannot be made without the secret") {
  std::string name = hidden_state_folder_name("secret", "/home/u/public_html");
  CHECK(name == hidden_state_folder_name("secret", "/home/u/public_html"));
  CHECK(name != hidden_state_folder_name("Secret", "/home/u/public_html"));
  CHECK(name != hidden_state_folder_name("secret", "/home/u/public_html2"));
  CHECK(name.size() == 9 + 32);
}
