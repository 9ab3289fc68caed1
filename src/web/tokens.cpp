// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/tokens.h"

#include <ctime>

#include "base/digest.h"
#include "base/text.h"
#include "storage/names.h"

namespace web {

namespace {

using namespace std::chrono_literals;

constexpr auto kSessionLife = std::chrono::hours(12);
constexpr auto kViewLife = std::chrono::hours(7 * 24);
constexpr size_t kMacBytes = 20;  // 160 bits
using storage::kJobIdLength;

std::string mac(const std::string& secret, const std::string& purpose, std::string_view text) {
  return base::base64url(base::hmac_sha256(secret, purpose + "\n" + std::string(text)).substr(0, kMacBytes));
}

// A job's id begins with its time: 20261121-093015.
std::optional<platform::WallTime> time_of(const std::string& job) {
  std::tm parts{};
  auto number = [&](size_t at, size_t length) { return static_cast<int>(*base::whole_number(job.substr(at, length))); };
  parts.tm_year = number(0, 4) - 1900;
  parts.tm_mon = number(4, 2) - 1;
  parts.tm_mday = number(6, 2);
  parts.tm_hour = number(9, 2);
  parts.tm_min = number(11, 2);
  parts.tm_sec = number(13, 2);
  std::time_t time = ::timegm(&parts);
  return platform::from_unix_seconds(time);
}

// "EXPIRES.CHANCE.MAC", good for one purpose.
std::string signed_until(const std::string& secret, const std::string& purpose, platform::WallTime until) {
  std::string text = std::to_string(platform::unix_seconds(until)) + "." + platform::random_word(96);
  return text + "." + mac(secret, purpose, text);
}

bool is_signed(const std::string& secret, const std::string& purpose, std::string_view token, platform::WallTime now) {
  auto dot = token.rfind('.');
  if (dot == std::string_view::npos || token.size() > 200) return false;
  std::string_view text = token.substr(0, dot);
  if (!base::equal_in_constant_time(mac(secret, purpose, text), token.substr(dot + 1))) return false;
  auto expires = base::whole_number(text.substr(0, text.find('.')));
  return expires && platform::unix_seconds(now) < static_cast<int64_t>(*expires);
}

// As it says of itself; nullopt when it has not the shape of one, or its time is over.
std::optional<ViewToken> unsigned_view_token(std::string_view text, platform::WallTime now) {
  auto dot = text.find('.');
  if (dot == std::string_view::npos || dot < 1 + kJobIdLength || text.size() > 200) return std::nullopt;
  std::string_view signed_part = text.substr(0, dot);
  ViewToken token{signed_part[0] == 'a' ? View::advances : View::reads,
                  std::string(signed_part.substr(1, kJobIdLength)), std::string(signed_part.substr(1 + kJobIdLength))};
  if (!storage::is_job_id(token.job)) return std::nullopt;
  auto made = time_of(token.job);
  return made && now - *made < kViewLife ? std::optional(token) : std::nullopt;
}

}  // namespace

std::string new_session(const std::string& secret, const std::string& key_mark, platform::WallTime now) {
  return signed_until(secret, "session " + key_mark, now + kSessionLife);
}

bool session_fits(const std::string& secret, const std::string& key_mark, std::string_view session,
                  platform::WallTime now) {
  return is_signed(secret, "session " + key_mark, session, now);
}

std::string new_page_token(const std::string& secret, const std::string& key_mark, platform::WallTime now) {
  return signed_until(secret, "page " + key_mark, now + kSessionLife);
}

bool page_token_fits(const std::string& secret, const std::string& key_mark, std::string_view token,
                     platform::WallTime now) {
  return is_signed(secret, "page " + key_mark, token, now);
}

std::string cookie_value(std::string_view header, std::string_view name) {
  for (auto part : base::split(header, ';')) {
    part = base::trim(part);
    auto equals = part.find('=');
    if (equals != std::string_view::npos && part.substr(0, equals) == name) return std::string(part.substr(equals + 1));
  }
  return {};
}

ViewToken new_view(View view, const std::string& job) { return {view, job, platform::random_word(48)}; }

std::string view_token(const std::string& secret, const ViewToken& token) {
  std::string text = (token.view == View::advances ? "a" : "r") + token.job + token.follower;
  return text + "." + mac(secret, "view", text);
}

bool may_be_view_token(std::string_view text, platform::WallTime now) {
  return unsigned_view_token(text, now).has_value();
}

std::optional<ViewToken> parse_view_token(const std::string& secret, std::string_view text, platform::WallTime now) {
  auto token = unsigned_view_token(text, now);
  if (!token) return std::nullopt;
  auto dot = text.find('.');
  bool is_ours = base::equal_in_constant_time(mac(secret, "view", text.substr(0, dot)), text.substr(dot + 1));
  return is_ours ? token : std::nullopt;
}

}  // namespace web
