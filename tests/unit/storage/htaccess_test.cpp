// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/htaccess.h"

#include <catch2/catch.hpp>

using namespace storage;

TEST_CASE("Lines that say how the host runs PHP are found, the application's are not") {
  const std::string cpanel = "# php -- BEGIN cPanel-generated handler, do not edit\n# Set the package.\n<IfModule mime_module>\n"
                             "  AddHandler application/x-httpd-ea-php82 .php .php8 .phtml\n</IfModule>\n"
                             "# php -- END cPanel-generated handler, do not edit\n";
  for (const std::string line : {"AddHandler application/x-httpd-php82 .php\n", "php_value memory_limit 512M\n", "suPHP_ConfigPath /home/x\n",
                                 "AddType application/x-httpd-php8 .php\n", "  php_flag display_errors off\n", "lsapi_engine on\n",
                                 "<FilesMatch \"\\.php$\">\n  SetHandler application/x-httpd-php81\n</FilesMatch>\n",
                                 "<IfModule lsapi_module>\nphp_value upload_max_filesize 64M\n</IfModule>\n", "AuthType Basic\n",
                                 "Require valid-user\n", "Require ip 192.0.2.1\n", "RewriteBase /mautic\n", "AuthUserFile /home/x/.htpasswd\n"})
    CHECK(host_lines("RewriteEngine On\n" + line + "RewriteRule ^x$ y [L]\n") == std::vector<std::string>{line});
  CHECK(host_lines("a\n" + cpanel + "b\n") == std::vector<std::string>{cpanel});
  for (const std::string line : {"RewriteEngine On\n", "AddType image/svg+xml .svg\n", "<IfModule mod_deflate.c>\nAddOutputFilterByType DEFLATE\n</IfModule>\n",
                                 "# php_value in a comment\n", "AddHandler cgi-script .cgi\n", "Require all denied\n",
                                 "<Files x>\nRequire valid-user\n</Files>\n",
                                 "<IfModule x>\nphp_value a b\nDeny from all\n</IfModule>\n", ""})
    CHECK(host_lines(line).empty());
}

TEST_CASE("The new rules stand, with our block above and the host's lines below, once") {
  const std::string ours = "# BEGIN Unstick\nRewriteRule ^commands\\.php$ unstick/unstick.cgi [L]\n# END Unstick\n";
  CHECK(merged_htaccess("old rule\n", "new rule\n") == "new rule\n");
  CHECK(merged_htaccess(ours + "old rule\n", "new rule") == ours + "new rule\n");
  std::string merged = merged_htaccess(ours + "old rule\r\nphp_value a b\r\nAddHandler x-php .php\r\n", "new rule\nphp_value a b\n");
  CHECK(merged == ours + "new rule\nphp_value a b\n\n# Kept from the former .htaccess: how this host runs PHP, and who may come in.\nAddHandler x-php .php\n");
  CHECK(merged_htaccess(merged, "newer\n").find("AddHandler x-php .php\n") != std::string::npos);
  CHECK(merged_htaccess("", "") == "");
}

TEST_CASE("Our block is put above a file, exchanged for a newer one, and taken out again without a trace") {
  std::string text = "RewriteEngine On\r\n# END of it\n";
  std::string once = with_our_block(text, "one\n");
  CHECK(once == "# BEGIN Unstick\none\n# END Unstick\n" + text);
  CHECK(with_our_block(once, "one\n") == once);
  CHECK(with_our_block(once, "two\nthree\n") == "# BEGIN Unstick\ntwo\nthree\n# END Unstick\n" + text);
  CHECK(with_our_block(once, "") == text);
  CHECK(with_our_block(text, "") == text);
  CHECK(with_our_block("# BEGIN Unstick\nno end\n", "") == "# BEGIN Unstick\nno end\n");
  CHECK(with_our_block("# BEGIN Unstick\nx\n# END Unstick", "") == "");
}
