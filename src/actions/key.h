// SPDX-License-Identifier: GPL-3.0-or-later
// The secret phrase that opens the program: `key =` in the settings, or a part of the program's own file name.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "actions/settings.h"

namespace actions {

constexpr size_t kLeastKeyLength = 16;
constexpr size_t kLeastNameKeyLength = 24;

enum class KeyPlace { none, settings, program_name };

struct Key {
  KeyPlace place = KeyPlace::none;
  std::string stored;    // plain or hashed
  std::string problem;   // why this key is refused: a sentence; empty when it is good
};

// The settings' key if there is one, else the one in the program's name (`unstick-<24 or more>.cgi` or .fcgi).
Key find_key(const Settings& settings, const Path& program);

bool is_hashed(const std::string& stored);
// "$scrypt$10$SALT$HASH", where 10 is the cost (log2 of N; r = 8, p = 1). `salt`: any bytes.
std::string hashed_key(std::string_view plain, std::string_view salt);
// Constant time for a plain key; the slow hash otherwise.
bool key_fits(const Key& key, std::string_view candidate);
// Could `text` be a key at all: length and characters? What is not is never hashed.
bool looks_like_key(std::string_view text);
// The salt of a plain key, the same for the same key; `secret`: the state folder's.
std::string key_salt(const std::string& secret, const std::string& plain);
// What stands for the key in sessions and links: the same before and after a plain key was hashed; empty where there is none.
std::string key_mark(const Key& key, const std::string& secret);
// A fresh one for the owner to use.
std::string suggested_key();

enum class Hardening { done, not_needed, too_young, foreign, cannot_write };

// Replaces the value of one setting in the file: only when the file is ours, was unchanged for 5 s and reads the same
// again (an upload may be under way). Every other line and comment stays. On a failure the file is as it was.
// `value` is called only when it is needed.
Hardening rewrite_setting(platform::Disk& disk, const Settings& settings, std::string_view name,
                          const std::function<std::string()>& value, const Path& lock_file);

// Replaces a plain key in the settings file by its hash, after a request presented the whole key: only when the
// file is ours, was unchanged for 5 s and reads the same again (an upload may be under way). Any other line and
// comment stays. On a failure the file is as it was.
// `salt` must be the same for the same key, or sessions end when the key is hashed.
Hardening harden_key(platform::Disk& disk, const Settings& settings, const std::string& salt,
                     const Path& lock_file);

}  // namespace actions
