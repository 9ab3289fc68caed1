// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs `stage-package` and `say`.
#include "base/failure.h"
#include "base/text.h"
#include "steps/pace.h"
#include "steps/verbs.h"
#include "storage/extract.h"

namespace steps {

namespace {

void tell(Supervisor& supervisor, const storage::Extracted& extracted) {
  supervisor.line(std::to_string(extracted.files) + " files, " + base::size_words(extracted.bytes) + " unpacked in " +
                  base::seconds_words(extracted.seconds) + ", each proved by its checksum; on the disk after " +
                  base::seconds_words(extracted.sync_seconds) + " more");
}

}  // namespace

void need_unchanged(Supervisor& supervisor, const platform::Path& file, const std::string& planned) {
  auto facts = supervisor.disk().look(file);
  if (!facts) throw base::Failure("the file " + base::printable_line(file.native()) + " is gone", "upload it again");
  if (platform::fingerprint(*facts) != planned)
    throw base::Failure("the file " + base::printable_line(file.filename().native()) + " changed after the plan was made",
                        "ask for the plan again");
}

Outcome stage_package(Supervisor& supervisor, const base::Step& step) {
  const platform::Path file = step.words.at(0);
  platform::Disk& disk = supervisor.disk();
  storage::StateNames state = supervisor.state();
  disk.make_folder(state.staged(), 0700);
  platform::Path staged = state.staged_by(supervisor.job());
  if (disk.look(staged)) {
    supervisor.line("the new files are unpacked already");
    return {};
  }
  need_unchanged(supervisor, file, step.words.at(1));
  storage::ZipPackage package(file, storage::placings_in(step.words, 2));
  Pace pace;
  storage::ExtractOrder order;
  order.progress = [&](uint64_t files, uint64_t bytes) {
    if (pace.is_due())
      supervisor.line(std::to_string(files) + " of " + std::to_string(package.files()) + " files, " + base::size_words(bytes) +
                      " unpacked");
  };
  order.stop_asked = [&] { return supervisor.stop_asked(); };
  auto extracted = storage::extract(package, platform::create_new_tree(staged), order);
  if (!extracted) return {{}, true, {}};
  tell(supervisor, *extracted);
  return {};
}

Outcome say(Supervisor& supervisor, const base::Step& step) {
  for (const auto& sentence : step.words) supervisor.line(sentence);
  return {};
}

}  // namespace steps
