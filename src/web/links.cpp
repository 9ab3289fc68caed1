// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/links.h"

#include "base/text.h"
#include "web/network.h"

namespace web {

Links::Links(const Request& request, const actions::World& world, const Access& access) {
  bool trusted = in_any(request.client, world.settings.trusted_proxy);
  encrypted_ = request.https || (trusted && request.forwarded_proto_https);
  said_encrypted_ = encrypted_ || request.forwarded_https;
  bool path_is_secret = world.key.place == actions::KeyPlace::program_name;
  if (!path_is_secret && !request.host.empty())
    origin_ = (said_encrypted_ ? "https://" : "http://") + request.host, path_ = request.path;
  if (access.key_in_query) key_ = access.key_word + "&";
}

std::string Links::view(const std::string& token, uint64_t from, bool pretty) {
  return "?view=" + token + "&from=" + std::to_string(from) + (pretty ? "&pretty" : "");
}

std::string Links::printed(const std::string& relative) const { return origin_ + path_ + relative; }

std::string Links::task(const std::string& task, const actions::Options& options) const {
  std::string link = task_start() + task_end(task);
  for (const auto& [name, value] : options) link += "&" + name + "=" + base::url_encode(value);
  return link;
}

std::string Links::task_start() const { return "?" + key_; }

std::string Links::task_end(const std::string& task) { return "task=" + base::url_encode(task); }

std::string Links::confirm(const std::string& task, const actions::Options& options, const std::string& code) const {
  std::string link = "?task=" + base::url_encode(task) + "&confirm=" + code;
  for (const auto& [name, value] : options) link += "&" + name + "=" + base::url_encode(value);
  return link;
}

std::string Links::page(const std::string& task, const actions::Options& options) const {
  return this->task(task, options) + "&pretty";
}

std::string Links::job(const std::string& id) const { return "?" + key_ + "job=" + id + "&pretty"; }

std::string Links::list() const { return "?" + key_ + "format=html"; }

}  // namespace web
