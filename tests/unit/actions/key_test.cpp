// SPDX-License-Identifier: GPL-3.0-or-later
// Which keys are taken, where they stand, and how they are compared.
#include "actions/key.h"

#include <catch2/catch.hpp>
#include <set>

#include "base/digest.h"
#include "base/text.h"

namespace {

using namespace actions;
using base::contains;

constexpr const char* kGood = "Qm7x-Tr4w_Zk9~Vb.2";
constexpr const char* kLongGood = "Qm7xTr4wZk9Vb2Hn5Jd8Ls3P";

Key key_of(const std::string& key, const Path& program = "/x/unstick.cgi") {
  return find_key(parse_settings("/x/unstick.ini", "key = " + key), program);
}
Key key_in_name(const std::string& name) { return find_key({}, "/cgi-bin/" + name); }

}  // namespace

TEST_CASE("A key of the settings is taken when it is long, of key characters, and no example") {
  CHECK(key_of(kGood).place == KeyPlace::settings);
  CHECK(key_of(kGood).problem.empty());
  CHECK(key_of("Qm7xTr4wZk9Vb2Hn").problem.empty());
  const std::pair<std::string, const char*> bad[] = {
      {"Qm7xTr4wZk9Vb2H", "too short: it needs 16"},
      {"x", "too short"},
      {std::string(201, 'x'), "longer than 200"},
      {"Qm7x Tr4w Zk9V b2Hn", "may hold letters, digits"},
      {"Qm7xTr4wZk9Vb2Hn\xC3\xA4", "may hold letters, digits"},
      {"Qm7xTr4wZk9Vb2Hn/", "may hold letters, digits"},
      {"Qm7xTr4wZk9Vb2Hn&", "may hold letters, digits"},
      {"your_secret_phrase_here", "published example"},
      {"Your_Secret_Phrase_Here", "published example"},
      {"0123456789abcdef", "published example"},
      {"aaaaaaaaaaaaaaaaaaaa", "repeats the same few"},
      {"abcabcabcabcabcabcabc", "repeats the same few"},
  };
  for (const auto& [key, why] : bad) {
    INFO(key);
    CHECK(contains(key_of(key).problem, why));
    CHECK_FALSE(key_fits(key_of(key), key));
    CHECK_FALSE(contains(key_of(key).problem, key));
  }
}

TEST_CASE("A key may stand in the program's own name, of 24 characters or more") {
  for (const char* suffix : {".cgi", ".fcgi"}) {
    auto key = key_in_name(std::string("unstick-") + kLongGood + suffix);
    CHECK(key.place == KeyPlace::program_name);
    CHECK(key.stored == kLongGood);
    CHECK(key.problem.empty());
    CHECK(key_fits(key, kLongGood));
  }
  CHECK(contains(key_in_name("unstick-Qm7xTr4wZk9Vb2Hn5Jd8Ls3.cgi").problem, "it needs 24"));
  for (const char* name : {"unstick.cgi", "unstick.fcgi", "unstick-.cgi", "my-Qm7xTr4wZk9Vb2Hn5Jd8Ls3P.cgi",
                           "unstick-Qm7xTr4wZk9Vb2Hn5Jd8Ls3P.php", "unstick-Qm7xTr4wZk9Vb2Hn5Jd8Ls3P", "x"}) {
    INFO(name);
    CHECK(key_in_name(name).place == KeyPlace::none);
  }
  CHECK(key_of(kGood, "/x/unstick-Qm7xTr4wZk9Vb2Hn5Jd8Ls3P.cgi").place == KeyPlace::settings);
}

TEST_CASE("Where there is no key nothing fits, not even nothing") {
  Key none;
  for (const char* candidate : {"", kGood, "none"}) CHECK_FALSE(key_fits(none, candidate));
}

TEST_CASE("A plain key fits itself alone") {
  auto key = key_of(kGood);
  CHECK(key_fits(key, kGood));
  for (const char* wrong : {"", "Qm7x-Tr4w_Zk9~Vb.", "Qm7x-Tr4w_Zk9~Vb.22", "qm7x-tr4w_zk9~vb.2", "Qm7x-Tr4w_Zk9~Vb.3"})
    CHECK_FALSE(key_fits(key, wrong));
}

TEST_CASE("A hashed key fits the plain one alone") {
  std::string stored = hashed_key(kGood, "some salt");
  CHECK(is_hashed(stored));
  CHECK_FALSE(contains(stored, kGood));
  auto key = key_of(stored);
  CHECK(key.place == KeyPlace::settings);
  CHECK(key.problem.empty());
  CHECK(key_fits(key, kGood));
  CHECK_FALSE(key_fits(key, "Qm7x-Tr4w_Zk9~Vb.3"));
  CHECK_FALSE(key_fits(key, stored));
  CHECK_FALSE(key_fits(key, ""));
}

TEST_CASE("A stored hash is never taken for a key itself") {
  std::string stored = hashed_key(kGood, "some salt");
  CHECK_FALSE(looks_like_key(stored));
}

TEST_CASE("Another salt makes another hash, the same one the same") {
  CHECK(hashed_key(kGood, "a") == hashed_key(kGood, "a"));
  CHECK(hashed_key(kGood, "a") != hashed_key(kGood, "b"));
}

TEST_CASE("The cost stands in the hash, so that it can be raised, and an absurd one is not paid") {
  // Made by Python's hashlib for this key, the salt "c2FsdA" and N = 2^10 and 2^12.
  CHECK(key_fits(key_of("$scrypt$10$c2FsdA$mNWdnX33Uo5Vhz5vEvGWqIAC7uFacd0976FiGsc5mso"), kGood));
  CHECK(key_fits(key_of("$scrypt$12$c2FsdA$ObH7SnMNhEdrcpvEG9VikbzJECIcC5Xhs187eWJemKo"), kGood));
  CHECK_FALSE(key_fits(key_of("$scrypt$12$c2FsdA$mNWdnX33Uo5Vhz5vEvGWqIAC7uFacd0976FiGsc5mso"), kGood));
  CHECK(contains(hashed_key(kGood, "salt"), "$scrypt$10$c2FsdA$mNWdnX33Uo5Vhz5vEvGWqIAC7uFacd0976FiGsc5mso"));
  for (const char* cost : {"0", "15", "63", "64", "4294967306", "-1", "", "x"})
    CHECK_FALSE(key_fits(key_of(std::string("$scrypt$") + cost + "$c2FsdA$mNWdnX33Uo5Vhz5vEvGWqIAC7uFacd0976FiGsc5mso"), kGood));
}

TEST_CASE("A damaged hash fits nothing") {
  std::string whole = hashed_key(kGood, "some salt");
  CHECK_FALSE(key_fits(key_of("$scrypt$"), kGood));
  CHECK_FALSE(key_fits(key_of("$scrypt$$"), kGood));
  CHECK_FALSE(key_fits(key_of("$scrypt$x$"), kGood));
  for (size_t length = 8; length < whole.size(); length += 3) {
    INFO(length);
    CHECK_FALSE(key_fits(key_of(whole.substr(0, length)), kGood));
  }
  CHECK_FALSE(key_fits(key_of(whole + "x"), kGood));
  CHECK_FALSE(key_fits(key_of(whole + "$"), kGood));
}

TEST_CASE("What cannot be a key is known by its length and characters") {
  CHECK(looks_like_key(kGood));
  CHECK(looks_like_key(std::string(16, 'x')));
  CHECK(looks_like_key(std::string(200, 'x')));
  CHECK_FALSE(looks_like_key(std::string(15, 'x')));
  CHECK_FALSE(looks_like_key(std::string(201, 'x')));
  CHECK_FALSE(looks_like_key("task=cache:clear"));
  CHECK_FALSE(looks_like_key("Qm7xTr4wZk9Vb2H\n"));
}

TEST_CASE("A suggested key is a good one, and never the same") {
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    std::string key = suggested_key();
    CHECK(key.size() == 28);
    CHECK(key.find_first_of("0O1lI") == std::string::npos);
    CHECK(key_of(key).problem.empty());
    seen.insert(key);
  }
  CHECK(seen.size() == 200);
}
