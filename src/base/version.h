// SPDX-License-Identifier: GPL-3.0-or-later
// Version numbers as applications and PHP write them: "5.1.0", "8.2.99", "8.13.0-release.1", "7.1.0-rc".
// Order: numbers part by part (a missing part is 0), then alpha < beta < rc < (none, release), then the last number.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace base {

class Version {
 public:
  Version() = default;  // empty: unknown
  // nullopt when the text does not begin with a number, or holds anything but a version.
  static std::optional<Version> parse(std::string_view text);
  // For tables in the source: throws Failure when the text is no version.
  static Version of(std::string_view text);

  bool empty() const { return numbers_.empty(); }
  unsigned major() const { return part(0); }
  unsigned minor() const { return part(1); }
  unsigned part(size_t index) const { return index < numbers_.size() ? numbers_[index] : 0; }
  const std::string& text() const { return text_; }  // as it was written

  std::strong_ordering operator<=>(const Version& other) const;
  bool operator==(const Version& other) const { return (*this <=> other) == 0; }

 private:
  std::vector<unsigned> numbers_;
  int stage_ = 3;  // 0 alpha, 1 beta, 2 rc, 3 release
  unsigned stage_number_ = 0;
  std::string text_;
};

}  // namespace base
