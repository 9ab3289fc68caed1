// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/htaccess.h"

#include <algorithm>
#include <array>

#include "base/failure.h"
#include "base/text.h"

namespace storage {

namespace {

constexpr size_t kMostBytes = 4 << 20;
constexpr std::string_view kKept = "# Kept from the former .htaccess: how this host runs PHP, and who may come in.";

constexpr std::array<std::string_view, 8> kDirectives = {"addhandler", "sethandler",   "action",     "php_value",
                                                         "php_flag",   "suphp_",       "lsapi_",     "fcgidwrapper"};

std::string word_of(std::string_view line) {
  std::string_view text = base::trim(line);
  return base::lower(std::string(text.substr(0, text.find_first_of(" \t"))));
}

bool is_blank(std::string_view line) {
  auto text = base::trim(line);
  return text.empty() || text[0] == '#';
}

bool begins_section(std::string_view line) {
  auto text = base::trim(line);
  return text.starts_with("<") && !text.starts_with("</");
}

bool is_of_host(std::string_view line) {
  std::string word = word_of(line);
  bool about_php = base::contains(base::lower(std::string(line)), "php");
  if (word == "addtype" || word == "addhandler" || word == "sethandler" || word == "action") return about_php;
  return std::any_of(kDirectives.begin(), kDirectives.end(), [&](std::string_view one) { return word.starts_with(one); });
}

// Outside of any section: who may come in, and where the site lies.
bool is_of_owner(std::string_view line) {
  constexpr std::array<std::string_view, 6> kOwners = {"authtype", "authname", "authuserfile", "authgroupfile", "authbasicprovider",
                                                       "rewritebase"};
  std::string word = word_of(line), text = base::lower(std::string(base::trim(line)));
  if (std::find(kOwners.begin(), kOwners.end(), word) != kOwners.end()) return true;
  return word == "require" && (text.ends_with("valid-user") || base::contains(text, " user ") || base::contains(text, " group ") ||
                               base::contains(text, " ip "));
}

// A line, a section with all that is in it, or a block between a panel's marks.
struct Item {
  std::vector<std::string_view> lines;
  bool marked = false;

  std::string text() const {
    std::string all;
    for (auto line : lines) all += std::string(line) + "\n";
    return all;
  }
  bool is_of_host() const {
    if (marked) return true;
    if (lines.size() == 1 && is_of_owner(lines[0])) return true;
    size_t of_host = 0;
    for (auto line : lines) {
      if (is_blank(line) || base::trim(line).starts_with("<")) continue;
      if (!storage::is_of_host(line)) return false;
      ++of_host;
    }
    return of_host > 0;
  }
};

// "# php -- BEGIN cPanel-generated handler, do not edit"
bool marks(std::string_view line, std::string_view word) {
  auto text = base::trim(line);
  return text.starts_with("# php -- ") && base::contains(text, word);
}

std::vector<Item> items_of(std::string_view text) {
  std::vector<Item> items;
  int depth = 0;
  bool marked = false;
  for (auto line : base::lines(text)) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    bool begins_marked = depth == 0 && !marked && marks(line, "BEGIN");
    if (depth == 0 && !marked) items.push_back({});
    marked = marked || begins_marked;
    items.back().marked = marked;
    items.back().lines.push_back(line);
    if (begins_section(line)) ++depth;
    if (base::trim(line).starts_with("</") && depth > 0) --depth;
    if (marked && marks(line, "END")) marked = false, depth = 0;
  }
  return items;
}

std::string our_block(std::string_view text) {
  size_t begin = text.find(kOurBlockBegins), end = text.find(kOurBlockEnds);
  if (begin == text.npos || end == text.npos || end < begin) return {};
  return std::string(text.substr(begin, end + kOurBlockEnds.size() - begin)) + "\n";
}

}  // namespace

std::optional<std::string> read_htaccess(platform::Disk& disk, const platform::Path& file) {
  auto text = disk.read(file, kMostBytes + 1);
  if (text && text->size() > kMostBytes)
    throw base::Failure(base::printable_line(file.native()) + " is larger than 4 MB, and is not changed from here", "change it by FTP");
  return text;
}

std::vector<std::string> host_lines(std::string_view text) {
  std::vector<std::string> found;
  for (const auto& item : items_of(text))
    if (item.is_of_host()) found.push_back(item.text());
  return found;
}

std::string merged_htaccess(std::string_view former, std::string_view fresh) {
  std::string merged = our_block(former) + std::string(fresh), kept;
  if (!merged.empty() && merged.back() != '\n') merged += '\n';
  auto present = host_lines(fresh);
  for (const auto& item : host_lines(former))
    if (std::find(present.begin(), present.end(), item) == present.end()) kept += item;
  return kept.empty() ? merged : merged + "\n" + std::string(kKept) + "\n" + kept;
}

std::string with_our_block(std::string_view text, std::string_view lines) {
  std::string out(text), former = our_block(text);
  if (!former.empty()) {
    former.pop_back();  // the last line may have no end
    size_t begin = out.find(former), length = former.size();
    if (begin + length < out.size() && out[begin + length] == '\n') ++length;
    out.erase(begin, length);
  }
  if (lines.empty()) return out;
  return std::string(kOurBlockBegins) + "\n" + std::string(lines) + std::string(kOurBlockEnds) + "\n" + out;
}

}  // namespace storage
