// SPDX-License-Identifier: GPL-3.0-or-later
// What Composer wrote about the packages in vendor/: its lists of packages and its autoloader, read without PHP.
// Composer generates these files, always in the same words, so the PHP among them is scanned line by line:
//   'Class\\Name' => $vendorDir . '/aws/aws-sdk-php/src/Sdk.php',      below vendor/
//   'Class\\Name' => $baseDir . '/app/AppKernel.php',                  below the folder with vendor/
// (Composer\Autoload\AutoloadGenerator, 1.1 to 2.8). Pure functions, inputs are hostile.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace apps::mautic {

// Of composer.lock or vendor/composer/installed.json.
struct Packages {
  std::map<std::string, std::string> versions;  // by the package's name; those for developers too
  std::set<std::string> of_developers;          // names
  std::set<std::string> folders;                // installed.json: where they lie, "vendor/aws/aws-sdk-php"
};
// nullopt: it is cut off or holds something else.
std::optional<Packages> packages_in(const std::string& json);

// The files that vendor/composer/autoload_files.php or autoload_classmap.php names, relative to the folder with
// vendor/. nullopt: it is cut off or something else.
std::optional<std::vector<std::string>> autoloaded_in(std::string_view php);

// What the parts of one autoloader have in common: HASH of ComposerAutoloaderInitHASH or ComposerStaticInitHASH. Empty when
// there is none.
std::string autoloader_mark(std::string_view php);

}  // namespace apps::mautic
