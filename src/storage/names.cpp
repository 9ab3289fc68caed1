// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/names.h"

#include <array>
#include <cstdio>

#include "base/digest.h"
#include "base/text.h"
#include "platform/clock.h"

namespace storage {

namespace {

constexpr std::string_view kOurMark = ".unstick-", kFilesMark = "-files-", kControlStart = "control.unstick-";
constexpr size_t kStampLength = 15;  // of platform::utc_stamp()

}  // namespace

Path JobNames::log_segment(uint64_t index) const {
  std::array<char, 24> name{};
  std::snprintf(name.data(), name.size(), "%08llu", static_cast<unsigned long long>(index));
  return log() / name.data();
}

std::string new_job_id(platform::WallTime now) {
  static constexpr char letters[] = "abcdefghjkmnpqrstuvwxyz23456789_";
  auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  std::string id = platform::utc_stamp(now) + std::to_string(1000 + milliseconds).substr(1) + "-";
  for (unsigned char byte : platform::random_bytes(6)) id += letters[byte % 31];
  return id;
}

bool is_job_id(std::string_view text) {
  if (text.size() != kJobIdLength) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    bool digit = text[i] >= '0' && text[i] <= '9';
    bool letter = text[i] >= 'a' && text[i] <= 'z';
    bool fits = i == 8 || i == 18 ? text[i] == '-' : i > 18 ? digit || letter : digit;
    if (!fits) return false;
  }
  return true;
}

std::string file_backup_name(const std::string& application, std::string_view stamp) {
  return application + std::string(kFilesMark) + std::string(stamp) + ".zip";
}

bool is_name_of_ours(std::string_view name) {
  size_t mark = name.find(kOurMark);
  if (mark == 0 || (mark != name.npos && is_job_id(name.substr(mark + kOurMark.size()).substr(0, kJobIdLength)))) return true;
  if (!name.ends_with(".zip")) return false;
  name.remove_suffix(4);
  if (is_job_id(name)) return true;
  size_t files = name.rfind(kFilesMark);
  if (files == name.npos) return false;
  std::string_view stamp = name.substr(files + kFilesMark.size());
  return stamp.size() == kStampLength && stamp[8] == '-' && stamp.find_first_not_of("0123456789-") == stamp.npos;
}

std::string control_name(platform::WallTime now) { return std::string(kControlStart) + new_job_id(now); }

bool is_control_name(std::string_view name) {
  return name.starts_with(kControlStart) && is_job_id(name.substr(kControlStart.size()));
}

std::string state_folder_name(const Path& real_root) {
  return ".unstick-" + base::hex(base::sha256(real_root.native()).substr(0, 8));
}

std::string hidden_state_folder_name(const std::string& secret, const Path& real_root) {
  return ".unstick-" + base::hex(base::hmac_sha256(secret, "state folder of " + real_root.native()).substr(0, 16));
}

}  // namespace storage
