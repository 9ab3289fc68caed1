// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's zip files and trees, for tests and benchmarks: file_tool ACTION WORDS...
//   list ZIP             prints the files of a package: size, CRC-32, mode, path
//   check ZIP            reads and proves all contents
//   extract ZIP FOLDER   unpacks it; FOLDER must not exist.
//   compare ZIP ROOT [KEEP...]   compares the tree in ROOT with it; KEEP: paths of the user's
//   swap ZIP ROOT STATE [KEEP...]  unpacks it into STATE/staged and swaps it into ROOT
//   pack ROOT ZIP        writes an archive of all files below it
//   swap-back STATE      takes that back
//   download URL API FILE PROXY HOST...   downloads a package as the job's step does; API and PROXY may be empty
// A failure goes to stderr, with exit status 1. The last line of stdout is JSON.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "base/failure.h"
#include "steps/verbs.h"
#include "storage/extract.h"
#include "storage/swap.h"
#include "storage/tree_comparison.h"
#include "storage/zip_contents.h"
#include "storage/zip_writer.h"
#include "support/fake_supervisor.h"

namespace {

using nlohmann::json;

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

// The most memory that this process has had.
long peak_kb() {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);)
    if (line.rfind("VmHWM:", 0) == 0) return std::atol(line.c_str() + 6);
  return -1;
}

int list(const char* file) {
  storage::ZipPackage package(file);
  for (const auto& entry : package.entries())
    if (!entry.folder)
      std::printf("%llu\t%08x\t%o\t%s\n", static_cast<unsigned long long>(entry.bytes), entry.crc,
                  storage::mode_of(entry), entry.path.c_str());
  return 0;
}

int check(const char* file) {
  double began = now();
  storage::ZipPackage package(file);
  double opened = now();
  storage::ContentsOrder order;
  order.take = [](unsigned, const storage::ZipPiece&) {};
  storage::read_contents(package, order);
  json out = {{"files", package.files()}, {"open_seconds", opened - began}, {"seconds", now() - began}};
  std::cout << out << "\n";
  return 0;
}

int extract(const char* file, const char* folder) {
  double began = now();
  storage::ZipPackage package(file);
  double opened = now();
  auto done = storage::extract(package, platform::create_new_tree(folder), {});
  json out = {{"files", done->files},
              {"bytes", done->bytes},
              {"open_seconds", opened - began},
              {"seconds", opened - began + done->seconds},
              {"sync_seconds", done->sync_seconds},
              {"peak_kb", peak_kb()}};
  std::cout << out << "\n";
  return 0;
}

// What is neither kept nor of the package is shared, so that nothing of the site is lost.
storage::OwnerOf owner_of(const storage::ZipPackage& package, int count, char** kept) {
  std::set<std::string> keep(kept, kept + std::max(count, 0)), above;
  for (const auto& path : keep)
    for (size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1))
      above.insert(path.substr(0, slash));
  std::set<std::string> tops;
  for (const auto& entry : package.entries()) tops.insert(entry.path.substr(0, entry.path.find('/')));
  return [=](const std::string& path) {
    if (keep.count(path) > 0) return storage::Owner::user;
    if (above.count(path) > 0) return storage::Owner::shared;
    return path.find('/') != std::string::npos || tops.count(path) > 0 ? storage::Owner::package : storage::Owner::user;
  };
}

int compare(const char* file, const char* root, int count, char** kept) {
  double began = now();
  storage::ZipPackage package(file);
  double opened = now();
  storage::ComparisonOrder order;
  order.root = root;
  order.owner = owner_of(package, count, kept);
  auto found = storage::compare_tree(package, order).value();
  for (const auto& line : storage::lines_of(found)) std::cout << line << "\n";
  for (const auto& difference : found.differences)
    std::cout << "  " << storage::word(difference.damage) << ": " << difference.path << (difference.folder ? "/" : "")
              << "\n";
  json out = {{"files", found.files},           {"same", found.same},      {"kept", found.kept},
              {"read_bytes", found.read_bytes}, {"whole", found.whole()},  {"peak_kb", peak_kb()},
              {"open_seconds", opened - began}, {"seconds", now() - began}};
  for (size_t i = 0; i < storage::kDamages; ++i) {
    auto damage = static_cast<storage::Damage>(i);
    out[std::string(storage::word(damage))] = found.of(damage);
  }
  std::cout << out << "\n";
  return 0;
}

int swap(const char* file, const char* root, const storage::Path& state, int count, char** kept) {
  storage::ZipPackage package(file);
  platform::Disk& disk = platform::posix_disk();
  storage::Swap swap(disk, storage::SwapNames(state / "swap"));
  if (!swap.begun()) {
    // What has its name is complete.
    if (!disk.look(state / "staged")) storage::extract(package, platform::create_new_tree(state / "staged"), {});
    swap.begin(storage::plan_swap(disk, root, state / "staged", owner_of(package, count, kept)));
  }
  double began = now();
  swap.run();
  std::cout << json{{"entries", swap.position().done}, {"seconds", now() - began}} << "\n";
  return 0;
}

int swap_back(const storage::Path& state) {
  storage::Swap swap(platform::posix_disk(), storage::SwapNames(state / "swap"));
  double began = now();
  swap.roll_back();
  std::cout << json{{"entries", swap.position().not_begun}, {"seconds", now() - began}} << "\n";
  return 0;
}

int pack(const char* root, const char* file) {
  double began = now();
  std::ofstream out(file, std::ios::binary);
  storage::ZipWriter writer(
      [&](std::string_view bytes) { out.write(bytes.data(), static_cast<std::streamsize>(bytes.size())); });
  std::string piece;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    auto path = entry.path().lexically_relative(root).native();
    auto facts = platform::posix_disk().look(entry.path()).value();
    if (facts.kind == platform::Kind::folder) writer.add_folder(path, facts.mode, facts.changed);
    if (facts.kind != platform::Kind::file) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    writer.add_file(path, facts.mode, facts.changed, [&]() -> std::string_view {
      piece.resize(256 << 10);
      in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
      return std::string_view(piece).substr(0, static_cast<size_t>(in.gcount()));
    });
  }
  writer.finish();
  std::cout << json{{"entries", writer.entries()},
                    {"bytes", writer.bytes()},
                    {"seconds", now() - began},
                    {"peak_kb", peak_kb()}}
            << "\n";
  return out.good() ? 0 : 1;
}

// The verb, over the real network.
int download(int count, char** words) {
  support::FakeSupervisor supervisor(platform::posix_disk());
  supervisor.web.give = [](const platform::DownloadOrder& order) { return platform::curl_http().download(order); };
  supervisor.web.say = [](const platform::DownloadOrder& order) { return platform::curl_http().text(order); };
  base::Step step{"download-package", "", base::Interruption::restart, {words[0], words[1], words[2], words[3], "1000000", "the site"}, {}};
  step.words.insert(step.words.end(), words + 4, words + count);
  try {
    steps::download_package(supervisor, step);
  } catch (const base::Failure&) {
    std::cout << supervisor.ours;
    throw;
  }
  std::cout << supervisor.ours;
  return 0;
}

}  // namespace

int main(int count, char** words) {
  const std::string action = count > 2 ? words[1] : "";
  try {
    if (action == "list") return list(words[2]);
    if (action == "check") return check(words[2]);
    if (action == "extract" && count > 3) return extract(words[2], words[3]);
    if (action == "compare" && count > 3) return compare(words[2], words[3], count - 4, words + 4);
    if (action == "swap" && count > 4) return swap(words[2], words[3], words[4], count - 5, words + 5);
    if (action == "pack" && count > 3) return pack(words[2], words[3]);
    if (action == "swap-back") return swap_back(words[2]);
    if (action == "download" && count > 6) return download(count - 2, words + 2);
    std::cerr << "file_tool list|check|extract|compare|swap|swap-back|pack|download ...\n";
    return 2;
  } catch (const base::Failure& failure) {
    std::cerr << failure.full() << "\n";
    return 1;
  }
}
