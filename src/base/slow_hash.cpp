// SPDX-License-Identifier: GPL-3.0-or-later
// scrypt (RFC 7914) with r = 8 and p = 1, four words at a time. OpenSSL's takes half as long again, and first
// fills its table of all algorithms by name; a CGI process pays for both at each request, who guesses keys
// has the fast one anyway.
#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <new>

#include "base/digest.h"
#include "base/failure.h"

namespace base {

namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

using Row = uint32_t __attribute__((vector_size(16)));
// One block of Salsa20, by diagonals: row r holds the words 5 * i + 4 * r (mod 16), so that a step is one
// operation.
using Block = std::array<Row, 4>;
constexpr size_t kBlocks = 16;  // 2 * r
using Blocks = std::array<Block, kBlocks>;
constexpr unsigned kMostLog2Cost = 14;

template <int Bits>
Row rotated(Row row) {
  return (row << Bits) | (row >> (32 - Bits));
}

// What a double round does to four diagonals, or, with b and d exchanged, to four rows.
void quarter_rounds(Row& a, Row& b, Row& c, Row& d) {
  b ^= rotated<7>(a + d);
  c ^= rotated<9>(b + a);
  d ^= rotated<13>(c + b);
  a ^= rotated<18>(d + c);
}

void turn(Row& left, Row& half, Row& right) {
  left = __builtin_shuffle(left, Row{3, 0, 1, 2});
  half = __builtin_shuffle(half, Row{2, 3, 0, 1});
  right = __builtin_shuffle(right, Row{1, 2, 3, 0});
}

void salsa20_8(Block& block) {
  auto [a, b, c, d] = block;
  for (int i = 0; i < 4; ++i) {
    quarter_rounds(a, b, c, d);
    turn(b, c, d);
    quarter_rounds(a, d, c, b);
    turn(d, c, b);
  }
  block[0] += a, block[1] += b, block[2] += c, block[3] += d;
}

void add(Block& to, const Block& block) {
  for (size_t i = 0; i < to.size(); ++i) to[i] ^= block[i];
}

// BlockMix of `in` xor `other`.
void mix(const Blocks& in, const Blocks* other, Blocks& out) {
  Block x = in[kBlocks - 1];
  if (other) add(x, (*other)[kBlocks - 1]);
  for (size_t i = 0; i < kBlocks; ++i) {
    add(x, in[i]);
    if (other) add(x, (*other)[i]);
    salsa20_8(x);
    out[i / 2 + (i % 2) * (kBlocks / 2)] = x;
  }
}

// ROMix. table: N of them.
void mix_by_table(Blocks& blocks, Blocks* table, size_t n) {
  table[0] = blocks;
  for (size_t i = 1; i < n; ++i) mix(table[i - 1], nullptr, table[i]);
  mix(table[n - 1], nullptr, blocks);
  for (size_t i = 0; i < n; ++i) {
    Blocks next;
    mix(blocks, &table[blocks[kBlocks - 1][0][0] & (n - 1)], next);
    blocks = next;
  }
}

size_t place_by_diagonals(size_t word) { return word * 5 % 16; }

Blocks by_diagonals(const std::string& bytes) {
  std::array<uint32_t, kBlocks * 16> words, placed;
  std::memcpy(words.data(), bytes.data(), sizeof words);
  for (size_t i = 0; i < words.size(); ++i) placed[i] = words[i - i % 16 + place_by_diagonals(i % 16)];
  Blocks blocks;
  std::memcpy(blocks.data(), placed.data(), sizeof blocks);
  return blocks;
}

std::string in_order(const Blocks& blocks) {
  std::array<uint32_t, kBlocks * 16> words, placed;
  std::memcpy(placed.data(), blocks.data(), sizeof placed);
  for (size_t i = 0; i < words.size(); ++i) words[i - i % 16 + place_by_diagonals(i % 16)] = placed[i];
  return std::string(reinterpret_cast<const char*>(words.data()), sizeof words);
}

// PBKDF2 with HMAC-SHA-256 and one iteration (RFC 8018).
std::string stretched(std::string_view secret, std::string_view salt, size_t bytes) {
  std::string out;
  for (unsigned i = 1; out.size() < bytes; ++i) {
    std::string counted(salt);
    for (int shift : {24, 16, 8, 0}) counted += static_cast<char>(i >> shift);
    out += hmac_sha256(secret, counted);
  }
  out.resize(bytes);
  return out;
}

}  // namespace

std::string slow_hash(std::string_view secret, std::string_view salt, unsigned log2_cost) {
  size_t n = size_t{1} << std::min(log2_cost, kMostLog2Cost);
  std::unique_ptr<Blocks[]> table(new (std::nothrow) Blocks[n]);
  if (!table || log2_cost > kMostLog2Cost)
    throw Failure("cannot compute the hash of the key: not enough memory");
  Blocks blocks = by_diagonals(stretched(secret, salt, sizeof(Blocks)));
  mix_by_table(blocks, table.get(), n);
  return stretched(secret, in_order(blocks), 32);
}

}  // namespace base
