// SPDX-License-Identifier: GPL-3.0-or-later
// Merges an application's new .htaccess with what the host wrote into the old one: which PHP it runs with (AddHandler,
// php_value, suPHP, LSAPI...; panels write such lines into the application's own file, and a release that replaces the file
// loses them: mautic/mautic#4879, #9347).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/disk.h"

namespace storage {

// Around lines that this program put into an application's .htaccess; they stay at its beginning.
constexpr std::string_view kOurBlockBegins = "# BEGIN Unstick";
constexpr std::string_view kOurBlockEnds = "# END Unstick";

// All of such a file; nullopt when there is none. Throws Failure when it is larger than anybody's: it must not be written back in part.
std::optional<std::string> read_htaccess(platform::Disk& disk, const platform::Path& file);

// Lines and whole sections of `text` in which nothing but the handling of PHP is set, what a panel marked as its own, and lines
// outside of sections that ask for a password or name the site's place (RewriteBase).
std::vector<std::string> host_lines(std::string_view text);

// `fresh`, with our block of `former` above it and those lines of the host below it that it does not hold itself.
std::string merged_htaccess(std::string_view former, std::string_view fresh);

// `text` with these lines at its beginning, in place of a block of ours that it has; no lines: without any.
std::string with_our_block(std::string_view text, std::string_view lines);

}  // namespace storage
