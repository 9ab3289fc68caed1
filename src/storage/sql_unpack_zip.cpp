// SPDX-License-Identifier: GPL-3.0-or-later
#include <zip.h>

#include <vector>

#include "base/text.h"
#include "storage/sql_unpack.h"

namespace storage {

namespace {

using platform::Path;

using Archive = std::unique_ptr<zip_t, decltype(&zip_discard)>;
using Entry = std::unique_ptr<zip_file_t, decltype(&zip_fclose)>;

std::string shown(const Path& file) { return base::printable_line(file.filename().native()); }

std::string words_of(zip_error_t* error) { return base::printable_line(zip_error_strerror(error)); }

Archive open_archive(const Path& file) {
  int code = 0;
  Archive archive(zip_open(file.c_str(), ZIP_RDONLY, &code), zip_discard);
  if (archive) return archive;
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string words = words_of(&error);
  zip_error_fini(&error);
  throw base::Failure(shown(file) + " is cut off or damaged: its table of contents cannot be read (" + words + ")",
                      "upload it again in binary mode, and compare its size");
}

bool is_sql(std::string_view name) {
  std::string lower = base::lower(name);
  return lower.ends_with(".sql") && !lower.starts_with("__macosx/");
}

// The only entry whose name ends in .sql.
zip_stat_t sql_entry(const Path& file, zip_t* archive) {
  std::vector<zip_stat_t> found;
  zip_int64_t count = zip_get_num_entries(archive, 0);
  for (zip_int64_t i = 0; i < count && found.size() < 2; ++i) {
    zip_stat_t entry;
    if (zip_stat_index(archive, static_cast<zip_uint64_t>(i), 0, &entry) == 0 && (entry.valid & ZIP_STAT_NAME) &&
        is_sql(entry.name))
      found.push_back(entry);
  }
  if (found.empty()) throw base::Failure(shown(file) + " holds no .sql file", "pack the .sql file itself into the zip");
  if (found.size() > 1)
    throw base::Failure(shown(file) + " holds several .sql files (" + base::printable_line(found[0].name) + ", " +
                        base::printable_line(found[1].name) + ")", "unpack it and upload the one to restore");
  if ((found[0].valid & ZIP_STAT_ENCRYPTION_METHOD) && found[0].encryption_method != ZIP_EM_NONE)
    throw base::Failure(shown(file) + " is encrypted", "pack it without a password");
  return found[0];
}

class ZipFile : public SqlInput {
 public:
  ZipFile(const Path& file, uint64_t file_bytes)
      : file_(file), file_bytes_(file_bytes), archive_(open_archive(file)), entry_(nullptr, zip_fclose) {
    zip_stat_t found = sql_entry(file, archive_.get());
    bytes_ = found.size;
    entry_.reset(zip_fopen_index(archive_.get(), found.index, 0));
    if (!entry_)
      throw base::Failure("cannot unpack " + base::printable_line(found.name) + " of " + shown(file) + ": " +
                          words_of(zip_get_error(archive_.get())), "pack it as .sql.gz, or with the usual deflate method");
  }

  size_t read(char* to, size_t bytes) override {
    size_t got = 0;
    while (got < bytes) {
      zip_int64_t part = zip_fread(entry_.get(), to + got, bytes - got);
      if (part < 0) throw damaged_file(file_, position(), words_of(zip_file_get_error(entry_.get())));
      if (part == 0) break;
      got += static_cast<size_t>(part);
      read_ += static_cast<uint64_t>(part);
    }
    return got;
  }

  // libzip does not tell: by the part that was unpacked.
  uint64_t position() const override {
    if (bytes_ == 0 || read_ >= bytes_) return file_bytes_;
    return static_cast<uint64_t>(static_cast<double>(file_bytes_) * static_cast<double>(read_) / static_cast<double>(bytes_));
  }

 private:
  Path file_;
  uint64_t file_bytes_;
  uint64_t bytes_ = 0, read_ = 0;
  Archive archive_;
  Entry entry_;
};

}  // namespace

std::unique_ptr<SqlInput> open_zip(const Path& file, uint64_t file_bytes) {
  return std::make_unique<ZipFile>(file, file_bytes);
}

}  // namespace storage
