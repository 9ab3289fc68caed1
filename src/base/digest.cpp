// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <zlib.h>

#include "base/failure.h"

namespace base {

namespace {

const unsigned char* data_of(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* data_of(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

}  // namespace

std::string sha256(std::string_view bytes) {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  SHA256(data_of(bytes), bytes.size(), data_of(out));
  return out;
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  unsigned length = 0;
  if (key.empty()) key = "";  // a null pointer would mean: the key that was used before
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data_of(bytes), bytes.size(), data_of(out),
            &length))
    throw Failure("cannot compute a hash");
  return out;
}

uint32_t crc32(std::string_view bytes) { return static_cast<uint32_t>(::crc32_z(0, data_of(bytes), bytes.size())); }

std::string slow_hash(std::string_view secret, std::string_view salt) {
  std::string out(32, '\0');
  if (EVP_PBE_scrypt(secret.data(), secret.size(), data_of(salt), salt.size(), 1024, 8, 1, 32 << 20, data_of(out),
                     out.size()) != 1)
    throw Failure("cannot compute the hash of the key: not enough memory");
  return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace base
