// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/key.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"
#include "platform/lock.h"

namespace actions {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kHashPrefix = "$scrypt$";
constexpr unsigned kHashCost = 10;
constexpr unsigned kMostHashCost = 14;  // 16 MB: what a request may cost at most
constexpr size_t kMostKeyLength = 200;
constexpr auto kQuietFor = 5s;
constexpr size_t kMostBytes = 256 << 10;

// Keys that stood in a published script, guide or sample; lower case.
constexpr std::array<std::string_view, 8> kExamples = {
    "mautibot_happy",         "your_secret_phrase_here",   "your-secret-phrase-here", "put-your-own-secret-here",
    "change-me-change-me",    "unstick-secret-phrase",     "0123456789abcdef",        "abcdefghijklmnop"};

bool is_key_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == '~' || c == '-';
}

bool only_key_characters(std::string_view text) { return std::all_of(text.begin(), text.end(), is_key_character); }

// "aaaaaaaaaaaaaaaa" and "abababab..." are long, and no secret.
bool is_monotonous(std::string_view text) {
  std::string seen(text);
  std::sort(seen.begin(), seen.end());
  return std::unique(seen.begin(), seen.end()) - seen.begin() < 6;
}

std::string problem_of(std::string_view plain, size_t least) {
  if (plain.size() < least)
    return "the key is too short: it needs " + std::to_string(least) + " or more characters";
  if (plain.size() > kMostKeyLength) return "the key is longer than 200 characters";
  if (!only_key_characters(plain)) return "the key may hold letters, digits and . _ ~ - only";
  bool example = std::find(kExamples.begin(), kExamples.end(), base::lower(plain)) != kExamples.end();
  if (example) return "the key is a published example, which everybody knows";
  if (is_monotonous(plain)) return "the key repeats the same few characters: anybody can guess it";
  return {};
}

std::optional<std::string> key_in_name(const Path& program) {
  std::string name = program.filename().native();
  for (std::string_view suffix : {".cgi", ".fcgi"}) {
    std::string_view prefix = "unstick-";
    if (name.size() <= prefix.size() + suffix.size() || name.compare(0, prefix.size(), prefix) != 0) continue;
    if (name.compare(name.size() - suffix.size(), suffix.size(), suffix) != 0) continue;
    return name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
  }
  return std::nullopt;
}

}  // namespace

bool is_hashed(const std::string& stored) { return stored.compare(0, kHashPrefix.size(), kHashPrefix) == 0; }

Key find_key(const Settings& settings, const Path& program) {
  if (!settings.key.empty()) {
    std::string problem = is_hashed(settings.key) ? "" : problem_of(settings.key, kLeastKeyLength);
    return {KeyPlace::settings, settings.key, problem};
  }
  if (auto name_key = key_in_name(program))
    return {KeyPlace::program_name, *name_key, problem_of(*name_key, kLeastNameKeyLength)};
  return {};
}

std::string hashed_key(std::string_view plain, std::string_view salt) {
  std::string printed_salt = base::base64url(salt);
  return std::string(kHashPrefix) + std::to_string(kHashCost) + "$" + printed_salt + "$" +
         base::base64url(base::slow_hash(plain, printed_salt, kHashCost));
}

bool looks_like_key(std::string_view text) {
  return text.size() >= kLeastKeyLength && text.size() <= kMostKeyLength && only_key_characters(text);
}

bool key_fits(const Key& key, std::string_view candidate) {
  if (key.place == KeyPlace::none || !key.problem.empty() || !looks_like_key(candidate)) return false;
  if (!is_hashed(key.stored))  // hashes of equal length, so that not even the length of the key is told
    return base::equal_in_constant_time(base::sha256(candidate), base::sha256(key.stored));
  auto parts = base::split(std::string_view(key.stored).substr(kHashPrefix.size()), '$');
  auto cost = parts.size() == 3 ? base::whole_number(parts[0], kMostHashCost) : std::nullopt;
  if (!cost || *cost == 0) return false;
  std::string hash = base::slow_hash(candidate, parts[1], static_cast<unsigned>(*cost));
  return base::equal_in_constant_time(base::base64url(hash), parts[2]);
}

std::string key_salt(const std::string& secret, const std::string& plain) {
  return base::hmac_sha256(secret, "salt of the key " + plain).substr(0, 16);
}

std::string key_mark(const Key& key, const std::string& secret) {
  if (key.place == KeyPlace::none) return {};
  if (key.place != KeyPlace::settings || is_hashed(key.stored)) return base::hex(base::sha256(key.stored));
  // A slow hash: once in a process that answers many requests.
  static std::mutex mutex;
  static std::string known_salt, known_mark;
  std::string salt = key_salt(secret, key.stored);
  std::lock_guard lock(mutex);
  if (salt != known_salt || known_mark.empty()) known_mark = base::hex(base::sha256(hashed_key(key.stored, salt)));
  known_salt = salt;
  return known_mark;
}

std::string suggested_key() {
  std::string key;
  // Letters that survive being read aloud and typed: no 0 O 1 l I.
  static constexpr std::string_view letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  while (key.size() < 28)
    for (unsigned char byte : platform::random_bytes(32))
      if (byte < 224 && key.size() < 28) key += letters[byte % letters.size()];
  return key;
}

Hardening rewrite_setting(platform::Disk& disk, const Settings& settings, std::string_view name,
                          const std::function<std::string()>& value, const Path& lock_file) {
  auto facts = settings.file.empty() ? std::nullopt : disk.look(settings.file);
  if (!facts || facts->kind != platform::Kind::file || facts->owner != ::geteuid()) return Hardening::foreign;
  try {
    if (platform::system_clock().now() - facts->changed < kQuietFor) return Hardening::too_young;
    auto lock = platform::lock(lock_file, 1s);
    if (!lock || disk.read(settings.file, kMostBytes) != settings.text) return Hardening::too_young;
    disk.replace(settings.file, with_setting(settings.text, name, value()), 0600);
    return Hardening::done;
  } catch (const base::Failure&) {
    return Hardening::cannot_write;
  }
}

Hardening harden_key(platform::Disk& disk, const Settings& settings, const std::string& salt,
                     const Path& lock_file) {
  if (settings.file.empty() || settings.key.empty()) return Hardening::not_needed;
  auto facts = disk.look(settings.file);
  if (!facts || facts->kind != platform::Kind::file || facts->owner != ::geteuid()) return Hardening::foreign;
  try {
    if ((facts->mode & 0077U) != 0) disk.set_mode(settings.file, 0600);
  } catch (const base::Failure&) {
    return Hardening::cannot_write;
  }
  if (is_hashed(settings.key)) return Hardening::not_needed;
  return rewrite_setting(disk, settings, "key", [&] { return hashed_key(settings.key, salt); }, lock_file);
}

}  // namespace actions
