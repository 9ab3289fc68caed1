// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/download.h"

#include <catch2/catch.hpp>

#include "base/failure.h"
#include "support/fake_gateway.h"

using web::ByteRange;
using web::RangeKind;

TEST_CASE("One range of bytes is understood, whatever its form") {
  struct {
    const char* header;
    uint64_t size;
    ByteRange range;
  } rows[] = {
      {"bytes=0-0", 10, {0, 0}},    {"bytes=0-", 10, {0, 9}},    {"bytes=3-5", 10, {3, 5}}, {"bytes=3-99", 10, {3, 9}},
      {"bytes=9-", 10, {9, 9}},     {"bytes=-1", 10, {9, 9}},    {"bytes=-10", 10, {0, 9}}, {"bytes=-99", 10, {0, 9}},
      {"bytes=4294967296-4294967299", uint64_t{1} << 40, {4294967296, 4294967299}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.header);
    ByteRange range;
    CHECK(web::read_range(row.header, row.size, range) == RangeKind::one);
    CHECK(range == row.range);
  }
}

TEST_CASE("A range behind the end cannot be answered") {
  ByteRange range;
  for (const char* header : {"bytes=10-", "bytes=10-20", "bytes=99-", "bytes=-0"}) {
    CAPTURE(header);
    CHECK(web::read_range(header, 10, range) == RangeKind::unsatisfiable);
  }
  CHECK(web::read_range("bytes=0-", 0, range) == RangeKind::unsatisfiable);
  CHECK(web::read_range("bytes=-5", 0, range) == RangeKind::unsatisfiable);
}

TEST_CASE("What is not one well-formed range of bytes asks for the whole") {
  ByteRange range;
  for (const char* header : {"", "bytes", "bytes=", "bytes=-", "bytes=5", "bytes=5-3", "bytes=a-", "bytes=0-1,3-4", "bytes= 0-1",
                             "items=0-1", "bytes=--1", "bytes=0x1-", "bytes=99999999999999999999-", "bytes=-1-"}) {
    CAPTURE(header);
    CHECK(web::read_range(header, 10, range) == RangeKind::none);
  }
}

TEST_CASE("A download that fails while it is made is broken off") {
  support::FakeGateway gateway;
  actions::Download download;
  download.name = "site.zip";
  download.type = "application/zip";
  download.produce = [](const actions::Take& take) -> std::vector<std::string> {
    take("PK");
    throw base::Failure("the disk failed");
  };
  web::send_file(gateway, web::Request{}, download);
  CHECK(gateway.broken_off);
  CHECK(gateway.text() == "PK");
  CHECK(gateway.head().find("Content-Length") == std::string::npos);
}

TEST_CASE("A download ends soon after its client went away") {
  support::FakeGateway gateway;
  gateway.gone = true;
  actions::Download download;
  size_t taken = 0;
  download.produce = [&](const actions::Take& take) {
    for (int i = 0; i < 1000; ++i) take(std::string(1024, 'x')), ++taken;
    return std::vector<std::string>{};
  };
  web::send_file(gateway, web::Request{}, download);
  CHECK(gateway.broken_off);
  CHECK(taken < 100);
}
