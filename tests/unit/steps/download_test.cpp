// SPDX-License-Identifier: GPL-3.0-or-later
// The verb `download-package`, with a web that answers what the test says.
#include <catch2/catch.hpp>

#include "base/failure.h"
#include "base/text.h"
#include "support/fake_disk.h"
#include "support/fake_supervisor.h"

namespace {

using base::contains;
using support::FakeSupervisor;
using support::MemoryDisk;

const std::string kUrl = "https://github.com/mautic/mautic/releases/download/5.2.1/5.2.1.zip";
const std::string kApi = "https://api.github.com/repos/mautic/mautic/releases/tags/5.2.1";
const std::string kFile = "/home/u/.unstick/packages/5.2.1.zip";
const std::string kDigest(64, 'a');

std::string release(const std::string& asset) { return R"({"tag_name":"5.2.1","assets":[{"name":"5.2.1-update.zip"},)" + asset + "]}"; }
std::string asset_with(const std::string& digest) {
  return R"({"name":"5.2.1.zip","browser_download_url":")" + kUrl + R"(","digest":)" + digest + "}";
}

struct Download {
  MemoryDisk disk;
  FakeSupervisor supervisor{disk, "/home/u/.unstick/kept/JOB"};
  std::vector<std::string> words = {kUrl, kApi, kFile, "http://proxy.example:3128", "1000", "/home/u/public_html",
                                    "github.com", "api.github.com"};

  Download() {
    disk.put_folder("/home/u/.unstick");
    supervisor.web.say = [](const platform::DownloadOrder&) { return release(asset_with("\"sha256:" + kDigest + "\"")); };
    supervisor.web.give = [this](const platform::DownloadOrder& order) {
      disk.put_file(order.file, "PK");
      return platform::Downloaded{2, kDigest};
    };
  }
  steps::Outcome run() { return steps::download_package(supervisor, {"", "", base::Interruption::restart, words, {}}); }
  bool said(const std::string& part) const { return contains(supervisor.ours, part); }
};

}  // namespace

TEST_CASE("A package is downloaded into a private folder, and its digest is proved") {
  Download download;
  platform::DownloadOrder seen;
  auto give = download.supervisor.web.give;
  download.supervisor.web.give = [&](const platform::DownloadOrder& order) { return seen = order, give(order); };
  auto outcome = download.run();
  CHECK(outcome.exit.good());
  CHECK_FALSE(outcome.stopped);
  CHECK(download.supervisor.web.asked == std::vector<std::string>{kApi, kUrl});
  CHECK(seen.url == kUrl);
  CHECK(seen.file == kFile);
  CHECK(seen.proxy == "http://proxy.example:3128");
  CHECK(seen.most_bytes == 1000);
  CHECK(seen.hosts == std::vector<std::string>{"github.com", "api.github.com"});
  CHECK(download.disk.look("/home/u/.unstick/packages")->mode == 0700);
  CHECK(download.said("its SHA-256 is the published one: " + kDigest));
}

TEST_CASE("Another file than the published one is deleted, and the step fails") {
  Download download;
  download.supervisor.web.say = [](const platform::DownloadOrder&) {
    return release(asset_with("\"sha256:" + std::string(64, 'B') + "\""));
  };
  CHECK_THROWS_WITH(download.run(), Catch::Contains("5.2.1.zip is not what was published") && Catch::Contains(std::string(64, 'b')));
  CHECK_FALSE(download.disk.look(kFile));
}

TEST_CASE("Without a published digest the package is taken, and that is said") {
  Download download;
  SECTION("no API is known") {
    download.words[1].clear();
    download.run();
    CHECK(download.supervisor.web.asked == std::vector<std::string>{kUrl});
  }
  SECTION("the API refuses") {
    download.supervisor.web.say = [](const platform::DownloadOrder& order) -> std::string {
      throw base::Failure(order.url + " answers 403");
    };
    download.run();
    CHECK(download.said("going on without the published checksum: " + kApi + " answers 403"));
  }
  SECTION("the API answers something else") {
    std::string answer = GENERATE(
        as<std::string>(), "", "<html>", "null", "[]", "{}", R"({"assets":7})", R"({"assets":[7,null,{}]})", release(asset_with("null")),
        release(asset_with("7")), release(asset_with("\"md5:00\"")), release(asset_with("\"sha256:00\"")),
        release(asset_with("\"sha256:" + std::string(64, 'x') + "\"")), release(R"({"name":"other.zip","digest":"sha256:00"})"));
    download.supervisor.web.say = [=](const platform::DownloadOrder&) { return answer; };
    download.run();
  }
  CHECK(download.said("no checksum is published: size and every checksum inside are checked when it is unpacked"));
  CHECK(download.disk.look(kFile));
}

TEST_CASE("What cannot be had says where to upload it") {
  Download download;
  download.supervisor.web.give = [](const platform::DownloadOrder& order) -> platform::Downloaded {
    throw base::Failure("cannot download " + order.url + ": Could not resolve host: github.com");
  };
  try {
    download.run();
    FAIL("it did not fail");
  } catch (const base::Failure& failure) {
    CHECK(contains(failure.what(), "Could not resolve host"));
    CHECK(failure.advice() == "or upload 5.2.1.zip in binary mode into /home/u/public_html");
  }
}

TEST_CASE("A full disk keeps its own advice") {
  Download download;
  download.supervisor.web.give = [](const platform::DownloadOrder&) -> platform::Downloaded {
    throw base::system_failure("cannot write x", ENOSPC);
  };
  try {
    download.run();
    FAIL("it did not fail");
  } catch (const base::Failure& failure) {
    CHECK(failure.no_space());
    CHECK_FALSE(contains(failure.advice(), "upload"));
  }
}

TEST_CASE("A lost connection is taken up again as long as it gets further") {
  Download download;
  size_t attempts = 0;
  SECTION("to the end") {
    download.supervisor.web.give = [&](const platform::DownloadOrder& order) {
      if (++attempts == 4) return platform::Downloaded{4, kDigest};
      download.disk.put_file(order.file.native() + ".partial", std::string(attempts, 'x'));
      throw base::Failure("cannot download: transfer closed");
    };
    CHECK(download.run().exit.good());
    CHECK(attempts == 4);
    CHECK(download.said("transfer closed; going on from there"));
  }
  SECTION("and no longer") {
    download.supervisor.web.give = [&](const platform::DownloadOrder& order) -> platform::Downloaded {
      ++attempts;
      download.disk.put_file(order.file.native() + ".partial", "x");
      throw base::Failure("cannot download: transfer closed");
    };
    CHECK_THROWS_AS(download.run(), base::Failure);
    CHECK(attempts == 2);
  }
}

TEST_CASE("A stop leaves the step to be taken up again") {
  Download download;
  download.supervisor.web.give = [](const platform::DownloadOrder&) { return std::nullopt; };
  CHECK(download.run().stopped);
}
