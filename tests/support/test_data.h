// SPDX-License-Identifier: GPL-3.0-or-later
// The files of tests/data, from the folders in which tests are run: tests/ (tests/run) and the top (by hand).
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

namespace support {

inline std::filesystem::path test_data(const std::string& name) {
  for (const char* folder : {"data/", "tests/data/"})
    if (std::filesystem::exists(folder + name)) return folder + name;
  throw std::runtime_error("there is no test data named " + name);
}

}  // namespace support
