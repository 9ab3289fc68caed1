// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs that work on the site's database: `dump-database`.
#include <chrono>

#include "base/failure.h"
#include "base/text.h"
#include "steps/verbs.h"
#include "storage/backups.h"
#include "storage/dump.h"

namespace steps {

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds kBetweenLines{3};

// One line every few seconds: how far, where, how much.
class ProgressLines {
 public:
  explicit ProgressLines(Supervisor& supervisor) : supervisor_(supervisor) {}

  void show(const storage::DumpProgress& at) {
    if (Steady::now() - shown_ < kBetweenLines) return;
    shown_ = Steady::now();
    std::string where = at.table.empty() ? "" : ", table " + std::to_string(at.table_number) + " of " +
                                                    std::to_string(at.table_count) + " " + base::printable_line(at.table);
    supervisor_.line("about " + std::to_string(static_cast<int>(at.part * 100)) + " %" + where + ", " +
                     std::to_string(at.rows) + " rows, " + base::size_words(at.file_bytes) + " written");
  }

 private:
  Supervisor& supervisor_;
  Steady::time_point shown_ = Steady::now();
};

void tell(Supervisor& supervisor, const storage::Manifest& manifest, const platform::Path& file) {
  supervisor.line(std::to_string(manifest.tables.size()) + " tables with " + std::to_string(manifest.rows()) +
                  " rows, " + base::size_words(manifest.sql_bytes) + " of SQL, " + base::size_words(manifest.file_bytes) +
                  " in the file, read back and verified");
  for (const auto& note : manifest.notes) supervisor.line("note: " + base::printable_line(note));
  supervisor.line("backup " + supervisor.job() + ": " + base::printable_line(file.native()));
}

}  // namespace

Outcome dump_database(Supervisor& supervisor, const base::Step& step) {
  const platform::Path root = step.words.at(0);
  const std::string& application = step.words.at(1);
  const std::string& occasion = step.words.at(2);
  platform::Disk& disk = supervisor.disk();
  storage::StateNames state = supervisor.state();
  disk.make_folder(state.backups(), 0700);
  if (auto complete = storage::find_backup(disk, state, supervisor.job()); complete && complete->manifest) {
    tell(supervisor, *complete->manifest, complete->file);
    return {};
  }
  storage::remove_backup(disk, state, supervisor.job());

  auto connection = storage::Connection::open(supervisor.database(root));
  supervisor.line("connected to " + storage::place_words(connection.target()) + ", server " + connection.server_version());
  ProgressLines progress(supervisor);
  storage::DumpOrder order;
  order.file = state.backup_of(supervisor.job());
  order.application = application;
  order.progress = [&](const storage::DumpProgress& at) { progress.show(at); };
  order.stop_asked = [&] { return supervisor.stop_asked(); };
  auto manifest = storage::dump_database(connection, order, platform::system_clock());
  if (!manifest) return {{}, true, {}};
  manifest->occasion = occasion;
  disk.replace(state.manifest_of(supervisor.job()), storage::to_json(*manifest), 0600);
  tell(supervisor, *manifest, order.file);
  return {};
}

}  // namespace steps
