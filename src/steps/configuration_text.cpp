// SPDX-License-Identifier: GPL-3.0-or-later
#include "steps/configuration_text.h"

#include <algorithm>
#include <optional>

#include "base/failure.h"
#include "base/percent.h"
#include "base/php_edit.h"
#include "base/php_tokens.h"
#include "base/text.h"
#include "platform/clock.h"
#include "storage/zip_package.h"

namespace steps {

namespace {

using platform::Path;

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (size_t at = 0; (at = text.find(what, at)) != text.npos; at += with.size()) text.replace(at, what.size(), with);
  return text;
}

class Maker {
 public:
  Maker(const Ingredients& from, Path file, std::span<const std::string> edits) : from_(from), file_(std::move(file)), words_(edits) {}

  std::string make() {
    text_ = beginning();
    while (!words_.empty()) edit(next());
    if (file_.extension() == ".php" && !edit_) open();
    return edit_ ? edit_->text() : text_;
  }

 private:
  std::string next() {
    if (words_.empty()) throw base::Failure("the plan does not say how to change " + base::printable_line(file_.native()));
    std::string word = words_.front();
    words_ = words_.subspan(1);
    return word;
  }

  std::string shown() const { return base::printable_line(file_.native()); }

  std::string bytes_of(const Path& file) {
    auto text = from_.disk.read(file, base::kMostPhpBytes + 1);
    if (!text) throw base::Failure("is not there: " + base::printable_line(file.native()));
    return *text;
  }

  // A file that somebody changed since is not what the owner agreed to.
  Path unchanged() {
    Path file = next();
    std::string planned = next();
    auto facts = from_.disk.look_through(file);
    if (!facts || platform::fingerprint(*facts) != planned)
      throw base::Failure(base::printable_line(file.native()) + " is not the file any more that the plan saw", "ask for the plan again");
    return file;
  }

  std::string beginning() {
    std::string kind = words_.empty() ? "" : words_.front();
    if (kind == "begin") return next(), next();
    if (kind == "copy") return next(), bytes_of(unchanged());
    if (kind != "unpack") return bytes_of(file_);
    next();
    storage::ZipPackage zip(unchanged());
    const storage::ZipEntry* entry = zip.find(next());
    if (!entry || entry->folder) throw base::Failure("the configuration is not in " + zip.shown() + " any more");
    return zip.read(*entry, base::kMostPhpBytes);
  }

  void open() { edit_.emplace(edit_ ? edit_->text() : std::move(text_), variable_, file_.filename().native()); }

  void edit(const std::string& kind) {
    if (kind == "in") {
      variable_ = next();
      return open();
    }
    if (kind == "cut") return cut();
    if (!edit_) open();
    std::string key = next();
    if (kind == "percent") edit_->change_texts(key, [](const std::string& text) { return base::with_raw_percent_doubled(text); });
    else if (kind == "replace") replace(key);
    else if (kind == "set") edit_->set(key, next());
    else if (kind == "literal") edit_->set_literal(key, next());
    else if (kind == "drop") edit_->drop(key);
    else if (kind == "take") take(key);
    else if (kind == "database") set_from_database(key);
    else if (kind == "random") edit_->set(key, base::hex(platform::random_bytes(base::whole_number(next(), 64).value_or(32))));
    else throw base::Failure("this program does not know the edit " + base::printable_line(kind), "start the action again");
  }

  void cut() {
    std::string all = edit_ ? edit_->text() : std::move(text_);
    text_ = all.substr(std::min(base::php_begin(all), all.size()));
    edit_.reset();
  }

  void replace(const std::string& key) {
    std::string what = next(), with = next();
    edit_->change_texts(key, [&](const std::string& text) { return replaced(text, what, with); });
  }

  void take(const std::string& key) {
    Path other = unchanged();
    base::PhpEdit source(bytes_of(other), variable_, other.filename().native());
    const base::PhpValue* value = source.find(key);
    auto words = value ? value->words() : std::nullopt;
    if (!words) throw base::Failure(key + " does not stand literally in " + base::printable_line(other.native()));
    edit_->set(key, *words);
  }

  void set_from_database(const std::string& key) {
    std::string field = next();
    storage::DatabaseTarget target = from_.database();
    if (field == "port") return edit_->set_number(key, target.port ? target.port : 3306);
    std::string value = field == "host" ? (target.host.empty() ? "localhost" : target.host)
                        : field == "name" ? target.name
                        : field == "user" ? target.user
                                          : target.password;
    edit_->set(key, base::with_percent_doubled(value));
  }

  const Ingredients& from_;
  Path file_;
  std::span<const std::string> words_;
  std::string text_, variable_ = "parameters";
  std::optional<base::PhpEdit> edit_;
};

}  // namespace

std::string configuration_text(const Ingredients& from, const Path& file, std::span<const std::string> edits) {
  return Maker(from, file, edits).make();
}

}  // namespace steps
