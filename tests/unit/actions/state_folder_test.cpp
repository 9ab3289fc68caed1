// SPDX-License-Identifier: GPL-3.0-or-later
// Where our own data may lie (DESIGN: "What must never happen"), on trees in memory as hosting panels lay them out.
#include "actions/state_folder.h"
#include "storage/state_secret.h"

#include <catch2/catch.hpp>

#include "base/failure.h"
#include "base/text.h"
#include "support/fake_disk.h"

namespace {

using namespace actions;
using support::MemoryDisk;
using Paths = std::vector<Path>;

std::string failure_of(MemoryDisk& disk, const StateQuestion& question) {
  try {
    return "found " + find_state_folder(disk, question).folder.native();
  } catch (const base::Failure& failure) {
    return failure.full();
  }
}

// A cPanel account: the site in a folder below public_html.
struct Panel {
  MemoryDisk disk;
  StateQuestion question;
  Panel() {
    disk.put_folder("/home/u/public_html/mautic/var");
    disk.put_folder("/home/u/public_html/mautic/unstick");
    question.real_root = "/home/u/public_html/mautic";
    question.homes = {"/home/u"};
    question.document_roots = {"/home/u/public_html", "/home/u/public_html/mautic"};
    question.last_resorts = {"/home/u/public_html/mautic/unstick", "/home/u/public_html/mautic/var"};
    question.name_secret = "a secret";
  }
  Path in_home() const { return Path("/home/u") / storage::state_folder_name(question.real_root); }
  StateFolder find() { return find_state_folder(disk, question); }
};

}  // namespace

TEST_CASE("What a web server may serve is known by its roots and by the usual names of such folders") {
  const std::tuple<const char*, const char*, Paths, bool> rows[] = {
      {"/home/u/.unstick-1", "/home/u", {"/home/u/public_html"}, false},
      {"/home/u/public_html/x", "/home/u", {}, true},
      {"/home/u/addon.example/htdocs", "/home/u", {}, true},
      {"/home/u/addon.example/data", "/home/u", {}, false},
      {"/home/u/a/httpdocs/b", "/home/u", {}, true},
      {"/home/u/www", "/home/u", {}, true},
      {"/home/u/html/x", "/home/u", {}, true},
      {"/home/u/web/x", "/home/u", {}, true},
      {"/home/u/docroot", "/home/u", {}, true},
      {"/home/u/webmail", "/home/u", {}, false},
      {"/home/u/my.public_html", "/home/u", {}, false},
      // Plesk and ISPConfig: the home itself lies below a folder of such a name
      {"/var/www/vhosts/example.org/data", "/var/www/vhosts/example.org", {"/var/www/vhosts/example.org/httpdocs"}, false},
      {"/var/www/vhosts/example.org/httpdocs/x", "/var/www/vhosts/example.org", {}, true},
      {"/var/www/clients/client1/web1/private", "/var/www/clients/client1/web1", {"/var/www/clients/client1/web1/web"}, false},
      // the root itself, below it, beside it
      {"/srv/site", "/home/u", {"/srv/site"}, true},
      {"/srv/site/a/b", "/home/u", {"/srv/site/"}, true},
      {"/srv/site2", "/home/u", {"/srv/site"}, false},
      {"/srv/site/../other", "/home/u", {"/srv/site"}, false},
      {"/srv", "/home/u", {"/srv/site"}, false},
      {"/home/u", "/home/u", {"/home/u"}, true},
      {"/data/public_html", "/home/u", {}, false},
      {"/data", "", {"", "/x"}, false},
  };
  for (const auto& [folder, home, roots, served] : rows) {
    INFO(folder << " with home " << home);
    CHECK(is_served(folder, home, roots) == served);
  }
}

TEST_CASE("The state folder lies in the account's home, and looking for it makes nothing") {
  Panel account;
  auto before = account.disk.tree();
  auto found = account.find();
  CHECK(found.folder == account.in_home());
  CHECK_FALSE(found.exposed);
  CHECK(account.disk.tree() == before);
}

TEST_CASE("The best home that will do is taken") {
  Panel account;
  account.disk.put_folder("/var/www");
  account.question.homes = {"/nowhere", "", "/", "/home/u"};
  CHECK(account.find().folder == account.in_home());
}

TEST_CASE("A home in a document root, on another filesystem, or not ours to write is passed over") {
  Panel account;
  SECTION("the home is served") { account.question.document_roots.push_back("/home"); }
  SECTION("the home is the document root") { account.question.document_roots.push_back("/home/u"); }
  SECTION("another filesystem") { account.disk.mount("/home/u", 7); }
  SECTION("not writable") { account.disk.set_mode("/home/u", 0555); }
  SECTION("a file in its place") { account.disk.put_file(account.in_home(), "x"); }
  SECTION("a link in its place") { account.disk.put_link(account.in_home(), "/tmp"); }
  auto found = account.find();
  CHECK(found.exposed);
  CHECK(found.folder.parent_path() == account.question.last_resorts[0]);
  CHECK(found.folder.filename() == storage::hidden_state_folder_name("a secret", account.question.real_root));
}

TEST_CASE("A place of last resort is used only under a name that nobody can guess") {
  Panel account;
  account.question.homes.clear();
  account.disk.set_mode(account.question.last_resorts[0], 0555);
  CHECK(account.find().folder.parent_path() == account.question.last_resorts[1]);
  account.question.name_secret.clear();
  CHECK(base::contains(failure_of(account.disk, account.question), "there is no place for our own data"));
}

TEST_CASE("Where there is no place the reasons of every place are named, and what to do") {
  Panel account;
  account.disk.set_mode("/home/u", 0555);
  for (const auto& place : account.question.last_resorts) account.disk.set_mode(place, 0555);
  std::string said = failure_of(account.disk, account.question);
  CHECK(base::contains(said, "/home/u cannot be written"));
  CHECK(base::contains(said, "/home/u/public_html/mautic/unstick cannot be written"));
  CHECK(base::contains(said, "/home/u/public_html/mautic/var cannot be written"));
  CHECK(base::contains(said, "state = in the settings file"));
}

TEST_CASE("The folder of the settings is taken as it is, and known as exposed where it is served") {
  Panel account;
  account.disk.put_folder("/data/mine");
  account.question.set_by_user = "/data/mine";
  CHECK(account.find().folder == "/data/mine");
  CHECK_FALSE(account.find().exposed);
  account.question.set_by_user = "/data/new";
  CHECK(account.find().folder == "/data/new");
  account.question.set_by_user = "/home/u/public_html/data";
  CHECK(account.find().exposed);
  // An addon domain's folder: no document root of this request
  account.question.document_roots = {"/home/u/addon.example"};
  CHECK(account.find().exposed);
  account.disk.put_file("/data/file", "x");
  for (const char* bad : {"/data/file", "/data/none/x", "/data/file/x"}) {
    account.question.set_by_user = bad;
    CHECK(base::contains(failure_of(account.disk, account.question), "the folder of the setting state = cannot be used: "));
  }
}

TEST_CASE("Of the settings' folder a folder inside is taken where it holds what is not ours") {
  Panel account;
  account.question.set_by_user = "/data/mine";
  auto found = [&] { return account.find().folder; };
  SECTION("one that is empty, was made by us, or holds but uploads for us is taken itself") {
    account.disk.put_folder("/data/mine");
    CHECK(found() == "/data/mine");
    account.disk.put_file("/data/mine/packages/5.1.0.zip", "x");
    account.disk.put_file("/data/mine/my-dump.sql.gz", "x");
    account.disk.put_file("/data/mine/.htaccess", "Deny from all");
    CHECK(found() == "/data/mine");
    prepare_state_folder(account.disk, account.find());
    account.disk.put_file("/data/mine/holiday.jpg", "x");
    CHECK(found() == "/data/mine");
  }
  SECTION("one that is being made ours in this moment, or was not to its end, is taken itself") {
    for (const char* name : {"/data/mine/.new-77-0.version", "/data/mine/secret.x7Tq"}) {
      account.disk.put_file(name, "");
      CHECK(found() == "/data/mine");
    }
  }
  SECTION("one with a job of ours, or its backup, is taken itself, whatever else became of it") {
    account.disk.put_file("/data/mine/holiday.jpg", "x");
    SECTION("a job") { account.disk.put_folder("/data/mine/jobs/20261121-093015123-k3v9qa"); }
    SECTION("a backup") { account.disk.put_file("/data/mine/backups/20261121-093015123-k3v9qa.zip", "x"); }
    CHECK(found() == "/data/mine");
  }
  SECTION("somebody else's is not") {
    account.disk.put_file("/data/mine/backups/monday.zip", "x");
    account.disk.put_file("/data/mine/jobs/letter.txt", "x");
    account.disk.put_file("/data/mine/holiday.jpg", "x");
    CHECK(found() == "/data/mine/unstick-state");
    account.disk.put_file("/data/mine/version", "7.2.0\n");
    account.disk.put_file("/data/mine/secret", "of another program");
    CHECK(found() == "/data/mine/unstick-state");
    prepare_state_folder(account.disk, account.find());
    CHECK(account.disk.look("/data/mine/unstick-state")->mode == 0700);
    CHECK(account.disk.read("/data/mine/version", 9) == "7.2.0\n");
    CHECK(found() == "/data/mine/unstick-state");
  }
  SECTION("it is refused where none can be made") {
    account.disk.put_file("/data/mine/holiday.jpg", "x");
    account.disk.set_mode("/data/mine", 0555);
    CHECK(base::contains(failure_of(account.disk, account.question), "/data/mine cannot be written"));
  }
}

TEST_CASE("A prepared folder is closed to others, has its format, and, where it is exposed, a guard") {
  Panel account;
  StateFolder where{"/home/u/.unstick-1", false, ""};
  prepare_state_folder(account.disk, where);
  CHECK(account.disk.look(where.folder)->mode == 0700);
  CHECK(account.disk.read("/home/u/.unstick-1/version", 9) == "1\n");
  CHECK_FALSE(account.disk.look("/home/u/.unstick-1/.htaccess"));
  CHECK_NOTHROW(prepare_state_folder(account.disk, where));
  StateFolder open{"/home/u/public_html/mautic/var/.unstick-2", true, ""};
  prepare_state_folder(account.disk, open);
  CHECK(account.disk.look(open.folder)->mode == 0700);
  auto guard = account.disk.read(open.folder / ".htaccess", 999).value();
  CHECK(base::contains(guard, "Require all denied"));
  CHECK(base::contains(guard, "Deny from all"));
}

TEST_CASE("Data of a newer version is refused, not rewritten") {
  for (const char* version : {"2\n", "99", "x", "", "-1", "1.5"}) {
    INFO(version);
    Panel account;
    account.disk.put_file("/home/u/.unstick-1/version", version);
    auto before = account.disk.tree();
    CHECK_THROWS_AS(prepare_state_folder(account.disk, {"/home/u/.unstick-1", false, ""}), base::Failure);
    CHECK(account.disk.tree() == before);
  }
}

TEST_CASE("The state folder's secret is made once, of 32 bytes of chance, for its owner alone") {
  Panel account;
  account.disk.put_folder("/s");
  storage::StateNames names("/s");
  std::string secret = storage::state_secret(account.disk, names);
  CHECK(secret.size() == 32);
  CHECK(storage::state_secret(account.disk, names) == secret);
  CHECK(account.disk.look(names.secret())->mode == 0600);
  CHECK(account.disk.tree("/s").size() == 1);
  account.disk.put_folder("/t");
  CHECK(storage::state_secret(account.disk, storage::StateNames("/t")) != secret);
  CHECK_THROWS_AS(storage::state_secret(account.disk, storage::StateNames("/none")), base::Failure);
}

TEST_CASE("A secret that a power cut left empty is made anew, not mourned for ever") {
  for (const char* left : {"", "half"}) {
    MemoryDisk disk;
    disk.put_file("/s/secret", left, 0600);
    std::string secret;
    CHECK_NOTHROW(secret = storage::state_secret(disk, storage::StateNames("/s")));
    CHECK(secret.size() == 32);
    CHECK(storage::state_secret(disk, storage::StateNames("/s")) == secret);
  }
}

TEST_CASE("An account is read from the password file, which is no code") {
  MemoryDisk disk;
  CHECK_FALSE(account_of(disk, 0));
  disk.put_file("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nbroken\n+nis\nu:x:1001:1001::/home/u:/bin/false\nv:x:1001:1:::\n");
  REQUIRE(account_of(disk, 1001));
  CHECK(account_of(disk, 1001)->name == "u");
  CHECK(account_of(disk, 1001)->home == "/home/u");
  CHECK(account_of(disk, 0)->home == "/root");
  CHECK_FALSE(account_of(disk, 1002));
}
