// SPDX-License-Identifier: GPL-3.0-or-later
// Tables of good rows, then bad ones, for the pure functions that every text from outside goes through.
#include "base/text.h"

#include <catch2/catch.hpp>

namespace {

using namespace base;
using Parts = std::vector<std::string_view>;

struct Row {
  std::string in, out;
};

}  // namespace

TEST_CASE("Blanks are trimmed at both ends and nowhere else") {
  CHECK(trim(" \t\r\n\v\f a b \n") == "a b");
  CHECK(trim("ab") == "ab");
  CHECK(trim(" \n ").empty());
  CHECK(trim("").empty());
  CHECK(trim("\xC2\xA0") == "\xC2\xA0");
}

TEST_CASE("A text is split at every separator, and its lines have no empty last one") {
  CHECK(split("a,b", ',') == Parts{"a", "b"});
  CHECK(split(",a,,", ',') == Parts{"", "a", "", ""});
  CHECK(split("", ',') == Parts{""});
  CHECK(lines("a\nb\n") == Parts{"a", "b"});
  CHECK(lines("a\n\nb") == Parts{"a", "", "b"});
  CHECK(lines("a\n\n") == Parts{"a", ""});
  CHECK(lines("").empty());
}

TEST_CASE("Joining puts the separator between all parts, empty ones too") {
  CHECK(join({"a", "b", "c"}, ", ") == "a, b, c");
  CHECK(join({"a"}, ", ") == "a");
  CHECK(join({}, ", ").empty());
  CHECK(join({"", "a", ""}, ",") == ",a,");
}

TEST_CASE("Only ASCII letters are lowered, in no locale") {
  CHECK(lower("AbZ09-_[@`{") == "abz09-_[@`{");
  CHECK(lower("\xC3\x84") == "\xC3\x84");
}

TEST_CASE("Sizes are said with one decimal below ten of a unit") {
  const std::pair<uint64_t, const char*> rows[] = {
      {0, "0 bytes"},         {999, "999 bytes"},        {1000, "1.0 kB"},
      {1234, "1.2 kB"},       {12345, "12 kB"},          {999499, "999 kB"},
      {999999, "1.0 MB"},     {1500000, "1.5 MB"},       {8388608, "8.4 MB"},
      {999999999, "1.0 GB"},  {1099511627776, "1.1 TB"}, {5000000000000000, "5000 TB"},
      {UINT64_MAX, "18446744 TB"},
  };
  for (auto [bytes, words] : rows) CHECK(size_words(bytes) == words);
}

TEST_CASE("Durations are said in seconds, from two minutes on in minutes") {
  CHECK(seconds_words(0) == "0.0 s");
  CHECK(seconds_words(3.24) == "3.2 s");
  CHECK(seconds_words(119.9) == "119.9 s");
  CHECK(seconds_words(120) == "2 min 0 s");
  CHECK(seconds_words(250.9) == "4 min 10 s");
}

TEST_CASE("A whole number is decimal digits with nothing around them, up to the most that is asked") {
  CHECK(whole_number("0") == 0U);
  CHECK(whole_number("007") == 7U);
  CHECK(whole_number("18446744073709551615") == UINT64_MAX);
  CHECK(whole_number("300", 300) == 300U);
  for (const char* bad : {"", "-1", "+1", " 1", "1 ", "1.0", "0x10", "1e3", "a", "18446744073709551616"}) {
    INFO(bad);
    CHECK_FALSE(whole_number(bad));
  }
  CHECK_FALSE(whole_number("301", 300));
  CHECK_FALSE(whole_number(std::string_view("1\0", 2)));
}

TEST_CASE("The number behind a mark is read up to its last digit") {
  CHECK(base::number_behind("Allowed memory size of 134217728 bytes", "size of ") == 134217728);
  CHECK(base::number_behind("30 of 30", "of ") == 30);
  for (const char* text : {"", "size of", "size of x", "another text 12"}) CHECK_FALSE(base::number_behind(text, "size of "));
}

TEST_CASE("Bytes become hexadecimal and base64url without padding") {
  CHECK(hex(std::string("\0\x0f\xff", 3)) == "000fff");
  CHECK(hex("").empty());
  // RFC 4648, 10, without the padding
  const Row rows[] = {{"", ""},         {"f", "Zg"},        {"fo", "Zm8"},
                      {"foo", "Zm9v"},  {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"},
                      {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xfe", "-__-"}};
  for (const auto& row : rows) CHECK(base64url(row.in) == row.out);
}

TEST_CASE("Base64 is read in its standard alphabet, with or without padding") {
  const Row rows[] = {{"", ""},           {"Zg==", "f"},         {"Zg", "f"},
                      {"Zm8=", "fo"},     {"Zm9v", "foo"},       {"Zm9vYmFy", "foobar"},
                      {"+/+/", "\xfb\xff\xbf"}, {"dTpwOnE=", "u:p:q"}};
  for (const auto& row : rows) CHECK(from_base64(row.in) == row.out);
  for (const char* bad : {"Zm9v Zg==", "Zg==Zg==", "-_", "Zm9\n", "Z\xC3\xA4"}) {
    INFO(bad);
    CHECK_FALSE(from_base64(bad));
  }
}

TEST_CASE("Everything but unreserved characters is url-encoded, and comes back") {
  CHECK(url_encode("AZaz09._~-") == "AZaz09._~-");
  CHECK(url_encode("a b&c=d;+/%\xC3\xA4") == "a%20b%26c%3Dd%3B%2B%2F%25%C3%A4");
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  CHECK(url_decode(url_encode(all)) == all);
  const Row rows[] = {{"a+b", "a b"},  {"%41%6a%6A", "Ajj"}, {"%", "%"},    {"%4", "%4"},  {"%zz", "%zz"},
                      {"%4z", "%4z"},  {"100%", "100%"},     {"%%41", "%A"}, {"%2541", "%41"}};
  for (const auto& row : rows) CHECK(url_decode(row.in) == row.out);
}

TEST_CASE("The length of a UTF-8 character is told, broken and cut ones are recognised") {
  const std::pair<std::string_view, int> rows[] = {
      {"a", 1},
      {std::string_view("\0", 1), 1},
      {"\xC2\x80", 2},
      {"\xDF\xBF", 2},
      {"\xE0\xA0\x80", 3},
      {"\xED\x9F\xBF", 3},
      {"\xEF\xBF\xBF", 3},
      {"\xF0\x90\x80\x80", 4},
      {"\xF4\x8F\xBF\xBF", 4},
      // cut off
      {"\xC3", -1},
      {"\xE2\x82", -1},
      {"\xF0\x9F", -1},
      {"\xF0\x9F\x98", -1},
      // a continuation, overlong forms, surrogates, above U+10FFFF, bytes that never occur
      {"\x80", 0},
      {"\xBF", 0},
      {"\xC0\x80", 0},
      {"\xC1\xBF", 0},
      {"\xE0\x9F\xBF", 0},
      {"\xE0\x80", 0},
      {"\xED\xA0\x80", 0},
      {"\xF0\x8F\xBF\xBF", 0},
      {"\xF4\x90\x80\x80", 0},
      {"\xF5\x80\x80\x80", 0},
      {"\xFF", 0},
      {"\xC3(", 0},
      {"\xE2\x82(", 0},
  };
  for (auto [text, length] : rows) {
    INFO(hex(text));
    CHECK(utf8_length(text, 0) == length);
  }
  CHECK(utf8_length("x\xC3\xA4", 1) == 2);
}

TEST_CASE("What is printed holds no control character but tab and newline, and is UTF-8") {
  const Row rows[] = {
      {"plain\ttext\n", "plain\ttext\n"},
      {"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"},
      {"a\r\nb\r\n", "a\nb\n"},
      {"50%\r100%", "50%\\x0d100%"},
      {"a\r", "a\\x0d"},
      {"\r\r\n", "\\x0d\n"},
      {"\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"},
      {std::string("a\0b", 3), "a\\x00b"},
      {"\x01\x02\x7f", "\\x01\\x02\\x7f"},
      {"\xC2\x9B", "\\xc2\\x9b"},  // the one-character CSI of C1
      {"\xC2\xA0", "\xC2\xA0"},
      {"\xE4\xF6", "\\xe4\\xf6"},
      {"caf\xC3", "caf\\xc3"},
      {"\xED\xA0\x80", "\\xed\\xa0\\x80"},
      {"", ""},
  };
  for (const auto& row : rows) {
    INFO(hex(row.in));
    CHECK(printable(row.in) == row.out);
    CHECK(printable(printable(row.in)) == row.out);
  }
}

TEST_CASE("On one line newline and tab are shown too") {
  CHECK(printable_line("a\nb\tc\r\n") == "a\\nb\\tc\\n");
  CHECK(printable_line("\x1b]0;t\x07") == "\\x1b]0;t\\x07");
}

TEST_CASE("HTML gets every character that could begin something escaped") {
  CHECK(html_escape("<a href=\"x\" b='y'>&amp;</a>") ==
        "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;");
  CHECK(html_escape("\xC3\xA4 plain") == "\xC3\xA4 plain");
}
