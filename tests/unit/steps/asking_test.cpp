// SPDX-License-Identifier: GPL-3.0-or-later
// What counts as worse, and what follows from it.
#include <catch2/catch.hpp>

#include "support/fake_disk.h"
#include "support/fake_supervisor.h"

namespace {

using platform::PageAnswer;

PageAnswer status(int number, const std::string& location = "") {
  PageAnswer answer;
  answer.status = number;
  answer.location = location;
  return answer;
}

PageAnswer silence() {
  PageAnswer answer;
  answer.timed_out = true;
  answer.problem = "timeout";
  return answer;
}

PageAnswer nobody() {
  PageAnswer answer;
  answer.problem = "no route";
  return answer;
}

struct Asked {
  support::MemoryDisk disk;
  support::FakeSupervisor supervisor{disk, "/state/kept/20261121-093015123-k3v9qa"};

  steps::Outcome judge(const PageAnswer& before, const PageAnswer& now, const std::string& mode = "back") {
    disk.put_folder("/state/kept");
    supervisor.stop = [] { return true; };
    supervisor.web.answer = [&](const std::string&) { return before; };
    steps::ask_site(supervisor, {"", "", base::Interruption::restart, {"https://example.com/", "", "s/login"}, {}});
    supervisor.web.answer = [&](const std::string&) { return now; };
    return steps::judge_site(supervisor, {"", "", base::Interruption::cursor, {mode, "https://example.com", "", "s/login"}, {}});
  }
};

}  // namespace

TEST_CASE("Worse is an error, silence, nobody there or the installer where there was a good answer") {
  for (const auto& now : {status(500), status(503), silence(), status(302, "https://example.com/installer"),
                          status(301, "https://example.com/index.php/installer/?x=y"), status(403), status(404), nobody()}) {
    Asked asked;
    auto outcome = asked.judge(status(302, "https://example.com/s/dashboard"), now);
    CHECK_FALSE(outcome.exit.good());
    CHECK(outcome.taken_back);
    CHECK(outcome.explanation.find("taken back") != std::string::npos);
  }
}

TEST_CASE("What was no good answer before cannot become worse, and a site that cannot be asked is not proved") {
  for (const auto& [before, now] : std::vector<std::pair<PageAnswer, PageAnswer>>{
           {status(500), status(500)}, {silence(), status(500)}, {status(302, "https://example.com/installer"), status(500)},
           {nobody(), nobody()}, {nobody(), status(500)}, {status(200), status(429)}, {status(403), status(500)}}) {
    Asked asked;
    CHECK(asked.judge(before, now).exit.good());
    CHECK(asked.supervisor.ours.find("not proved") != std::string::npos);
  }
}

TEST_CASE("A good answer is a proof, and pages are asked below the address") {
  Asked asked;
  CHECK(asked.judge(status(500), status(200)).exit.good());
  CHECK(asked.supervisor.ours.find("not proved") == std::string::npos);
  CHECK(asked.supervisor.web.asked == std::vector<std::string>{"https://example.com/", "https://example.com/s/login",
                                                               "https://example.com/", "https://example.com/s/login"});
}

TEST_CASE("A site that was broken may take a moment until it answers well; what it refuses it goes on refusing") {
  Asked asked;
  asked.disk.put_folder("/state/kept");
  auto judge_while = [&](int before, std::vector<int> then) {
    asked.supervisor.web.answer = [=](const std::string&) { return status(before); };
    steps::ask_site(asked.supervisor, {"", "", base::Interruption::restart, {"https://example.com", ""}, {}});
    asked.supervisor.web.asked.clear();
    asked.supervisor.web.answer = [&asked, then](const std::string&) { return status(then.at(std::min(asked.supervisor.web.asked.size(), then.size()) - 1)); };
    steps::judge_site(asked.supervisor, {"", "", base::Interruption::cursor, {"back", "https://example.com", ""}, {}});
    return asked.supervisor.web.asked.size();
  };
  CHECK(judge_while(500, {500, 200}) == 2);
  CHECK(asked.supervisor.ours.find("not proved") == std::string::npos);
  CHECK(judge_while(401, {401}) == 1);
}

TEST_CASE("Of an error it is told what the page says, on one line") {
  Asked asked;
  PageAnswer refused = status(500);
  refused.text = "<html><body><h1>Mautic does not support PHP version 8.2.35</h1>\nat this time.";
  asked.judge(refused, refused);
  CHECK(asked.supervisor.ours.find("https://example.com/s/login: 500: Mautic does not support PHP version 8.2.35 at this time.") != std::string::npos);
}

TEST_CASE("Where the database was changed nothing goes back by itself") {
  Asked asked;
  auto outcome = asked.judge(status(200), status(500), "stay");
  CHECK_FALSE(outcome.exit.good());
  CHECK(outcome.explanation.find("`undo` takes both back") != std::string::npos);
  CHECK(asked.supervisor.kept_cursor.empty());
}

TEST_CASE("Without an address nothing is asked and nothing is worse") {
  Asked asked;
  asked.disk.put_folder("/state/kept");
  CHECK(steps::ask_site(asked.supervisor, {"", "", base::Interruption::restart, {"", ""}, {}}).exit.good());
  CHECK(steps::judge_site(asked.supervisor, {"", "", base::Interruption::cursor, {"back", "", ""}, {}}).exit.good());
  CHECK(asked.supervisor.web.asked.empty());
}
