// SPDX-License-Identifier: GPL-3.0-or-later
// The list page, whose larger part a process keeps, and the document around every page.
#include "web/page.h"

#include <catch2/catch.hpp>

#include "base/text.h"
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
    return list_page(world, Links({}, world, access), {}).body;
  }
};

std::string written(const Html& page) {
  support::FakeGateway gateway;
  write_page(gateway, 200, page);
  return gateway.written;
}

}  // namespace

TEST_CASE("Each list page carries the key of its own request, and no other one") {
  House house;
  for (int turn = 0; turn < 2; ++turn) {
    std::string first = house.list("FirstKey-0123456789"), second = house.list("SecondKey-987654321"),
                none = house.list();
    CHECK(contains(first,
                   "<a href=\"?FirstKey-0123456789&amp;task=cache%3Apurge\">cache:purge</a></dt><dd>empty"));
    CHECK(contains(second, "<a href=\"?SecondKey-987654321&amp;task=cache%3Apurge\">cache:purge</a>"));
    CHECK(contains(none, "<a href=\"?task=cache%3Apurge\">cache:purge</a>"));
    CHECK_FALSE(contains(second, "FirstKey"));
    CHECK_FALSE(contains(none, "Key-"));
  }
}

TEST_CASE("The list page is of this moment's site and settings") {
  House house;
  std::string of_5 = house.list();
  CHECK(contains(of_5, "<h2>Mautic's commands</h2>"));
  house.site("2.16.0");
  CHECK(house.list() != of_5);
  house.site("5.2.1");
  CHECK(house.list() == of_5);
  house.world.settings.commands = {"my:own --now"};
  CHECK(contains(house.list(),
                 "<a href=\"?task=my%3Aown%20--now\">my:own --now</a></dt><dd>allowed by the settings"));
  house.world.settings.commands.clear();
  CHECK(house.list() == of_5);
  house.world.site.reset();
  house.world.site_problem = "there is <no> site";
  CHECK(contains(house.list(), "<p>there is &lt;no&gt; site</p>"));
  CHECK(contains(house.list(), "<h2>Repair</h2>"));
  CHECK_FALSE(contains(house.list(), "commands</h2>"));
}

TEST_CASE("A warning is on the page for as long as there is one") {
  House house;
  Links links({}, house.world, {});
  CHECK(contains(list_page(house.world, links, {"a <b>"}).body, "<p class=\"warning\">a &lt;b&gt;</p>"));
  CHECK_FALSE(contains(list_page(house.world, links, {}).body, "warning"));
}

TEST_CASE("The script comes with pages that go on, and with no other") {
  std::string still = written({"<p>body</p>\n", "a <title>", ""}),
              going = written({"<p>body</p>\n", "title", "?view=x&from=0"});
  CHECK(contains(still, "<title>a &lt;title&gt;</title>\n<style nonce="));
  CHECK(contains(still, "<main>\n<p>body</p>\n</main>\n</body>\n</html>\n"));
  CHECK_FALSE(contains(still, "<script"));
  CHECK(contains(going, "content=\"2; url=?view=x&amp;from=0\"></noscript>"));
  CHECK(contains(going, "</main>\n<script nonce="));
}
