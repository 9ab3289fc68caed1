// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/mautic/composer_files.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace apps::mautic {

namespace {

using nlohmann::json;

std::string text_in(const json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Composer 1 does not say where a package lies.
std::string folder_of(const json& package, const std::string& name) {
  std::string path = text_in(package, "install-path");
  if (path.empty()) return "vendor/" + name;
  return (std::filesystem::path("vendor/composer") / path).lexically_normal().native();
}

void add(const json& list, Packages& all, bool of_developers) {
  if (!list.is_array()) return;
  for (const json& package : list) {
    std::string name = package.is_object() ? text_in(package, "name") : "";
    if (name.empty()) continue;
    all.versions[name] = text_in(package, "version");
    all.folders.insert(folder_of(package, name));
    if (of_developers) all.of_developers.insert(name);
  }
}

// What stands between the quotes that `text` begins behind, up to the one that ends it; nullopt when none does.
std::optional<std::string> quoted(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size() && text[i] != '\n'; ++i) {
    if (text[i] == '\'') return out;
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return std::nullopt;
}

}  // namespace

std::optional<Packages> packages_in(const std::string& text) {
  json parsed = json::parse(text, nullptr, false);
  Packages all;
  if (parsed.is_array()) {  // Composer 1's installed.json
    add(parsed, all, false);
    return all;
  }
  if (!parsed.is_object() || !parsed.contains("packages")) return std::nullopt;
  add(parsed["packages"], all, false);
  if (parsed.contains("packages-dev")) add(parsed["packages-dev"], all, true);
  auto names = parsed.find("dev-package-names");
  if (names != parsed.end() && names->is_array())
    for (const json& name : *names)
      if (name.is_string()) all.of_developers.insert(name.get<std::string>());
  return all;
}

std::optional<std::vector<std::string>> autoloaded_in(std::string_view php) {
  if (!base::contains(php, "return array(") || !base::trim(php).ends_with(");")) return std::nullopt;
  std::vector<std::string> paths;
  for (std::string_view line : base::lines(php)) {
    for (std::string_view folder : {"$vendorDir", "$baseDir"}) {
      std::string before = " => " + std::string(folder) + " . '/";
      size_t at = line.find(before);
      if (at == line.npos) continue;
      if (auto path = quoted(line.substr(at + before.size()))) paths.push_back((folder == "$baseDir" ? "" : "vendor/") + *path);
      break;
    }
  }
  return paths;
}

std::string autoloader_mark(std::string_view php) {
  for (std::string_view word : {"ComposerAutoloaderInit", "ComposerStaticInit"}) {
    size_t at = php.find(word);
    if (at == php.npos) continue;
    size_t begin = at + word.size(), end = begin;
    while (end < php.size() && (std::isalnum(static_cast<unsigned char>(php[end])) || php[end] == '_')) ++end;
    if (end > begin) return std::string(php.substr(begin, end - begin));
  }
  return {};
}

}  // namespace apps::mautic
