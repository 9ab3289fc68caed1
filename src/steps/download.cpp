// SPDX-License-Identifier: GPL-3.0-or-later
// The verb `download-package`: a release of the application, whose digest is proved where one is published.
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/failure.h"
#include "base/text.h"
#include "steps/pace.h"
#include "steps/verbs.h"

namespace steps {

namespace {

using nlohmann::json;
using platform::Path;

constexpr uint64_t kMostApiBytes = 4 << 20;
constexpr int kMostAttempts = 20;

struct Words {
  std::string url, api_url;
  Path file;
  std::string proxy;
  uint64_t most_bytes = 0;
  std::string upload_folder;
  std::vector<std::string> hosts;

  explicit Words(const std::vector<std::string>& words)
      : url(words.at(0)),
        api_url(words.at(1)),
        file(words.at(2)),
        proxy(words.at(3)),
        most_bytes(base::whole_number(words.at(4)).value_or(0)),
        upload_folder(words.at(5)),
        hosts(words.begin() + 6, words.end()) {}

  std::string name() const { return file.filename().native(); }
  platform::DownloadOrder order(Supervisor& supervisor) const {
    return {url, hosts, proxy, file, most_bytes, {}, [&supervisor] { return supervisor.stop_asked(); }};
  }
};

std::string text_of(const json& object, const char* key) {
  auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// GitHub's answer about a release: assets[], each with name, browser_download_url and, since mid 2025, digest.
std::string digest_in(const std::string& answer, const Words& words) {
  json release = json::parse(answer, nullptr, false);
  if (!release.is_object() || !release.contains("assets") || !release["assets"].is_array()) return "";
  for (const json& asset : release["assets"]) {
    if (!asset.is_object()) continue;
    if (text_of(asset, "browser_download_url") != words.url && text_of(asset, "name") != words.name()) continue;
    std::string digest = base::lower(text_of(asset, "digest"));
    bool is_sha256 = digest.starts_with("sha256:") && digest.find_first_not_of("0123456789abcdef", 7) == std::string::npos;
    return is_sha256 && digest.size() == 7 + 64 ? digest.substr(7) : "";
  }
  return "";
}

// 64 hex digits; empty when none is published, or nobody answers: 60 questions an hour are a whole shared address's.
std::string published_digest(Supervisor& supervisor, const Words& words) {
  if (words.api_url.empty()) return "";
  auto order = words.order(supervisor);
  order.url = words.api_url;
  order.most_bytes = kMostApiBytes;
  try {
    return digest_in(supervisor.http().text(order), words);
  } catch (const base::Failure& failure) {
    supervisor.line("going on without the published checksum: " + std::string(failure.what()));
    return "";
  }
}

uint64_t partial_bytes(Supervisor& supervisor, const Words& words) {
  auto facts = supervisor.disk().look(words.file.native() + ".partial");
  return facts ? facts->size_bytes : 0;
}

// As often as it gets further. nullopt: stopped.
std::optional<platform::Downloaded> fetch(Supervisor& supervisor, const Words& words) {
  Pace pace;
  auto order = words.order(supervisor);
  order.progress = [&](uint64_t bytes, uint64_t of) {
    if (pace.is_due()) supervisor.line(base::size_words(bytes) + (of > 0 ? " of " + base::size_words(of) : ""));
  };
  for (int attempt = 1;; ++attempt) {
    uint64_t before = partial_bytes(supervisor, words);
    try {
      return supervisor.http().download(order);
    } catch (const base::Failure& failure) {
      bool further = partial_bytes(supervisor, words) > before;
      if (failure.error() != 0 || !further || attempt == kMostAttempts || supervisor.stop_asked()) throw;
      supervisor.line(std::string(failure.what()) + "; going on from there");
    }
  }
}

// What the disk refuses has its own advice.
std::optional<platform::Downloaded> fetch_or_advise(Supervisor& supervisor, const Words& words) try {
  return fetch(supervisor, words);
} catch (const base::Failure& failure) {
  if (failure.error() != 0 || !failure.advice().empty()) throw;
  throw base::Failure(failure.what(),
                      "or upload " + words.name() + " in binary mode into " + base::printable_line(words.upload_folder));
}

void check_digest(Supervisor& supervisor, const Words& words, const platform::Downloaded& done, const std::string& digest) {
  if (digest.empty()) {
    supervisor.line("no checksum is published: size and every checksum inside are checked when it is unpacked");
    return;
  }
  if (done.sha256 == digest) {
    supervisor.line("its SHA-256 is the published one: " + digest);
    return;
  }
  supervisor.disk().remove_file(words.file);
  throw base::Failure(words.name() + " is not what was published: its SHA-256 is " + done.sha256 + ", published is " + digest +
                          "; the file is deleted",
                      "try again; if it is so again, upload it in binary mode into " + base::printable_line(words.upload_folder));
}

}  // namespace

Outcome download_package(Supervisor& supervisor, const base::Step& step) {
  Words words(step.words);
  platform::make_folders(supervisor.disk(), words.file.parent_path(), 0700);
  std::string digest = published_digest(supervisor, words);
  supervisor.line("downloading " + base::printable_line(words.url));
  auto began = std::chrono::steady_clock::now();
  auto done = fetch_or_advise(supervisor, words);
  if (!done) return {{}, true, {}};
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  supervisor.line(base::printable_line(words.file.native()) + ": " + base::size_words(done->bytes) + " in " +
                  base::seconds_words(took.count()));
  check_digest(supervisor, words, *done, digest);
  return {};
}

}  // namespace steps
