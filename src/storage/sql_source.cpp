// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sql_source.h"

#include <array>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>

#include "base/failure.h"
#include "base/text.h"
#include "storage/sql_unpack.h"

namespace storage {

namespace {

using namespace std::string_view_literals;

struct SqlBlock {
  std::unique_ptr<char[]> bytes{new char[SqlSource::kBlockBytes]};
  size_t used = 0;
  uint64_t position = 0;  // in the file, behind it
};

// The byte order mark's length; refuses what is no text that a server reads.
size_t check_begin(const std::string& name, std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF"sv)) return 3;
  bool wide = text.size() >= 2 && (text[0] == '\0') != (text[1] == '\0');
  if (wide || text.starts_with("\xFF\xFE"sv) || text.starts_with("\xFE\xFF"sv))
    throw base::Failure(name + " is UTF-16 text", "save it as UTF-8, or export it again (PowerShell's > makes UTF-16: "
                                                  "use mysqldump --result-file)");
  if (text.starts_with("\x1f\x8b"sv) || text.starts_with("PK\x03\x04"sv))
    throw base::Failure(name + " is packed twice", "unpack it once and upload what comes out");
  return 0;
}

}  // namespace

// A ring of blocks: [taken_, filled_) are ready, the first of them is the caller's.
class SqlSource::Reader {
 public:
  explicit Reader(const platform::Path& file) : name_(base::printable_line(file.filename().native())), opened_(open_sql(file)) {
    try {
      thread_ = std::thread([this] { work(); });
    } catch (const std::system_error&) {  // the host's limit of processes
    }
  }

  ~Reader() {
    {
      std::lock_guard lock(mutex_);
      ending_ = true;
    }
    room_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  std::string_view next() {
    std::unique_lock lock(mutex_);
    if (given_) {
      ++taken_;
      given_ = false;
      room_.notify_one();
    }
    if (thread_.joinable()) ready_.wait(lock, [&] { return taken_ < filled_ || over_; });
    else if (!over_) fill_one(lock);
    if (taken_ == filled_) {
      if (failure_) std::rethrow_exception(failure_);
      return {};
    }
    const SqlBlock& block = blocks_[taken_ % kBlocks];
    given_ = true;
    return give(block);
  }

  const OpenedSql& opened() const { return opened_; }
  uint64_t file_position() const { return file_position_; }
  uint64_t sql_position() const { return sql_position_; }

 private:
  std::string_view give(const SqlBlock& block) {
    std::string_view text(block.bytes.get(), block.used);
    if (sql_position_ == 0) text.remove_prefix(mark_bytes_);
    file_position_ = block.position;
    sql_position_ += text.size();
    return text;
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (!over_) {
      room_.wait(lock, [&] { return ending_ || filled_ - taken_ < kBlocks; });
      if (ending_) return;
      fill_one(lock);
    }
  }

  // Reads outside of the lock.
  void fill_one(std::unique_lock<std::mutex>& lock) {
    SqlBlock& block = blocks_[filled_ % kBlocks];
    bool first = filled_ == 0;
    lock.unlock();
    std::exception_ptr failure;
    try {
      block.used = opened_.input->read(block.bytes.get(), kBlockBytes);
      block.position = opened_.input->position();
      if (first) mark_bytes_ = check_begin(name_, {block.bytes.get(), block.used});
    } catch (const std::exception&) {
      failure = std::current_exception();
      block.used = 0;
    }
    lock.lock();
    failure_ = failure;
    if (block.used > mark_bytes_ || (block.used > 0 && !first)) ++filled_;
    over_ = failure || block.used < kBlockBytes;
    ready_.notify_one();
  }

  std::string name_;
  OpenedSql opened_;
  std::array<SqlBlock, kBlocks> blocks_;
  size_t mark_bytes_ = 0;
  uint64_t file_position_ = 0, sql_position_ = 0;  // the caller's
  bool given_ = false;

  std::mutex mutex_;  // guards everything below
  std::condition_variable ready_, room_;
  uint64_t filled_ = 0, taken_ = 0;
  bool over_ = false;    // nothing more will come
  bool ending_ = false;  // nothing more is wanted
  std::exception_ptr failure_;
  std::thread thread_;
};

SqlSource::SqlSource(const platform::Path& file) : reader_(std::make_unique<Reader>(file)) {}

SqlSource::~SqlSource() = default;

std::string_view SqlSource::next() { return reader_->next(); }

SqlPacking SqlSource::packing() const { return reader_->opened().packing; }

uint64_t SqlSource::file_bytes() const { return reader_->opened().file_bytes; }

uint64_t SqlSource::file_position() const { return reader_->file_position(); }

uint64_t SqlSource::sql_position() const { return reader_->sql_position(); }

}  // namespace storage
