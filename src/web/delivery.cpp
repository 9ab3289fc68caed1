// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/delivery.h"

#include <algorithm>
#include <thread>

#include "base/failure.h"
#include "base/text.h"
#include "jobs/changes.h"
#include "web/job_page.h"
#include "web/rendering.h"
#include "web/response.h"

namespace web {

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr auto kAfterNewLine = 1000ms;   // a part ends this long after its first new line
constexpr auto kAfterFirstLine = 600ms;  // the very first part: starting the job took its time already
constexpr auto kPatience = 12s;          // and after this long without one
constexpr auto kHeartbeat = 15s;         // of silence, while streaming
constexpr size_t kMostPartBytes = 512 << 10;
constexpr size_t kMostChunkBytes = 256 << 10;

class Sender {
 public:
  Sender(Delivery delivery, storage::StateNames state)
      : to_(std::move(delivery)),
        state_(state),
        names_(state_.job(to_.job)),
        secret_(to_.world.need_owner_secret()),
        follower_(to_.world.disk, state_, to_.job, to_.from) {
    if (!to_.preface.empty()) note(to_.preface);
    token_ = to_.viewer.empty() ? view_token(secret_, new_view(to_.view, to_.job)) : to_.viewer;
  }

  void stream() {
    write_head(to_.gateway, 200, type(), {{"X-Accel-Buffering", "no"}});
    auto last_text = SteadyClock::now();
    while (!(all_given_ = !gather(1s))) {
      if (!out_.empty()) last_text = SteadyClock::now();
      if (SteadyClock::now() - last_text >= kHeartbeat) heartbeat(last_text);
      if (!send_out()) return child_.wait();
    }
    conclude();
    send_out();
    child_.wait();
  }

  void follow() {
    jobs::Part part;
    if (!to_.viewer.empty()) part = jobs::part_to_send(to_.world.disk, names_, to_.viewer, to_.from, now());
    until_ = part.until;
    escaped_ = part.how == jobs::Delivery::escaped;
    if (escaped_) note("-- asked for again: sent in a form that filters let through");
    if (part.how == jobs::Delivery::skip) skip_part();
    auto until = SteadyClock::now() + (to_.gateway.is_crowded() ? 0s : kPatience);
    bool seen = false;
    all_given_ = !gather(1ms);
    while (!all_given_ && out_.size() < kMostPartBytes && follower_.position() < until_) {
      auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - SteadyClock::now());
      if (left <= 0ms && !child_.is_there()) break;
      all_given_ = !gather(std::clamp(left, 1ms, 200ms));
      if (out_.empty() || seen) continue;
      seen = true;
      until = SteadyClock::now() + (to_.from == 0 ? kAfterFirstLine : kAfterNewLine);
    }
    if (!all_given_) end_part_at_line();
    child_.wait();
    conclude();
    // After the last part nothing can follow: whoever asks again may only be reloading, and must never lose its text.
    bool asked_anew = part.how == jobs::Delivery::plain && !part.reloaded;
    if (!going_on_ && (asked_anew || escaped_)) part.how = jobs::Delivery::last;
    if (!to_.viewer.empty())
      jobs::note_sent(to_.world.disk, names_, to_.viewer, to_.from, follower_.position(), part.how, now());
    Headers headers;
    if (going_on_) headers.push_back({"Refresh", (to_.gateway.is_crowded() ? "1; url=" : "0; url=") + next_link()});
    write_answer(to_.gateway, 200, type(), out_, headers);
  }

 private:
  static platform::WallTime now() { return platform::system_clock().now(); }
  const char* type() const { return to_.format == Format::events ? kEvents : kText; }

  // Adds what comes within `patience` to out_. False when no more will come in this answer.
  bool gather(std::chrono::milliseconds patience) {
    auto news = follower_.next(patience, std::min<uint64_t>(kMostChunkBytes, until_ - follower_.position()));
    if (news.part.left_out > 0)
      note("-- " + base::size_words(news.part.left_out) + " of output left out here: the log keeps the first and the "
           "last 8 MB");
    put(news.part.text);
    child_.runs();
    if (!news.over) return true;
    return take_further(patience);
  }

  // Puts new text into out_ and remembers where its unfinished last line begins.
  void put(const std::string& marked) {
    auto newline = marked.rfind('\n');
    if (newline == std::string::npos) {
      open_line_ += marked;
    } else {
      out_ += rendered(marked.substr(0, newline + 1));
      size_at_open_line_ = out_.size();
      open_line_ = marked.substr(newline + 1);
    }
    out_ += rendered(newline == std::string::npos ? marked : open_line_);
    if (!marked.empty()) at_line_start_ = marked.back() == '\n';
  }

  // A part ends where a line ends, if it holds a whole line: who puts the parts together must not find lines cut in
  // two. The rest comes at the head of the next part.
  void end_part_at_line() {
    if (open_line_.empty() || size_at_open_line_ == 0) return;
    follower_.give_back(open_line_.size());
    out_.resize(size_at_open_line_);
    at_line_start_ = true;
  }

  // The job rests: may this request take it further? False when nothing more will come.
  bool take_further(std::chrono::milliseconds patience) {
    const jobs::Snapshot& job = follower_.job();
    if (jobs::is_over(job.state)) return false;
    bool may = to_.view == View::advances && !advanced_;
    if (may) {
      auto slice = to_.passing == Passing::stream ? jobs::Slice::request : jobs::Slice::answer;
      auto resumed = jobs::advance_job(to_.world.need_engine(), job, slice);
      advanced_ = resumed.begun;
      child_ = Attached(resumed.attached);
      follower_.look_again();
      bool runs = job.state == jobs::State::running || job.state == jobs::State::still_busy;
      if (resumed.begun || runs) return true;
    }
    if (job.state != jobs::State::waiting) return false;
    if (advanced_ && !child_.is_there()) return false;
    std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(patience, 200ms));
    return true;
  }

  // How the answer ends: nothing more where the log says how the job ended.
  void conclude() {
    const jobs::Snapshot& job = follower_.job();
    if (all_given_ && jobs::is_over(job.state)) {
      if (job.state == jobs::State::given_up) note("-- given up");
      else if (!log_tells(job.ending)) tell_lost_end(job);
      if (to_.format == Format::events) out_ += end_event(job);
    } else if (all_given_ && job.state == jobs::State::interrupted && !goes_on_by_links(job)) {
      end_line();
      note("-- " + jobs::state_words(job) + "; the next visitor can " + jobs::ways_on(job));
      if (to_.format == Format::events) out_ += end_event(job);
    } else {
      going_on_ = true;
      end_line();
      if (to_.format == Format::events) out_ += event("more", {{"link", to_.links.printed(next_link())}});
      else out_ += "-- still running: " + to_.links.printed(next_link()) + "\n";
    }
  }

  bool log_tells(const std::string& ending) const {
    constexpr uint64_t kTail = 512;
    uint64_t size = jobs::log_size(to_.world.disk, names_);
    return base::contains(jobs::read_log(to_.world.disk, names_, size - std::min(size, kTail), kTail).text, ending);
  }

  // The journal has room of its own, the log has not.
  void tell_lost_end(const jobs::Snapshot& job) {
    note("-- the end of the output was lost: the disk was full");
    note("-- " + jobs::state_words(job));
  }

  // On hosts that kill detached processes the next request takes the job further.
  bool goes_on_by_links(const jobs::Snapshot& job) const {
    return to_.view == View::advances && jobs::may_advance(job);
  }

  std::string end_event(const jobs::Snapshot& job) const {
    return event("end", {{"state", std::string(jobs::word(job.state))},
                         {"exit", job.exit.signal != 0 ? job.exit.words() : std::to_string(job.exit.code)},
                         {"text", jobs::state_words(job)}});
  }

  std::string next_link() const {
    return Links::view(token_, follower_.position()) + (to_.format == Format::events ? "&format=json" : "");
  }

  std::string rendered(const std::string& marked) const {
    if (to_.format == Format::events) return as_events(marked);
    return escaped_ ? as_escaped_text(marked) : as_text(marked);
  }

  void note(const std::string& line) {
    end_line();
    out_ += to_.format == Format::events ? event("note", {{"text", line}}) : line + "\n";
    open_line_.clear();
    size_at_open_line_ = out_.size();
  }

  void end_line() {
    if (to_.format == Format::text && !at_line_start_) out_ += '\n';
    at_line_start_ = true;
  }

  void heartbeat(SteadyClock::time_point& since) {
    since = SteadyClock::now();
    note("-- no output for " + std::to_string(kHeartbeat.count()) + " s, still running");
  }

  void skip_part() {
    auto news = follower_.next(0ms, until_ - follower_.position());
    if (news.part.text.empty()) return;
    note("-- " + base::size_words(news.part.text.size()) +
         " of output left out here: a filter in front of this site refuses them");
  }

  bool send_out() {
    to_.gateway.write(out_);
    out_.clear();
    open_line_.clear();
    size_at_open_line_ = 0;
    return to_.gateway.flush();
  }

  Delivery to_;
  storage::StateNames state_;
  storage::JobNames names_;
  std::string secret_;
  std::string token_;  // of this follower's chain of requests
  jobs::Follower follower_;
  std::string out_;
  Attached child_;
  std::string open_line_;  // raw text since the last newline that was put into out_
  size_t size_at_open_line_ = 0;
  uint64_t until_ = UINT64_MAX;  // this answer holds nothing from here on
  bool at_line_start_ = true;
  bool all_given_ = false;  // nothing more will come in this answer
  bool advanced_ = false;
  bool escaped_ = false;
  bool going_on_ = false;
};

}  // namespace

void deliver(Delivery delivery) {
  auto state = delivery.world.need_state();
  if (!jobs::look_at(delivery.world.disk, state, delivery.job))
    throw base::Failure("there is no job " + base::printable_line(delivery.job));
  if (delivery.format == Format::pretty) return send_job_page(delivery);
  Passing passing = delivery.gateway.is_crowded() ? Passing::follow : delivery.passing;
  Sender sender(std::move(delivery), state);
  passing == Passing::stream ? sender.stream() : sender.follow();
}

Waited wait_for_end(actions::World& world, const std::string& id, std::chrono::seconds patience) {
  auto state = world.need_state();
  auto until = SteadyClock::now() + patience;
  jobs::Follower follower(world.disk, state, id, jobs::log_size(world.disk, storage::JobNames(state.job(id))));
  Attached child;
  for (;;) {
    auto news = follower.next(200ms);
    const jobs::Snapshot& job = follower.job();
    bool is_held = child.runs();
    if (news.over && jobs::is_over(job.state)) return {job, std::move(child)};
    if (news.over && !is_held) {
      auto resumed = jobs::advance_job(world.need_engine(), job, jobs::Slice::request);
      child = Attached(resumed.attached);
      follower.look_again();
      if (!resumed.begun && job.state == jobs::State::interrupted) return {job, {}};
    }
    if (SteadyClock::now() >= until) return {job, std::move(child)};
    if (news.over) std::this_thread::sleep_for(20ms);
  }
}

}  // namespace web
