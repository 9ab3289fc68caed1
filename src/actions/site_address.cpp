// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/site_address.h"

namespace actions {

namespace {

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

bool is_address(const std::string& url) { return url.starts_with("http://") || url.starts_with("https://"); }

// "https://example.com/mautic/unstick/unstick.cgi", for the program at ROOT/unstick/unstick.cgi: "https://example.com/mautic".
std::string of_request(const World& world, const Path& root) {
  Path place = world.program.path.lexically_relative(root);
  bool is_inside = !place.empty() && *place.begin() != "..";
  std::string end = is_inside ? "/" + place.native() : "";
  if (end.empty() || !world.asked_at.ends_with(end)) return {};
  return world.asked_at.substr(0, world.asked_at.size() - end.size());
}

}  // namespace

std::string site_address(World& world) {
  const apps::Site& site = world.need_site();
  if (is_address(world.settings.url)) return without_slash(world.settings.url);
  std::string configured = site.app->site_url ? site.app->site_url(world.disk, site) : "";
  if (is_address(configured)) return without_slash(configured);
  return of_request(world, site.root);
}

std::string requested_site_address(World& world) { return of_request(world, world.need_site().root); }

std::vector<std::string> site_questions(World& world) {
  std::vector<std::string> words = {site_address(world)};
  for (auto page : world.need_site().app->pages) words.emplace_back(page);
  return words;
}

}  // namespace actions
