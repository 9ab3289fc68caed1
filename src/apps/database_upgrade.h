// SPDX-License-Identifier: GPL-3.0-or-later
// How an application's own installer brings the database up to its newer files, where no console command does that.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "platform/disk.h"

namespace apps {

struct DatabaseUpgrade {
  // On the command line. Only where its own help, asked with `help`, offers the upgrade.
  platform::Path script;  // empty: there is none
  std::vector<std::string> help, words;
  std::function<bool(const std::string& help)> offered_in;
  // In a browser otherwise: the owner does it there, step by step.
  std::string address;
  std::vector<std::string> by_hand;
  // The proof, whatever the installer says: SQL, and what its first value is afterwards, one of these.
  std::string question;
  std::vector<std::string> answers;
  // What it leaves behind: moved out of the site afterwards, and kept.
  std::vector<platform::Path> left_over;
  std::vector<std::string> cautions;    // what the owner should see to before: sentences
  std::vector<std::string> afterwards;  // what is left to the owner: sentences
  std::string agreement;                // address of the licence that has to be accepted before; empty: none
};

}  // namespace apps
