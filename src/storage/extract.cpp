// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/extract.h"

#include <chrono>

#include "storage/zip_contents.h"

namespace storage {

namespace {

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

SpaceNeeded space_needed(const ZipPackage& package) {
  SpaceNeeded needed;
  for (const ZipEntry& entry : package.entries())
    if (!entry.folder) needed.bytes += platform::disk_bytes(entry.bytes);
  needed.bytes += package.folders() * platform::disk_bytes(1);
  needed.files = package.files() + package.folders();
  return needed;
}

std::optional<Extracted> extract(const ZipPackage& package, std::unique_ptr<platform::NewTree> tree,
                                 const ExtractOrder& order) {
  auto began = std::chrono::steady_clock::now();
  SpaceNeeded needed = space_needed(package);
  tree->reserve(needed.bytes, needed.files);
  ContentsOrder contents;
  contents.progress = order.progress;
  contents.stop_asked = order.stop_asked;
  contents.take = [&](unsigned thread, const ZipPiece& piece) {
    if (piece.first)
      tree->write(thread, piece.entry.path, piece.bytes, mode_of(piece.entry));
    else
      tree->append(thread, piece.entry.path, piece.bytes);
  };
  if (read_contents(package, contents) == ContentsEnd::stopped) return std::nullopt;
  for (const ZipEntry& entry : package.entries())
    if (entry.folder) tree->make_folder(0, entry.path);
  Extracted done{package.files(), package.bytes(), seconds_since(began), 0};
  began = std::chrono::steady_clock::now();
  tree->commit();
  done.sync_seconds = seconds_since(began);
  return done;
}

}  // namespace storage
