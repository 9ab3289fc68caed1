// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs that close and open a site, with real processes that still work in it.
#include <catch2/catch.hpp>
#include <signal.h>

#include "platform/process.h"
#include "support/fake_disk.h"
#include "support/fake_supervisor.h"

namespace {

using namespace std::chrono_literals;

const std::string kIndex = "/site/index.php";

struct Site {
  support::MemoryDisk disk;
  support::FakeSupervisor supervisor{disk, "/state/kept/20261121-093015123-k3v9qa"};
  std::string console = "/nowhere/" + std::to_string(::getpid()) + "/bin/console";

  Site() {
    disk.put_folder("/state/kept");
    disk.put_file(kIndex, "front");
    disk.put_file(console, "console");
  }
  base::Step step(std::chrono::seconds patience) { return {"", "", base::Interruption::restart, {"unstick/unstick.cgi", console, kIndex}, patience}; }
  std::string text(const std::string& file) { return disk.read(file, 10000).value_or(""); }
};

// Something that looks like `php CONSOLE ...` to /proc.
struct Worker {
  platform::Child child;
  Worker(const std::string& console, const std::string& seconds)
      : child(platform::start({{"/bin/sh", "-c", "sleep " + seconds + "; true", console}, {"PATH=/usr/bin:/bin"}, "/"}, platform::Session::own_group, {})) {}
  ~Worker() { platform::end_child(child.pid, platform::Session::own_group, 100ms); }
};

}  // namespace

TEST_CASE("A closed site answers 503 and sends its owner to us") {
  Site site;
  CHECK(steps::close_site(site.supervisor, site.step(1s)).exit.good());
  CHECK(site.text(kIndex).find("http_response_code(503)") != std::string::npos);
  CHECK(site.text(kIndex).find("at unstick/unstick.cgi") != std::string::npos);
  CHECK(site.text(site.console).find("exit(75)") != std::string::npos);
  CHECK(steps::open_site(site.supervisor, {}).exit.good());
  CHECK(site.text(kIndex) == "front");
  CHECK(site.text(site.console) == "console");
}

TEST_CASE("A script of cron is waited for with what lies beside it; as a program it keeps its first line, and ends with a temporary failure") {
  Site site;
  site.console = "/nowhere/" + std::to_string(::getpid()) + "/crons/cron.php";
  const std::string beside = "/nowhere/" + std::to_string(::getpid()) + "/crons/pipe.php";
  site.disk.put_file(site.console, "<?php // cron");
  site.disk.put_file(beside, "#!/usr/bin/php -q\n<?php // pipe", 0755);
  auto step = site.step(1s);
  step.words.push_back(beside);
  {
    Worker worker(beside, "30");
    CHECK_FALSE(steps::close_site(site.supervisor, step).exit.good());
  }
  CHECK(steps::close_site(site.supervisor, step).exit.good());
  CHECK(site.text(site.console).starts_with("<?php "));
  CHECK(site.text(beside).starts_with("#!/usr/bin/php -q\n<?php "));
  for (const auto& file : {site.console, beside}) {
    CHECK(site.text(file).find("exit(75)") != std::string::npos);
    CHECK(site.text(file).find("http_response_code(503)") != std::string::npos);
  }
  site.supervisor.web.answer = [](const std::string&) { return platform::PageAnswer{}; };
  steps::reset_opcode_cache(site.supervisor, {"", "", base::Interruption::restart, {"https://example.com"}, {}});
  REQUIRE(site.supervisor.web.asked.size() == 1);
  CHECK(site.supervisor.web.asked[0].starts_with("https://example.com/?"));  // the front page, and not the cron script
  steps::open_site(site.supervisor, {});
  CHECK(site.text(beside) == "#!/usr/bin/php -q\n<?php // pipe");
}

TEST_CASE("What still works in the site is waited for") {
  Site site;
  Worker worker(site.console, "1");
  auto began = std::chrono::steady_clock::now();
  CHECK(steps::close_site(site.supervisor, site.step(20s)).exit.good());
  CHECK(std::chrono::steady_clock::now() - began > 400ms);
}

TEST_CASE("What goes on working is named, and nothing else is begun") {
  Site site;
  Worker worker(site.console, "30");
  auto outcome = steps::close_site(site.supervisor, site.step(1s));
  CHECK_FALSE(outcome.exit.good());
  CHECK(outcome.explanation.find(std::to_string(worker.child.pid) + ": /bin/sh -c sleep 30; true") != std::string::npos);
  steps::open_site(site.supervisor, {});
  CHECK(site.text(kIndex) == "front");
}

TEST_CASE("PHP's opcode cache is emptied once PHP runs the entrance that closes the site, and not the former one any more") {
  Site site;
  steps::close_site(site.supervisor, site.step(1s));
  auto answer_with = [&](std::vector<int> statuses) {
    site.supervisor.web.asked.clear();
    site.supervisor.web.answer = [&site, statuses](const std::string&) {
      platform::PageAnswer answer;
      answer.status = statuses.at(std::min(site.supervisor.web.asked.size(), statuses.size()) - 1);
      return answer;
    };
    steps::reset_opcode_cache(site.supervisor, {"", "", base::Interruption::restart, {"https://example.com"}, {}});
    return site.supervisor.web.asked.size();
  };
  CHECK(answer_with({500, 302, 204}) == 3);
  CHECK(site.supervisor.ours.ends_with("PHP's opcode cache is emptied\n"));
  for (int status : {501, 503}) CHECK(answer_with({status}) == 1);
  site.supervisor.stop = [] { return true; };
  CHECK(answer_with({500}) == 1);
  CHECK(site.supervisor.ours.find("could not be emptied (the answer was 500)") != std::string::npos);
}
