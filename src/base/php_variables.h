// SPDX-License-Identifier: GPL-3.0-or-later
// The variables of a PHP configuration file while it is read: literal assignments are carried out, and everything
// that code may have changed is marked as code. Used by php_literal.h only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/php_value.h"

namespace base {

// `$name[key][key]`; a key of nullopt stands for `[]`.
struct PhpPlace {
  std::string name;
  std::vector<std::optional<PhpKey>> keys;
};

class PhpVariables {
 public:
  void assign(const PhpPlace& place, PhpValue value);
  // It is another name of some variable from now on (`$a = &$b`): nothing is known of it any more.
  void alias(const std::string& name, PhpValue code);
  // All variables that were assigned so far, and those that were not, may hold something else now.
  void doubt_all(PhpValue code);
  // nullptr: never assigned.
  const PhpValue* find(std::string_view name) const;
  // What doubt_all means for each is carried out when it is next used, so that it costs nothing: this does it for
  // those that are left. To be called before find.
  void settle();

 private:
  struct Variable {
    PhpValue value;
    size_t assigned = 0;  // when, in calls
    bool alias = false;
  };

  void settle(Variable& variable) const;

  std::map<std::string, Variable, std::less<>> variables_;
  std::optional<PhpValue> doubt_;
  size_t doubted_ = 0;
  size_t calls_ = 0;
};

// The element that `[key]` of a value is: made where there is none; nullptr when PHP would refuse or only PHP could
// tell which one it is. Turns null into an array and keeps code as code.
PhpValue* php_element(PhpValue& value, const std::optional<PhpKey>& key);

}  // namespace base
