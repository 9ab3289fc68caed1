// SPDX-License-Identifier: GPL-3.0-or-later
// Only the bytes of the value change, and what is read afterwards is what was meant.
#include "base/php_edit.h"

#include <catch2/catch.hpp>

#include "base/failure.h"

namespace {

using namespace base;

const std::string kFile =
    "<?php\n// my own file, don't touch\n$parameters = array(\n\t'locale' => 'en_US', # mine\n\t'password' => 'it\\'s \\\\ %x%',\n"
    "\t\"quoted\" => \"a\\tb\",\n\t'joined' => 'a' . \"b\",\n\t'none' => null,\n\t'list' => array('1' => '%a%', 'deep' => ['%b%', 7]),\n"
    "\t'port' => 3306,\n);\n$parameters['later'] = 'old'; // set once more\n$parameters['made'] = getenv('X');\nsome_code($other);\n";

PhpEdit edit_of(const std::string& text) { return PhpEdit(text, "parameters", "local.php"); }

std::string replaced(std::string text, const std::string& what, const std::string& with) { return text.replace(text.find(what), what.size(), with); }

std::string failure_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Failure& failure) {
    return failure.what();
  }
  return "";
}

}  // namespace

TEST_CASE("A value is replaced where it stands, and every other byte stays") {
  struct Row {
    std::string key, from, text, to;
  };
  const Row rows[] = {
      {"locale", "'en_US'", "de_AT", "'de_AT'"},
      {"password", "'it\\'s \\\\ %x%'", "a'b\\c", "'a\\'b\\\\c'"},
      {"quoted", "\"a\\tb\"", "x\n", "'x\n'"},
      {"joined", "'a' . \"b\"", "c", "'c'"},
      {"none", "null", "mt_", "'mt_'"},
      {"port", "3306", "", "''"},
      {"list", "array('1' => '%a%', 'deep' => ['%b%', 7])", "flat", "'flat'"},
      {"later", "'old'", "new", "'new'"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.key);
    PhpEdit edit = edit_of(kFile);
    edit.set(row.key, row.text);
    CHECK(edit.text() == replaced(kFile, row.from, row.to));
    CHECK(*edit.find(row.key)->as<std::string>() == row.text);
  }
  PhpEdit edit = edit_of(kFile);
  edit.set_number("port", 3307);
  edit.set("locale", "fr");
  CHECK(edit.text() == replaced(replaced(kFile, "3306", "3307"), "en_US", "fr"));
}

TEST_CASE("All texts of an element are changed, those in arrays in it too, and no key") {
  PhpEdit edit = edit_of(kFile);
  auto doubled = [](const std::string& text) { return text == "%a%" ? "%%a%%" : text == "%b%" ? "%%b%%" : text; };
  edit.change_texts("list", doubled);
  CHECK(edit.text() == replaced(replaced(kFile, "%a%", "%%a%%"), "%b%", "%%b%%"));
  edit.change_texts("port", doubled);
  edit.change_texts("not there", doubled);
  CHECK(edit.text() == replaced(replaced(kFile, "%a%", "%%a%%"), "%b%", "%%b%%"));
}

TEST_CASE("A new element comes at the array's beginning, however that is written") {
  for (std::string array : {"array(\n)", "array (\n  'a' => 1,\n)", "[]", "['a' => 'b']", "array(/* none */)", "ARRAY('a' => 1)"}) {
    CAPTURE(array);
    PhpEdit edit = edit_of("<?php $parameters = " + array + ";");
    edit.set("key", "value");
    edit.set_number("db_port", 1);
    CHECK(*edit.find("key")->as<std::string>() == "value");
    CHECK(*edit.find("db_port")->as<int64_t>() == 1);
  }
}

TEST_CASE("What code makes is not edited, and what would be read otherwise is refused unchanged") {
  PhpEdit edit = edit_of(kFile);
  CHECK(failure_of([&] { edit.set("made", "x"); }) == "made in local.php is set by code");
  CHECK(edit.text() == kFile);
  const std::string twice = "<?php $parameters = array(); $parameters['a'] = f(); $parameters['a']['b'] = 'c';";
  PhpEdit other = edit_of(twice);
  CHECK(failure_of([&] { other.set("a", "x"); }) == "a in local.php is set by code");
  CHECK(failure_of([] { edit_of("<?php $parameters = make();"); }) == "$parameters in local.php is no array that stands there literally");
  CHECK(failure_of([] { edit_of("<?php $x = 1;"); }) == "$parameters in local.php is no array that stands there literally");
  CHECK(failure_of([] { edit_of("<?php $parameters = array('a' => "); }) != "");
  PhpEdit bare = edit_of("<?php $parameters['a'] = 'b';");
  CHECK(failure_of([&] { bare.set("new", "x"); }) != "");
  bare.set("a", "c");
  CHECK(bare.text() == "<?php $parameters['a'] = 'c';");
}

TEST_CASE("Any bytes can be written as a text") {
  for (std::string text : {std::string("a'b\\'c\\"), std::string("\0\x01\xff", 3), std::string("$x {$y} \\n"), std::string("?> <?php '")}) {
    PhpEdit edit = edit_of("<?php $parameters = array('k' => '');");
    edit.set("k", text);
    CHECK(*edit.find("k")->as<std::string>() == text);
  }
}

TEST_CASE("An element is taken out with its comma, and every other byte stays") {
  struct Row {
    std::string from, key, to;
  };
  const Row rows[] = {
      {"<?php $parameters = array('a' => 1, // mine\n 'b' => 'x' , 'c' => 3);", "b", "<?php $parameters = array('a' => 1, // mine\n  'c' => 3);"},
      {"<?php $parameters = ['a' => 1, \"b\" => array('a' => 2)];", "b", "<?php $parameters = ['a' => 1, ];"},
      {"<?php $parameters = array('b' => null\n);", "b", "<?php $parameters = array(\n);"},
      {"<?php $parameters = array('a' => 'b', 'b' => 'a');", "b", "<?php $parameters = array('a' => 'b', );"},
      {"<?php $parameters = array('a' => 1);", "b", "<?php $parameters = array('a' => 1);"},
  };
  for (const auto& row : rows) {
    PhpEdit edit = edit_of(row.from);
    edit.drop(row.key);
    CHECK(edit.text() == row.to);
    CHECK(edit.find(row.key) == nullptr);
  }
  PhpEdit later = edit_of(kFile);
  CHECK(failure_of([&] { later.drop("later"); }) != "");
  CHECK(later.text() == kFile);
}

TEST_CASE("A literal is put in place of any value") {
  PhpEdit edit = edit_of("<?php $parameters = array('hosts' => null, 'x' => 1);");
  edit.set_literal("hosts", "array('a' => 'b')");
  CHECK(edit.text() == "<?php $parameters = array('hosts' => array('a' => 'b'), 'x' => 1);");
  CHECK(failure_of([&] { edit.set_literal("x", "getenv('X')"); }) != "");
}
