// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/database_reach.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/failure.h"
#include "base/text.h"

namespace apps {

namespace {

constexpr std::chrono::seconds kPatience{2};  // with one place where the database may be

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

Mend mend_of(const Examination& examination) { return examination.site.app->mend_configuration ? Mend::configuration : Mend::nothing; }

// The web server's own log says that PHP found nobody there either.
bool php_failed_too(Examination& examination) {
  const auto& errors = examination.errors().errors;
  return std::any_of(errors.begin(), errors.end(), [&](const LogError& error) {
    return error.last > examination.given.repaired && base::contains(error.text, "[2002]");
  });
}

bool is_by_default_socket(const DatabaseAccess& access) {
  return access.socket.empty() && (access.host.empty() || access.host == "localhost");
}

// nullopt: the site's PHP may reach it all the same, by another socket than those that were tried.
std::optional<Finding> unreachable(Examination& examination, const DatabaseAccess& access, const std::string& problem) {
  auto words = unreachable_words(problem);
  bool is_silent = words && base::contains(*words, "answers");
  if (!words || (is_silent && is_by_default_socket(access) && !php_failed_too(examination))) return std::nullopt;
  Mend mend = mend_of(examination);
  std::string_view by_hand = mend == Mend::nothing ? "write what the hosting panel's database page says into the configuration" : "";
  return Finding{*words, {problem}, "every page and every command of the site fails", mend,
                 std::string(is_silent ? "if the database server itself is down, only the host can start it" : by_hand), Weight::breaks};
}

bool is_same(const DatabaseAccess& one, const DatabaseAccess& other) {
  return one.host == other.host && one.port == other.port && one.socket == other.socket && one.name == other.name && one.user == other.user &&
         one.password == other.password;
}

// Our settings file says where the database is, and there it is; but the site reads its configuration alone.
std::optional<Finding> reached_by_us_alone(Examination& examination) {
  const Site& site = examination.site;
  DatabaseAccess own = site.app->database(examination.disk, site);
  if (!own.problems.empty() || is_same(own, examination.given.access)) return std::nullopt;
  try {
    storage::Connection::open({own.host, own.port, own.socket, own.name, own.user, own.password}, kPatience);
    return std::nullopt;
  } catch (const base::Failure& failure) {
    auto finding = unreachable(examination, own, one_line(failure.full()));
    if (finding) finding->evidence.emplace_back("with what this program's settings file says the database is reached");
    return finding;
  }
}

}  // namespace

std::optional<std::string> unreachable_words(const std::string& problem) {
  struct Cause {
    unsigned code;
    std::string_view words;
  };
  constexpr std::string_view kSignIn = "the database server does not accept the user and password of the configuration";
  constexpr std::string_view kSilent = "no database server answers where the configuration says";
  constexpr std::array kCauses = {Cause{1045, kSignIn},
                                  Cause{1698, kSignIn},
                                  Cause{1044, "the user of the configuration may not use its database"},
                                  Cause{1049, "the database that the configuration names is not there"},
                                  Cause{1130, "the database server does not let this web server in"},
                                  Cause{1820, "the password of the database's user has expired"},
                                  Cause{1862, "the password of the database's user has expired"},
                                  Cause{3118, "the database's user is locked"},
                                  Cause{4151, "the database's user is locked"},
                                  Cause{2002, kSilent},
                                  Cause{2003, kSilent},
                                  Cause{2004, kSilent},
                                  Cause{2005, kSilent}};
  for (const auto& cause : kCauses)
    if (base::contains(problem, "(" + std::to_string(cause.code) + ")")) return std::string(cause.words);
  return std::nullopt;
}

Looked look_at_database_reach(Examination& examination, std::optional<Finding> incomplete) {
  Looked looked;
  if (auto* connection = examination.database()) {
    looked.seen = "server " + connection->server_version() + " at " + storage::place_words(connection->target());
    if (auto finding = reached_by_us_alone(examination)) looked.found.push_back(std::move(*finding));
    return looked;
  }
  std::string problem = one_line(examination.database_problem());
  bool not_tried = !examination.given.access_problem.empty();
  if (not_tried && incomplete) {
    looked.found.push_back(std::move(*incomplete));
    return looked;
  }
  auto finding = not_tried ? std::nullopt : unreachable(examination, examination.given.access, problem);
  if (finding) looked.found.push_back(std::move(*finding));
  else looked.not_looked.push_back(problem);
  return looked;
}

}  // namespace apps
