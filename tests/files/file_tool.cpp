// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's zip files and trees, for tests and benchmarks: file_tool ACTION WORDS...
//   list ZIP             prints the files of a package: size, CRC-32, mode, path
//   check ZIP            reads and proves all contents
//   extract ZIP FOLDER   unpacks it; FOLDER must not exist.
// A failure goes to stderr, with exit status 1. The last line of stdout is JSON.
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/failure.h"
#include "storage/extract.h"
#include "storage/zip_contents.h"

namespace {

using nlohmann::json;

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

int list(const char* file) {
  storage::ZipPackage package(file);
  for (const auto& entry : package.entries())
    if (!entry.folder)
      std::printf("%llu\t%08x\t%o\t%s\n", static_cast<unsigned long long>(entry.bytes), entry.crc, storage::mode_of(entry),
                  entry.path.c_str());
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
  json out = {{"files", done->files}, {"bytes", done->bytes}, {"open_seconds", opened - began},
              {"seconds", opened - began + done->seconds}, {"sync_seconds", done->sync_seconds}};
  std::cout << out << "\n";
  return 0;
}

}  // namespace

int main(int count, char** words) {
  const std::string action = count > 2 ? words[1] : "";
  try {
    if (action == "list") return list(words[2]);
    if (action == "check") return check(words[2]);
    if (action == "extract" && count > 3) return extract(words[2], words[3]);
    std::cerr << "file_tool list|check|extract ...\n";
    return 2;
  } catch (const base::Failure& failure) {
    std::cerr << failure.full() << "\n";
    return 1;
  }
}
