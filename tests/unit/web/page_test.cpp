// SPDX-License-Identifier: GPL-3.0-or-later
// The console page, whose larger part a process keeps, and the document around every page.
#include "web/console_page.h"

#include <catch2/catch.hpp>

#include "base/text.h"
#include "web/html.h"
#include "web/offer_lists.h"
#include "support/fake_disk.h"
#include "support/fake_gateway.h"

namespace {

using namespace web;
using base::contains;

struct House {
  support::MemoryDisk disk;
  actions::Program program{disk, "/home/u/site/unstick/unstick.cgi", {}, {}, {}};
  actions::World world{program, disk};

  House() { site("5.2.1"); }
  void site(const char* version) {
    world.site.emplace();
    world.site->app = apps::all()[0];
    world.site->version = base::Version::of(version);
  }
  std::string list(const std::string& key = "") {
    Access access;
    access.key_in_query = !key.empty();
    access.key_word = key;
    return offer_lists(world, Links({}, world, access));
  }
};

std::string written(const Html& page) {
  support::FakeGateway gateway;
  write_page(gateway, 200, page);
  return gateway.written;
}

}  // namespace

TEST_CASE("Each list of actions carries the key of its own request, and no other one") {
  House house;
  for (int turn = 0; turn < 2; ++turn) {
    std::string first = house.list("FirstKey-0123456789"), second = house.list("SecondKey-987654321"),
                none = house.list();
    CHECK(contains(first,
                   "<a href=\"?FirstKey-0123456789&amp;task=cache%3Apurge&amp;pretty\">cache:purge</a></dt><dd>empty"));
    CHECK(contains(second, "<a href=\"?SecondKey-987654321&amp;task=cache%3Apurge&amp;pretty\">cache:purge</a>"));
    CHECK(contains(none, "<a href=\"?task=cache%3Apurge&amp;pretty\">cache:purge</a>"));
    CHECK_FALSE(contains(second, "FirstKey"));
    CHECK_FALSE(contains(none, "Key-"));
  }
}

TEST_CASE("The list page is of this moment's site and settings") {
  House house;
  std::string of_5 = house.list();
  CHECK(contains(of_5, "<h3>Mautic: the periodic work</h3>"));
  house.site("2.16.0");
  CHECK(house.list() != of_5);
  house.site("5.2.1");
  CHECK(house.list() == of_5);
  house.world.settings.commands = {"my:own --now"};
  CHECK(contains(house.list(),
                 "<a href=\"?task=my%3Aown%20--now&amp;pretty\">my:own --now</a></dt><dd>allowed by the settings"));
  house.world.settings.commands.clear();
  CHECK(house.list() == of_5);
  house.world.site.reset();
  house.world.site_problem = "there is <no> site";
  CHECK(contains(house.list(), "<h3>Mend it</h3>"));
  CHECK_FALSE(contains(house.list(), "<h3>Mautic"));
}

TEST_CASE("Lines of servers and logs are shown as they are, and hold no words that a filter looks for") {
  std::string html = quoted_bullets({"an error in your SQL <syntax>\x01", "x"});
  CHECK(html == "<ul>\n<li>an&#32;error&#32;in&#32;your&#32;SQL&#32;&lt;syntax&gt;\\x01</li>\n<li>x</li>\n</ul>\n");
  CHECK(quoted_bullets({}).empty());
}

TEST_CASE("Every action of ours stands in one group, and once") {
  House house;
  house.world.site.reset();
  std::string list = house.list();
  for (const auto& action : actions::native_actions()) {
    std::string item = ">" + std::string(action.name) + "</a></dt>";
    CHECK(contains(list, item));
    CHECK_FALSE(contains(list.substr(list.find(item) + 1), item));
  }
  CHECK_FALSE(contains(list, "<h3>More</h3>"));  // a new name needs a group that says what it is for
}

TEST_CASE("Without a site the console page says why, and everything that came from outside is text") {
  House house;
  house.world.site.reset();
  house.world.site_problem = "there is <no> site";
  house.world.settings.problems = {"a <b>"};
  std::string page = console_page(house.world, Links({}, house.world, {}), {}).body;
  CHECK(contains(page, "there is &lt;no&gt; site"));
  CHECK(contains(page, "<p class=\"warning\">settings: a &lt;b&gt;</p>"));
  CHECK_FALSE(contains(page, "Log out"));
  CHECK_FALSE(contains(page, "plain HTTP"));
  house.world.settings.problems.clear();
  CHECK_FALSE(contains(console_page(house.world, Links({}, house.world, {}), {}).body, "warning"));
}

TEST_CASE("Who came without encryption is warned, and the key leaves the address of who has a session") {
  House house;
  house.world.site.reset();
  auto page = [&](Visitor visitor) { return console_page(house.world, Links({}, house.world, {}), visitor).body; };
  CHECK(contains(page({true, true, false}), "plain HTTP"));
  CHECK(contains(page({true, true, true}), "data-without-key"));
  CHECK_FALSE(contains(page({false, true, true}), "data-without-key"));
  CHECK_FALSE(contains(page({true, false, true}), "data-without-key"));
}

TEST_CASE("The script comes with pages that go on, and with no other") {
  std::string still = written({"<p>body</p>\n", "a <title>"}),
              going = written({"<p>body</p>\n", "title", "?view=x&from=0", "go();"});
  CHECK(contains(still, "<title>a &lt;title&gt;</title>\n<style nonce="));
  CHECK(contains(still, "<main>\n<p>body</p>\n</main>\n</body>\n</html>\n"));
  CHECK_FALSE(contains(still, "<script"));
  CHECK(contains(going, "content=\"2; url=?view=x&amp;from=0\"></noscript>"));
  CHECK(contains(going, "</main>\n<script nonce="));
}
