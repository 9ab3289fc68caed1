// SPDX-License-Identifier: GPL-3.0-or-later
// The verb `pack-files`: a zip of the site's files in the state folder, read back before it has its name.
#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"
#include "platform/large_file.h"
#include "steps/pace.h"
#include "steps/verbs.h"
#include "storage/backups.h"
#include "storage/file_backups.h"
#include "storage/tree_pack.h"

namespace steps {

namespace {

using storage::Packed;
using storage::PackOrder;

std::string counted(uint64_t files) { return std::to_string(files) + (files == 1 ? " file" : " files"); }

// A word behind the first five is a rule of owners, or a folder to leave out: that begins with a slash.
PackOrder order_of(const base::Step& step) {
  PackOrder order;
  order.top = step.words.at(0);
  order.root = step.words.at(1);
  order.scope = step.words.at(4) == kOwnScope ? storage::PackScope::own : storage::PackScope::whole;
  std::vector<storage::OwnerRule> rules;
  for (size_t i = 5; i < step.words.size(); ++i) {
    if (step.words[i].starts_with("/")) order.left_out.emplace_back(step.words[i]);
    else rules.push_back(storage::rule_of(step.words[i]));
  }
  order.owner = storage::owner_by(std::move(rules));
  return order;
}

void tell(Supervisor& supervisor, const storage::FileManifest& manifest, const platform::Path& file) {
  supervisor.line(counted(manifest.files) + " with " + base::size_words(manifest.bytes) + ", " + base::size_words(manifest.file_bytes) +
                  " in the zip, read back and verified");
  for (const auto& note : manifest.notes) supervisor.line("note: " + base::printable_line(note));
  supervisor.line("backup " + supervisor.job() + ": " + base::printable_line(file.native()));
  if (manifest.unread != 0) supervisor.line("! " + storage::not_complete_words(manifest.unread));
}

// The sum of the files is more than the zip will need, and nobody knows by how much: so it is said, and tried.
void tell_room(Supervisor& supervisor, const Packed& found) {
  auto free = platform::free_bytes(supervisor.state().folder());
  supervisor.line("to pack: " + counted(found.files) + " with " + base::size_words(found.bytes) +
                  (free ? "; free on the disk: " + base::size_words(*free) : ""));
  if (free && *free < found.bytes)
    supervisor.line("it may not fit; should the disk become full, then what was written is deleted again");
}

void need_same(platform::LargeFile& file, const std::string& written) {
  base::Sha256 read;
  file.read_back([&](std::string_view bytes) { read.add(bytes); });
  if (read.end() != written)
    throw base::Failure("the zip on the disk is not what was written", "tell the host: the disk may be faulty");
}

class ZipFile {
 public:
  explicit ZipFile(const platform::Path& name)
      : file_(platform::create_large_file(name, 0600)), zip_([this](std::string_view bytes) { take(bytes); }) {}

  storage::ZipWriter& writer() { return zip_; }

  // What the manifest says of the file. It is on the disk then, and not yet under its name.
  void finish(storage::FileManifest& manifest) {
    zip_.finish();
    file_->sync();
    std::string sum = sha_.end();
    need_same(*file_, sum);
    manifest.sha256 = base::hex(sum);
    manifest.file_bytes = zip_.bytes();
  }
  void commit() { file_->commit(); }

 private:
  void take(std::string_view bytes) {
    file_->append(bytes);
    sha_.add(bytes);
  }

  std::unique_ptr<platform::LargeFile> file_;
  base::Sha256 sha_;
  storage::ZipWriter zip_;
};

Outcome pack(Supervisor& supervisor, const base::Step& step) {
  storage::StateNames state = supervisor.state();
  PackOrder order = order_of(step);
  order.stop_asked = [&] { return supervisor.stop_asked(); };
  auto found = storage::survey_tree(order);
  if (!found) return {{}, true, {}};
  tell_room(supervisor, *found);
  Pace pace;
  order.progress = [&](uint64_t files, uint64_t bytes) {
    if (pace.is_due())
      supervisor.line(std::to_string(files) + " of " + counted(found->files) + ", " + base::size_words(bytes) + " of " +
                      base::size_words(found->bytes) + " packed");
  };
  storage::FileManifest manifest;
  manifest.application = step.words.at(2);
  manifest.occasion = step.words.at(3);
  manifest.top = order.top.native();
  manifest.taken = platform::utc_words(platform::system_clock().now());
  auto began = std::chrono::steady_clock::now();
  ZipFile zip(state.file_backup_of(supervisor.job()));
  auto packed = storage::pack_tree(order, zip.writer());
  if (!packed) return {{}, true, {}};
  zip.finish(manifest);
  manifest.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  manifest.files = packed->files;
  manifest.bytes = packed->bytes;
  manifest.unread = packed->unread.count;
  manifest.notes = storage::notes_of(*packed);
  supervisor.disk().replace(state.file_manifest_of(supervisor.job()), storage::to_json(manifest), 0600);
  zip.commit();
  tell(supervisor, manifest, state.file_backup_of(supervisor.job()));
  return {};
}

}  // namespace

Outcome pack_files(Supervisor& supervisor, const base::Step& step) {
  platform::Disk& disk = supervisor.disk();
  storage::StateNames state = supervisor.state();
  disk.make_folder(state.backups(), 0700);
  if (auto made = storage::find_file_backup(disk, state, supervisor.job()); made && made->manifest) {
    tell(supervisor, *made->manifest, made->file);
    return {};
  }
  storage::remove_file_backup(disk, state, supervisor.job());
  try {
    return pack(supervisor, step);
  } catch (const base::Failure& failure) {
    storage::remove_file_backup(disk, state, supervisor.job());
    if (failure.no_space()) list_what_takes_room(supervisor);
    throw;
  }
}

}  // namespace steps
