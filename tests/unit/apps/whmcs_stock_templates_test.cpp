// SPDX-License-Identifier: GPL-3.0-or-later
// Lists of hashes, whole ones and those that tell nothing of this tree.
#include "apps/whmcs/stock_templates.h"

#include <catch2/catch.hpp>

#include "base/digest.h"
#include "base/text.h"
#include "support/temp_folder.h"

namespace {

using apps::whmcs::changed_templates;
using Names = std::vector<std::string>;

struct Tree {
  support::TempFolder folder;

  Tree() {
    folder.write("init.php", "init of this release");
    folder.write("cart.php", "cart of this release");
    folder.write("templates/six/header.tpl", "header");
    folder.write("templates/six/footer.tpl", "footer");
  }
  // A line as md5sum writes it.
  static std::string line(const std::string& path, const std::string& text) { return base::hex(base::md5(text)) + "  " + path + "\n"; }
  // nullopt: the list tells nothing.
  std::optional<Names> changed_by(const std::string& list) {
    folder.write("resources/release.md5", list);
    auto templates = changed_templates(platform::posix_disk(), folder.path(), base::Version::of("8.13.0"), {});
    return templates ? std::optional(templates->changed) : std::nullopt;
  }
};

}  // namespace

TEST_CASE("WHMCS: a list of hashes names the templates that were changed") {
  Tree tree;
  const std::string init = Tree::line("init.php", "init of this release");
  CHECK(tree.changed_by(init + Tree::line("./templates/six/header.tpl", "header")) == Names{});
  CHECK(tree.changed_by(init + Tree::line("templates/six/header.tpl", "other") + Tree::line("templates/six/footer.tpl", "footer")) ==
        Names{"templates/six/header.tpl"});
}

TEST_CASE("WHMCS: the list of another release tells nothing") {
  Tree tree;
  const std::string templates = Tree::line("templates/six/header.tpl", "older");
  CHECK_FALSE(tree.changed_by(Tree::line("init.php", "init of before") + Tree::line("cart.php", "cart of this release") + templates));
  CHECK_FALSE(tree.changed_by(templates));
  CHECK_FALSE(tree.changed_by(Tree::line("cart.php", "cart of before") + templates));
  CHECK(tree.changed_by(Tree::line("cart.php", "cart of this release") + templates) == Names{"templates/six/header.tpl"});
}

TEST_CASE("WHMCS: a template in another folder is another file") {
  Tree tree;
  const std::string init = Tree::line("init.php", "init of this release"), header = Tree::line("templates/six/header.tpl", "header");
  for (const char* path : {"vendor/x/templates/six/header.tpl", "./vendor/templates/six/header.tpl", "../templates/six/header.tpl",
                           "/templates/six/header.tpl"}) {
    INFO(path);
    CHECK(tree.changed_by(init + header + Tree::line(path, "of the vendor")) == Names{});
  }
  CHECK(tree.changed_by(init + header + Tree::line("vendor/init.php", "of the vendor")) == Names{});
}
