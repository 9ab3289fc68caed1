// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a fuzz target over kept inputs, for compilers without libFuzzer: PROGRAM FILE-OR-FOLDER...
// Each input is also run cut in half, and with one byte changed at some places. Prints the number of runs; an input
// that breaks a promise is named before it aborts.
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr size_t kMostChanges = 200;

std::string current;  // the file that is being run

void name_it(int signal) {
  if (::write(2, current.data(), current.size()) < 0 || ::write(2, "\n", 1) < 0) ::_exit(1);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

size_t run_with_changes(const std::string& input) {
  run(input);
  run(input.substr(0, input.size() / 2));
  size_t step = std::max<size_t>(1, input.size() / kMostChanges);
  size_t runs = 2;
  for (size_t at = 0; at < input.size(); at += step, ++runs) {
    std::string changed = input;
    constexpr std::string_view kBytes = "'\"()[]{};,.=>\\$/*?<\n\0x5";
    changed[at] = kBytes[runs % kBytes.size()];
    run(changed);
  }
  return runs;
}

std::vector<std::filesystem::path> files_of(int count, char** names) {
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < count; ++i) {
    if (!std::filesystem::is_directory(names[i])) files.emplace_back(names[i]);
    else
      for (const auto& entry : std::filesystem::recursive_directory_iterator(names[i]))
        if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

int main(int count, char** names) {
  for (int signal : {SIGABRT, SIGSEGV}) std::signal(signal, name_it);
  size_t runs = 0;
  auto files = files_of(count, names);
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::fprintf(stderr, "cannot read %s\n", file.c_str()), 1;
    current = file.native();
    runs += run_with_changes({std::istreambuf_iterator<char>(in), {}});
  }
  std::printf("%zu inputs, %zu runs\n", files.size(), runs);
  return files.empty();
}
