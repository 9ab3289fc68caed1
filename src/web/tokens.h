// SPDX-License-Identifier: GPL-3.0-or-later
// Signed words: the session cookie and the links to one job. They are computed, not stored: an HMAC under the state
// folder's secret says that we made them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/clock.h"

namespace web {

// ---- session cookie: "EXPIRES.CHANCE.MAC". Ends when the key changes, because `key_mark` is part of the MAC.
std::string new_session(const std::string& secret, const std::string& key_mark, platform::WallTime now);
bool session_fits(const std::string& secret, const std::string& key_mark, std::string_view session,
                  platform::WallTime now);
constexpr const char* kSessionCookie = "unstick_session";
// The value of one cookie out of a Cookie header; empty when it is not there.
std::string cookie_value(std::string_view header, std::string_view name);

// ---- what a page of ours holds, so that what its script asks for is told from what another site makes a browser ask
// for. Browsers say that themselves only over HTTPS. Ends as a session does.
std::string new_page_token(const std::string& secret, const std::string& key_mark, platform::WallTime now);
bool page_token_fits(const std::string& secret, const std::string& key_mark, std::string_view token,
                     platform::WallTime now);

// ---- a link to one job, which shows it until a week after the job was made.
enum class View {
  reads,     // for a helper: shows the job
  advances,  // for whoever started it: may also take it further on hosts where jobs live in requests
};
struct ViewToken {
  View view = View::reads;
  std::string job;
  std::string follower;  // chance: tells one follower's chain of requests from another's
};
ViewToken new_view(View view, const std::string& job);
std::string view_token(const std::string& secret, const ViewToken& token);
// Whether it has the shape of one whose time is not over: what no secret is needed for.
bool may_be_view_token(std::string_view text, platform::WallTime now);
std::optional<ViewToken> parse_view_token(const std::string& secret, std::string_view text, platform::WallTime now);

}  // namespace web
