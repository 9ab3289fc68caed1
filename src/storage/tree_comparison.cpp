// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/tree_comparison.h"

#include <libdeflate.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/failure.h"
#include "base/text.h"
#include "platform/tree_reader.h"
#include "storage/in_parallel.h"

namespace storage {

namespace {

using platform::Kind;
using platform::TreeReader;

constexpr uint8_t kSame = 255;
constexpr size_t kThreads = 2;

std::string joined(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : folder + "/" + name;
}

std::string top_of(std::string_view path) {
  size_t slash = path.find('/');
  return std::string(slash == path.npos ? "" : path.substr(0, slash));
}

// Whose a path is, with the folders above it.
class Territory {
 public:
  explicit Territory(const OwnerOf& owner) : owner_(owner) {}

  Owner of(const std::string& path) {
    for (size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1))
      if (Owner owner = remembered(path.substr(0, slash)); owner != Owner::shared) return owner;
    return path.empty() ? Owner::shared : remembered(path);
  }

 private:
  Owner remembered(const std::string& path) {
    auto [owner, is_new] = owners_.try_emplace(path, Owner::shared);
    if (is_new) owner->second = owner_(path);
    return owner->second;
  }

  const OwnerOf& owner_;
  std::unordered_map<std::string, Owner> owners_;
};

class Comparing {
 public:
  Comparing(const ZipPackage& package, const ComparisonOrder& order) : order_(order) {
    for (unsigned i = 0; i < kThreads; ++i) hands_.push_back(std::make_unique<Hand>(order.root));
    expect(package);
  }

  std::optional<Comparison> run() {
    auto began = std::chrono::steady_clock::now();
    InParallel parallel;
    parallel.threads = order_.threads;
    parallel.stop_asked = order_.stop_asked;
    if (order_.progress)
      parallel.progress = [this](size_t done) { order_.progress(std::min(done, files_.size()), files_.size()); };
    bool ended = parallel.run(files_.size() + folders_.size(), [this](unsigned thread, size_t i) {
      if (i < files_.size())
        file_results_[i] = compare_file(*hands_[thread], *files_[i]);
      else
        compare_folder(*hands_[thread], i - files_.size());
    });
    if (!ended) return std::nullopt;
    found_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    gather();
    return std::move(found_);
  }

 private:
  struct Folder {
    std::string path;
    Owner owner;
    uint8_t result = kSame;
  };
  // One thread's tools and finds.
  struct Hand {
    explicit Hand(const Path& root) : reader(root) {}
    TreeReader reader;
    std::vector<platform::Entry> entries{};
    std::vector<Difference> extra{};
    uint64_t read_bytes = 0;
  };

  // ---- what should be there

  void expect(const ZipPackage& package) {
    Territory territory(order_.owner);
    std::set<std::string> folders = {""};
    for (const ZipEntry& entry : package.entries()) {
      known_.insert(entry.path);
      for (size_t slash = entry.path.rfind('/'); slash != std::string::npos; slash = entry.path.rfind('/', slash - 1))
        if (!known_.insert(std::string_view(entry.path).substr(0, slash)).second) break;
      Owner owner = territory.of(entry.path);
      bool users = owner == Owner::user || owner == Owner::nobody;
      if (entry.folder) {
        if (!users) folders.insert(entry.path);
        continue;
      }
      if (users)
        ++found_.kept;
      else
        files_.push_back(&entry), add_folders_above(entry.path, folders);
    }
    for (const auto& path : folders) folders_.push_back({path, territory.of(path)});
    file_results_.resize(files_.size(), kSame);
  }

  static void add_folders_above(const std::string& path, std::set<std::string>& folders) {
    for (size_t slash = path.rfind('/'); slash != std::string::npos; slash = path.rfind('/', slash - 1))
      if (!folders.insert(path.substr(0, slash)).second) return;
  }

  // ---- what is there; in several threads

  static uint8_t code(Damage damage) { return static_cast<uint8_t>(damage); }

  static uint8_t code(TreeReader::Result result) {
    switch (result) {
      case TreeReader::Result::absent:
        return code(Damage::missing);
      case TreeReader::Result::other_kind:
        return code(Damage::wrong_kind);
      case TreeReader::Result::refused:
        return code(Damage::unreadable);
      default:
        return kSame;
    }
  }

  static uint8_t compare_file(Hand& hand, const ZipEntry& entry) {
    TreeReader::Opened file;
    if (auto result = hand.reader.open(entry.path, file); result != TreeReader::Result::done) return code(result);
    if (file.size_bytes != entry.bytes) return code(Damage::changed);
    uint32_t crc = 0;
    try {
      for (auto block = hand.reader.read_on(); !block.empty(); block = hand.reader.read_on()) {
        crc = libdeflate_crc32(crc, block.data(), block.size());
        hand.read_bytes += block.size();
      }
    } catch (const base::Failure&) {
      return code(Damage::unreadable);
    }
    if (crc != entry.crc) return code(Damage::changed);
    return (file.mode & 0400) == 0 || (file.mode & 0002) != 0 ? code(Damage::permission) : kSame;
  }

  void compare_folder(Hand& hand, size_t number) {
    Folder& folder = folders_[number];
    mode_t mode = 0;
    auto result = hand.reader.list(folder.path, hand.entries, mode);
    folder.result = code(result);
    if (result != TreeReader::Result::done) return;
    if ((mode & 0700) != 0700 || (mode & 01002) == 0002) folder.result = code(Damage::permission);
    std::vector<platform::Entry> entries = std::move(hand.entries);
    for (const auto& entry : entries) {
      std::string path = joined(folder.path, entry.name);
      if (known_.count(path) > 0) continue;
      Owner owner = folder.owner == Owner::shared ? order_.owner(path) : Owner::package;
      if (owner != Owner::package) continue;
      bool is_folder = entry.kind == Kind::folder;
      hand.extra.push_back({Damage::extra, path, is_folder, is_folder ? count_files(hand, path) : 1});
    }
  }

  static uint64_t count_files(Hand& hand, const std::string& top) {
    uint64_t files = 0;
    std::vector<std::string> folders = {top};
    std::vector<platform::Entry> entries;
    while (!folders.empty()) {
      std::string folder = std::move(folders.back());
      folders.pop_back();
      mode_t mode = 0;
      if (hand.reader.list(folder, entries, mode) != TreeReader::Result::done) continue;
      for (const auto& entry : entries) {
        if (entry.kind == Kind::folder)
          folders.push_back(joined(folder, entry.name));
        else
          ++files;
      }
    }
    return files;
  }

  // ---- what that means

  void gather() {
    std::vector<Difference> all;
    gather_folders(all);
    for (size_t i = 0; i < files_.size(); ++i) gather_file(*files_[i], file_results_[i], all);
    for (const auto& gone : gone_) all.push_back(gone.second);
    for (auto& hand : hands_) {
      all.insert(all.end(), hand->extra.begin(), hand->extra.end());
      found_.read_bytes += hand->read_bytes;
    }
    found_.files = files_.size();
    std::sort(all.begin(), all.end(), [](const Difference& a, const Difference& b) { return a.path < b.path; });
    keep(all);
  }

  // The outermost folders that are missing or no folders: what should lie in them is counted there.
  void gather_folders(std::vector<Difference>& all) {
    for (const Folder& folder : folders_) {  // by path: those above come first
      if (folder.result == kSame || gone_above(folder.path)) continue;
      auto damage = static_cast<Damage>(folder.result);
      if (damage == Damage::permission)
        all.push_back({damage, folder.path, true, 0});
      else
        gone_.emplace(folder.path, Difference{damage, folder.path, true, 0});
    }
  }

  Difference* gone_above(const std::string& path) {
    if (gone_.empty()) return nullptr;
    for (size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1))
      if (auto gone = gone_.find(path.substr(0, slash)); gone != gone_.end()) return &gone->second;
    return nullptr;
  }

  void gather_file(const ZipEntry& entry, uint8_t result, std::vector<Difference>& all) {
    ++folder_count(top_of(entry.path)).files;
    if (result == kSame) {
      ++found_.same;
      return;
    }
    if (Difference* gone = gone_above(entry.path))
      ++gone->files;
    else
      all.push_back({static_cast<Damage>(result), entry.path, false, 1});
  }

  FolderCount& folder_count(const std::string& name) {
    auto [place, is_new] = counts_.try_emplace(name);
    if (is_new) place->second.name = name;
    return place->second;
  }

  void keep(const std::vector<Difference>& all) {
    std::array<size_t, kDamages> named{};
    for (const Difference& difference : all) {
      auto kind = static_cast<size_t>(difference.damage);
      // A folder that is gone is at the top of itself.
      std::string top =
          difference.folder && !base::contains(difference.path, "/") ? difference.path : top_of(difference.path);
      folder_count(top).damaged[kind] += std::max<uint64_t>(difference.files, 1);
      if (named[kind]++ < order_.most_named) found_.differences.push_back(difference);
    }
    for (auto& count : counts_) found_.folders.push_back(std::move(count.second));
  }

  const ComparisonOrder& order_;
  std::vector<const ZipEntry*> files_;
  std::vector<Folder> folders_;
  std::unordered_set<std::string_view> known_;  // every path of the package
  std::vector<uint8_t> file_results_;
  std::vector<std::unique_ptr<Hand>> hands_;
  std::map<std::string, Difference> gone_;
  std::map<std::string, FolderCount> counts_;
  Comparison found_;
};

}  // namespace

std::string_view word(Damage damage) {
  constexpr std::array<std::string_view, kDamages> kWords = {
      "missing", "changed", "of another kind", "not readable", "with wrong permissions", "extra"};
  return kWords[static_cast<size_t>(damage)];
}

uint64_t Comparison::of(Damage damage) const {
  uint64_t sum = 0;
  for (const FolderCount& folder : folders) sum += folder.of(damage);
  return sum;
}

bool Comparison::whole() const {
  return std::all_of(folders.begin(), folders.end(), [](const FolderCount& folder) {
    return std::all_of(folder.damaged.begin(), folder.damaged.end(), [](uint64_t count) { return count == 0; });
  });
}

std::optional<Comparison> compare_tree(const ZipPackage& package, const ComparisonOrder& order) {
  return Comparing(package, order).run();
}

std::vector<std::string> lines_of(const Comparison& comparison) {
  std::vector<std::string> lines;
  for (const FolderCount& folder : comparison.folders) {
    std::vector<std::string> parts;
    for (size_t i = 0; i < kDamages; ++i)
      if (folder.damaged[i] > 0)
        parts.push_back(std::to_string(folder.damaged[i]) + " " + std::string(word(static_cast<Damage>(i))));
    if (parts.empty()) continue;
    std::string name = folder.name.empty() ? "the top folder" : base::printable_line(folder.name);
    lines.push_back(name + ": " + base::join(parts, ", ") + " of " + std::to_string(folder.files) + " files");
  }
  return lines;
}

}  // namespace storage
