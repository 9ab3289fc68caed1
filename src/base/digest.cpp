// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/md5.h>
#include <openssl/sha.h>
#include <zlib.h>

#include <array>

#include "base/failure.h"
#include "base/text.h"

namespace base {

namespace {

const unsigned char* data_of(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* data_of(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

// The low-level calls: the others look algorithms up by name first, which costs a CGI process half a millisecond.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
std::string sha256_of(std::string_view first, std::string_view second) {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, first.data(), first.size());
  SHA256_Update(&context, second.data(), second.size());
  SHA256_Final(data_of(out), &context);
  return out;
}

}  // namespace

std::string md5(std::string_view bytes) {
  std::string out(MD5_DIGEST_LENGTH, '\0');
  MD5(data_of(bytes), bytes.size(), data_of(out));
  return out;
}

std::string sha1(std::string_view bytes) {
  std::string out(SHA_DIGEST_LENGTH, '\0');
  SHA1(data_of(bytes), bytes.size(), data_of(out));
  return out;
}

struct Sha256::State {
  SHA256_CTX context;
};
Sha256::Sha256() : state_(std::make_unique<State>()) { SHA256_Init(&state_->context); }
Sha256::~Sha256() = default;
void Sha256::add(std::string_view bytes) { SHA256_Update(&state_->context, bytes.data(), bytes.size()); }
std::string Sha256::end() {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  SHA256_Final(data_of(out), &state_->context);
  return out;
}
#pragma GCC diagnostic pop

namespace {

constexpr size_t kBlockBytes = 64;

std::string padded(std::string_view key, char pad) {
  std::string block(kBlockBytes, pad);
  for (size_t i = 0; i < key.size(); ++i) block[i] = static_cast<char>(block[i] ^ key[i]);
  return block;
}

}  // namespace

std::string sha256(std::string_view bytes) { return sha256_of(bytes, {}); }

// RFC 2104.
std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::string short_key = key.size() > kBlockBytes ? sha256(key) : std::string(key);
  return sha256_of(padded(short_key, 0x5c), sha256_of(padded(short_key, 0x36), bytes));
}

uint32_t crc32(std::string_view bytes) { return static_cast<uint32_t>(::crc32_z(0, data_of(bytes), bytes.size())); }

std::string slow_hash(std::string_view secret, std::string_view salt, unsigned log2_cost) {
  constexpr uint64_t kMostBytes = 32 << 20;
  std::string out(32, '\0');
  if (EVP_PBE_scrypt(secret.data(), secret.size(), data_of(salt), salt.size(), uint64_t{1} << log2_cost, 8, 1,
                     kMostBytes, data_of(out), out.size()) != 1)
    throw Failure("cannot compute the hash of the key: not enough memory");
  return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace base
