// SPDX-License-Identifier: GPL-3.0-or-later
// Copies of local.php that lie around, for when the file itself is lost or damaged: what people and panels leave beside it, the one of
// the other major, what upgrade_v3.php and jobs of ours kept, our backups of the site's files. Reads only; never throws.
#pragma once

#include <string>
#include <vector>

#include "apps/app.h"

namespace apps::mautic {

struct ConfigurationCopy {
  Path file;                // itself, or the zip that it is in
  std::string inside;       // its name in that zip; empty when it lies there by itself
  std::string fingerprint;  // of `file`
  std::string mark;         // 8 hex digits, for asking for just this one
  std::string words;        // "config/local.php.bak of 2026-11-20": where, and of when
  platform::WallTime changed{};
  std::string text;
  std::string problem;      // why it cannot serve at all: a sentence; empty: it can
  std::string lacks;        // "secret_key": what a whole one has; empty: nothing
  bool is_whole() const { return problem.empty() && lacks.empty(); }
};

// The best first: whole ones, then those that lack something, then those that cannot serve; each kind the newest first.
// `state`: our state folder, may be empty. `except`: the file that they are to replace.
std::vector<ConfigurationCopy> configuration_copies(platform::Disk& disk, const Site& site, const Path& state, const Path& except);

// The keys whose values differ, or that only one of them has. None when either cannot be read.
std::vector<std::string> differing_keys(const std::string& text, const std::string& other);

}  // namespace apps::mautic
