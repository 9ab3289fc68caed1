// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/mysql_errors.h"

#include <array>

#include "base/text.h"

namespace storage {

namespace {

struct Meaning {
  unsigned code;
  const char* cause;
  const char* advice;
};

constexpr const char* kTooMany = "the server is busy: try again in a minute, stop cron jobs meanwhile, or ask the host";
constexpr const char* kWhere = "check db_host, db_port and db_socket; the hosting panel's database page names them";
constexpr const char* kSignIn = "check db_user and db_password; the hosting panel's database page sets a new password";

constexpr std::array kConnectMeanings = {
    Meaning{1040, "too many connections", kTooMany},
    Meaning{1044, "access denied to this database",
            "check db_name, and give the user all rights on it in the hosting panel"},
    Meaning{1045, "access denied", kSignIn},
    Meaning{1049, "unknown database", "check db_name; the hosting panel lists the databases"},
    Meaning{1129, "this host is blocked after too many connection errors",
            "ask the host to run FLUSH HOSTS on the database server"},
    Meaning{1130, "this host is not allowed to connect",
            "allow this web server's address for the user in the hosting panel (\"remote MySQL\")"},
    Meaning{1203, "too many connections of this user", kTooMany},
    Meaning{1226, "the user's limit of connections or questions is used up", kTooMany},
    Meaning{1251, "the server asks for a way of signing in that this program does not know", kSignIn},
    Meaning{1698, "access denied", "this account signs in by its operating system user only: give it a password"},
    Meaning{1820, "the password has expired", "set a new password in the hosting panel"},
    Meaning{1862, "the password has expired", "set a new password in the hosting panel"},
    Meaning{2002, "nobody answers there", kWhere},
    Meaning{2003, "nobody answers there", kWhere},
    Meaning{2004, "nobody answers there", kWhere},
    Meaning{2005, "this host name is not known", kWhere},
    Meaning{2006, "the server closed the connection at once", kWhere},
    Meaning{2007, "what answers there speaks another protocol", kWhere},
    Meaning{2012, "the server broke off while signing in", kWhere},
    Meaning{2013, "the server broke off while signing in", kWhere},
    Meaning{2026, "the encrypted connection failed", "ask the host which TLS versions the database server accepts"},
    Meaning{2059, "the server asks for a way of signing in that this program does not have",
            "ask the host to let the user sign in by mysql_native_password"},
    Meaning{3118, "this account is locked", "ask the host to unlock it"},
    Meaning{3159, "the server takes encrypted connections only", "ask the host about its TLS settings"},
    Meaning{4151, "access denied, this account is locked", "ask the host to unlock it"},
};

constexpr std::array kStatementMeanings = {
    Meaning{126, "the table's index is damaged", "run db:repair"},
    Meaning{144, "the table is damaged and its last repair failed", "run db:repair"},
    Meaning{145, "the table is marked as crashed", "run db:repair"},
    Meaning{1021, "the database server's disk is full", "ask the host"},
    Meaning{1034, "the table's index is damaged", "run db:repair"},
    Meaning{1053, "the database server is shutting down", "try again in a minute"},
    Meaning{1114, "the table is full", "the database's space is used up: ask the host"},
    Meaning{1153, "the statement is larger than the server accepts",
            "ask the host for a larger max_allowed_packet"},
    Meaning{1194, "the table is marked as crashed", "run db:repair"},
    Meaning{1195, "the table is marked as crashed and its last repair failed", "run db:repair"},
    Meaning{1205, "another connection holds it", "try again when the other work on the database has ended"},
    Meaning{1213, "another connection was in the way (deadlock)", "try again"},
    Meaning{1317, "the statement was stopped by somebody", "try again"},
    Meaning{1927, "the connection was ended by somebody", "try again; some hosts end long connections"},
    Meaning{1969, "the server's time limit for statements is over", "ask the host for a longer max_statement_time"},
    Meaning{2006, "the connection to the database server was lost", "the server may have been restarted: try again"},
    Meaning{2013, "the connection to the database server was lost", "the server may have been restarted: try again"},
    Meaning{2055, "the connection to the database server was lost", "the server may have been restarted: try again"},
    Meaning{3024, "the server's time limit for statements is over", "ask the host for a longer max_execution_time"},
};

template <size_t Count>
const Meaning* find(const std::array<Meaning, Count>& meanings, unsigned code) {
  for (const Meaning& meaning : meanings)
    if (meaning.code == code) return &meaning;
  return nullptr;
}

// The server's words; no server repeats a password, but nobody has to believe that.
std::string shown(const DatabaseTarget& target, const SqlProblem& problem) {
  std::string words = problem.message;
  for (size_t at = 0; target.password.size() >= 4 && (at = words.find(target.password, at)) != std::string::npos;)
    words.replace(at, target.password.size(), "****");
  return base::printable_line(words) + " (" + std::to_string(problem.code) + ")";
}

std::string cause_words(const DatabaseTarget& target, const SqlProblem& problem, const Meaning* meaning) {
  return meaning ? meaning->cause + (": " + shown(target, problem)) : shown(target, problem);
}

}  // namespace

base::Failure connect_failure(const DatabaseTarget& target, const SqlProblem& problem) {
  std::string what = "cannot connect to the database";
  if (!target.name.empty()) what += " " + base::printable_line(target.name);
  what += " as " + (target.user.empty() ? "nobody" : base::printable_line(target.user)) + " on " + place_words(target);
  const Meaning* meaning = find(kConnectMeanings, problem.code);
  return base::Failure(what + ": " + cause_words(target, problem, meaning), meaning ? meaning->advice : kWhere);
}

base::Failure statement_failure(const DatabaseTarget& target, const SqlProblem& problem, std::string_view sql) {
  const Meaning* meaning = find(kStatementMeanings, problem.code);
  std::string cause = cause_words(target, problem, meaning);
  std::string beginning = base::printable_line(sql.substr(0, 80)) + (sql.size() > 80 ? "..." : "");
  std::string what = "the database on " + place_words(target) + " refused `" + beginning + "`: " + cause;
  if (is_lost_connection(problem.code)) what = cause + ", " + place_words(target) + ", during `" + beginning + "`";
  return base::Failure(what, meaning ? meaning->advice : "");
}

bool is_lost_connection(unsigned code) {
  for (unsigned lost : {1053U, 1927U, 2006U, 2013U, 2055U})
    if (code == lost) return true;
  return false;
}

bool is_unreachable(unsigned code) { return code >= 2002 && code <= 2005; }

bool wants_tls(unsigned code) { return code == 3159 || code == 1045; }

bool is_tls_failure(unsigned code) { return code == 2026; }

}  // namespace storage
