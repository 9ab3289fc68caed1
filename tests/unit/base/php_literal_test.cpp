// SPDX-License-Identifier: GPL-3.0-or-later
// What PHP 8.2 makes of the same text: every good row was run through it, and so were 40,000 generated and damaged
// files; the reader may say "code" where PHP knows more, and never anything else than PHP.
#include "base/php_literal.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "base/failure.h"
#include "base/php_tokens.h"
#include "support/temp_folder.h"
#include "support/test_data.h"

namespace {

using namespace base;
using Catch::Contains;

struct Row {
  std::string php, value;
};

std::string shown(const PhpValue& value);

std::string shown(const PhpArray& array) {
  std::string out;
  for (const auto& [key, value] : array.elements()) {
    auto* number = std::get_if<int64_t>(&key);
    out += (out.empty() ? "" : ", ") + (number ? std::to_string(*number) : "'" + std::get<std::string>(key) + "'") +
           " => " + shown(value);
  }
  return "[" + out + "]";
}

std::string shown(const PhpValue& value) {
  std::ostringstream out;
  out.precision(17);
  if (value.is_null()) out << "null";
  if (auto* boolean = value.as<bool>()) out << (*boolean ? "true" : "false");
  if (auto* number = value.as<int64_t>()) out << *number;
  if (auto* fraction = value.as<double>()) out << "float " << *fraction;
  if (auto* text = value.as<std::string>()) out << "'" << *text << "'";
  if (auto* array = value.as<PhpArray>()) out << shown(*array);
  if (auto* code = value.as<PhpCode>())
    out << "code " << code->source << (code->known.elements().empty() ? "" : " with " + shown(code->known));
  return out.str();
}

std::string shown(const PhpValue* value) { return value ? shown(*value) : "nothing"; }

// $x of a file.
std::string x_of(const std::string& text) { return shown(parse_php(text, "F").variable("x")); }
std::string literal(const std::string& php) { return x_of("<?php $x = " + php + ";"); }

std::string failure_of(const std::string& text) {
  try {
    parse_php(text, "F");
  } catch (const Failure& failure) {
    return failure.what();
  }
  return "none";
}

std::string repeated(const std::string& text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

std::string sample(const std::string& name) {
  return support::content_of(support::test_data("mautic/local_php/" + name));
}

}  // namespace

TEST_CASE("Strings in single quotes know two escapes") {
  const Row rows[] = {
      {R"('')", ""},         {R"('a')", "a"},           {R"('p\'a\\ss%%word"#$')", R"(p'a\ss%%word"#$)"},
      {R"('\n\t\x41')", R"(\n\t\x41)"}, {R"('\\\'')", R"(\')"}, {R"('a\\')", R"(a\)"},
      {"'a\r\nb\nc'", "a\r\nb\nc"},     {"'$x {$y} ?> // # /*'", "$x {$y} ?> // # /*"}, {"b'a'", "a"},
      {"'Z\xC3\xBCrich'", "Z\xC3\xBCrich"}, {"'\xFF'", "\xFF"},
  };
  for (const auto& row : rows) {
    INFO(row.php);
    CHECK(literal(row.php) == "'" + row.value + "'");
  }
}

TEST_CASE("Strings in double quotes know PHP's escapes, and leave what is none") {
  const Row rows[] = {
      {R"("")", ""},
      {R"("a\n\r\t\v\f\e")", "a\n\r\t\v\f\x1b"},
      {R"("\\\$\"")", R"(\$")"},
      {R"("\'\q\8\{")", R"(\'\q\8\{)"},
      {R"("\101\60\777\400")", std::string("A0\xFF\0", 4)},
      {R"("\0018")", std::string("\001" "8", 2)},
      {R"("\x41\X4a\x4g\xg")", "AJ\x04g\\xg"},
      {R"("\u{41}\u{e9}\u{20AC}\u{1F600}\u{000041}")", "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80" "A"},
      {R"("\u{D800}")", "\xED\xA0\x80"},
      {R"("\u \u41")", R"(\u \u41)"},
      {R"("$ $5 $")", "$ $5 $"},
      {R"("{ $" . "{}")", "{ ${}"},
      {R"("\$x \{$")", R"($x \{$)"},
      {"\"a\\\nb\r\n\"", "a\\\nb\r\n"},
      {R"(B"x")", "x"},
  };
  for (const auto& row : rows) {
    INFO(row.php);
    CHECK(literal(row.php) == "'" + row.value + "'");
  }
}

TEST_CASE("Numbers, booleans and null are read as PHP reads them") {
  const Row rows[] = {
      {"0", "0"},
      {"3306", "3306"},
      {"-1", "-1"},
      {"+5", "5"},
      {"- 5", "-5"},
      {"0x1F", "31"},
      {"0XfF", "255"},
      {"0b101", "5"},
      {"0755", "493"},
      {"0o17", "15"},
      {"1_000_000", "1000000"},
      {"9223372036854775807", "9223372036854775807"},
      {"9223372036854775808", "float 9.2233720368547758e+18"},
      {"-9223372036854775808", "float -9.2233720368547758e+18"},
      {"0xfffffffffffffffff", "float 2.9514790517935283e+20"},
      {"0777777777777777777777777", "float 4.7223664828696452e+21"},
      {"1.5", "float 1.5"},
      {".5", "float 0.5"},
      {"1.", "float 1"},
      {"1e3", "float 1000"},
      {"1.5E-3", "float 0.0015"},
      {"1.e3", "float 1000"},
      {"1e999", "float inf"},
      {"true", "true"},
      {"FALSE", "false"},
      {"Null", "null"},
  };
  for (const auto& row : rows) {
    INFO(row.php);
    CHECK(literal(row.php) == row.value);
  }
}

TEST_CASE("Arrays keep their order, and their keys are cast as PHP casts them") {
  const Row rows[] = {
      {"[]", "[]"},
      {"array()", "[]"},
      {"ARRAY ( 1, 2 , )", "[0 => 1, 1 => 2]"},
      {"['a' => 1, 'b' => [true, null], 'c' => array('x')]",
       "['a' => 1, 'b' => [0 => true, 1 => null], 'c' => [0 => 'x']]"},
      {"['8' => 'a', '-5' => 'b', '08' => 'c', '-0' => 'd', '9223372036854775808' => 'e', '' => 'f']",
       "[8 => 'a', -5 => 'b', '08' => 'c', '-0' => 'd', '9223372036854775808' => 'e', '' => 'f']"},
      {"[true => 'a', false => 'b', null => 'c']", "[1 => 'a', 0 => 'b', '' => 'c']"},
      {"[5 => 'a', 'b', 'k' => 'c', 'd', 2 => 'e', 'f']",
       "[5 => 'a', 6 => 'b', 'k' => 'c', 7 => 'd', 2 => 'e', 8 => 'f']"},
      {"['a' => 1, 'b' => 2, 'a' => 3]", "['a' => 3, 'b' => 2]"},
      {"[0 => 'x', '0' => 'y', false => 'z']", "[0 => 'z']"},
      {"['a'.'b' => 'c'.'d']", "['ab' => 'cd']"},
      {"array(\n\n\t)", "[]"},
  };
  for (const auto& row : rows) {
    INFO(row.php);
    CHECK(literal(row.php) == row.value);
  }
}

TEST_CASE("Strings, whole numbers, booleans and null are joined with a dot") {
  const Row rows[] = {
      {"'a' . 'b'.\"c\"", "'abc'"},    {"'a' . 5 . -6", "'a5-6'"}, {"1 . 2", "'12'"},
      {"'a' . true . false . null", "'a1'"}, {"null . null", "''"},
      {"'a' /* b */ . # c\n 'd'", "'ad'"},
  };
  for (const auto& row : rows) {
    INFO(row.php);
    CHECK(literal(row.php) == row.value);
  }
}

TEST_CASE("What only PHP can tell is code, shown without its strings and numbers") {
  const Row rows[] = {
      {"getenv('MAUTIC_DB_HOST')", "getenv('MAUTIC_DB_HOST')"},
      {"getenv('DB') ?: 's3cret'", "getenv('DB') ?: '...'"},
      {"getenv('s3cret word')", "getenv('...')"},
      {"$_ENV[\"DB_PASS\"]", "$_ENV[\"DB_PASS\"]"},
      {"env('APP_X', 's3cret')", "env('APP_X', '...')"},
      {"PHP_EOL", "PHP_EOL"},
      {"\\true", "\\true"},
      {"MyClass::X", "MyClass::X"},
      {"$y", "$y"},
      {"\"a$y\"", "\"...\""},
      {"\"{$y['a']}\"", "\"...\""},
      {"\"${y}\"", "\"...\""},
      {"(int) '5'", "(int) '...'"},
      {"('a')", "('...')"},
      {"-'5'", "-'...'"},
      {"!true", "!true"},
      {"1 + 2", "... + ..."},
      {"'a' . $y", "'...' . $y"},
      {"'a' . 1.5", "'...' . ..."},
      {"'a' . [1]", "'...' . [...]"},
      {"[1] + [2]", "[...] + [...]"},
      {"[1, 2][0]", "[..., ...][...]"},
      {"true ? 'a' : 'b'", "true ? '...' : '...'"},
      {"fn($a) => $a", "fn($a) => $a"},
      {"function () use ($a) { return [1, 2]; }", "function () use ($a) { return [..., ...]; }"},
      {"match(1) { default => 'x' }", "match(...) { default => '...' }"},
      {"new Foo", "new Foo"},
      {"<<<EOT\n  it's; $a {$b['x']}\n  EOT", "\"...\""},
      {"<<<'EOT'\nit's \"; EOTX\nEOT", "\"...\""},
      {"`ls '`", "\"...\""},
      {"a /* s3cret */ ( # s3cret\n)", "a ( )"},
  };
  for (const auto& row : rows) {
    INFO(row.php);
    CHECK(literal(row.php) == "code " + row.value);
    CHECK(x_of("<?php $x = 1; $z = [" + row.php + "];") == "1");
  }
  CHECK(literal("f(" + repeated("'a', ", 100) + "1)").size() < 200);
}

TEST_CASE("Code inside of an array leaves the other elements known, unless it may stand for any of them") {
  const Row rows[] = {
      {"['a' => f(), 'b' => 'c']", "['a' => code f(), 'b' => 'c']"},
      {"[fn() => 1, 'a' => fn($b) => fn() => 2, 'c']",
       "[0 => code fn() => ..., 'a' => code fn($b) => fn() => ..., 1 => 'c']"},
      {"['a' => 1, ...f(), 'b' => 2]", "code ...f() with ['b' => 2]"},
      {"['a' => 1, KEY => 'x', 'b' => 2]", "code KEY => '...' with ['b' => 2]"},
      {"['a' => 1, 1.5 => 'x']", "code ... => '...'"},
      {"[-3 => 'a', 'b']", "code '...'"},
      {"[9223372036854775807 => 'a', 'b']", "code '...'"},
      {"['a' => &$b]", "['a' => code &$b]"},
  };
  for (const auto& row : rows) {
    INFO(row.php);
    CHECK(literal(row.php) == row.value);
  }
}

TEST_CASE("Assignments at the top level are carried out in their order") {
  const Row rows[] = {
      {"<?php $x = 1; $x = 'b';", "'b'"},
      {"<?php $x['a']['b'] = 1; $x['a'][] = 2; $x[5] = 3; $x[] = 4;",
       "['a' => ['b' => 1, 0 => 2], 5 => 3, 6 => 4]"},
      {"<?php $x = array('a' => 1); $x['b'] = 2; $x['a'] = 3;", "['a' => 3, 'b' => 2]"},
      {"<?php $x = f(); $x['a'] = 'y';", "code f() with ['a' => 'y']"},
      {"<?php $x = 'text'; $x['a'] = 'y';", "code [...] ="},
      {"<?php $x = 1; return; $x = 2;", "1"},
      {"<?php $x = 1; exit; $x = 2;", "1"},
      {"<?php $x = 1; __halt_compiler(); 'damaged", "1"},
      {"<?php $x = 1 ?>", "1"},
      {"<?php $x = 1 ?> it's <?php $x = 2; ?> <?= 'y' ?> end", "2"},
      {"\xEF\xBB\xBF<?php $x = 1;", "1"},
      {"#!/usr/bin/php\n<?PHP\t$x = 1;", "1"},
      {"<?php /* $x = 1; */ // $x = 2;\n # $x = 3;\r $x = 4; // ?> $x = 5;", "4"},
      {"<?php declare(strict_types=1); namespace A; use B; define('C', 'd'); $x = 1;", "1"},
      {"<?php if (!defined('WHMCS')) { die('no'); } $x = 1;", "1"},
      {"<?php ; $y = 2;", "nothing"},
      {"<?php", "nothing"},
  };
  for (const auto& row : rows) {
    INFO(row.php);
    CHECK(x_of(row.php) == row.value);
  }
}

TEST_CASE("What a statement may have changed is code") {
  const Row rows[] = {
      {"if (f()) { $x = 2; }", "code if (f()) { $x = ...; }"},
      {"if (f()) $y = 1; else $x = 2;", "code else $x = ...;"},
      {"if (f()): $y = 1; $x = 2; endif;", "code if (f()): $y = ...; $x = ...; endif;"},
      {"foreach ($x as $y) { }", "code foreach ($x as $y) { }"},
      {"for ($x = 0; $x < 5; $x++) { }", "code for ($x = ...; $x < ...; $x++) { }"},
      {"$x .= 'b';", "code $x .= '...';"},
      {"$x++;", "code $x++;"},
      {"unset($x);", "code unset($x);"},
      {"[$x, $y] = f();", "code [$x, $y] = f();"},
      {"list($x) = f();", "code list($x) = f();"},
      {"$y = $x = 2;", "code $x = ..."},
      {"$y = &$x; $x = 3;", "code $y = &$x;"},
      {"sort($x);", "code sort($x);"},
      {"$y = sort($x);", "code sort($x)"},
      {"$GLOBALS['x'] = 5;", "code $GLOBALS['...'] = ...;"},
      {"$GLOBALS[$y] = 5;", "code $GLOBALS[$y] = ...;"},
      {"$$y = 5;", "code $$y = ...;"},
      {"include 'other.php';", "code include '...';"},
      {"$y = require 'other.php';", "code require '...'"},
      {"extract(f());", "code extract(f());"},
      {"eval('...');", "code eval('...');"},
  };
  for (const auto& row : rows) {
    INFO(row.php);
    CHECK(x_of("<?php $x = 'a'; " + row.php) == row.value);
    if (row.php != "$y = &$x; $x = 3;") CHECK(x_of("<?php $x = 'a'; " + row.php + " $x = 'b';") == "'b'");
  }
  CHECK(x_of("<?php include 'other.php';") == "code include '...';");
}

TEST_CASE("What is only looked at stays known") {
  const Row rows[] = {
      {"$y = $x;", "'a'"},
      {"$y = \"$x\" . $x . 'b';", "'a'"},
      {"$y = isset($x) ? $x : 'c';", "'a'"},
      {"$y = ($x === 'b');", "'a'"},
      {"$y = [f($z), 'k' => $x];", "'a'"},
      {"if (f()) { $y = 2; }", "'a'"},
  };
  for (const auto& row : rows) {
    INFO(row.php);
    CHECK(x_of("<?php $x = 'a'; " + row.php) == row.value);
  }
}

TEST_CASE("Code that names an element doubts that element alone") {
  const std::string begin = "<?php $x = ['a' => 1, 'b' => 2]; ";
  CHECK(x_of(begin + "if (f()) { $x['a'] = 5; }") == "['a' => code if (f()) { $x['...'] = ...; }, 'b' => 2]");
  CHECK(x_of(begin + "$x['a'] .= 'c';") == "['a' => code $x['...'] .= '...';, 'b' => 2]");
  CHECK(x_of(begin + "$x[f()] = 5;") == "code $x[f()] = ...;");
  CHECK(x_of(begin + "include 'c'; $x['b'] = 3;") == "code include '...'; with ['b' => 3]");
}

TEST_CASE("Elements are found by their key, and all elements of code are that code") {
  auto file = parse_php("<?php $x = ['a' => ['b' => 1], 5 => 'c', 'd' => f(), 'n' => null];", "F");
  const PhpValue* x = file.variable("x");
  REQUIRE(x);
  REQUIRE(x->find("a"));
  CHECK(shown(x->find("a")->find("b")) == "1");
  CHECK(shown(x->find("5")) == "'c'");
  CHECK(shown(x->find("d")->find("e")->find("f")) == "code f()");
  CHECK(shown(x->find("n")) == "null");
  CHECK(x->find("z") == nullptr);
  CHECK(x->find("n")->find("z") == nullptr);
  CHECK(file.variable("y") == nullptr);
}

TEST_CASE("A value says what PHP makes of it in a text") {
  const std::pair<const char*, std::optional<std::string>> rows[] = {
      {"'a'", "a"}, {"5", "5"},         {"-5", "-5"},        {"true", "1"},        {"false", ""},
      {"null", ""}, {"1.5", {}}, {"[]", {}}, {"f()", {}},
  };
  for (const auto& [php, words] : rows) {
    INFO(php);
    CHECK(parse_php("<?php $x = " + std::string(php) + ";", "F").variable("x")->words() == words);
  }
}

TEST_CASE("A value knows its line") {
  auto file = parse_php("<?php\r\n\r\n$x = [\n'a' =>\n\n'b',\r];\n$y['c'] = f(\n);", "F");
  CHECK(file.variable("x")->line == 3);
  CHECK(file.variable("x")->find("a")->line == 6);
  CHECK(file.variable("y")->line == 8);
  CHECK(file.variable("y")->find("c")->line == 8);
}

TEST_CASE("What the file returns is known unless it may have returned before") {
  auto returned = [](const std::string& php) { return shown(parse_php("<?php " + php, "F").returned()); };
  CHECK(returned("return ['a' => 1];") == "['a' => 1]");
  CHECK(returned("return array('a' => 1) ?>") == "['a' => 1]");
  CHECK(returned("return f();") == "code f()");
  CHECK(returned("return;") == "nothing");
  CHECK(returned("$x = 1;") == "nothing");
  CHECK(returned("if (f()) { return [1]; } return [2];") == "code if (f()) { return [...]; }");
}

TEST_CASE("A damaged file is refused with its line and what was expected, and nothing that stands in it") {
  const Row rows[] = {
      {"", "line 1: expected <?php, but found an empty file"},
      {" \n", "line 1: expected <?php, but found an empty file"},
      {"<html>Error</html>", "line 1: expected <?php, but found something else"},
      {"<?php$x = 1;", "line 1: expected <?php, but found something else"},
      {std::string(4096, '\0'),
       "line 1: expected <?php, but found only zero bytes, as a crash of the machine leaves them"},
      {std::string("<?php\n$x = 1;\n\0\0\0", 17),
       "line 3: found a zero byte, as a crash of the machine leaves them"},
      {"<?php\n$x = 'abc", "line 2: expected the end of the string that begins here, but the file ends"},
      {"<?php\n$x = 'abc\\", "line 2: expected the end of the string that begins here, but the file ends"},
      {"<?php\n$x = \"a\n{$b", "line 3: expected } to end the code in a string, but the file ends"},
      {"<?php\n$x = \"a\n{$b}", "line 2: expected the end of the string that begins here, but the file ends"},
      {"<?php\n$x = <<<EOT\na\nEOTX\n",
       "line 2: expected the end of the string that begins here, but the file ends"},
      {"<?php\n/* abc", "line 2: expected */ to end the comment that begins here, but the file ends"},
      {"<?php\n$x = array(\n'a' => 'b',\n", "line 4: expected a value, but found the end of the file"},
      {"<?php\n$x = array(\n'a' => 'b'\n", "line 4: expected , or ), but found the end of the file"},
      {"<?php\n$x = array(\n'a' =>", "line 3: expected a value, but found the end of the file"},
      {"<?php\n$x = array('a')", "line 2: expected ;, but found the end of the file"},
      {"<?php\n$x =", "line 2: expected a value, but found the end of the file"},
      {"<?php\n$x", "line 2: expected ;, but found the end of the file"},
      {"<?php $x = [1, 2);", "line 1: expected , or ], but found )"},
      {"<?php $x = [1;", "line 1: expected , or ], but found ;"},
      {"<?php $x = [, 1];", "line 1: expected a value, but found ,"},
      {"<?php $x = ['a' => ];", "line 1: expected a value, but found ]"},
      {"<?php $x = f(1;", "line 1: expected ), but found ;"},
      {"<?php $x = f(1];", "line 1: expected ), but found ]"},
      {"<?php $x = f[1;", "line 1: expected ], but found ;"},
      {"<?php if (a) { $x = 1;", "line 1: expected }, but found the end of the file"},
      {"<?php } $x = 1;", "line 1: expected ;, but found }"},
      {"<?php if (a): $x = 1;", "line 1: expected ;, but found the end of the file"},
      {"<?php\n$x = ['p' => 'pa'ss'word',\n'q' => 'r'];",
       "line 2: expected an operator or ;, but found a word"},
      {"<?php $x = 'a' 'b';", "line 1: expected an operator or ;, but found a string"},
      {"<?php $x = 'a' $b;", "line 1: expected an operator or ;, but found a variable"},
      {"<?php $x = 12abc;", "line 1: expected an operator or ;, but found a word"},
      {"<?php $x = ['a' = 'b'];", "line 1: expected an operator or ;, but found ="},
      {"<?php $x = 'a' $y = 'b';", "line 1: expected an operator or ;, but found a variable"},
      {"<?php $x = 1 2;", "line 1: expected an operator or ;, but found a number"},
      {"<?php $x = 08;", "line 1: expected digits up to 7 in a number that begins with 0"},
      {R"(<?php $x = "\u{110000}";)", R"(line 1: expected a Unicode number in the \u{...} of a string)"},
      {R"(<?php $x = "\u{}";)", R"(line 1: expected a Unicode number in the \u{...} of a string)"},
      {R"(<?php $x = "\u{41";)", R"(line 1: expected a Unicode number in the \u{...} of a string)"},
      {"<?php\n\x01", "line 2: found a byte that is no PHP"},
  };
  for (const auto& row : rows) {
    INFO(row.php);
    CHECK(failure_of(row.php) == "F is damaged: " + row.value);
  }
}

TEST_CASE("Every cut of a file that Mautic writes is refused or leaves nothing") {
  for (const char* name : {"written-by-mautic-5.php", "written-by-upgrade-v3.php", "container-image.php"}) {
    std::string whole = sample(name);
    REQUIRE(whole.size() > 500);
    size_t end = whole.rfind(';');
    for (size_t length = 0; length <= end; ++length) {
      INFO(name << " cut after " << length);
      std::string cut = whole.substr(0, length);
      if (failure_of(cut) == "none") CHECK(parse_php(cut, "F").variable("parameters") == nullptr);
      else CHECK(length != 6);
    }
    CHECK(failure_of(whole) == "none");
  }
}

TEST_CASE("Mautic's own local.php is read whole") {
  auto file = parse_php(sample("written-by-mautic-5.php"), "F");
  const PhpValue* parameters = file.variable("parameters");
  REQUIRE(parameters);
  CHECK(parameters->as<PhpArray>()->elements().size() == 20);
  const Row rows[] = {
      {"db_driver", "'pdo_mysql'"},
      {"db_port", "3306"},
      {"db_password", R"('p'a\ss%%word"#$')"},
      {"mailer_dsn", "'smtp://user%%40example.com:x%%2Fy@mail.example.com:587'"},
      {"trusted_proxies", "[0 => '10.0.0.1', 1 => '10.0.0.2']"},
      {"dev_hosts", "[]"},
      {"composer_updates", "false"},
      {"cookie_secure", "null"},
      {"max_entity_lock_time", "0"},
  };
  for (const auto& row : rows) CHECK(shown(parameters->find(row.php)) == row.value);
}

TEST_CASE("The local.php that the upgrade to 3 writes is read whole") {
  auto file = parse_php(sample("written-by-upgrade-v3.php"), "F");
  const PhpValue* parameters = file.variable("parameters");
  REQUIRE(parameters);
  const Row rows[] = {
      {"db_table_prefix", "null"},
      {"db_port", "'3306'"},
      {"mailer_from_name", "'Jane O'Neil'"},
      {"api_rate_limiter_cache", "['adapter' => 'cache.adapter.filesystem']"},
      {"trusted_hosts", "[0 => 'example.com', 1 => 'www.example.com']"},
      {"unicode", "'Z\xC3\xBCrich \xE2\x80\x93 \xE6\x9D\xB1\xE4\xBA\xAC'"},
  };
  for (const auto& row : rows) CHECK(shown(parameters->find(row.php)) == row.value);
}

TEST_CASE("A container's local.php is code where it asks the environment, and known elsewhere") {
  auto file = parse_php(sample("container-image.php"), "F");
  const PhpValue* parameters = file.variable("parameters");
  REQUIRE(parameters);
  const Row rows[] = {
      {"db_host", "code getenv('MAUTIC_DB_HOST')"},
      {"db_port", "code getenv('MAUTIC_DB_PORT') ?: '...'"},
      {"db_name", "'getenv(MAUTIC_DB_DATABASE)'"},
      {"db_user", "'mautic'"},
      {"db_password", "code getenv('MAUTIC_DB_PASSWORD') ?: file_get_contents(getenv('MAUTIC_DB_PASSWORD_FILE'))"},
      {"site_url", "code rtrim(getenv('MAUTIC_URL'), '...')"},
      {"nested", "['a' => ['b' => [0 => 1, 1 => float 2.5, 2 => -3, 3 => true, 4 => null]]]"},
  };
  for (const auto& row : rows) CHECK(shown(parameters->find(row.php)) == row.value);
}

TEST_CASE("Hostile files are refused or read, in time that grows with their size alone") {
  const std::string begin = "<?php $x = ";
  CHECK(literal(repeated("[", 100) + repeated("]", 100)) != "");
  CHECK_THAT(failure_of(begin + repeated("[", 101)), Contains("brackets are nested too deeply"));
  CHECK_THAT(failure_of(begin + "f" + repeated("(", 400'000)), Contains("brackets are nested too deeply"));
  CHECK_THAT(failure_of("<?php $x" + repeated("[1]", 101) + " = 1;"), Contains("brackets are nested too deeply"));
  CHECK_THAT(failure_of(begin + repeated("\"{$", 300'000)), Contains("strings with code are nested too deeply"));
  CHECK_THAT(failure_of(begin + "[" + repeated("1,", 60'000) + "];"), Contains("too many values"));
  CHECK_THAT(failure_of("<?php " + repeated(";", 600'000)), Contains("too long"));
  CHECK_THAT(failure_of(std::string((1 << 20) + 1, ' ')), Contains("F is larger than 1 MB"));
  CHECK(literal(std::string("'") + std::string(1'000'000, 'a') + "'").size() == 1'000'002);
  CHECK(literal(std::string(1'000'000, '9')) == "float inf");
  CHECK(literal(repeated("'aaaa'.", 49'000) + "''").size() == 4 * 49'000 + 2);
  CHECK(literal(repeated("[", 99) + repeated("f() + 1,", 20'000) + repeated("] + 1", 99)).substr(0, 4) == "code");
  CHECK(failure_of("<?php " + repeated("$x['k'] = 1; include 'a';", 12'000)) == "none");
  CHECK(failure_of("<?php f(" + repeated("$x['k'],", 40'000) + "1);") == "none");
}
