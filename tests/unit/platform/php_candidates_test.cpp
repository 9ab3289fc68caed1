// SPDX-License-Identifier: GPL-3.0-or-later
// Folders as panels and distributions lay them out; the files in them are never started.
#include <catch2/catch.hpp>

#include "platform/php.h"
#include "support/temp_folder.h"

namespace {

using namespace platform;
using support::TempFolder;
using Names = std::vector<std::string>;

// The candidates below `root`, as paths relative to it.
std::vector<std::string> found_in(const TempFolder& root, const std::string& path_variable = "",
                                  const Path& set = {}) {
  std::vector<std::string> names;
  for (const Path& path : candidate_paths(posix_disk(), set, path_variable, root.path()))
    names.push_back(path.lexically_relative(root.path()).native());
  return names;
}

}  // namespace

TEST_CASE("PHPs are found where panels and distributions put them, the newest of each first") {
  TempFolder root;
  for (const char* name :
       {"opt/cpanel/ea-php74/root/usr/bin/php", "opt/cpanel/ea-php82/root/usr/bin/php",
        "opt/cpanel/ea-php82/root/usr/bin/lsphp", "opt/plesk/php/7.4/bin/php", "opt/plesk/php/8.10/bin/php",
        "opt/plesk/php/8.2/bin/php", "opt/alt/php81/usr/bin/php", "opt/alt/php81/usr/bin/lsphp",
        "usr/local/php80/bin/php", "usr/local/php8.3/bin/php", "usr/local/bin/php", "opt/RZphp82/bin/php-cli",
        "usr/bin/php8.2", "usr/bin/php74", "usr/bin/php8.1-cli", "usr/bin/php-cgi8.2", "usr/bin/php",
        "usr/local/lsws/lsphp82/bin/php"})
    root.write(name, name, 0755);
  CHECK(found_in(root) ==
        Names{"opt/cpanel/ea-php82/root/usr/bin/php", "opt/cpanel/ea-php74/root/usr/bin/php",
              "opt/plesk/php/8.10/bin/php", "opt/plesk/php/8.2/bin/php", "opt/plesk/php/7.4/bin/php",
              "opt/alt/php81/usr/bin/php", "usr/local/php8.3/bin/php", "usr/local/php80/bin/php",
              "usr/local/lsws/lsphp82/bin/php", "opt/RZphp82/bin/php-cli", "usr/bin/php8.2", "usr/bin/php74",
              "usr/bin/php8.1-cli", "usr/local/bin/php", "usr/bin/php", "usr/bin/php-cgi8.2",
              "opt/cpanel/ea-php82/root/usr/bin/lsphp", "opt/alt/php81/usr/bin/lsphp"});
}

TEST_CASE("What only looks like a PHP is left out") {
  TempFolder root;
  for (const char* name :
       {"usr/bin/phpize8.2", "usr/bin/php-config8.2", "usr/bin/php8.2.1", "usr/bin/phpdbg8.2",
        "usr/bin/php8.x", "usr/bin/php.", "usr/bin/php8.", "usr/bin/php.2", "usr/bin/phar8.2",
        "opt/alt/php-fpm81/usr/bin/php", "opt/cpanel/ea-php/root/usr/bin/php", "usr/bin/php-cli-cli"})
    root.write(name, "", 0755);
  root.write("usr/bin/php8.1", "not executable", 0644);
  root.make_folder("usr/bin/php8.0");
  std::filesystem::create_symlink("nowhere", root / "usr/bin/php7.4");
  CHECK(found_in(root).empty());
}

TEST_CASE("PATH is searched, and one program under two names counts once") {
  TempFolder root;
  root.write("usr/bin/php8.2", "", 0755);
  std::filesystem::create_symlink("php8.2", root / "usr/bin/php");
  std::filesystem::create_hard_link(root / "usr/bin/php8.2", root / "usr/bin/php82");
  root.write("home/bin/php-cgi", "", 0755);
  root.write("home/bin/php", "", 0755);
  std::string path =
      (root / "usr/bin").native() + "::relative:" + (root / "home/bin").native() + ":/nowhere-at-all";
  CHECK(found_in(root, path) == Names{"usr/bin/php8.2", "home/bin/php", "home/bin/php-cgi"});
}

TEST_CASE("The PHP of the settings comes first, if it is there") {
  TempFolder root;
  root.write("usr/bin/php8.2", "", 0755);
  root.write("home/my-php", "", 0755);
  CHECK(found_in(root, "", root / "home/my-php") == Names{"home/my-php", "usr/bin/php8.2"});
  CHECK(found_in(root, "", root / "home/none") == Names{"usr/bin/php8.2"});
  CHECK(found_in(root, "", "php8.2") == Names{"usr/bin/php8.2"});
}
