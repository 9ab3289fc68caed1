// SPDX-License-Identifier: GPL-3.0-or-later
// Published test vectors. Stored keys and printed links depend on these bytes for ever.
#include "base/digest.h"

#include <catch2/catch.hpp>

#include "base/failure.h"
#include "base/text.h"

using namespace base;

TEST_CASE("SHA-256 is that of FIPS 180-4") {
  CHECK(hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_CASE("HMAC-SHA-256 is that of RFC 4231") {
  CHECK(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  // An empty key is a key, not the one that was used before.
  CHECK(hex(hmac_sha256("", "")) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  CHECK(hex(hmac_sha256({}, {})) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("CRC-32 is that of zip and gzip") {
  CHECK(crc32("123456789") == 0xcbf43926U);
  CHECK(crc32("") == 0U);
}

// Computed by an implementation of RFC 7914 that reproduces the RFC's own vectors, for our r = 8 and p = 1.
TEST_CASE("The slow hash is scrypt, of the cost that is asked") {
  CHECK(hex(slow_hash("password", "NaCl", 10)) == "27b418c674c769d12501fbb1f53bac32df6514c0f28d043872b148b348961a79");
  CHECK(hex(slow_hash("password", "NaCl", 14)) == "a8430d7e581f9ca03c952df506ac66c757899d67a21d71c0f1900bd778ac1d14");
  CHECK(slow_hash("password", "NaCm", 10) != slow_hash("password", "NaCl", 10));
  CHECK(slow_hash("passwore", "NaCl", 10) != slow_hash("password", "NaCl", 10));
  CHECK(hex(slow_hash("", "", 1)) == "ec57b472d742138d12501bc49372377b3b96d6a2ff9f6a53e769a63c429a1792");
  CHECK(hex(slow_hash(std::string(100, 'a'), std::string_view("\0salt\0", 6), 4)) ==
        "0347eb6c5a3e962ca3f2e062901ada4b84a4f3317a4ffb48bedc93601532d22b");
}

TEST_CASE("A slow hash of more than 16 MB is refused") { CHECK_THROWS_AS(slow_hash("password", "NaCl", 15), Failure); }

TEST_CASE("Comparing in constant time compares") {
  CHECK(equal_in_constant_time("", ""));
  CHECK(equal_in_constant_time("secret", "secret"));
  CHECK_FALSE(equal_in_constant_time("secret", "secreT"));
  CHECK_FALSE(equal_in_constant_time("secret", "secret1"));
  CHECK_FALSE(equal_in_constant_time("secret", ""));
  CHECK_FALSE(equal_in_constant_time(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
}
