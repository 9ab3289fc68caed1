// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs `keep-configuration` and `return-configuration`. Migrations write into the configuration, and those of Mautic 5 move
// it to another folder, where the files of before do not look for it; write-configuration mends it. So a copy is made before, and
// going back brings it back; what stands there then is kept in turn.
#include "steps/configuration.h"

#include <optional>

#include "base/failure.h"
#include "base/text.h"

namespace steps {

namespace {

using platform::Path;

constexpr size_t kMostFileBytes = 16 << 20;
constexpr size_t kMostListBytes = 1 << 20;

// A file at one time.
struct Copy {
  Path file;
  mode_t mode = 0;
  std::optional<std::string> text;  // nullopt: it was not there
};

// Copies in a folder: `list` ("MODE PATH", or "- PATH" for what was not there, each with a NUL behind it), written last, and the
// bytes under the number that it has in the list.
class Copies {
 public:
  Copies(platform::Disk& disk, Path folder) : disk_(disk), folder_(std::move(folder)) {}

  bool there() const { return disk_.look(list()).has_value(); }

  void take(const std::vector<Path>& files) {
    make_folders(disk_, folder_, 0700);
    std::string lines;
    size_t number = 0;
    for (const auto& file : files) {
      Copy copy = present(file);
      if (copy.text) disk_.replace(folder_ / std::to_string(number), *copy.text, 0600);
      lines += (copy.text ? std::to_string(copy.mode) : "-") + " " + file.native() + kCopysEnd;
      ++number;
    }
    disk_.replace(list(), lines, 0600);
  }

  std::vector<Copy> read() const {
    std::vector<Copy> copies;
    const std::string text = disk_.read(list(), kMostListBytes).value_or("");
    for (auto line : base::split(text, kCopysEnd)) {
      if (line.empty()) continue;
      size_t space = line.find(' ');
      if (space == line.npos) throw base::Failure("cannot be read: " + list().native());
      Copy copy{Path(line.substr(space + 1)), 0, {}};
      if (line[0] != '-') {
        copy.mode = static_cast<mode_t>(base::whole_number(line.substr(0, space)).value_or(0600));
        copy.text = disk_.read(folder_ / std::to_string(copies.size()), kMostFileBytes);
        if (!copy.text) throw base::Failure("is missing: " + (folder_ / std::to_string(copies.size())).native());
      }
      copies.push_back(std::move(copy));
    }
    return copies;
  }

  // Those that were another, as they were then.
  std::vector<Path> put_back() {
    std::vector<Path> changed;
    for (const auto& copy : read()) {
      if (present(copy.file).text == copy.text) continue;
      if (copy.text) disk_.replace(copy.file, *copy.text, copy.mode);
      else disk_.remove_file(copy.file);
      changed.push_back(copy.file);
    }
    return changed;
  }

  void forget() { disk_.remove_file(list()); }

 private:
  Path list() const { return folder_ / "list"; }

  Copy present(const Path& file) const {
    auto facts = disk_.look_through(file);
    if (!facts || facts->kind != platform::Kind::file) return {file, 0, {}};
    if (facts->size_bytes > kMostFileBytes) throw base::Failure("larger than any configuration: " + file.native());
    return {file, facts->mode, disk_.read(file, kMostFileBytes)};
  }

  platform::Disk& disk_;
  Path folder_;
};

Copies copies_in(Supervisor& supervisor, const Path& folder) { return {supervisor.disk(), folder}; }

void tell(Supervisor& supervisor, const std::vector<Path>& changed, const std::string& how) {
  for (const auto& file : changed) supervisor.line(base::printable_line(file.native()) + how);
}

}  // namespace

void configuration_back(Supervisor& supervisor, const std::string& job) {
  storage::SwapNames names(supervisor.state().swap_of(job));
  Copies before = copies_in(supervisor, names.configuration_before()), after = copies_in(supervisor, names.configuration_after());
  if (!before.there()) return;
  if (!after.there()) {
    std::vector<Path> files;
    for (auto& copy : before.read()) files.push_back(copy.file);
    after.take(files);
  }
  tell(supervisor, before.put_back(), " is as it was before; what it was just now is kept");
  for (const auto& copy : before.read()) supervisor.disk().remove_file(former_beside(copy.file, job));
}

void configuration_forth(Supervisor& supervisor, const std::string& job) {
  Copies after = copies_in(supervisor, storage::SwapNames(supervisor.state().swap_of(job)).configuration_after());
  if (!after.there()) return;
  tell(supervisor, after.put_back(), " is as it was just now again");
  after.forget();
}

Outcome keep_configuration(Supervisor& supervisor, const base::Step& step) {
  Copies before = copies_in(supervisor, storage::SwapNames(supervisor.state().swap_of(supervisor.job())).configuration_before());
  std::vector<Path> files(step.words.begin(), step.words.end());
  if (!before.there()) before.take(files);
  return {};
}

Outcome return_configuration(Supervisor& supervisor, const base::Step& step) {
  configuration_back(supervisor, step.words.at(0));
  return {};
}

}  // namespace steps
