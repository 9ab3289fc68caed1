// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/whmcs/tree_census.h"

#include <algorithm>

#include "apps/whmcs/configuration.h"
#include "apps/whmcs/state.h"
#include "apps/whmcs/whmcs.h"
#include "base/failure.h"
#include "base/text.h"

namespace apps::whmcs {

namespace {

using Names = std::vector<std::string>;
using Numbers = std::map<std::string, Names>;

constexpr size_t kMostNamed = 5;

const Names kOfAdmin = {"index.php", "login.php", "clients.php", "invoices.php", "orders.php", "supporttickets.php"};
const Names kOfIncludes = {"functions.php", "clientfunctions.php", "gatewayfunctions.php", "invoicefunctions.php"};
const Names kOfCrons = {"cron.php"};

class Counting {
 public:
  explicit Counting(Examination& examination) : examination_(examination) {}

  void add_root() {
    const Site& site = examination_.site;
    for (auto name : core_files(site.version))
      if (auto header = header_of(examination_.disk, site.root / name); header && !header->version.empty())
        census.files.push_back({"", std::string(name), header->version, header->build, true});
  }

  void add_folder(const Path& folder, const Names& in_all, std::vector<StatedFile>& files) {
    try {
      for (const auto& file : headed_files(examination_.disk, folder)) {
        bool is_in_all = std::find(in_all.begin(), in_all.end(), file.file.filename().native()) != in_all.end();
        if (!file.header.version.empty())
          files.push_back({examination_.shown(folder), examination_.shown(file.file), file.header.version, file.header.build, is_in_all});
      }
    } catch (const base::Failure& failure) {
      census.not_looked.push_back(failure.what());
    }
  }

  Census census;

 private:
  Examination& examination_;
};

// Of one folder, as far as they are of other series than init.php.
struct Share {
  size_t all = 0, others = 0;
  Numbers numbers;  // of the others
};

std::string share_words(const std::string& folder, const Share& share) {
  Names versions;
  for (const auto& [version, names] : share.numbers) versions.push_back(version);
  return folder + "/: " + std::to_string(share.others) + " of " + std::to_string(share.all) + " files are of " + base::join(versions, ", ");
}

Names lines_of(const Numbers& numbers) {
  Names lines;
  for (const auto& [version, names] : numbers) lines.push_back(version + ": " + base::some_of(names, kMostNamed));
  return lines;
}

// Folders of which more files are of another series than of this one.
Names folders_of_others(const std::string& series, const std::vector<StatedFile>& files) {
  std::map<std::string, Share> shares;
  for (const auto& file : files) {
    Share& share = shares[file.folder];
    ++share.all;
    if (series_of(file.version) == series) continue;
    ++share.others;
    share.numbers[file.version.text()].push_back(file.name);
  }
  Names lines;
  for (const auto& [folder, share] : shares)
    if (!folder.empty() && 2 * share.others > share.all) lines.push_back(share_words(folder, share));
  return lines;
}

}  // namespace

Census census_of(Examination& examination, AdminArea admin) {
  const Path& root = examination.site.root;
  Configuration configuration(examination.disk, root);
  Counting counting(examination);
  Census& census = counting.census;
  counting.add_root();
  if (auto folder = configuration.admin(); folder && *folder != root && admin == AdminArea::counts)
    counting.add_folder(*folder, kOfAdmin, census.files);
  counting.add_folder(root / "includes", kOfIncludes, census.files);
  auto crons = configuration.folder("crons_dir", "crons");
  if (crons)
    counting.add_folder(*crons, kOfCrons, platform::lies_in(*crons, root) ? census.files : census.moved_crons);
  else
    census.not_looked.push_back(configuration.unknown_folder("crons_dir"));
  for (auto folder : {"install", "install/bin"}) counting.add_folder(root / folder, {}, census.installer);
  return std::move(census);
}

std::string series_of(const base::Version& version) {
  return std::to_string(version.major()) + "." + std::to_string(version.minor());
}

Mixture mixture_of(const base::Version& release, const std::vector<StatedFile>& files) {
  Mixture mixture;
  const std::string series = series_of(release);
  Numbers in_all, of_series;
  Names others;
  size_t same = 0;
  for (const auto& file : files) {
    if (mixture.newest.empty() || compare(file.version, mixture.newest) > 0) mixture.newest = file.version;
    bool is_of_series = series_of(file.version) == series;
    if (file.is_in_all) {
      in_all[file.version.text()].push_back(file.name);
      is_of_series ? void(++same) : others.push_back(file.name + " is of " + file.version.text());
    }
    if (!is_of_series) continue;
    of_series[file.version.text()].push_back(file.name);
    auto order = compare(file.version, release);
    mixture.unlike += order != 0;
    mixture.has_newer = mixture.has_newer || order > 0;
  }
  bool is_init_alone = !others.empty() && others.size() + 1 > same;  // one of those of its series is init.php itself
  Names folders = folders_of_others(series, files);
  if (others.size() >= kSeveral || is_init_alone || !folders.empty()) {
    if (!others.empty()) mixture.evidence = lines_of(in_all);
    mixture.evidence.insert(mixture.evidence.end(), folders.begin(), folders.end());
  } else if (!others.empty()) {
    mixture.odd_one = others[0];
  }
  if (mixture.unlike != 0) mixture.numbers = std::move(of_series);
  return mixture;
}

Names differing(const std::vector<StatedFile>& files) {
  Numbers numbers;
  for (const auto& file : files) numbers[file.version.text()].push_back(file.name);
  return numbers.size() > 1 ? lines_of(numbers) : Names{};
}

}  // namespace apps::whmcs
