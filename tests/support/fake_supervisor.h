// SPDX-License-Identifier: GPL-3.0-or-later
// What a verb runs under in tests: any disk, and everything it said and started is remembered.
#pragma once

#include <functional>
#include <map>
#include <set>

#include "base/failure.h"
#include "steps/verbs.h"
#include "support/fake_http.h"

namespace support {

class FakeSupervisor final : public steps::Supervisor {
 public:
  explicit FakeSupervisor(platform::Disk& disk, platform::Path kept = {}) : disk_(disk), kept_(std::move(kept)) {}

  std::string ours, output, errors;                // what was said, by stream
  std::vector<pid_t> children;
  std::string no_room;  // why none of them can be written down
  std::vector<int> handed_on;
  platform::Session where = platform::Session::own_group;
  std::vector<std::string> environment;
  storage::DatabaseTarget target;
  std::function<bool()> stop = [] { return false; };
  std::string kept_cursor;
  std::set<std::string> good_jobs;
  std::map<std::string, std::string> notes;
  FakeHttp web;
  std::vector<base::Step> begun;
  int found_wrong = 0;
  std::string wrong_configuration;
  std::string upgrade;  // what is seen of one
  std::function<bool()> rest = [] { return false; };

  void say(base::Stream stream, std::string_view bytes) override {
    (stream == base::Stream::ours ? ours : stream == base::Stream::output ? output : errors) += bytes;
  }
  platform::Disk& disk() override { return disk_; }
  bool stop_asked() override { return stop(); }
  void child_started(pid_t pid) override {
    if (!no_room.empty()) throw base::Failure(no_room);
    children.push_back(pid);
  }
  platform::Session session() override { return where; }
  std::vector<int> inherited() override { return handed_on; }
  std::vector<std::string> child_environment() override { return environment; }
  storage::StateNames state() override { return storage::StateNames(kept_.parent_path().parent_path()); }
  std::string job() override { return kept_.filename().native(); }
  storage::DatabaseTarget database(const platform::Path&) override { return target; }
  std::vector<std::string> secrets(const platform::Path&) override { return {target.password}; }
  int examine(const platform::Path&, const std::set<std::string>&, platform::WallTime) override { return found_wrong; }
  std::string running_upgrade(const platform::Path&) override { return upgrade; }
  bool rest_due() override { return rest(); }
  std::string configuration_problem(const platform::Path&, const platform::Path&, const std::string&) override {
    return wrong_configuration;
  }
  std::string cursor() override { return kept_cursor; }
  void keep_cursor(const std::string& cursor) override { kept_cursor = cursor; }
  std::string noted(const std::string& name) override { return notes[name]; }
  void note(const std::string& name, const std::string& text) override { notes[name] = text; }
  platform::Http& http() override { return web; }
  std::vector<base::Step> begun_steps() override { return begun; }
  bool ended_well(const std::string& job) override { return good_jobs.count(job) != 0; }
  platform::Path kept() override {
    disk_.make_folder(kept_.parent_path(), 0700);
    return kept_;
  }

 private:
  platform::Disk& disk_;
  platform::Path kept_;
};

}  // namespace support
