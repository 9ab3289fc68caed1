// SPDX-License-Identifier: GPL-3.0-or-later
// Deleting, by names within opened folders: what is swapped for a link meanwhile leads nowhere.
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "base/failure.h"
#include "base/handle.h"
#include "base/text.h"
#include "platform/new_tree.h"

namespace platform {

namespace {

struct Trouble {
  std::string path;
  int error = 0;

  void note(const std::string& where, int what) {
    if (error == 0) path = where, error = what;
  }
};

std::vector<std::string> names_in(int folder) {
  std::vector<std::string> names;
  int copy = ::fcntl(folder, F_DUPFD_CLOEXEC, 0);
  std::unique_ptr<DIR, int (*)(DIR*)> dir(copy < 0 ? nullptr : ::fdopendir(copy), ::closedir);
  if (!dir) return names;
  while (const dirent* entry = ::readdir(dir.get())) {
    std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(std::move(name));
  }
  return names;
}

void remove_in(int parent, const std::string& name, const std::string& shown, Trouble& trouble) {
  if (::unlinkat(parent, name.c_str(), 0) == 0 || errno == ENOENT) return;
  int why = errno;
  base::Fd folder(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder) return trouble.note(shown, errno == ENOTDIR || errno == ELOOP ? why : errno);
  for (const auto& inner : names_in(folder.number())) remove_in(folder.number(), inner, shown + "/" + inner, trouble);
  if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) trouble.note(shown, errno);
}

}  // namespace

void remove_tree(const Path& folder) {
  Trouble trouble;
  remove_in(AT_FDCWD, folder.native(), folder.native(), trouble);
  if (trouble.error != 0 && trouble.error != ENOTDIR)
    throw base::system_failure("cannot delete " + base::printable_line(trouble.path), trouble.error);
}

}  // namespace platform
