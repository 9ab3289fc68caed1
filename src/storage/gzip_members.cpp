// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/gzip_members.h"

#include <libdeflate.h>

#include <array>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"

namespace storage {

namespace {

constexpr size_t kBlockBytes = GzipMembers::kBlockBytes;

struct Block {
  std::unique_ptr<char[]> input{new char[kBlockBytes]};
  size_t used = 0;
  std::string packed;  // the finished member
  bool done = false;   // packed and not yet written
};

// One thread's tools: compresses a member and proves that it inflates to its input.
class Packer {
 public:
  explicit Packer(int level)
      : compressor_(libdeflate_alloc_compressor(level), libdeflate_free_compressor),
        decompressor_(libdeflate_alloc_decompressor(), libdeflate_free_decompressor),
        inflated_(new char[kBlockBytes]) {
    if (!compressor_ || !decompressor_) throw base::Failure("cannot compress: not enough memory");
  }

  void pack(std::string_view input, std::string& packed) {
    packed.resize(libdeflate_gzip_compress_bound(compressor_.get(), input.size()));
    packed.resize(libdeflate_gzip_compress(compressor_.get(), input.data(), input.size(), packed.data(), packed.size()));
    size_t length = 0;
    auto result = libdeflate_gzip_decompress(decompressor_.get(), packed.data(), packed.size(), inflated_.get(),
                                             kBlockBytes, &length);
    if (result != LIBDEFLATE_SUCCESS || length != input.size() || std::memcmp(inflated_.get(), input.data(), length) != 0)
      throw base::Failure("a compressed block does not inflate to what went in",
                          "this machine's memory may be faulty: try again, and tell the host");
  }

 private:
  std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor_;
  std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> decompressor_;
  std::unique_ptr<char[]> inflated_;
};

std::string stored_member(std::string_view text) {
  std::string packed;
  Packer(0).pack(text, packed);
  return packed;
}

}  // namespace

// The ring of blocks. Blocks are numbered as they are filled; number n lies in slot n % kBlocks until it is written.
class GzipMembers::Press {
 public:
  Press(std::unique_ptr<platform::LargeFile> file, std::string_view preface) : file_(std::move(file)) {
    std::string member = stored_member(preface);
    file_->append(member);
    preface_bytes_ = member.size();
    preface_input_ = preface.size();
    file_bytes_ = member.size();
    start_threads();
  }

  ~Press() {
    end_threads();
  }

  Block& filling() { return blocks_[filled_ % kBlocks]; }
  uint64_t input_bytes() const { return preface_input_ + submitted_bytes_ + blocks_[filled_ % kBlocks].used; }
  uint64_t file_bytes() {
    std::lock_guard lock(mutex_);
    return file_bytes_;
  }

  // Hands the filled block over; returns when the next one is free.
  void submit() {
    submitted_bytes_ += filling().used;
    std::unique_lock lock(mutex_);
    ++filled_;
    if (threads_.empty()) {
      pack_one(lock, *own_packer_);
    } else {
      work_.notify_one();
      room_.wait(lock, [&] { return failure_ || filled_ - written_ < kBlocks; });
    }
    rethrow();
    filling().used = 0;
  }

  GzipTotals finish(std::string_view preface) {
    if (filling().used > 0) submit();
    {
      std::unique_lock lock(mutex_);
      room_.wait(lock, [&] { return failure_ || written_ == filled_; });
      rethrow();
    }
    end_threads();
    std::string member = stored_member(preface);
    if (member.size() != preface_bytes_) throw base::Failure("the backup's first part has changed its length");
    file_->overwrite(0, member);
    file_->sync();
    return {input_bytes(), file_bytes_, verified(member)};
  }

  void commit() { file_->commit(); }

 private:
  void start_threads() {
    try {
      for (int i = 0; i < 2; ++i) {
        auto packer = std::make_shared<Packer>(kLevel);
        threads_.emplace_back([this, packer] { work(*packer); });
      }
    } catch (const std::system_error&) {  // the host's limit of processes: one thread is enough, none works too
      if (threads_.empty()) own_packer_.emplace(kLevel);
    }
  }

  void end_threads() {
    {
      std::lock_guard lock(mutex_);
      ending_ = true;
    }
    work_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  void work(Packer& packer) {
    std::unique_lock lock(mutex_);
    for (;;) {
      work_.wait(lock, [&] { return ending_ || failure_ || taken_ < filled_; });
      if (ending_ || failure_) return;
      pack_one(lock, packer);
    }
  }

  // Packs the next block outside the lock, then writes what is due.
  void pack_one(std::unique_lock<std::mutex>& lock, Packer& packer) {
    Block& block = blocks_[taken_++ % kBlocks];
    lock.unlock();
    std::exception_ptr failure;
    try {
      packer.pack({block.input.get(), block.used}, block.packed);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    if (failure) return fail(failure);
    block.done = true;
    if (!writing_) write_due(lock);
  }

  // One thread at a time writes, in order, whatever lies ready.
  void write_due(std::unique_lock<std::mutex>& lock) {
    writing_ = true;
    for (Block* block = &blocks_[written_ % kBlocks]; block->done && !failure_; block = &blocks_[written_ % kBlocks]) {
      lock.unlock();
      std::exception_ptr failure;
      try {
        file_->append(block->packed);
        crc_ = libdeflate_crc32(crc_, block->packed.data(), block->packed.size());
      } catch (...) {
        failure = std::current_exception();
      }
      lock.lock();
      if (failure) fail(failure);
      file_bytes_ += block->packed.size();
      block->done = false;
      ++written_;
      room_.notify_one();
    }
    writing_ = false;
  }

  void fail(std::exception_ptr failure) {
    if (!failure_) failure_ = failure;
    work_.notify_all();
    room_.notify_all();
  }

  void rethrow() {
    if (failure_) std::rethrow_exception(failure_);
  }

  // Reads the file back and compares it with what was written; returns its hash.
  std::string verified(std::string_view first) {
    uint64_t length = 0;
    uint32_t crc = 0;
    bool same = true;
    base::Sha256 sha;
    file_->read_back([&](std::string_view bytes) {
      sha.add(bytes);
      if (length < first.size()) {
        std::string_view head = bytes.substr(0, first.size() - length);
        same = same && first.substr(length, head.size()) == head;
        length += head.size();
        bytes.remove_prefix(head.size());
      }
      crc = libdeflate_crc32(crc, bytes.data(), bytes.size());
      length += bytes.size();
    });
    if (!same || length != file_bytes_ || crc != crc_)
      throw base::Failure("the backup on the disk is not what was written", "tell the host: the disk may be faulty");
    return base::hex(sha.end());
  }

  std::unique_ptr<platform::LargeFile> file_;
  size_t preface_bytes_ = 0;  // of the first member
  size_t preface_input_ = 0;
  uint64_t submitted_bytes_ = 0;
  std::array<Block, kBlocks> blocks_;

  std::mutex mutex_;  // guards everything below
  std::condition_variable work_;
  std::condition_variable room_;
  uint64_t filled_ = 0;   // blocks handed over; also the number of the one that is being filled
  uint64_t taken_ = 0;    // blocks that a thread has begun to pack
  uint64_t written_ = 0;  // blocks that are in the file
  uint64_t file_bytes_ = 0;
  uint32_t crc_ = 0;      // of all members but the first; touched by the writing thread alone
  bool writing_ = false;
  bool ending_ = false;
  std::exception_ptr failure_;

  std::optional<Packer> own_packer_;
  std::vector<std::thread> threads_;
};

GzipMembers::GzipMembers(std::unique_ptr<platform::LargeFile> file, std::string_view preface)
    : press_(std::make_unique<Press>(std::move(file), preface)) {}

GzipMembers::~GzipMembers() = default;

size_t GzipMembers::left() const { return kBlockBytes - press_->filling().used; }

char* GzipMembers::room(size_t bytes) {
  if (left() < bytes) press_->submit();
  Block& block = press_->filling();
  return block.input.get() + block.used;
}

void GzipMembers::advance(size_t bytes) { press_->filling().used += bytes; }

void GzipMembers::write(std::string_view bytes) {
  while (!bytes.empty()) {
    char* to = room(1);
    size_t part = std::min(bytes.size(), left());
    std::memcpy(to, bytes.data(), part);
    advance(part);
    bytes.remove_prefix(part);
  }
}

uint64_t GzipMembers::input_bytes() const { return press_->input_bytes(); }

uint64_t GzipMembers::file_bytes() const { return press_->file_bytes(); }

GzipTotals GzipMembers::finish(std::string_view preface) { return press_->finish(preface); }

void GzipMembers::commit() { press_->commit(); }

}  // namespace storage
