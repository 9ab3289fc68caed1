// SPDX-License-Identifier: GPL-3.0-or-later
// The owner's settings file is the one file of his that is written without being asked: when, how, and what stays
// if it fails. The lock is a real one, the disk is in memory.
#include <unistd.h>

#include <catch2/catch.hpp>

#include "actions/key.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/lock.h"
#include "support/cut_sweep.h"
#include "support/temp_folder.h"

namespace {

using namespace actions;
using namespace std::chrono_literals;
using support::Cut;
using support::FaultyDisk;
using support::MemoryDisk;

const Path kFile = "/x/unstick.ini.php";
const std::string kKey = "Qm7xTr4wZk9Vb2Hn";
const std::string kBefore = ";<?php exit; ?>\r\n; my key, do not delete\r\nkey = " + kKey + "\r\ndb_password = 'a ;b'\r\n";

struct Place {
  support::TempFolder folder;
  MemoryDisk memory;
  FaultyDisk faulty{memory};
  std::string salt = "salt";

  explicit Place(const std::string& text = kBefore, mode_t mode = 0644) {
    memory.put_file(kFile, text, mode);
    memory.set_changed(kFile, std::chrono::system_clock::now() - 1min);
  }
  FaultyDisk& disk() { return faulty; }
  Settings settings() { return read_settings(memory, "/x"); }
  Hardening harden() { return harden_key(faulty, settings(), salt, folder / "start.lock"); }
  void run() { harden(); }
  std::string text() { return *memory.read(kFile, SIZE_MAX); }
  bool opens_with(const std::string& key) { return key_fits(find_key(settings(), "/x/unstick.cgi"), key); }
};

std::string after(const Place& place) { return with_setting(kBefore, "key", hashed_key(kKey, place.salt)); }

}  // namespace

TEST_CASE("A plain key becomes its hash, and every other byte of the file stays") {
  Place place;
  CHECK(place.harden() == Hardening::done);
  CHECK(place.text() == after(place));
  CHECK_FALSE(base::contains(place.text(), kKey));
  CHECK(place.opens_with(kKey));
  CHECK(place.memory.look(kFile)->mode == 0600);
  CHECK(place.memory.tree("/x").size() == 1);
  CHECK(place.harden() == Hardening::not_needed);
  CHECK(place.text() == after(place));
}

TEST_CASE("The file is closed to others on first contact, even when its key is hashed already") {
  Place place(with_setting(kBefore, "key", hashed_key(kKey, "s")), 0664);
  CHECK(place.harden() == Hardening::not_needed);
  CHECK(place.memory.look(kFile)->mode == 0600);
}

TEST_CASE("A file that was changed within 5 s is let be: its upload may be under way") {
  Place place;
  place.memory.set_changed(kFile, std::chrono::system_clock::now() - 2s);
  CHECK(place.harden() == Hardening::too_young);
  CHECK(place.text() == kBefore);
  place.memory.set_changed(kFile, std::chrono::system_clock::now() - 6s);
  CHECK(place.harden() == Hardening::done);
}

TEST_CASE("A file with a time in the future is let be") {
  Place place;
  place.memory.set_changed(kFile, std::chrono::system_clock::now() + 1h);
  CHECK(place.harden() == Hardening::too_young);
}

TEST_CASE("A file that is another one by now is let be") {
  Place place;
  auto settings = place.settings();
  place.memory.put_file(kFile, kBefore + "root = /new\r\n");
  place.memory.set_changed(kFile, std::chrono::system_clock::now() - 1min);
  CHECK(harden_key(place.faulty, settings, "salt", place.folder / "start.lock") == Hardening::too_young);
  CHECK(place.text() == kBefore + "root = /new\r\n");
}

TEST_CASE("While somebody else holds the lock the file is let be") {
  Place place;
  auto lock = platform::try_lock(place.folder / "start.lock");
  CHECK(place.harden() == Hardening::too_young);
  CHECK(place.text() == kBefore);
}

TEST_CASE("Another account's file, and what only links to one, is never touched") {
  Place place;
  place.memory.set_owner(kFile, ::geteuid() + 1);
  CHECK(place.harden() == Hardening::foreign);
  CHECK(place.disk().calls().empty());

  Place linked;
  linked.memory.rename(kFile, "/x/elsewhere");
  linked.memory.put_link(kFile, "/x/elsewhere");
  CHECK(linked.harden() == Hardening::foreign);
  CHECK(linked.disk().calls().empty());
}

TEST_CASE("Without a file, or without a key in it, there is nothing to do") {
  MemoryDisk disk;
  CHECK(harden_key(disk, {}, "salt", "/nowhere/lock") == Hardening::not_needed);
  disk.put_file(kFile, "root = /r\n");
  CHECK(harden_key(disk, read_settings(disk, "/x"), "salt", "/nowhere/lock") == Hardening::not_needed);
}

TEST_CASE("A state folder that cannot hold the lock leaves the file as it was") {
  Place place;
  CHECK(harden_key(place.faulty, place.settings(), "salt", "/nowhere-at-all/lock") == Hardening::cannot_write);
  CHECK(place.text() == kBefore);
}

TEST_CASE("The file is the old one or the new one, wherever hardening is cut, and the key opens both") {
  size_t calls = support::sweep([] { return std::make_unique<Place>(); }, [](Place& place, const Cut& cut) {
    CHECK(cut.ended != support::Ended::failure);  // nobody is kept out because his file cannot be written
    CHECK((place.text() == kBefore || place.text() == after(place)));
    CHECK(place.opens_with(kKey));
    place.memory.set_changed(kFile, std::chrono::system_clock::now() - 1min);
    place.harden();
    CHECK(place.text() == after(place));
    CHECK(place.opens_with(kKey));
  });
  CHECK(calls == 2);  // the mode, the file
}

TEST_CASE("A file that is too large to be read whole is never written in part") {
  std::string text = kBefore + "; " + std::string(300'000, 'x') + "\nroot = /r\n";
  Place place(text);
  try {
    place.harden();
  } catch (const base::Failure&) {
  }
  CHECK(place.text().size() >= text.size());
}
