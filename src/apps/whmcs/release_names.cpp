// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/whmcs/release_names.h"

#include "base/failure.h"
#include "base/text.h"

namespace apps::whmcs {

namespace {

using std::string_view;

struct NamedFiles {
  const char* folder;
  string_view begin, end;
};
constexpr NamedFiles kNamed[] = {{"resources/sql", "upgrade", ".sql"},
                                 {"vendor/whmcs/whmcs-foundation/lib/Updater/Version", "Version", ".php"}};
constexpr char kLastOfOneDigitMinors = '5';

std::string dotted(string_view digits) {
  size_t major = digits[0] == '1' ? 2 : 1;  // there is no release 1
  bool has_short_minor = major == 1 && digits[0] <= kLastOfOneDigitMinors;
  size_t minor = has_short_minor ? 1 : digits.size() - major - 1;
  return std::string(digits.substr(0, major)) + "." + std::string(digits.substr(major, minor)) + "." +
         std::string(digits.substr(major + minor));
}

}  // namespace

std::optional<base::Version> release_in_name(string_view name) {
  for (const auto& [folder, begin, end] : kNamed) {
    if (!name.starts_with(begin) || !name.ends_with(end) || name.size() < begin.size() + end.size()) continue;
    string_view words = name.substr(begin.size(), name.size() - begin.size() - end.size());
    size_t digits = std::min(words.find_first_not_of("0123456789"), words.size());
    size_t stage = std::min(words.find_first_of("0123456789", digits), words.size());
    constexpr size_t kFewest = 3, kMost = 6;
    if (digits < kFewest + (words[0] == '1' ? 1 : 0) || digits > kMost) continue;
    std::string text = dotted(words.substr(0, digits));
    if (stage > digits) text += "-" + std::string(words.substr(digits, stage - digits));
    if (stage < words.size()) text += "." + std::string(words.substr(stage));
    return base::Version::parse(text);
  }
  return std::nullopt;
}

base::Version newest_named(platform::Disk& disk, const platform::Path& root) {
  base::Version newest;
  for (const auto& named : kNamed) try {
      for (const auto& entry : disk.list(root / named.folder).value_or(std::vector<platform::Entry>{}))
        if (auto version = release_in_name(entry.name); version && (newest.empty() || *version > newest))
          newest = *version;
    } catch (const base::Failure&) {
      // What may not be listed tells nothing.
    }
  return newest;
}

}  // namespace apps::whmcs
