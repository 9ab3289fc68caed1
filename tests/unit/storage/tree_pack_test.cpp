// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/tree_pack.h"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "storage/names.h"
#include "support/temp_folder.h"

namespace {

using storage::OwnerRule;
using storage::Owner;

std::string names_in(const storage::PackOrder& order) {
  std::string archive, names;
  storage::ZipWriter zip([&](std::string_view bytes) { archive += bytes; });
  auto packed = storage::pack_tree(order, zip);
  REQUIRE(packed);
  zip.finish();
  for (size_t at = 0; (at = archive.find("PK\x01\x02", at)) != std::string::npos; at += 46) {
    auto length = static_cast<unsigned char>(archive[at + 28]);
    names += archive.substr(at + 46, length) + " ";
  }
  return names;
}

}  // namespace

TEST_CASE("Of the own part the application's own is left out, what may be either is not") {
  support::TempFolder folder;
  for (const char* name : {"docroot/app/x.php", "docroot/app/config/local.php", "docroot/index.php", "docroot/media/a", "vendor/v.php",
                           "composer.json", "config/local.php"})
    folder.write(name, "x");
  storage::PackOrder order;
  order.top = folder.path();
  order.root = "docroot";
  order.scope = storage::PackScope::own;
  order.owner = storage::owner_by({{Owner::shared, "app"}, {Owner::shared, "app/config"}, {Owner::user, "app/config/*local*"},
                                   {Owner::package, "app/*"}, {Owner::package, "vendor"}, {Owner::package, "composer.json"}});
  CHECK(names_in(order) == "composer.json config/ config/local.php docroot/ docroot/index.php docroot/app/ docroot/app/config/ "
                           "docroot/app/config/local.php docroot/media/ docroot/media/a ");
  order.left_out = {folder.path() / "docroot/media"};
  CHECK(names_in(order).find("media") == std::string::npos);
}

TEST_CASE("A stop ends it at any place") {
  support::TempFolder folder;
  for (int i = 0; i < 5; ++i) folder.write("f" + std::to_string(i), std::string(10, 'x'));
  storage::PackOrder order;
  order.top = folder.path();
  int asked = 0, all = 0;
  order.stop_asked = [&] { return ++all, false; };
  names_in(order);
  CHECK(all > 5);
  for (int n = 1; n <= all; ++n) {
    asked = 0;
    order.stop_asked = [&] { return ++asked == n; };
    storage::ZipWriter zip([](std::string_view) {});
    CHECK_FALSE(storage::pack_tree(order, zip));
  }
}

TEST_CASE("What is ours is told by its name") {
  for (const char* name : {".unstick-0123456789abcdef", "prod.unstick-20261121-093015123-k3v9qa", "20261121-093015123-k3v9qa.zip",
                           "mautic-files-20261121-093015.zip", "mautic-own-files-20261121-093015.zip"})
    CHECK(storage::is_name_of_ours(name));
  for (const char* name : {"unstick", "my.unstick-notes", "5.1.0.zip", "my-files-2026.zip", "files-20261121-093015.zip", "x-files-20261121x093015.zip",
                           "x-files-20261121-093015.zip.txt", "prod.unstick-"})
    CHECK_FALSE(storage::is_name_of_ours(name));
}
