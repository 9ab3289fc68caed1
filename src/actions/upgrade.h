// SPDX-License-Identifier: GPL-3.0-or-later
// The action `upgrade:v3`: one job for the whole way to the next major release (apps/major_upgrade.h), whose steps carry the names of
// its stages. For those who ask stage by stage (web/upgrade_protocol.h), how it stands.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actions/action.h"
#include "apps/major_upgrade.h"

namespace actions {

inline constexpr const char* kUpgradeTask = "upgrade:v3";
inline constexpr const char* kUpgradeBackTask = "upgrade:back";

// Throws Failure when there is no site, or its application has no such way.
const apps::MajorUpgrade& need_upgrade(World& world);

// What is said when a stage fails: its code, what failed, where the site stands then, what to do.
// `way_back`: how the owner comes back from the newer release, a sentence without its full stop; empty: by undo.
std::string upgrade_failure(const apps::MajorUpgrade& upgrade, const apps::UpgradeStage& stage, apps::Standing standing,
                            const std::string& way_back = {});

// The stage that a step of such a job belongs to, with the error that the step's failure is told by.
apps::UpgradeStage stage_of(const apps::MajorUpgrade& upgrade, const base::Step& step);

bool is_upgrade(const jobs::Snapshot& job);
// The newest job of this action; nullopt: none was started.
std::optional<jobs::Snapshot> upgrade_job(World& world);

// Whether the files are the new release's already, and what brought them did not come to its end: our job, or one that went on behind
// it, or the script.
bool upgrade_is_unfinished(World& world);

}  // namespace actions
