// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/masking.h"

#include <catch2/catch.hpp>

#include "base/text.h"

using base::masked;

TEST_CASE("secrets of every kind are masked, and what is around them stays", "[masking]") {
  struct Row {
    const char *text, *becomes;
  };
  const Row rows[] = {
      {"mysql://mau:S3cr3t@db:3306/m failed", "mysql://***@db:3306/m failed"},
      {"smtp://bob:a@b:c@mail.example:587", "smtp://***@mail.example:587"},
      {"password=hunter22, next", "password=***, next"},
      {"'db_password' => 'it\\'s me', 'x' => 1", "'db_password' => '***', 'x' => 1"},
      {"{\"token\":\"abc123\",\"id\":7}", "{\"token\":\"***\",\"id\":7}"},
      {"{\\\"secret_key\\\":\\\"abc\\\",", "{\\\"secret_key\\\":\\\"***\","},
      {"Authorization: Bearer abc.def", "Authorization: ***"},
      {"mail to anna.b+x@example.co.uk failed", "mail to ***@*** failed"},
      {"[client 192.0.2.7:5123] x", "[client ***:5123] x"},
      {"from 2001:db8::1 now", "from *** now"},
      {"#3 /a/b.php(12): PDO->__construct('mysql:host=x', 'mau', 'geheim', Array)", "#3 /a/b.php(12): PDO->__construct('***', '***', '***', Array)"},
      {"GET /unstick/unstick.cgi?kR7vT2mWq9ZxB4nLp8sD&task=php HTTP/1.1", "GET /unstick/unstick.cgi?*** HTTP/1.1"},
      {"/x/unstick-g8Kx3ZtRb6WmQp2Vn9YcHd5L.cgi: no", "/x/unstick-....cgi: no"},
      {"hash 0123456789abcdef0123456789abcdef.", "hash ***."},
  };
  for (const Row& row : rows) {
    CHECK(masked(row.text) == row.becomes);
    CHECK(masked(masked(row.text)) == row.becomes);
  }
}

TEST_CASE("what names the cause of an error is not masked", "[masking]") {
  for (const char* text :
       {"Access denied for user 'mau'@'localhost' (using password: YES)", "Class \"Symfony\\Component\\Filesystem\\Path\" not found in /home/u/vendor/a.php:12",
        "Too few arguments to function Mautic\\A::__construct(), 3 passed in /var/cache/prod/ContainerAb3dEf9/AppKernelProdContainer.php on line 12",
        "Class \"ComposerAutoloaderInit0123456789abcdef0123456789abcdef\" not found", "Can't DROP 'FK_484FAEA045453D0123456789AB'",
        "at 2026-11-21 07:48:05 on 127.0.0.1 and ::1", "PHP version 8.2.35 does", "Version20230621074925 failed", "Cache::add(1) and Face::b1()",
        "var/logs/mautic_prod-2026-11-21.php", "syntax error, unexpected token \"}\"", "SQLSTATE[42S22]: Column not found: 1054 Unknown column 'e0_.body_text'"})
    CHECK(masked(text) == text);
}

TEST_CASE("known values are masked wherever they stand, common words never", "[masking]") {
  CHECK(masked("a geheimnis1 b geheimnis1", {"geheimnis1"}) == "a *** b ***");
  CHECK(masked("mautic is here", {"mautic", ""}) == "mautic is here");
  CHECK(masked("a geheim%nis1 b geheim%%nis1", {"geheim%nis1"}) == "a *** b ***");
}

TEST_CASE("short values are masked where they stand for themselves, and the words of a log stay words", "[masking]") {
  struct Row {
    const char *secret, *text, *becomes;
  };
  const Row rows[] = {
      {"ab1!", "login ab1! failed, ab1!!", "login *** failed, ***!"},
      {"x7Kq", "x7Kq x7Kqs ax7Kq _x7Kq (x7Kq) x7Kq.", "*** x7Kqs ax7Kq _x7Kq (***) ***."},
      {"abc", "abc 'abc'", "abc 'abc'"},
      {"root", "the root folder %kernel.root_dir% 'root'@'localhost'", "the root folder %kernel.root_dir% 'root'@'localhost'"},
      {"root", "connect('root', \"root\") p=root;", "connect('***', \"***\") p=***;"},
      {"2026", "on 2026-11-21, '2026'", "on 2026-11-21, '***'"},
      {"password", "(using password: YES) x='password'", "(using password: YES) x='***'"},
      {"a/b\"c9d8", "{\"p\":\"a\\/b\\\"c9d8\"}", "{\"p\":\"***\"}"},
      {"s%1x", "s%1x s%%1x", "*** ***"},
  };
  for (const Row& row : rows) {
    CHECK(masked(row.text, {row.secret}) == row.becomes);
    CHECK(masked(masked(row.text, {row.secret}), {row.secret}) == row.becomes);
  }
  CHECK(masked("long geheim12345 end", {"geheim", "geheim12345"}) == "long *** end");
}

TEST_CASE("hostile lines are masked in time, and nothing is read beyond them", "[masking]") {
  const std::string pieces[] = {"@", "://", "password=", "'", "\\", "a@a.b", "::", "1.", "#1 /a(1): '", "cgi?", "unstick-", std::string(1, '\0'), "\xff", "=", "\""};
  for (const auto& piece : pieces) {
    std::string text;
    for (int i = 0; i < 20000; ++i) text += piece;
    CHECK(masked(text).size() < 20 * text.size());
  }
  for (const char* text : {"", "password=", "password='", "'db_password' =>", "x://", "#1", "#", "@", "cgi?", "token:\\"}) CHECK(masked(text) == text);
}
