// SPDX-License-Identifier: GPL-3.0-or-later
// A file that a download fills, FILE.partial until it is whole. Unlike LargeFile's it stays when the transfer ends early, and
// the next one goes on from its end; only a full disk takes it away, so that the site has what is left.
// Errors are thrown as base::Failure with the file's name.
#pragma once

#include "base/handle.h"
#include "platform/transfer.h"

namespace platform {

class PartialFile final : public Receiver {
 public:
  // Opens or creates FILE.partial (0600); a link in its place is a Failure. `order` must outlive it.
  explicit PartialFile(const DownloadOrder& order);

  uint64_t bytes() const { return bytes_; }
  void begin_anew();

  void begin(const AnswerHead& head) override;
  void take(std::string_view bytes) override;

  // It is on the disk, has its name, and what was there under that name is gone.
  Downloaded commit();

 private:
  [[noreturn]] void fail(const std::string& attempt, int error);
  void refuse_more_than_most(uint64_t bytes) const;
  void reserve(uint64_t bytes);
  void tell_progress();
  std::string sha256();

  const DownloadOrder& order_;
  Path partial_;
  base::Fd file_;
  uint64_t bytes_ = 0;
  uint64_t of_ = 0;  // of the whole; 0 = unknown
};

}  // namespace platform
