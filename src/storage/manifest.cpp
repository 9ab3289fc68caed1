// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/manifest.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/program_version.h"

namespace storage {

namespace {

using nlohmann::json;

}  // namespace

void to_json(json& out, const ManifestTable& table) {
  out = {{"name", table.name}, {"engine", table.engine}, {"rows", table.rows}, {"sql_bytes", table.sql_bytes}};
}

void from_json(const json& in, ManifestTable& table) {
  in.at("name").get_to(table.name);
  in.at("engine").get_to(table.engine);
  in.at("rows").get_to(table.rows);
  in.at("sql_bytes").get_to(table.sql_bytes);
}

bool holds(const Manifest& manifest, const std::string& table) {
  return std::any_of(manifest.tables.begin(), manifest.tables.end(), [&](const ManifestTable& one) { return one.name == table; });
}

uint64_t Manifest::rows() const {
  uint64_t sum = 0;
  for (const ManifestTable& table : tables) sum += table.rows;
  return sum;
}

std::string to_json(const Manifest& manifest) {
  json out = {{"format", kManifestFormat},
              {"program", std::string("unstick ") + base::kProgramVersion},
              {"application", manifest.application},
              {"occasion", manifest.occasion},
              {"database", manifest.database},
              {"place", manifest.place},
              {"server", manifest.server},
              {"taken", manifest.taken},
              {"seconds", manifest.seconds},
              {"tables", manifest.tables},
              {"sequences", manifest.sequences},
              {"views", manifest.views},
              {"triggers", manifest.triggers},
              {"routines", manifest.routines},
              {"events", manifest.events},
              {"notes", manifest.notes},
              {"sql_bytes", manifest.sql_bytes},
              {"file_bytes", manifest.file_bytes},
              {"sha256", manifest.sha256},
              {"packet_bytes", manifest.packet_bytes}};
  // A name that is no UTF-8 must not cost the backup its manifest.
  return out.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

std::optional<Manifest> manifest_of(std::string_view text) {
  try {
    json in = json::parse(text);
    if (in.at("format").get<int>() > kManifestFormat) return std::nullopt;
    Manifest manifest;
    for (auto [name, field] : {std::pair{"application", &manifest.application}, {"occasion", &manifest.occasion},
                               {"database", &manifest.database}, {"server", &manifest.server}, {"taken", &manifest.taken}, {"sha256", &manifest.sha256}})
      in.at(name).get_to(*field);
    for (auto [name, field] : {std::pair{"sequences", &manifest.sequences}, {"views", &manifest.views},
                               {"triggers", &manifest.triggers}, {"routines", &manifest.routines},
                               {"events", &manifest.events}, {"notes", &manifest.notes}})
      in.at(name).get_to(*field);
    for (auto [name, field] : {std::pair{"sql_bytes", &manifest.sql_bytes}, {"file_bytes", &manifest.file_bytes},
                               {"packet_bytes", &manifest.packet_bytes}})
      in.at(name).get_to(*field);
    bool is_sum = manifest.sha256.size() == 64 && manifest.sha256.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!is_sum) return std::nullopt;  // it becomes a part of a header
    manifest.place = in.value("place", "");  // the first ones had none
    in.at("seconds").get_to(manifest.seconds);
    in.at("tables").get_to(manifest.tables);
    return manifest;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace storage
