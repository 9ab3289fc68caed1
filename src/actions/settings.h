// SPDX-License-Identifier: GPL-3.0-or-later
// The settings file beside the program: `unstick.ini.php` (its first line `;<?php exit; ?>` keeps it unreadable
// where .htaccess is ignored) or `unstick.ini`. A format for ever: `name = value` lines, `;` or `#` begins a comment
// line, a value may stand in single or double quotes, and ` ;` inside a value begins no comment (passwords hold it;
// that is why no ini library reads this file). [sections] are ignored.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "platform/disk.h"

namespace actions {

using platform::Path;

struct Settings {
  Path file;                            // empty: there is none
  std::string text;                     // as read
  std::string key;                      // plain, or "$scrypt$COST$SALT$HASH"
  Path root;                            // the application's folder, when it cannot be found from where we lie
  std::string url;                      // the site's address
  Path php;
  Path state;
  std::vector<std::string> allow_ip;         // addresses and networks; empty = all
  std::vector<std::string> trusted_proxy;    // whose forwarded addresses count
  std::string proxy;                         // for downloads
  unsigned sleep_days = 30;
  std::vector<std::string> commands;         // exact console lines that are allowed too
  std::string db_host, db_port, db_socket, db_name, db_user, db_password;
  std::optional<std::string> db_prefix;
  std::vector<std::string> problems;         // sentences about lines that were not understood
};

// Never throws: what cannot be understood becomes a problem. `file` is only remembered.
Settings parse_settings(const Path& file, std::string text);

// Reads the file of one folder. A file that is there and cannot be read is a Failure.
Settings read_settings(platform::Disk& disk, const Path& folder);

// `text` with the value of the line `name = ...` replaced, every other byte kept; a new line at the end if there is
// none of that name.
std::string with_setting(const std::string& text, std::string_view name, std::string_view value);

}  // namespace actions
