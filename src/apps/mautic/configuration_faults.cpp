// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/mautic/configuration_faults.h"

#include <algorithm>
#include <array>

#include "base/failure.h"
#include "base/percent.h"
#include "base/php_tokens.h"
#include "base/text.h"

namespace apps::mautic {

namespace {

using base::PhpArray;
using base::PhpValue;

constexpr std::string_view kRootDir = "%kernel.root_dir%", kProjectDir = "%kernel.project_dir%";
// AppKernel::isInstalled: 2 to 4, and 5 and later (which set db_driver themselves).
constexpr std::array<std::string_view, 2> kNeededOld = {"db_driver", "mailer_from_name"};
constexpr std::array<std::string_view, 1> kNeeded = {"site_url"};

template <typename Is>
bool any_text(const PhpValue& value, const Is& is) {
  if (auto* text = value.as<std::string>()) return is(*text);
  auto* array = value.as<PhpArray>();
  return array && std::any_of(array->elements().begin(), array->elements().end(),
                              [&](const PhpArray::Element& element) { return any_text(element.value, is); });
}

bool any_code(const PhpValue& value) {
  if (value.as<base::PhpCode>()) return true;
  auto* array = value.as<PhpArray>();
  return array && std::any_of(array->elements().begin(), array->elements().end(),
                              [](const PhpArray::Element& element) { return any_code(element.value); });
}

std::optional<ValueKind> fault_of(const Configuration::Element& element, const Site& site) {
  auto holds = [&](std::string_view what) {
    return any_text(*element.value, [&](const std::string& text) { return base::contains(text, what); });
  };
  if (any_text(*element.value, [](const std::string& text) { return base::has_raw_percent(text); })) return ValueKind::percent;
  if (is_present(site) && holds(kRootDir)) return ValueKind::old_folder;
  if (is_old(site) && element.key == "cache_path" && holds(kProjectDir)) return ValueKind::new_folder;
  return std::nullopt;
}

template <size_t count>
void add_missing(const Configuration& configuration, const std::array<std::string_view, count>& keys, std::vector<ValueFault>& faults) {
  for (auto key : keys) {
    auto value = configuration.value(key);
    if (value.problem.empty() && value.text.value_or("").empty())
      faults.push_back({ValueKind::missing, std::string(key), configuration.file(), 0});
  }
}

// What lies at the place of local.php while Configuration could not read all of it.
FileState state_of(platform::Disk& disk, const Path& file) {
  auto facts = disk.look_through(file);
  if (!facts || facts->kind != platform::Kind::file) return FileState::missing;
  if (!disk.may_read(file)) return FileState::unreadable;
  auto text = disk.read(file, base::kMostPhpBytes + 1);
  if (!text || base::trim(*text).empty()) return FileState::empty;
  if (text->size() > base::kMostPhpBytes) return FileState::unknown;
  try {
    const auto parsed = base::parse_php(*text, "local.php");
    const PhpValue* parameters = parsed.variable("parameters");
    bool good = parameters && (parameters->as<PhpArray>() || parameters->as<base::PhpCode>());
    return good ? FileState::unknown : FileState::damaged;
  } catch (const base::Failure&) {
    return FileState::damaged;
  }
}

// What stands before its <?php; empty: nothing.
std::string prefix_words(platform::Disk& disk, const Path& file) {
  auto text = disk.read(file, base::kMostPhpBytes + 1).value_or("");
  size_t begin = base::php_begin(text);
  if (begin == 0 || begin == text.npos) return "";
  bool is_mark = std::string_view(text).substr(0, begin) == "\xEF\xBB\xBF";
  if (is_mark) return "a byte order mark, which an editor has put there";
  if (base::trim(text.substr(0, begin)).empty()) return "blank lines";
  return std::to_string(begin) + " bytes of other text";
}

}  // namespace

bool is_old(const Site& site) { return !site.version.empty() && site.version.major() <= 4; }
bool is_present(const Site& site) { return !site.version.empty() && site.version.major() >= 5; }

FileFault look_at_file(platform::Disk& disk, const Site& site, const Configuration& configuration) {
  const Path& file = configuration.file();
  const Path own = site.root / "app/config/local.php";
  if (!configuration.problem().empty()) {
    FileState state = file.empty() ? FileState::unknown : state_of(disk, file);
    if (state == FileState::unknown && base::contains(configuration.problem(), " is damaged: ")) state = FileState::damaged_beside;
    return {state, file, configuration.problem()};
  }
  if (is_old(site) && !configuration.is_named() && file != own)
    return {FileState::misplaced, own,
            configuration.shown(file) + " lies where Mautic 5 looks for it; " + site.version.text() + " reads " + configuration.shown(own)};
  if (auto words = prefix_words(disk, file); !words.empty())
    return {FileState::prefixed, file, words + " before the first line of PHP in " + configuration.shown(file)};
  return {FileState::good, file, ""};
}

std::vector<ValueFault> value_faults(const Configuration& configuration, const Site& site) {
  std::vector<ValueFault> faults;
  if (!configuration.problem().empty()) return faults;
  for (const auto& element : configuration.elements())
    if (auto kind = fault_of(element, site)) faults.push_back({*kind, element.key, *element.file, element.value->line});
  if (is_old(site)) add_missing(configuration, kNeededOld, faults);
  if (is_present(site)) add_missing(configuration, kNeeded, faults);
  return faults;
}

std::vector<std::string> unknown_values(const Configuration& configuration) {
  std::vector<std::string> all;
  for (const auto& element : configuration.elements()) {
    if (!any_code(*element.value)) continue;
    auto* code = element.value->as<base::PhpCode>();
    all.push_back(element.key + " in " + configuration.shown(*element.file) + " is code" +
                  (code ? " (" + base::printable_line(code->source) + ")" : "") + ": only PHP could tell");
  }
  return all;
}

// bootstrap.php: .env.local.php comes instead of it, and Dotenv::loadEnv takes .env.dist where there is none.
std::optional<Path> missing_environment_file(platform::Disk& disk, const Site& site) {
  if (!is_present(site)) return std::nullopt;
  for (const char* name : {".env", ".env.local.php", ".env.dist"})
    if (disk.look_through(site.project / name)) return std::nullopt;
  return site.project / ".env";
}

}  // namespace apps::mautic
