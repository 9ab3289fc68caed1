// SPDX-License-Identifier: GPL-3.0-or-later
// Whom to believe that a server is who it says: the certificate authorities of this system, or else Mozilla's, as Debian's
// package ca-certificates had them when the program was built.
#pragma once

#include <string>

#include "platform/disk.h"

namespace platform {

// PEM: the first of the usual files that can be read and holds certificates, else those that are built in.
std::string trusted_certificates(Disk& disk);

std::string built_in_certificates();

}  // namespace platform
