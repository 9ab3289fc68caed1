// SPDX-License-Identifier: GPL-3.0-or-later
// configuration.php of a WHMCS, read without PHP and never guessed: assignments of texts and numbers count, of what
// code makes nothing is known. It is never written: cc_encryption_hash, without which nothing that is encrypted can be
// read, is nowhere else.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/php_literal.h"
#include "platform/disk.h"

namespace apps::whmcs {

using platform::Path;

enum class FileState { good, missing, empty, unreadable, damaged };

class Configuration {
 public:
  // Reads what is there; never throws.
  Configuration(platform::Disk& disk, const Path& root);

  const Path& file() const { return file_; }
  FileState state() const { return state_; }
  // It begins with "<?" alone, which PHP reads only where its setting short_open_tag is on. Its values are known all the same.
  bool has_short_tag() const { return has_short_tag_; }
  // Why nothing is known of any value: a sentence; empty when the file was read.
  const std::string& problem() const { return problem_; }

  struct Value {
    std::optional<std::string> text;  // nullopt: it is not set, or there is a problem
    std::string problem;              // "$db_password in configuration.php is code (getenv("..."))"
    bool is_set() const { return text && !text->empty(); }
  };
  // By its name without the $. An element of an array is not asked for.
  Value value(std::string_view name) const;

  // A folder of the site that can be elsewhere, where it is usually when nothing is set; nullopt when code chooses it.
  std::optional<Path> folder(std::string_view name, const Path& usual) const;
  // Why folder() does not know it, and what to do: a sentence; empty where it does.
  std::string unknown_folder(std::string_view name) const;
  // The folder of the admin area.
  std::optional<Path> admin() const;

  // Values that must stand in no log, report or page.
  std::vector<std::string> secrets() const;

 private:
  void read(platform::Disk& disk);

  Path root_, file_;
  FileState state_ = FileState::good;
  bool has_short_tag_ = false;
  std::string problem_;
  std::optional<base::PhpFile> content_;
};

}  // namespace apps::whmcs
