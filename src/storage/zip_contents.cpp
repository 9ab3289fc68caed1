// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/zip_contents.h"

#include <libdeflate.h>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <span>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace storage {

namespace {

// A file that is not larger than this, packed and unpacked, is unpacked at once.
constexpr uint64_t kAtOnceBytes = 4 << 20;
// Small files are taken in batches, so that the archive is read in order and the threads seldom wait for each other.
constexpr uint64_t kBatchBytes = 128 << 10;
constexpr size_t kBatchFiles = 48;
constexpr auto kLook = std::chrono::milliseconds(100);

bool fits_at_once(const ZipEntry& entry) { return entry.bytes <= kAtOnceBytes && entry.packed_bytes <= kAtOnceBytes; }

// Bytes that are made larger when needed and never cleared.
class Buffer {
 public:
  char* room(size_t bytes) {
    if (bytes > size_) bytes_.reset(new char[size_ = bytes]);
    return bytes_.get();
  }

 private:
  std::unique_ptr<char[]> bytes_;
  size_t size_ = 0;
};

// One thread's tools.
class Unpacker {
 public:
  Unpacker(const ZipPackage& package, const ContentsOrder& order, unsigned thread)
      : package_(package),
        order_(order),
        thread_(thread),
        decompressor_(libdeflate_alloc_decompressor(), libdeflate_free_decompressor) {
    if (!decompressor_) throw base::Failure("cannot unpack: not enough memory");
  }

  // Small files, one behind the other in the archive.
  void unpack(std::span<const ZipEntry> batch) {
    uint64_t packed_bytes = 0;
    for (const ZipEntry& entry : batch) packed_bytes += entry.packed_bytes;
    char* packed = packed_.room(packed_bytes + 1);
    package_.read_packed(batch, packed);
    for (const ZipEntry& entry : batch) {
      if (!entry.folder) order_.take(thread_, {entry, content(entry, {packed, entry.packed_bytes})});
      packed += entry.packed_bytes;
    }
  }

  // One of any size; `goes_on` is asked between its pieces.
  template <typename GoesOn>
  void unpack_large(const ZipEntry& entry, GoesOn goes_on) {
    uint32_t crc = 0;
    uint64_t done = 0;
    bool first = true;
    package_.unpack(entry, [&](std::string_view piece) {
      if (!goes_on()) throw Ended{};
      crc = libdeflate_crc32(crc, piece.data(), piece.size());
      done += piece.size();
      if (done == entry.bytes && crc != entry.crc) throw package_.damaged(entry, "its checksum is wrong");
      order_.take(thread_, {entry, piece, std::exchange(first, false), done == entry.bytes});
    });
    if (first) order_.take(thread_, {entry, content(entry, {}), true, true});
  }

  struct Ended {};  // never leaves this file

 private:
  std::string_view content(const ZipEntry& entry, std::string_view packed) {
    std::string_view bytes = packed;
    if (entry.method == ZipMethod::deflated) bytes = inflated(entry, packed);
    if (bytes.size() != entry.bytes) throw package_.damaged(entry, "it has another size than it says");
    if (libdeflate_crc32(0, bytes.data(), bytes.size()) != entry.crc)
      throw package_.damaged(entry, "its checksum is wrong");
    return bytes;
  }

  std::string_view inflated(const ZipEntry& entry, std::string_view packed) {
    size_t used = 0, made = 0;
    char* room = unpacked_.room(entry.bytes + 1);
    if (packed.empty()) return {};  // an empty file needs no stream
    auto result = libdeflate_deflate_decompress_ex(decompressor_.get(), packed.data(), packed.size(), room, entry.bytes,
                                                   &used, &made);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE) throw package_.damaged(entry, "it is larger than it says");
    if (result != LIBDEFLATE_SUCCESS || used != packed.size())
      throw package_.damaged(entry, "its data cannot be unpacked");
    return {room, made};
  }

  const ZipPackage& package_;
  const ContentsOrder& order_;
  unsigned thread_;
  std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> decompressor_;
  Buffer packed_, unpacked_;
};

class Work {
 public:
  Work(const ZipPackage& package, const ContentsOrder& order) : package_(package), order_(order) {}

  ContentsEnd run() {
    std::thread other;
    try {
      if (order_.threads > 1) other = std::thread([this] { work(1); });
    } catch (const std::system_error&) {  // the host's limit of processes: this thread does it all
    }
    work(0);
    if (other.joinable()) {
      wait_for_other();
      other.join();
    }
    if (failure_) std::rethrow_exception(failure_);
    return stopped_ ? ContentsEnd::stopped : ContentsEnd::complete;
  }

 private:
  void work(unsigned thread) {
    try {
      Unpacker unpacker(package_, order_, thread);
      for (auto batch = next(thread); !batch.empty(); batch = next(thread)) {
        if (batch.size() == 1 && !fits_at_once(batch[0]))
          unpacker.unpack_large(batch[0], [&] { return goes_on(thread); });
        else
          unpacker.unpack(batch);
        count(batch);
      }
    } catch (const Unpacker::Ended&) {
    } catch (...) {
      std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
    std::lock_guard lock(mutex_);
    if (thread == 1) other_ended_ = true;
    change_.notify_all();
  }

  // The batch that comes next; empty when there is none, or all has to end.
  std::span<const ZipEntry> next(unsigned thread) {
    if (!goes_on(thread)) return {};
    std::lock_guard lock(mutex_);
    std::span<const ZipEntry> all = package_.entries();
    size_t first = next_;
    uint64_t packed_bytes = 0;
    while (next_ < all.size() && next_ - first < kBatchFiles && packed_bytes < kBatchBytes) {
      bool large = !fits_at_once(all[next_]);
      if (large && next_ > first) break;
      packed_bytes += all[next_++].packed_bytes;
      if (large) break;
    }
    return all.subspan(first, next_ - first);
  }

  bool goes_on(unsigned thread) {
    if (thread == 0) look_around();
    std::lock_guard lock(mutex_);
    return !stopped_ && !failure_;
  }

  // The caller's functions, by the caller's thread.
  void look_around() {
    auto now = std::chrono::steady_clock::now();
    if (now - looked_ < kLook) return;
    looked_ = now;
    std::unique_lock lock(mutex_);
    uint64_t files = files_, bytes = bytes_;
    lock.unlock();
    if (order_.progress) order_.progress(files, bytes);
    if (!order_.stop_asked || !order_.stop_asked()) return;
    lock.lock();
    stopped_ = true;
  }

  void wait_for_other() {
    std::unique_lock lock(mutex_);
    while (!change_.wait_for(lock, kLook, [&] { return other_ended_; })) {
      lock.unlock();
      try {
        look_around();
      } catch (...) {
        std::lock_guard again(mutex_);
        if (!failure_) failure_ = std::current_exception();
      }
      lock.lock();
    }
  }

  void count(std::span<const ZipEntry> batch) {
    std::lock_guard lock(mutex_);
    for (const ZipEntry& entry : batch) files_ += entry.folder ? 0 : 1, bytes_ += entry.bytes;
  }

  const ZipPackage& package_;
  const ContentsOrder& order_;
  std::chrono::steady_clock::time_point looked_{};

  std::mutex mutex_;  // guards everything below
  std::condition_variable change_;
  size_t next_ = 0;
  uint64_t files_ = 0, bytes_ = 0;
  bool stopped_ = false, other_ended_ = false;
  std::exception_ptr failure_;
};

}  // namespace

ContentsEnd read_contents(const ZipPackage& package, const ContentsOrder& order) { return Work(package, order).run(); }

}  // namespace storage
