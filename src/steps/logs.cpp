// SPDX-License-Identifier: GPL-3.0-or-later
// The verb `follow-logs`: what comes into log files while somebody watches. Reads only, and forgets all when it ends.
#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <thread>

#include "base/failure.h"
#include "base/masking.h"
#include "base/text.h"
#include "platform/readable_file.h"
#include "steps/verbs.h"

namespace steps {

namespace {

using namespace std::chrono_literals;
using platform::Path;
using SteadyClock = std::chrono::steady_clock;

constexpr auto kPause = 200ms;
constexpr auto kSearchEvery = 2s;  // for new files
constexpr size_t kMostFollowed = 100;
constexpr uint64_t kMostAtOnce = 256 << 10;
constexpr size_t kLongestLine = 64 << 10;  // without a newline: told in parts

// "prod-2026-11-21.php" -> "prod-#-#-#.php"
std::string kind_of(const Path& file) {
  std::string name = file.filename().native(), kind;
  for (char c : name)
    if (!std::isdigit(static_cast<unsigned char>(c)))
      kind += c;
    else if (kind.empty() || kind.back() != '#')
      kind += '#';
  return kind;
}

// What must not be told: read here, for a plan holds none. Where it cannot be read, what looks like a secret is masked all the same.
std::vector<std::string> secrets_of(Supervisor& supervisor, const Path& root) {
  try {
    return supervisor.secrets(root);
  } catch (const base::Failure&) {
    return {};
  }
}

class Follower {
 public:
  Follower(Supervisor& supervisor, Path folder, const std::vector<Path>& files)
      : supervisor_(supervisor), folder_(std::move(folder)), secrets_(secrets_of(supervisor, folder_)) {
    for (const Path& file : files) {
      places_[file.parent_path()].insert(kind_of(file));
      auto facts = look(file);
      follow(file, facts ? facts->size_bytes : 0, facts ? facts->inode : 0);
    }
  }

  size_t count() const { return followed_.size(); }

  void turn() {
    for (auto& [file, place] : followed_) read_on(file, place);
  }

  // Files of a kind that is followed, which were not there before: they are told from their beginning.
  void search() {
    for (const auto& [folder, kinds] : places_) try {
        for (const auto& entry : supervisor_.disk().list(folder).value_or(std::vector<platform::Entry>{})) {
          Path file = folder / entry.name;
          if (entry.kind == platform::Kind::file && kinds.count(kind_of(file)) && !followed_.count(file) && !known_.count(file))
            follow(file, 0, 0);
        }
      } catch (const base::Failure& failure) {
        tell_once(folder, failure);
      }
  }

  // Older ones of the same kind lie there already: they are none of the new ones.
  void know_what_is_there() {
    for (const auto& [folder, kinds] : places_) try {
        for (const auto& entry : supervisor_.disk().list(folder).value_or(std::vector<platform::Entry>{}))
          known_.insert(folder / entry.name);
      } catch (const base::Failure& failure) {
        tell_once(folder, failure);
      }
  }

  void end() {
    for (auto& [file, place] : followed_) tell(file, std::exchange(place.rest, {}));
  }

 private:
  struct Place {
    uint64_t at = 0;
    ino_t inode = 0;
    std::string rest;  // of a line that has not ended
  };

  std::optional<platform::Facts> look(const Path& file) {
    try {
      return supervisor_.disk().look(file);
    } catch (const base::Failure& failure) {
      tell_once(file, failure);
      return std::nullopt;
    }
  }

  void follow(const Path& file, uint64_t from, ino_t inode) {
    if (followed_.size() < kMostFollowed) followed_.emplace(file, Place{from, inode, {}});
  }

  void read_on(const Path& file, Place& place) {
    auto facts = look(file);
    if (!facts || facts->kind != platform::Kind::file) return;
    bool another = place.inode != 0 && facts->inode != place.inode;
    if (another || facts->size_bytes < place.at) {
      tell(file, std::exchange(place.rest, {}));
      place.at = 0;
    }
    place.inode = facts->inode;
    if (facts->size_bytes > place.at) try {
        take(file, place);
      } catch (const base::Failure& failure) {
        tell_once(file, failure);
      }
  }

  void take(const Path& file, Place& place) {
    platform::ReadableFile open(file);
    auto bytes = open.read(place.at, kMostAtOnce);
    place.at += bytes.size();
    place.rest += bytes;
    size_t end = place.rest.rfind('\n');
    if (end == std::string::npos && place.rest.size() < kLongestLine) return;
    size_t whole = end == std::string::npos ? place.rest.size() : end + 1;
    tell(file, place.rest.substr(0, whole));
    place.rest.erase(0, whole);
  }

  void tell(const Path& file, const std::string& text) {
    if (text.empty()) return;
    if (file != last_) supervisor_.line("==> " + shown(file));
    last_ = file;
    std::string safe = base::masked(text, secrets_);
    supervisor_.say(base::Stream::output, safe.ends_with('\n') ? safe : safe + "\n");
  }

  void tell_once(const Path& file, const base::Failure& failure) {
    if (told_.insert(file).second) supervisor_.line("! " + base::printable_line(failure.what()));
  }

  std::string shown(const Path& file) const {
    return base::printable_line((platform::lies_in(file, folder_) ? file.lexically_relative(folder_) : file).native());
  }

  Supervisor& supervisor_;
  Path folder_;
  std::vector<std::string> secrets_;
  std::map<Path, std::set<std::string>> places_;  // kinds of files by folder
  std::map<Path, Place> followed_;
  std::set<Path> known_, told_;
  Path last_;
};

}  // namespace

Outcome follow_logs(Supervisor& supervisor, const base::Step& step) {
  std::vector<Path> files(step.words.begin() + 1, step.words.end());
  Follower follower(supervisor, step.words.at(0), files);
  follower.know_what_is_there();
  supervisor.line("waiting for new lines in " + std::to_string(follower.count()) + (follower.count() == 1 ? " file" : " files") +
                  "; job:stop ends it");
  auto began = SteadyClock::now(), searched = began;
  while (!supervisor.stop_asked() && SteadyClock::now() - began < step.timeout) {
    if (SteadyClock::now() - searched >= kSearchEvery) {
      follower.search();
      searched = SteadyClock::now();
    }
    follower.turn();
    std::this_thread::sleep_for(kPause);
  }
  follower.turn();
  follower.end();
  return {{}, false, supervisor.stop_asked() ? "ended on request" : "nothing more is waited for: ask again to go on"};
}

}  // namespace steps
