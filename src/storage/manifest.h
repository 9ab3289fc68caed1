// SPDX-License-Identifier: GPL-3.0-or-later
// What a backup says about itself: the small JSON file beside it. It is written after the backup has its name, so a
// backup with a manifest is a complete one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace storage {

constexpr int kManifestFormat = 1;

struct ManifestTable {
  std::string name;
  std::string engine;
  uint64_t rows = 0;
  uint64_t sql_bytes = 0;  // of its rows, as SQL
};

struct Manifest {
  std::string application;  // "Mautic 5.1.0", may be empty
  std::string occasion;     // the task that asked for it: "db:backup"
  std::string database;
  std::string place;        // of the server, as the connection was told: "localhost", "db.example.com port 3307"
  std::string server;       // "10.11.6-MariaDB"
  std::string taken;        // "2026-11-21 09:30:15 UTC": the moment whose data it holds
  double seconds = 0;
  std::vector<ManifestTable> tables;
  std::vector<std::string> sequences, views, triggers, routines, events;
  std::vector<std::string> notes;   // what is not inside, or not as of that moment: sentences
  uint64_t sql_bytes = 0;
  uint64_t file_bytes = 0;
  std::string sha256;               // of the file
  uint64_t packet_bytes = 0;        // max_allowed_packet that a restore needs at least

  uint64_t rows() const;
};

bool holds(const Manifest& manifest, const std::string& table);

std::string to_json(const Manifest& manifest);
// nullopt when the text is no manifest of ours, or one of a newer format.
std::optional<Manifest> manifest_of(std::string_view json);

}  // namespace storage
