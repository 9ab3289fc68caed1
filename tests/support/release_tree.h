// SPDX-License-Identifier: GPL-3.0-or-later
// Trees with the names and sizes of real releases (tests/data/mautic/trees) and made-up contents, which differ from
// release to release.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/text.h"
#include "support/made_zip.h"
#include "support/test_data.h"

namespace support {

struct ReleaseFile {
  std::string path;
  uint64_t bytes = 0;
};

inline std::vector<ReleaseFile> release_files(const std::string& version) {
  std::string text, file = test_data("mautic/trees/" + version + ".tsv.gz");
  gzFile in = ::gzopen(file.c_str(), "rb");
  char buffer[65536];
  for (int got = ::gzread(in, buffer, sizeof buffer); got > 0; got = ::gzread(in, buffer, sizeof buffer))
    text.append(buffer, static_cast<size_t>(got));
  ::gzclose(in);
  std::vector<ReleaseFile> files;
  for (auto line : base::lines(text)) {
    size_t tab = line.find('\t');
    files.push_back(
        {std::string(line.substr(tab + 1)), base::whole_number(line.substr(0, tab)).value_or(1000)});  // BAD: not known
  }
  return files;
}

inline std::string release_content(const std::string& version, const std::string& path, uint64_t bytes) {
  std::string text;
  for (size_t i = 0; text.size() < bytes; ++i)
    text += "// " + version + " " + path + " line " + std::to_string(i) + "\n";
  return text.substr(0, bytes);
}

// A package of them; no file is larger than `most_bytes`.
inline std::string release_zip(const std::string& version, uint64_t most_bytes) {
  std::vector<MadeEntry> entries;
  for (const auto& file : release_files(version)) {
    MadeEntry entry{file.path, release_content(version, file.path, std::min(file.bytes, most_bytes))};
    entry.deflated = entry.content.size() > 100;
    entries.push_back(std::move(entry));
  }
  return made_zip(entries);
}

}  // namespace support
