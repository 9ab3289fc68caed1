// SPDX-License-Identifier: GPL-3.0-or-later
// Which way were we started? As a job (by ourselves), by FastCGI (a listening socket on fd 0), by CGI, or on a
// command line. In web mode argv is never read: Apache makes arguments of a query without `=`, and the key stands
// in it, for everybody to see in the process list; so it is overwritten first thing.
#include <fcntl.h>
#include <netdb.h>
#include <nss.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "actions/configuration_fix.h"
#include "actions/database_access.h"
#include "actions/doctor.h"
#include "actions/logs.h"
#include "actions/running_upgrade.h"
#include "base/failure.h"
#include "cli/command_line.h"
#include "jobs/runner.h"
#include "web/cgi.h"

extern "C" int __nss_configure_lookup(const char* database, const char* service_line);

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool started_by_web_server() {
  for (const char* name : {"REQUEST_METHOD", "GATEWAY_INTERFACE", "QUERY_STRING"})
    if (std::getenv(name)) return true;
  return false;
}

// All words but the program's name become blanks in the process list.
void overwrite_arguments(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) std::memset(argv[i], ' ', std::strlen(argv[i]));
}

// fds 0 to 2 exist: a descriptor of ours must never become somebody's stdout.
void open_missing_standard_descriptors() {
  for (int fd = ::open("/dev/null", O_RDWR); fd >= 0 && fd <= 2; fd = ::open("/dev/null", O_RDWR)) {
    if (fd == 2) return;
  }
}

// The program loads nothing of the host: no NSS module, no OpenSSL configuration, no client plug-in; no file gets our TLS keys.
void shut_out_the_host() {
  for (const char* database : {"passwd", "group", "services", "protocols"}) __nss_configure_lookup(database, "files");
  __nss_configure_lookup("hosts", "files dns");
  // Nor does it fill the table of ciphers by their old names, which neither TLS nor a hash asks, nor empty it at the end:
  // a CGI process would do both at each request.
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ATEXIT, nullptr);
  for (const char* name : {"MARIADB_PLUGIN_DIR", "LIBMYSQL_PLUGINS", "MYSQL_PWD", "MYSQL_HOME", "SSLKEYLOGFILE"}) ::unsetenv(name);
}

// What children of ours may know: nothing of the request.
std::vector<std::string> child_environment() {
  std::vector<std::string> environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "COLUMNS=250",
                                          "TERM=dumb"};
  std::string home = variable("HOME");
  if (home.empty())
    if (auto account = actions::account_of(platform::posix_disk(), ::geteuid())) home = account->home.native();
  if (!home.empty()) environment.push_back("HOME=" + home);
  return environment;
}

int run(int argc, char** argv) {
  platform::Disk& disk = platform::posix_disk();
  bool web = started_by_web_server() || web::started_as_fastcgi();
  if (web) overwrite_arguments(argc, argv);
  std::vector<std::string> words;
  for (int i = 0; i < argc && !web; ++i) words.emplace_back(argv[i]);
  platform::Path path = actions::own_path(disk);
  base::Fd image(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  if (!image) image.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  actions::Program program{disk, path, std::move(image), variable("PATH"), child_environment()};
  if (auto job = jobs::parse_runner_arguments(words)) {
    job->environment = program.child_environment;
    job->database = [&](const platform::Path& root) { return actions::database_target(program, root); };
    job->secrets = [&](const platform::Path& root) { return actions::known_secrets(program, root); };
    job->examine = [&, state = job->state](const platform::Path& root, const std::set<std::string>& known, platform::WallTime since,
                                           base::Report& report) {
      return actions::examine_site(program, root, state, known, since, report);
    };
    job->configuration_problem = [&](const platform::Path& root, const platform::Path& file, const std::string& text) {
      return actions::configuration_problem(program, root, file, text);
    };
    job->running_upgrade = [&, state = job->state](const platform::Path& root) { return actions::running_upgrade(program, root, state); };
    return jobs::run_job(disk, std::move(*job));
  }
  if (web::started_as_fastcgi()) return web::serve_fastcgi(program);
  return web ? web::serve_cgi(program) : cli::run(program, words);
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  open_missing_standard_descriptors();
  shut_out_the_host();
  try {
    return run(argc, argv);
  } catch (const base::Failure& failure) {
    std::fprintf(stderr, "%s\n", failure.full().c_str());
    return 1;
  }
}
