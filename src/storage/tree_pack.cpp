// SPDX-License-Identifier: GPL-3.0-or-later
// Folders wait in a list of their own, so that no depth of a tree can exhaust the small stack of a FastCGI thread.
#include "storage/tree_pack.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"
#include "platform/tree_reader.h"
#include "storage/names.h"

namespace storage {

namespace {

using platform::Kind;
using platform::TreeReader;

struct Waiting {
  std::string path;
  bool whole = true;  // nothing in it is asked about any more
};

enum class Choice { take, look_into, leave };

std::string shown(const std::string& path) { return base::printable_line(path); }

class Packing {
 public:
  Packing(const PackOrder& order, ZipWriter* zip)
      : order_(order), zip_(zip), reader_(order.top), left_out_(order.left_out.begin(), order.left_out.end()) {}

  std::optional<Packed> run() {
    waiting_.push_back({"", order_.scope == PackScope::whole});
    while (!waiting_.empty() && !stopped_) {
      Waiting folder = std::move(waiting_.back());
      waiting_.pop_back();
      pack_folder(folder);
    }
    if (stopped_) return std::nullopt;
    if (zip_ && !packed_.complete()) add_not_complete();
    return std::move(packed_);
  }

 private:
  void pack_folder(const Waiting& folder) {
    std::vector<platform::Entry> entries;
    mode_t mode = 0;
    auto result = reader_.list(folder.path, entries, mode);
    if (result == TreeReader::Result::refused) return packed_.unread.add(folder.path + "/");
    if (result != TreeReader::Result::done) return;  // gone since it was listed
    if (!folder.path.empty()) add_folder(folder.path, mode);
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    std::vector<Waiting> inner;
    for (const auto& entry : entries) {
      if (stop_asked()) return;
      std::string path = folder.path.empty() ? entry.name : folder.path + "/" + entry.name;
      pack_entry(path, entry, folder.whole, inner);
    }
    waiting_.insert(waiting_.end(), std::make_move_iterator(inner.rbegin()), std::make_move_iterator(inner.rend()));
  }

  void pack_entry(const std::string& path, const platform::Entry& entry, bool whole, std::vector<Waiting>& folders) {
    bool is_folder = entry.kind == Kind::folder;
    Choice choice = whole ? Choice::take : choose(path, is_folder);
    if (choice == Choice::leave) return;
    if (left_out_.count(order_.top / path) != 0 || is_name_of_ours(entry.name))
      return packed_.left_out.add(path + (is_folder ? "/" : ""));
    if (is_folder) folders.push_back({path, choice == Choice::take});
    else if (entry.kind == Kind::file) add_file(path);
    else add_link(path, entry.kind);
  }

  // Of a path in a folder of both.
  Choice choose(const std::string& path, bool is_folder) const {
    std::string in_root = path;
    if (!order_.root.empty()) {
      if ((order_.root + "/").starts_with(path + "/")) return Choice::look_into;
      bool above = !path.starts_with(order_.root + "/");
      if (above && !is_folder) return Choice::take;
      if (!above) in_root = path.substr(order_.root.size() + 1);
    }
    switch (order_.owner(in_root)) {
      case Owner::package: return Choice::leave;
      case Owner::shared: return is_folder ? Choice::look_into : Choice::take;
      default: return Choice::take;
    }
  }

  void add_folder(const std::string& path, mode_t mode) {
    ++packed_.folders;
    if (!zip_) return;
    auto facts = platform::posix_disk().look(order_.top / path);
    zip_->add_folder(path, mode, facts ? facts->changed : platform::WallTime{});
  }

  void add_link(const std::string& path, Kind kind) {
    std::error_code unknown;
    auto target = kind == Kind::symlink ? std::filesystem::read_symlink(order_.top / path, unknown) : platform::Path();
    packed_.links.add(path + (target.empty() ? " (no file)" : " -> " + target.native()));
  }

  void add_file(const std::string& path) {
    if (!zip_) return survey_file(path);
    TreeReader::Opened facts;
    auto result = reader_.open(path, facts);
    if (result == TreeReader::Result::refused) return packed_.unread.add(path);
    if (result != TreeReader::Result::done) return;  // gone since it was listed, or no file any more
    bool broke_off = false;
    zip_->add_file(path, facts.mode, facts.changed, [&] { return next_piece(broke_off); });
    if (broke_off) packed_.unread.add(path);
    else ++packed_.files;
  }

  void survey_file(const std::string& path) {
    auto facts = platform::posix_disk().look(order_.top / path);
    if (!facts) return;
    if (!platform::posix_disk().may_read(order_.top / path)) return packed_.unread.add(path);
    ++packed_.files;
    packed_.bytes += facts->size_bytes;
  }

  // Empty at the end. A disk that fails ends the entry where it is.
  std::string_view next_piece(bool& broke_off) {
    if (stop_asked()) return {};
    try {
      auto piece = reader_.read_on();
      packed_.bytes += piece.size();
      return piece;
    } catch (const base::Failure&) {
      broke_off = true;
      return {};
    }
  }

  bool stop_asked() {
    stopped_ = stopped_ || (order_.stop_asked && order_.stop_asked());
    if (!stopped_ && order_.progress) order_.progress(packed_.files, packed_.bytes);
    return stopped_;
  }

  void add_not_complete() {
    std::string text = not_complete_words(packed_.unread.count) + ":\n";
    for (const auto& name : packed_.unread.names) text += shown(name) + "\n";
    if (packed_.unread.count > packed_.unread.names.size())
      text += "and " + std::to_string(packed_.unread.count - packed_.unread.names.size()) + " more\n";
    std::string_view rest = text;
    zip_->add_file(kNotComplete, 0644, platform::system_clock().now(), [&] { return std::exchange(rest, {}); });
  }

  const PackOrder& order_;
  ZipWriter* zip_;  // null: only counted
  TreeReader reader_;
  std::set<platform::Path> left_out_;
  std::vector<Waiting> waiting_;  // the next one last
  Packed packed_;
  bool stopped_ = false;
};

std::string words_of(const Named& named) {
  std::string words = base::some_of(named.names, kMostNamed);
  return named.count > kMostNamed ? words + " and " + std::to_string(named.count - kMostNamed) + " more" : words;
}

}  // namespace

std::optional<Packed> survey_tree(const PackOrder& order) { return Packing(order, nullptr).run(); }
std::optional<Packed> pack_tree(const PackOrder& order, ZipWriter& zip) { return Packing(order, &zip).run(); }

std::vector<std::string> notes_of(const Packed& packed) {
  std::vector<std::string> notes;
  if (packed.left_out.count != 0) notes.push_back("left out, as they are caches or our own: " + words_of(packed.left_out));
  if (packed.links.count != 0)
    notes.push_back("links are not in it, and nothing behind those that lead elsewhere: " + words_of(packed.links));
  if (!packed.complete()) notes.push_back("could not be read: " + words_of(packed.unread));
  return notes;
}

std::string not_complete_words(uint64_t unread) {
  return "NOT COMPLETE: " + std::to_string(unread) + (unread == 1 ? " file" : " files") + " could not be read";
}

}  // namespace storage
