// SPDX-License-Identifier: GPL-3.0-or-later
// Where the entries of a package go in the site, when that is not where they lie in it: releases that hold all they
// have in one folder, folders that the owner gave another name. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace storage {

// Folders and files without slashes at their ends; "" is the top.
struct Placing {
  std::string from;               // in the package
  std::optional<std::string> to;  // in the site; nullopt: left out

  bool operator==(const Placing&) const = default;
};

// The first that names the path or a folder above it decides. nullopt: left out, as all is that none of them names.
std::optional<std::string> placed(const std::vector<Placing>& placings, const std::string& path);

// "place whmcs/admin office", "leave whmcs/install", for a step's words.
std::string to_word(const Placing& placing);
// nullopt: the word is none.
std::optional<Placing> placing_of(std::string_view word);
// Those among the words from that place on.
std::vector<Placing> placings_in(const std::vector<std::string>& words, size_t from);

}  // namespace storage
