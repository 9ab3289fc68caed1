// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/log_heads.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/text.h"

namespace apps {

namespace {

using platform::WallTime;

// ---- reading from the left; what does not fit stays unread

class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest(text) {}

  bool take(char c) {
    if (rest.empty() || rest[0] != c) return false;
    rest.remove_prefix(1);
    return true;
  }

  // Up to `most` digits; nullopt when there is none.
  std::optional<int> number(size_t most) {
    size_t length = 0;
    while (length < most && length < rest.size() && rest[length] >= '0' && rest[length] <= '9') ++length;
    auto value = base::whole_number(rest.substr(0, length));
    if (!value) return std::nullopt;
    rest.remove_prefix(length);
    return static_cast<int>(*value);
  }

  // Up to the character, which is taken too; nullopt when it does not come within `most`.
  std::optional<std::string_view> until(char end, size_t most) {
    size_t at = rest.substr(0, most).find(end);
    if (at == std::string_view::npos) return std::nullopt;
    auto word = rest.substr(0, at);
    rest.remove_prefix(at + 1);
    return word;
  }

  std::string_view rest;
};

struct Stamp {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;

  std::optional<WallTime> time() const {
    std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                     std::chrono::day(static_cast<unsigned>(day))};
    bool possible = date.ok() && year >= 1990 && year < 2200 && hour < 24 && minute < 60 && second <= 60;
    if (!possible) return std::nullopt;
    return WallTime(std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
                    std::chrono::seconds(second));
  }
};

// "2026-11-21" with this separator.
bool read_date(Cursor& cursor, char separator, Stamp& stamp) {
  auto year = cursor.number(4);
  if (!year || !cursor.take(separator)) return false;
  auto month = cursor.number(2);
  if (!month || !cursor.take(separator)) return false;
  auto day = cursor.number(2);
  if (!day) return false;
  stamp.year = *year, stamp.month = *month, stamp.day = *day;
  return true;
}

// "07:48:05" and a fraction, which is dropped.
bool read_clock(Cursor& cursor, Stamp& stamp) {
  auto hour = cursor.number(2);
  if (!hour || !cursor.take(':')) return false;
  auto minute = cursor.number(2);
  if (!minute || !cursor.take(':')) return false;
  auto second = cursor.number(2);
  if (!second) return false;
  if (cursor.take('.')) cursor.number(9);
  stamp.hour = *hour, stamp.minute = *minute, stamp.second = *second;
  return true;
}

int month_named(std::string_view name) {
  static constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (size_t i = 0; i < kMonths.size(); ++i)
    if (name == kMonths[i]) return static_cast<int>(i) + 1;
  return 0;
}

// "", "UTC", "Z", "+02:00", "-0500", "Europe/Berlin": what of it is known is taken off the time.
void apply_zone(std::string_view zone, LogHead& head) {
  if (zone == "UTC" || zone == "GMT" || zone == "Z") return;
  Cursor cursor(zone);
  bool east = cursor.take('+'), west = !east && cursor.take('-');
  auto hours = east || west ? cursor.number(2) : std::nullopt;
  cursor.take(':');
  auto minutes = hours ? cursor.number(2) : std::nullopt;
  head.is_local = !hours;
  if (hours && head.when) *head.when -= (east ? 1 : -1) * (std::chrono::hours(*hours) + std::chrono::minutes(minutes.value_or(0)));
}

// ---- the formats, behind their "["

// 2026-11-21T07:48:05.552276+00:00] console.CRITICAL: Message
std::optional<LogHead> read_monolog(Cursor cursor) {
  Stamp stamp;
  if (!read_date(cursor, '-', stamp) || !(cursor.take('T') || cursor.take(' ')) || !read_clock(cursor, stamp)) return std::nullopt;
  auto zone = cursor.until(']', 40);
  if (!zone || !cursor.take(' ')) return std::nullopt;
  auto channel = cursor.until(':', 80);
  if (!channel || channel->find(' ') != std::string_view::npos || channel->find('.') == std::string_view::npos) return std::nullopt;
  LogHead head{LogHead::Kind::monolog, stamp.time(), false, channel->substr(channel->rfind('.') + 1), base::trim(cursor.rest)};
  if (!head.when) return std::nullopt;
  apply_zone(*zone, head);
  return head;
}

// 2025-06-06T10:13:17.518025+00:00][WHMCS Installer] ERROR: Message
std::optional<LogHead> read_bracketed(Cursor cursor) {
  Stamp stamp;
  if (!read_date(cursor, '-', stamp) || !cursor.take('T') || !read_clock(cursor, stamp)) return std::nullopt;
  auto zone = cursor.until(']', 40);
  if (!zone || !cursor.take('[') || !cursor.until(']', 80) || !cursor.take(' ')) return std::nullopt;
  auto level = cursor.until(':', 20);
  if (!level || level->find(' ') != std::string_view::npos) return std::nullopt;
  LogHead head{LogHead::Kind::monolog, stamp.time(), false, *level, base::trim(cursor.rest)};
  if (!head.when) return std::nullopt;
  apply_zone(*zone, head);
  return head;
}

// 21-Nov-2026 07:48:05 UTC] PHP Fatal error:  Message
std::optional<LogHead> read_php(Cursor cursor) {
  Stamp stamp;
  auto day = cursor.number(2);
  if (!day || !cursor.take('-')) return std::nullopt;
  auto month = cursor.until('-', 5);
  auto year = month ? cursor.number(4) : std::nullopt;
  if (!year || !cursor.take(' ')) return std::nullopt;
  stamp.day = *day, stamp.month = month_named(*month), stamp.year = *year;
  if (!read_clock(cursor, stamp)) return std::nullopt;
  cursor.take(' ');
  auto zone = cursor.until(']', 60);
  if (!zone) return std::nullopt;
  LogHead head{LogHead::Kind::php, stamp.time(), false, {}, base::trim(cursor.rest)};
  if (!head.when) return std::nullopt;
  apply_zone(*zone, head);
  return head;
}

// Sat Nov 21 07:48:05.123456 2026] [proxy_fcgi:error] [pid 1] [client A] Message
std::optional<LogHead> read_apache(Cursor cursor) {
  Stamp stamp;
  auto weekday = cursor.until(' ', 5), month = cursor.until(' ', 5);
  cursor.take(' ');
  auto day = weekday && month ? cursor.number(2) : std::nullopt;
  if (!day || !cursor.take(' ') || !read_clock(cursor, stamp) || !cursor.take(' ')) return std::nullopt;
  auto year = cursor.number(4);
  if (!year || !cursor.take(']')) return std::nullopt;
  stamp.day = *day, stamp.month = month_named(*month), stamp.year = *year;
  LogHead head{LogHead::Kind::server, stamp.time(), true, {}, {}};
  cursor.rest = base::trim(cursor.rest);
  auto level = cursor.take('[') ? cursor.until(']', 60) : std::nullopt;
  if (!level || !head.when) return std::nullopt;
  head.level = level->substr(level->rfind(':') + 1);  // npos + 1 is 0
  for (cursor.rest = base::trim(cursor.rest); cursor.rest.starts_with("[pid ") || cursor.rest.starts_with("[client ") ||
                                              cursor.rest.starts_with("[remote ") || cursor.rest.starts_with("[tid ");
       cursor.rest = base::trim(cursor.rest))
    if (!cursor.until(']', 200)) break;
  head.text = cursor.rest;
  return head;
}

// 2026/11/21 07:48:05 [error] 12#12: *1 Message
std::optional<LogHead> read_nginx(Cursor cursor) {
  Stamp stamp;
  if (!read_date(cursor, '/', stamp) || !cursor.take(' ') || !read_clock(cursor, stamp) || !cursor.take(' ')) return std::nullopt;
  auto level = cursor.take('[') ? cursor.until(']', 20) : std::nullopt;
  LogHead head{LogHead::Kind::server, stamp.time(), true, level.value_or(""), {}};
  if (!level || !head.when) return std::nullopt;
  cursor.take(' ');
  if (auto process = cursor.until(':', 40); !process || process->find('#') == std::string_view::npos) return std::nullopt;
  cursor.take(' ');
  if (cursor.take('*')) cursor.until(' ', 24);
  head.text = cursor.rest;
  return head;
}

bool is_number(std::string_view word) { return base::whole_number(word).has_value(); }

// LiteSpeed's words in brackets between the level and the text: process, thread, client and site, where it came from.
bool is_of_litespeed(std::string_view word) {
  return is_number(word) || (word.starts_with('T') && is_number(word.substr(1))) || word.find('#') != std::string_view::npos ||
         word == "STDERR";
}

// What a program of LiteSpeed's wrote ends in a \n that is spelled out, as do the lines in it.
std::string_view first_spelled_line(std::string_view text) {
  for (std::string_view mark : {"\\nStack trace:", "\\n#0 "}) text = text.substr(0, text.find(mark));
  while (text.ends_with("\\n")) text.remove_suffix(2);
  return base::trim(text);
}

// 2026-11-21 07:48:05.123456 [NOTICE] [12345] [T0] [A:5678-0#APVH_host] [STDERR] PHP Fatal error:  Message\n
std::optional<LogHead> read_litespeed(Cursor cursor) {
  Stamp stamp;
  if (!read_date(cursor, '-', stamp) || !cursor.take(' ') || !read_clock(cursor, stamp)) return std::nullopt;
  cursor.rest = base::trim(cursor.rest);
  auto level = cursor.take('[') ? cursor.until(']', 20) : cursor.until('\t', 20);  // newer ones write NOTICE between tabs
  bool is_level = level && !level->empty() && std::all_of(level->begin(), level->end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  LogHead head{LogHead::Kind::server, stamp.time(), true, level.value_or(""), {}};
  if (!is_level || !head.when) return std::nullopt;
  for (;;) {
    cursor.rest = base::trim(cursor.rest);
    Cursor inside = cursor;
    auto word = inside.take('[') ? inside.until(']', 300) : std::nullopt;
    if (!word || !is_of_litespeed(*word)) break;
    if (*word == "STDERR") head.kind = LogHead::Kind::php;
    cursor = inside;
  }
  if (head.kind == LogHead::Kind::php) head.level = {};
  head.text = first_spelled_line(cursor.rest);
  return head;
}

}  // namespace

std::optional<LogHead> read_head(std::string_view line) {
  Cursor cursor(line);
  if (!cursor.take('[')) {
    for (auto read : {read_nginx, read_litespeed})
      if (auto head = read(cursor)) return head;
    for (std::string_view word :
         {"PHP Fatal error:", "PHP Parse error:", "PHP Warning:", "PHP Notice:", "PHP Deprecated:", "PHP Recoverable fatal error:"})
      if (line.starts_with(word)) return LogHead{LogHead::Kind::php, std::nullopt, false, {}, line};
    return std::nullopt;
  }
  for (auto read : {read_monolog, read_bracketed, read_php, read_apache})
    if (auto head = read(cursor)) return head;
  return std::nullopt;
}

}  // namespace apps
