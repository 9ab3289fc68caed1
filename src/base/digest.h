// SPDX-License-Identifier: GPL-3.0-or-later
// Hashes, by OpenSSL. Results are raw bytes; base::hex and base::base64url make text of them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace base {

std::string sha256(std::string_view bytes);                             // 32 bytes
std::string hmac_sha256(std::string_view key, std::string_view bytes);  // 32 bytes
// For lists that others made; proof of nothing.
std::string md5(std::string_view bytes);   // 16 bytes
std::string sha1(std::string_view bytes);  // 20 bytes
uint32_t crc32(std::string_view bytes);                                 // the zip and gzip polynomial

// The SHA-256 of what comes piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes);
  std::string end();  // 32 bytes; nothing can be added afterwards

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// scrypt with N = 2^log2_cost (up to 14), r = 8, p = 1; a cost of 10 takes about 3 ms and 1 MB. Enough, because keys are 16 or
// more random characters: nobody can try even a small part of them; it is there for keys that are less random than they look.
// Throws Failure without that memory, and above that cost.
std::string slow_hash(std::string_view secret, std::string_view salt, unsigned log2_cost);  // 32 bytes

// Compares in a time that tells nothing but the lengths.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace base
