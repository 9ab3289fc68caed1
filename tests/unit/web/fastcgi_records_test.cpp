// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes of the FastCGI specification 1.0: version, type, request, content length, padding, reserved.
#include "web/fastcgi_records.h"

#include <catch2/catch.hpp>

#include "base/text.h"

namespace {

std::string output(int request, const std::string& bytes) {
  std::string records;
  web::add_output(records, request, bytes);
  return records;
}

}  // namespace

TEST_CASE("A record of output has its request's number, its length and the bytes") {
  CHECK(base::hex(output(1, "abc")) == "0106000100030000616263");
  CHECK(base::hex(output(0x0203, "a")) == "010602030001000061");
  std::string most = output(1, std::string(web::kMostRecordBytes, 'x'));
  CHECK(base::hex(most.substr(0, 8)) == "0106000180000000");
  CHECK(most.size() == 8 + web::kMostRecordBytes);
}

TEST_CASE("No output is no record: an empty one would end the answer") { CHECK(output(1, "").empty()); }

TEST_CASE("The end is an empty record of output, and that the request was served") {
  std::string records = "before";
  web::add_end(records, 0x0102);
  CHECK(base::hex(records.substr(6)) ==
        "0106010200000000"
        "0103010200080000"
        "0000000000000000");
}
