// SPDX-License-Identifier: GPL-3.0-or-later
// What a Mautic is configured to, read without PHP and never guessed. Hides where the files lie and how they are laid
// over each other (AppKernel of 2.16, ParameterLoader of 3 to 7):
//   app/config/local.php (to 4.x), config/local.php of the project, or else app/config/local.php (5 and later);
//   $paths['local_config'] in paths_local.php names another one;
//   parameters_local.php in the same folder goes over it.
// Not seen from here: MAUTIC_CONFIG_PARAMETERS and other variables of the web server's environment.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/app.h"
#include "base/php_literal.h"

namespace apps::mautic {

class Configuration {
 public:
  // Reads what is there; never throws.
  Configuration(platform::Disk& disk, const Site& site);

  // local.php, there or where it should be; empty when code chooses it.
  const Path& file() const { return file_; }
  // Why nothing is known of any value: a sentence; empty when the files were read.
  const std::string& problem() const { return problem_; }

  // A value as Mautic uses it: with %% and %kernel.project_dir% and the like replaced.
  struct Value {
    std::optional<std::string> text;  // nullopt: it is not set, or there is a problem
    std::string problem;              // "db_password in config/local.php is code (getenv('X'))"
  };
  Value value(std::string_view key) const;

  // The same of a path, for which Mautic replaces nothing but the folder's name; empty when it is not set, not
  // literal or not absolute.
  Path path(std::string_view key) const;

  // Whether paths_local.php names the file.
  bool is_named() const { return named_; }

  // An element of $parameters that counts, and the file in which it stands; valid as long as this.
  struct Element {
    std::string key;
    const base::PhpValue* value;
    const Path* file;
  };
  // None when there is a problem, or an array is made by code.
  std::vector<Element> elements() const;

  // A file's name in a message: from the site's folder on where it lies in it.
  std::string shown(const Path& file) const;

 private:
  struct File {
    Path path;
    std::optional<base::PhpFile> content;
  };

  void read();
  // Throws Failure when it is there and cannot be read or parsed.
  std::optional<base::PhpFile> parse(const Path& file) const;
  bool is_file(const Path& file) const;
  bool knows_root_dir() const { return old_ || site_.version.empty(); }
  std::optional<std::string> named_in_paths_local() const;
  std::vector<Path> places(const std::optional<std::string>& named) const;
  Path overrides_path(bool is_named) const;
  // The value and the file it stands in.
  std::pair<const base::PhpValue*, const Path*> find(std::string_view key) const;
  std::optional<std::string> resolve(std::string_view text) const;

  platform::Disk& disk_;
  const Site& site_;
  Path app_;      // kernel.root_dir to 4.x
  Path project_;  // kernel.project_dir from 5 on
  bool old_;      // 4.x or before
  bool named_ = false;
  Path file_;
  std::string problem_;
  File local_, overrides_;
};

// The folders that cache_path and tmp_path name beside those of the layout, if they are there and look like what
// Mautic keeps in them: they are going to be emptied. Never throws.
std::vector<Path> configured_caches(platform::Disk& disk, const Site& site);

}  // namespace apps::mautic
