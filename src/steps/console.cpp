// SPDX-License-Identifier: GPL-3.0-or-later
// The verb `console`: runs a program to its end and passes on what it prints, however much that is, in bounded
// memory. Explains how it ended.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/failure.h"
#include "base/text.h"
#include "platform/host_limits.h"
#include "steps/verbs.h"
#include "storage/site_closure.h"

namespace steps {

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr auto kGrace = 10s;       // between TERM and KILL
constexpr size_t kTailBytes = 8192;  // of the output, to look for the reason of a failure

class Pump {
 public:
  Pump(Supervisor& supervisor, platform::Child child) : supervisor_(supervisor), child_(std::move(child)) {
    for (auto* fd : {&child_.output, &child_.errors}) ::fcntl(fd->number(), F_SETFL, O_NONBLOCK);
  }

  // Passes on what comes within `most`; false when both pipes are closed.
  bool turn(std::chrono::milliseconds most) {
    pollfd polls[2] = {{child_.output.number(), POLLIN, 0}, {child_.errors.number(), POLLIN, 0}};
    ::poll(polls, 2, static_cast<int>(most.count()));
    if (polls[0].revents) pass_on(child_.output, base::Stream::output);
    if (polls[1].revents) pass_on(child_.errors, base::Stream::errors);
    return child_.output || child_.errors;
  }

  // What is in the pipes now, without waiting.
  void empty() {
    if (child_.output) pass_on(child_.output, base::Stream::output);
    if (child_.errors) pass_on(child_.errors, base::Stream::errors);
  }

  const std::string& tail() const { return tail_; }
  pid_t pid() const { return child_.pid; }

 private:
  // At most 1 MiB a turn, so that a child that prints without end cannot keep us from looking at the clock.
  void pass_on(base::Fd& from, base::Stream stream) {
    for (int i = 0; i < 16; ++i) {
      char buffer[65536];
      ssize_t count = ::read(from.number(), buffer, sizeof buffer);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) return;
      if (count <= 0) return from.reset();
      std::string_view bytes(buffer, static_cast<size_t>(count));
      supervisor_.say(stream, bytes);
      tail_.append(bytes.substr(bytes.size() - std::min(bytes.size(), kTailBytes)));
      if (tail_.size() > 2 * kTailBytes) tail_.erase(0, tail_.size() - kTailBytes);
    }
  }

  Supervisor& supervisor_;
  platform::Child child_;
  std::string tail_;
};

const std::string kLargerPlan = "; where the host allows no more, a larger plan or a VPS is the documented advice";

std::string cpu_words() {
  auto limit = platform::cpu_time_limit();
  return limit ? " (" + std::to_string(limit->count()) + " s)" : "";
}

std::string size_words() {
  auto limit = platform::file_size_limit_bytes();
  return limit ? " (" + base::size_words(*limit) + ")" : "";
}

std::string memory_words(const std::string& tail) {
  auto limit = base::number_behind(tail, "Allowed memory size of "), more = base::number_behind(tail, "(tried to allocate ");
  if (!limit) return "PHP ran out of memory (memory_limit)" + kLargerPlan;
  return "PHP ran out of memory (memory_limit): the limit was " + std::to_string(*limit >> 20) + "M" +  // as php.ini has it
         (more ? ", and " + base::size_words(*more) + " more were asked for" : "") + kLargerPlan;
}

std::string time_words(const std::string& tail) {
  auto limit = base::number_behind(tail, "Maximum execution time of ");
  return "PHP's max_execution_time was over" + (limit ? " (" + std::to_string(*limit) + " s)" : "") + kLargerPlan;
}

std::string signal_words(int signal) {
  switch (signal) {
    case SIGKILL:
      return "something outside killed it without warning: usually the host's process or memory limit" + kLargerPlan;
    case SIGTERM: return "something outside asked it to end: usually the host's process limit" + kLargerPlan;
    case SIGXCPU: return "it used up the CPU time that the host allows for one process" + cpu_words() + kLargerPlan;
    case SIGXFSZ: return "it wrote a file larger than the host allows" + size_words() + kLargerPlan;
    case SIGSEGV:
    case SIGBUS:
    case SIGILL:
    case SIGABRT: return "PHP itself crashed: try another PHP version, or switch off opcode caches for the command line";
    default: return "a signal ended it";
  }
}

std::string explain(const platform::Exit& exit, const std::string& tail) {
  if (exit.signal != 0) return signal_words(exit.signal);
  if (exit.code == 0) return {};
  if (base::contains(tail, "Allowed memory size of")) return memory_words(tail);
  if (base::contains(tail, "Maximum execution time of")) return time_words(tail);
  if (base::contains(tail, "ionCube Loader for PHP needs to be installed"))
    return "this PHP has no ionCube Loader, without which the files cannot run: ask the host to install it for the command line, or name "
           "a PHP that has it as php = /path/to/php in the settings file";
  if (exit.code == 127) return "the program or a library that it needs is missing";
  if (exit.code == 255) return "PHP stopped with a fatal error: see the lines above";
  return {};
}

// Symfony 6.4 answers TERM with exit 0: a command that was cut off has failed all the same.
Outcome cut_off(Supervisor& supervisor, Pump& pump, std::string why) {
  platform::Exit exit = platform::end_child(pump.pid(), supervisor.session(), kGrace);
  if (exit.good()) exit.signal = SIGTERM;
  return {exit, false, std::move(why)};
}

// Waits for the leader to be reaped once its pipes are closed; it may live on without them.
Outcome watch(Supervisor& supervisor, Pump& pump, std::chrono::seconds timeout) {
  auto began = SteadyClock::now();
  bool open = true;
  for (;;) {
    if (open) open = pump.turn(200ms);
    if (auto exit = platform::try_wait(pump.pid())) {
      // Grandchildren may keep the pipes open for ever: what is in them now still counts.
      pump.empty();
      return {*exit, false, explain(*exit, pump.tail())};
    }
    if (!open) ::poll(nullptr, 0, 5);
    if (supervisor.stop_asked())
      return {platform::end_child(pump.pid(), supervisor.session(), kGrace), true, "stopped on request"};
    if (timeout.count() > 0 && SteadyClock::now() - began > timeout)
      return cut_off(supervisor, pump, "it was still running after its time limit of " + std::to_string(timeout.count()) + " s");
  }
}

// Stubs that this job put up are for others.
std::string behind_stub(const std::string& word, Supervisor& supervisor) {
  if (word.empty() || word[0] != '/') return word;
  return storage::behind_stub(supervisor.disk(), supervisor.state(), supervisor.job(), word).native();
}

std::string with_kept_folder(std::string word, Supervisor& supervisor) {
  auto at = word.find(kKeptPlaceholder);
  return at == std::string::npos ? word : word.replace(at, kKeptPlaceholder.size(), supervisor.kept().native());
}

}  // namespace

Outcome run_console(Supervisor& supervisor, const base::Step& step) {
  if (step.words.size() < 2) throw base::Failure("a console step without a command");
  platform::Command command;
  command.folder = step.words[0];
  for (size_t i = 1; i < step.words.size(); ++i)
    command.argv.push_back(behind_stub(with_kept_folder(step.words[i], supervisor), supervisor));
  command.environment = supervisor.child_environment();
  Pump pump(supervisor, platform::start(command, supervisor.session(), supervisor.inherited()));
  try {
    supervisor.child_started(pump.pid());
  } catch (const base::Failure& failure) {  // it must not work where nobody knows of it; what it did until now nobody knows
    return cut_off(supervisor, pump, "it was ended right after its start: " + failure.full());
  }
  return watch(supervisor, pump, step.timeout);
}

Outcome warm_cache(Supervisor& supervisor, const base::Step& step) {
  Outcome outcome = run_console(supervisor, step);
  if (outcome.stopped || outcome.exit.good()) return outcome;
  supervisor.line("the cache could not be built from here" + (outcome.explanation.empty() ? "" : " (" + outcome.explanation + ")") +
                  ": the next page builds it");
  return {};
}

}  // namespace steps
