// SPDX-License-Identifier: GPL-3.0-or-later
// Queries and forms, good ones and hostile ones, through cgicc and its two guards.
#include "web/request.h"

#include <catch2/catch.hpp>

#include "base/text.h"
#include "support/fake_gateway.h"

namespace {

using namespace web;
using support::FakeGateway;
using Words = std::vector<std::string>;
using Parameters = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kKey = "Qm7x-Tr4w_Zk9~Vb.2";

Request request_of(const std::string& query) {
  FakeGateway gateway(query);
  return read_request(gateway);
}

Request posted(const std::string& form, const std::string& query = "") {
  FakeGateway gateway(query);
  gateway.post(form);
  return read_request(gateway);
}

// The status with which a request is refused; 0 when it is read.
int refusal_of(FakeGateway& gateway) {
  try {
    read_request(gateway);
    return 0;
  } catch (const BadRequest& bad) {
    CHECK_FALSE(bad.text.empty());
    return bad.status;
  }
}

bool has_word(const Request& request, const std::string& word) {
  return std::find(request.words.begin(), request.words.end(), word) != request.words.end();
}

}  // namespace

TEST_CASE("Every URL of the contract is read: the key bare, first, last, in the middle, alone") {
  const std::pair<std::string, Parameters> rows[] = {
      {std::string(kKey), {}},
      {std::string(kKey) + "=", {}},
      {std::string(kKey) + "&", {}},
      {std::string("&") + kKey, {}},
      {std::string(kKey) + "&task=cache:clear", {{"task", "cache:clear"}}},
      {std::string("task=cache:clear&") + kKey, {{"task", "cache:clear"}}},
      {std::string("task=a&") + kKey + "&quiet", {{"task", "a"}, {"quiet", ""}}},
      {std::string(kKey) + "&task=a&pretty", {{"task", "a"}, {"pretty", ""}}},
      {std::string(kKey) + "&pretty&task=a&quiet=1&wait=5&strict", {{"pretty", ""}, {"task", "a"}, {"quiet", "1"}, {"wait", "5"}, {"strict", ""}}},
      {std::string(kKey) + "&task=a&format=json", {{"task", "a"}, {"format", "json"}}},
      {std::string(kKey) + "&job=last&from=0", {{"job", "last"}, {"from", "0"}}},
      {std::string(kKey) + "&apiTask=startUpgrade", {{"apiTask", "startUpgrade"}}},
      {std::string(kKey) + "&&&task=a&&", {{"task", "a"}}},
      {std::string("task=a&x&") + kKey, {{"task", "a"}}},
  };
  for (const auto& [query, parameters] : rows) {
    INFO(query);
    auto request = request_of(query);
    CHECK(has_word(request, kKey));
    CHECK(request.parameters == parameters);
    CHECK(request.method == "GET");
  }
  CHECK(request_of("view=a20261121.mac_-&from=123").parameters == Parameters{{"view", "a20261121.mac_-"}, {"from", "123"}});
  CHECK(request_of("run=TOKEN").value("run") == "TOKEN");
  CHECK(request_of("task=cache:purge&confirm=CODE_-").value("confirm") == "CODE_-");
}

TEST_CASE("The key may come url-encoded") {
  CHECK(has_word(request_of("Qm7x%2DTr4w%5FZk9%7eVb%2E2&task=a"), kKey));
  CHECK(has_word(request_of("task=a&%51m7x-Tr4w_Zk9~Vb.2"), kKey));
}

TEST_CASE("Tasks come with blanks, pluses, semicolons and equals signs as people write them") {
  const std::pair<const char*, const char*> rows[] = {
      {"cache:clear%20--no-warmup", "cache:clear --no-warmup"},
      {"cache:clear+--no-warmup", "cache:clear --no-warmup"},
      {"mautic:segments:update%20--batch-limit=900", "mautic:segments:update --batch-limit=900"},
      {"mautic%3Asegments%3Aupdate", "mautic:segments:update"},
      {"a;b", "a;b"},
      {"a%3Bb", "a;b"},
      {"a;rm+-rf+/", "a;rm -rf /"},
      {"100%", "100%"},
      {"%", "%"},
      {"%4", "%4"},
      {"%zz", "%zz"},
      {"%41%", "A%"},
      {"a%26b", "a&b"},
      {"a==b", "a==b"},
      {"%C3%A4", "\xC3\xA4"},
      {"\xC3\xA4\xFF", "\xC3\xA4\xFF"},
      {"%2541", "%41"},
      {"a?b#c", "a?b#c"},
      {"", ""},
  };
  for (auto [sent, task] : rows) {
    INFO(sent);
    for (const std::string& query : {std::string("task=") + sent, std::string("task=") + sent + "&" + kKey}) {
      auto request = request_of(query);
      CHECK(request.value("task") == task);
      CHECK(request.parameters.size() == 1);
    }
  }
  CHECK(request_of("task=a%00b").value("task") == std::string("a\0b", 3));
}

TEST_CASE("An empty query has nothing in it") {
  for (const char* query : {"", "&", "&&&", "="}) {
    INFO(query);
    auto request = request_of(query);
    CHECK(request.words.empty());
    CHECK_FALSE(request.value("task"));
  }
}

TEST_CASE("Of a name that comes twice the first value counts") {
  CHECK(request_of("task=a&task=b").value("task") == "a");
  CHECK(posted("task=b", "task=a").value("task") == "b");  // a form before its address
}

TEST_CASE("A flag is set as a word or with any value but 0") {
  for (const char* on : {"pretty", "pretty=", "pretty=1", "pretty=yes", "a=b&pretty&c"}) CHECK(request_of(on).flag("pretty"));
  for (const char* off : {"", "pretty=0", "Pretty", "prettyx", "x=pretty"}) CHECK_FALSE(request_of(off).flag("pretty"));
}

TEST_CASE("A form is read as a query is, beside the query") {
  auto request = posted("confirm=CODE&task=a%20b;c&x", std::string("job=last&") + kKey);
  CHECK(request.method == "POST");
  CHECK(request.value("confirm") == "CODE");
  CHECK(request.value("task") == "a b;c");
  CHECK(request.value("job") == "last");
  CHECK(has_word(request, kKey));
  CHECK(has_word(request, "x"));
  CHECK(posted("").parameters.empty());
  CHECK(posted("&&").words.empty());
}

TEST_CASE("A form may have a charset behind its type, in any case") {
  FakeGateway gateway;
  gateway.post("task=a");
  gateway.variables["CONTENT_TYPE"] = "Application/X-WWW-Form-Urlencoded ; charset=UTF-8";
  CHECK(read_request(gateway).value("task") == "a");
}

TEST_CASE("A body of a GET is not looked at") {
  FakeGateway gateway("task=a");
  gateway.post("task=b");
  gateway.variables["REQUEST_METHOD"] = "GET";
  auto request = read_request(gateway);
  CHECK(request.value("task") == "a");
  CHECK(gateway.read_bytes == 0);
}

TEST_CASE("Queries and forms of 64 KiB are read, longer ones refused") {
  FakeGateway longest("task=" + std::string(65531, 'a'));
  CHECK(read_request(longest).value("task")->size() == 65531);
  FakeGateway longer("task=" + std::string(65532, 'a'));
  CHECK(refusal_of(longer) == 414);
  CHECK(posted("task=" + std::string(65531, ';')).value("task") == std::string(65531, ';'));
  CHECK(posted(std::string(65536, '%')).words.size() == 1);
  FakeGateway form;
  form.post("task=" + std::string(65532, 'a'));
  CHECK(refusal_of(form) == 413);
}

TEST_CASE("A form of another type is refused, whatever is in it") {
  for (const char* type : {"multipart/form-data; boundary=x", "", "text/plain", "application/json",
                           "application/x-www-form-urlencodedx", "x; application/x-www-form-urlencoded"}) {
    INFO(type);
    FakeGateway gateway;
    gateway.post("task=a");
    gateway.variables["CONTENT_TYPE"] = type;
    CHECK(refusal_of(gateway) == 415);
    CHECK(gateway.read_bytes == 6);  // read and forgotten: Apache wants that before it listens
  }
}

TEST_CASE("A length that lies costs no memory and is never believed") {
  const std::pair<const char*, int> rows[] = {
      {"", 411},   {"-1", 411},     {"12x", 411}, {"1e3", 411}, {"99999999999999999999", 411}, {" 6", 411},
      {"7", 400},  {"65536", 400},  {"65537", 413}, {"4294967302", 413}, {"18446744073709551615", 413},
  };
  for (auto [length, status] : rows) {
    INFO(length);
    FakeGateway gateway;
    gateway.post("task=a");
    gateway.variables["CONTENT_LENGTH"] = length;
    CHECK(refusal_of(gateway) == status);
    CHECK(gateway.most_asked <= 65536);
  }
  FakeGateway shorter;
  shorter.post("task=abc");
  shorter.variables["CONTENT_LENGTH"] = "6";
  CHECK(read_request(shorter).value("task") == "a");
}

TEST_CASE("Of a body that is refused no more than 32 MB are taken in") {
  FakeGateway gateway;
  gateway.post("x");
  gateway.body = std::string(40 << 20, 'x');
  gateway.variables["CONTENT_LENGTH"] = std::to_string(gateway.body.size());
  CHECK(refusal_of(gateway) == 413);
  CHECK(gateway.read_bytes == 32 << 20);
}
