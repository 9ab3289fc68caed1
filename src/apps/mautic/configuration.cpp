// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/mautic/configuration.h"

#include <algorithm>

#include "base/failure.h"
#include "base/text.h"

namespace apps::mautic {

namespace {

using base::PhpValue;
using platform::Disk;
using platform::Kind;

constexpr std::string_view kRootDir = "%kernel.root_dir%";        // the folder app/, to 4.x
constexpr std::string_view kProjectDir = "%kernel.project_dir%";  // from 5 on

std::string replaced(std::string text, std::string_view what, const Path& with) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.native().size())
    text.replace(at, what.size(), with.native());
  return text;
}

// As AppKernel::getProjectDir finds it: the nearest folder upwards with a composer.json, else the root itself.
Path project_of(Disk& disk, const Path& root) {
  try {
    for (Path folder = root;; folder = folder.parent_path()) {
      auto facts = disk.look_through(folder / "composer.json");
      if (facts && facts->kind == Kind::file) return folder;
      if (folder == folder.parent_path()) return root;
    }
  } catch (const base::Failure&) {
    return root;  // what we may not look at, PHP may not either
  }
}

// The name in a text like 'getenv(NAME)', which Mautic replaces by the variable's value.
std::optional<std::string> variable_named_in(std::string_view text) {
  constexpr std::string_view kCall = "getenv(";
  size_t begin = text.find(kCall);
  size_t end = begin == text.npos ? text.npos : text.find_first_of(")\n", begin);
  if (end == text.npos || text[end] != ')') return std::nullopt;
  std::string_view name = text.substr(begin + kCall.size(), end - begin - kCall.size());
  bool is_name = name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == name.npos;
  return is_name ? std::string(name) : "...";
}

}  // namespace

Configuration::Configuration(Disk& disk, const Site& site)
    : disk_(disk),
      site_(site),
      app_(site.root / "app"),
      project_(project_of(disk, site.root)),
      old_(!site.version.empty() && site.version.major() <= 4) {
  try {
    read();
  } catch (const base::Failure& failure) {
    problem_ = failure.what();
  }
}

// ---- the files

void Configuration::read() {
  auto named = named_in_paths_local();
  named_ = named.has_value();
  auto all = places(named);
  file_ = all.front();
  auto found = std::find_if(all.begin(), all.end(), [&](const Path& place) { return is_file(place); });
  if (found == all.end())
    throw base::Failure("there is no " + shown(file_) + ": Mautic was never installed here, or the file was lost");
  file_ = *found;
  local_ = {file_, parse(file_)};
  overrides_.path = overrides_path(named.has_value());
  overrides_.content = parse(overrides_.path);
  const PhpValue* parameters = local_.content ? local_.content->variable("parameters") : nullptr;
  if (!parameters || !(parameters->as<base::PhpArray>() || parameters->as<base::PhpCode>()))
    throw base::Failure(shown(file_) + " holds no $parameters = array(...): it is damaged, or another program's");
}

std::optional<base::PhpFile> Configuration::parse(const Path& file) const {
  auto text = disk_.read(file, base::kMostPhpBytes + 1);
  if (!text) return std::nullopt;
  if (text->size() > base::kMostPhpBytes)
    throw base::Failure(shown(file) + " is unusually large, over 1 MB, and was not read: such a file has some 10 KB");
  if (base::trim(*text).empty())
    throw base::Failure(shown(file) + " is empty, as a full disk leaves it");
  return base::parse_php(*text, shown(file));
}

bool Configuration::is_file(const Path& file) const {
  auto facts = disk_.look_through(file);
  return facts && facts->kind == Kind::file;
}

// What paths_local.php sets $paths['local_config'] to; nullopt when there is no such file or word.
std::optional<std::string> Configuration::named_in_paths_local() const {
  Path file = app_ / "config/paths_local.php";
  if (!old_ && is_file(project_ / "config/paths_local.php")) file = project_ / "config/paths_local.php";
  auto content = parse(file);
  const PhpValue* paths = content ? content->variable("paths") : nullptr;
  const PhpValue* named = paths ? paths->find("local_config") : nullptr;
  if (!named) return std::nullopt;
  auto* text = named->as<std::string>();
  if (text && text->find('\0') == text->npos) return *text;
  auto* code = named->as<base::PhpCode>();
  throw base::Failure(shown(file) + " chooses the configuration file by code" +
                      (code ? " (" + base::printable_line(code->source) + ")" : ""));
}

// Where local.php may be, what Mautic itself takes first. The others are for trees that are of two releases at once.
std::vector<Path> Configuration::places(const std::optional<std::string>& named) const {
  if (named) {
    std::string name = knows_root_dir() ? replaced(*named, kRootDir, app_) : *named;
    if (old_) return {site_.root / name};
    return {site_.root / replaced(name, kProjectDir, project_), site_.root / replaced(name, kProjectDir, app_)};
  }
  std::vector<Path> all = {project_ / "config/local.php", site_.project / "config/local.php",
                           app_ / "config/local.php"};
  if (old_) std::rotate(all.begin(), all.begin() + 2, all.end());
  return all;
}

Path Configuration::overrides_path(bool is_named) const {
  if (!is_named) return file_.parent_path() / "parameters_local.php";
  bool in_project = !old_ && platform::lies_in(file_, project_) && !platform::lies_in(file_, app_);
  return (in_project ? project_ : app_) / "config/parameters_local.php";
}

std::string Configuration::shown(const Path& file) const {
  for (const Path& folder : {site_.project, site_.root})
    if (platform::lies_in(file, folder)) return base::printable_line(file.lexically_relative(folder).native());
  return base::printable_line(file.native());
}

// ---- the values

std::pair<const PhpValue*, const Path*> Configuration::find(std::string_view key) const {
  for (const File* file : {&overrides_, &local_}) {
    const PhpValue* parameters = file->content ? file->content->variable("parameters") : nullptr;
    const PhpValue* value = parameters ? parameters->find(key) : nullptr;
    if (value) return {value, &file->path};
  }
  return {nullptr, nullptr};
}

std::vector<Configuration::Element> Configuration::elements() const {
  std::vector<Element> all;
  for (const File* file : {&overrides_, &local_}) {
    const PhpValue* parameters = file->content ? file->content->variable("parameters") : nullptr;
    auto* array = parameters ? parameters->as<base::PhpArray>() : nullptr;
    if (!array || !problem_.empty()) continue;
    for (const auto& element : array->elements()) {
      auto* key = std::get_if<std::string>(&element.key);
      if (key && find(*key).first == &element.value) all.push_back({*key, &element.value, &file->path});
    }
  }
  return all;
}

Configuration::Value Configuration::value(std::string_view key) const {
  auto [value, file] = find(key);
  if (!value) return {};
  std::string what = std::string(key) + " in " + shown(*file);
  if (auto* code = value->as<base::PhpCode>())
    return {{}, what + " is code (" + base::printable_line(code->source) + ")"};
  auto words = value->words();
  if (!words) return {{}, what + " is neither a text nor a whole number"};
  if (auto variable = variable_named_in(*words))
    return {{}, what + " comes from the environment variable " + *variable};
  auto text = resolve(*words);
  if (!text) return {{}, what + " holds a %, which must be doubled, or the name of another parameter between two"};
  return {std::move(text), {}};
}

// As Symfony resolves parameters: %% is %, %name% a parameter; a % that begins neither stays. nullopt for parameters
// that we do not know.
std::optional<std::string> Configuration::resolve(std::string_view text) const {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    size_t end = text[at] == '%' ? text.find_first_of("% \t\n\v\f\r", at + 1) : text.npos;
    if (end == text.npos || text[end] != '%') {
      out += text[at];
      continue;
    }
    std::string_view name = text.substr(at, end - at + 1);
    if (name == "%%") out += '%';
    else if (name == "%kernel.environment%") out += "prod";
    else if (name == kRootDir) out += app_.native();
    else if (name == kProjectDir) out += project_.native();
    else return std::nullopt;
    at = end;
  }
  return out;
}

Path Configuration::path(std::string_view key) const {
  auto [value, file] = find(key);
  auto* text = value ? value->as<std::string>() : nullptr;
  if (!text || variable_named_in(*text)) return {};
  std::string replaced_text = *text;
  if (knows_root_dir()) replaced_text = replaced(std::move(replaced_text), kRootDir, app_);
  if (!old_) replaced_text = replaced(std::move(replaced_text), kProjectDir, project_);
  Path path = Path(replaced_text).lexically_normal();
  bool plain = replaced_text.find('%') == replaced_text.npos && replaced_text.find('\0') == replaced_text.npos;
  return plain && path.is_absolute() ? path : Path();
}

}  // namespace apps::mautic
