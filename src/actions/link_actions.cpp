// SPDX-License-Identifier: GPL-3.0-or-later
// The actions `links`, `links:make` and `links:revoke`.
#include <algorithm>

#include "actions/cron_lines.h"
#include "actions/run_links.h"
#include "actions/service.h"
#include "base/failure.h"
#include "base/text.h"

namespace actions {

namespace {

constexpr uint64_t kUsualDays = 365;

struct Wish {
  std::string task;
  Options options;
  uint64_t days = kUsualDays;
};

Wish wish_of(World& world, Options options) {
  Wish wish;
  auto wanted = options.find("for");
  if (wanted == options.end())
    throw base::Failure("it was not said what the link is to do", "add for=TASK: for=cache:clear, say");
  std::string task = wanted->second;
  options.erase(wanted);
  if (auto days = options.find("days"); days != options.end()) {
    wish.days = base::whole_number(days->second).value_or(kUsualDays);
    options.erase(days);
  }
  wish.task = task_for_link(world, task, options);
  wish.options = std::move(options);
  return wish;
}

std::string line_of(const RunLink& link) {
  std::string line = link.id + "  " + words_of_task(link) + "  " + (is_expired(link) ? "expired " : "until ") +
                     platform::utc_words(link.expires).substr(0, 10);
  std::string last = last_result_words(link);
  line += "  " + (last.empty() ? "not used yet" : last);
  return link.waits > 0 ? line + "; " + waiting_words(link) : line;
}

std::vector<RunLink> meant_links(World& world, const std::string& id) {
  auto all = all_links(world);
  if (id != "all") std::erase_if(all, [&](const RunLink& link) { return link.id != id; });
  return all;
}

}  // namespace

int list_links(World& world, const Options&, base::Report& report) {
  auto all = all_links(world);
  for (const auto& link : all) {
    report.line(line_of(link));
    report.event("link", {{"link", link.id},
                          {"task", words_of_task(link)},
                          {"expires", platform::utc_words(link.expires)},
                          {"result", link.words.empty() ? "" : link.good ? "done" : "failed"},
                          {"text", link.words},
                          {"failures_in_a_row", std::to_string(link.failures)},
                          {"skipped_in_a_row", std::to_string(link.waits)},
                          {"waits_for", link.waits_for}});
  }
  if (all.empty()) report.line("there is no link yet: links:make for=TASK makes one");
  else report.line("links:revoke takes link=ID, or link=all");
  return 0;
}

Proposal propose_link(World& world, const Options& options) {
  need_linkable(world);
  Wish wish = wish_of(world, options);
  Proposal proposal = begin_proposal("links:make", options, Effect::routine);
  proposal.findings = wish.task;
  proposal.plan.steps = {
      {"",
       "make a link that starts " + base::printable_line(wish.task) + " for " + std::to_string(wish.days) + " days",
       base::Interruption::restart,
       {},
       {}}};
  proposal.plan.notes = {"whoever has the link can start this, and see what it prints; nothing else",
                         "it is shown once: copy it then. It can be revoked at any time"};
  return proposal;
}

int make_link(World& world, const Options& options, base::Report& report) {
  Wish wish = wish_of(world, options);
  std::string token = keep_new_link(world, wish.task, wish.options, std::chrono::hours(24 * wish.days));
  std::string url =
      (world.linked_at.empty() ? "https://YOUR-SITE/unstick/unstick.cgi" : world.linked_at) + "?run=" + token;
  report.line("the link starts " + base::printable_line(wish.task) + ", for " + std::to_string(wish.days) +
              " days; it is shown here once, and is stored nowhere");
  if (std::string hearsay = words_of_unnamed_proxy(world); !hearsay.empty()) report.line(hearsay);
  for (const auto& line : cron_lines(url, answers_of_host(world))) {
    report.line("");
    report.line(line.place + ": " + line.how);
    report.line("  " + line.text);
  }
  report.event("made", {{"token", token}, {"task", wish.task}, {"days", std::to_string(wish.days)}});
  return 0;
}

Proposal propose_keeping(World& world, const Options& options) {
  Proposal proposal = begin_proposal("links:keep", options, Effect::routine);
  auto links = links_of_former_keys(world);
  proposal.nothing_to_do = links.empty();
  if (links.empty()) proposal.plan.notes = {"nothing to do: no link was made with a former key"};
  for (const auto& link : links) {
    proposal.findings += link.id + " ";
    proposal.plan.steps.push_back(
        {"", "keep the link " + link.id + " for " + words_of_task(link), base::Interruption::restart, {}, {}});
  }
  return proposal;
}

int keep_links(World& world, const Options&, base::Report& report) {
  for (const auto& link : links_of_former_keys(world)) {
    keep_link(world, link);
    report.line("the link " + link.id + " for " + words_of_task(link) + " stays");
  }
  return 0;
}

Proposal propose_revoking(World& world, const Options& options) {
  Proposal proposal = begin_proposal("links:revoke", options, Effect::routine);
  auto id = options.find("link");
  auto links = meant_links(world, id == options.end() ? "all" : id->second);
  if (links.empty()) {
    proposal.nothing_to_do = true;
    proposal.plan.notes = {id == options.end() || id->second == "all" ? "nothing to do: there is no link"
                                                                      : "there is no link " + id->second};
    return proposal;
  }
  if (id == options.end()) {
    proposal.plan.notes = {"which of these?"};
    for (const auto& link : links) proposal.choices.push_back({{{"link", link.id}}, line_of(link)});
    proposal.choices.push_back({{{"link", "all"}}, "all of them"});
    return proposal;
  }
  for (const auto& link : links) {
    proposal.findings += link.id + " ";
    proposal.plan.steps.push_back(
        {"", "revoke the link " + link.id + " for " + words_of_task(link), base::Interruption::restart, {}, {}});
  }
  proposal.plan.notes = {"who calls it from then on is refused; a cron line that has it should go too"};
  return proposal;
}

int revoke_links(World& world, const Options& options, base::Report& report) {
  for (const auto& link : meant_links(world, options.at("link")))
    if (revoke_link(world, link)) report.line("the link " + link.id + " for " + words_of_task(link) + " is revoked");
  return 0;
}

}  // namespace actions
