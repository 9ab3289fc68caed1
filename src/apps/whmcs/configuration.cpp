// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/whmcs/configuration.h"

#include "apps/look.h"
#include "base/failure.h"
#include "base/php_tokens.h"
#include "base/text.h"

namespace apps::whmcs {

namespace {

constexpr const char* kName = "configuration.php";

// Both ends of what is encrypted, the way into the database, and what WHMCS's own server knows the owner by.
constexpr std::string_view kSecrets[] = {"db_password", "cc_encryption_hash", "license", "api_access_key",
                                         "autoauthkey"};

constexpr std::string_view kShortTag = "<?", kTag = "<?php";

bool begins_with_short_tag(std::string_view text) {
  text = base::trim(text);
  return text.starts_with(kShortTag) && base::php_begin(text, 0) != 0 && !base::lower(text).starts_with(kTag);
}

}  // namespace

Configuration::Configuration(platform::Disk& disk, const Path& root) : root_(root), file_(root / kName) {
  try {
    read(disk);
  } catch (const base::Failure& failure) {
    if (state_ == FileState::good) state_ = FileState::damaged;
    problem_ = failure.what();
  }
}

void Configuration::read(platform::Disk& disk) {
  state_ = FileState::unreadable;
  auto text = disk.read(file_, base::kMostPhpBytes + 1);
  state_ = FileState::missing;
  if (!text) throw base::Failure("there is no " + std::string(kName));
  state_ = FileState::empty;
  if (base::trim(*text).empty()) throw base::Failure(std::string(kName) + " is empty, as a full disk leaves it");
  state_ = FileState::good;
  has_short_tag_ = begins_with_short_tag(*text);
  if (has_short_tag_) text->replace(text->find(kShortTag), kShortTag.size(), std::string(kTag) + " ");
  content_ = base::parse_php(*text, kName);
}

Configuration::Value Configuration::value(std::string_view name) const {
  if (!content_) return {{}, problem_};
  const base::PhpValue* value = content_->variable(name);
  if (!value || value->is_null()) return {};
  std::string what = "$" + std::string(name) + " in " + kName;
  if (auto* code = value->as<base::PhpCode>())
    return {{}, what + " is code (" + base::printable_line(code->source) + ")"};
  auto words = value->words();
  if (!words) return {{}, what + " is neither a text nor a whole number"};
  return {std::move(words), {}};
}

std::optional<Path> Configuration::folder(std::string_view name, const Path& usual) const {
  Value value = this->value(name);
  if (!value.problem.empty()) return content_ ? std::nullopt : std::optional(root_ / usual);
  bool is_path = value.is_set() && value.text->find('\0') == std::string::npos;
  return tidy(root_ / (is_path ? Path(*value.text) : usual));
}

std::string Configuration::unknown_folder(std::string_view name) const {
  Value value = this->value(name);
  if (!content_ || value.problem.empty()) return {};
  return value.problem + ", so that this folder is not known: write its path there as plain text ($" + std::string(name) +
         " = '/path/to/it/';)";
}

// A name, not a path: "/office/" is the folder office of the site.
std::optional<Path> Configuration::admin() const {
  Value value = this->value("customadminpath");
  if (!value.is_set()) return folder("customadminpath", "admin");
  std::string_view name = base::trim(*value.text);
  while (name.starts_with('/') && !platform::lies_in(Path(name), root_)) name.remove_prefix(1);
  return tidy(root_ / (name.empty() ? std::string_view("admin") : name));
}

std::vector<std::string> Configuration::secrets() const {
  std::vector<std::string> all;
  for (auto name : kSecrets)
    if (Value value = this->value(name); value.is_set()) all.push_back(*value.text);
  return all;
}

}  // namespace apps::whmcs
