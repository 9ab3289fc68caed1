// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/zip_source.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/failure.h"
#include "base/text.h"

namespace storage {

namespace {

constexpr size_t kBlockBytes = 128 << 10;

}  // namespace

ZipInput::ZipInput(const platform::Path& file)
    : shown_(base::printable_line(file.filename().native())),
      fd_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {
  struct stat st {};
  if (!fd_ || ::fstat(fd_.number(), &st) != 0) throw base::system_failure("cannot read " + shown_, errno);
  if (!S_ISREG(st.st_mode)) throw base::Failure(shown_ + " is not a file");
  bytes_ = static_cast<uint64_t>(st.st_size);
  zip_error_init(&error_);
}

size_t ZipInput::read_at(uint64_t at, char* to, size_t bytes) const {
  size_t got = 0;
  while (got < bytes) {
    ssize_t part = ::pread(fd_.number(), to + got, bytes - got, static_cast<off_t>(at + got));
    if (part < 0 && errno == EINTR) continue;
    if (part < 0) throw base::system_failure("cannot read " + shown_, errno);
    if (part == 0) break;
    got += static_cast<size_t>(part);
  }
  return got;
}

zip_source_t* ZipInput::source(zip_error_t* error) {
  return zip_source_function_create(&ZipInput::answer, this, error);
}

zip_int64_t ZipInput::answer(void* self, void* data, zip_uint64_t bytes, zip_source_cmd_t command) {
  auto& input = *static_cast<ZipInput*>(self);
  try {
    return input.answer(data, bytes, command);
  } catch (const base::Failure& failure) {  // nothing is thrown through C
    zip_error_set(&input.error_, ZIP_ER_READ, failure.error());
    return -1;
  }
}

zip_int64_t ZipInput::answer(void* data, zip_uint64_t bytes, zip_source_cmd_t command) {
  switch (command) {
    case ZIP_SOURCE_OPEN:
      position_ = 0;
      return 0;
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE:
      return 0;
    case ZIP_SOURCE_READ:
      return read(static_cast<char*>(data), bytes);
    case ZIP_SOURCE_TELL:
      return static_cast<zip_int64_t>(position_);
    case ZIP_SOURCE_ERROR:
      return zip_error_to_data(&error_, data, bytes);
    case ZIP_SOURCE_SEEK: {
      zip_int64_t at = zip_source_seek_compute_offset(position_, bytes_, data, bytes, &error_);
      if (at < 0) return -1;
      position_ = static_cast<uint64_t>(at);
      return 0;
    }
    case ZIP_SOURCE_STAT: {
      auto* st = static_cast<zip_stat_t*>(data);
      zip_stat_init(st);
      st->size = bytes_;
      st->valid |= ZIP_STAT_SIZE;
      return sizeof *st;
    }
    case ZIP_SOURCE_SUPPORTS:
      return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT,
                                            ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL,
                                            ZIP_SOURCE_SUPPORTS, -1);
    default:
      zip_error_set(&error_, ZIP_ER_OPNOTSUPP, 0);
      return -1;
  }
}

zip_int64_t ZipInput::read(char* to, uint64_t bytes) {
  size_t got = 0;
  if (bytes >= kBlockBytes) {
    got = read_at(position_, to, bytes);
  } else {
    bool inside = position_ >= block_at_ && position_ + bytes <= block_at_ + block_.size();
    if (!inside) {
      block_.resize(kBlockBytes);
      block_at_ = position_;
      block_.resize(read_at(position_, block_.data(), block_.size()));
    }
    got = std::min<uint64_t>(bytes, block_at_ + block_.size() - position_);
    std::memcpy(to, block_.data() + (position_ - block_at_), got);
  }
  position_ += got;
  return static_cast<zip_int64_t>(got);
}

}  // namespace storage
