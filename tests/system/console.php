#!/usr/bin/env php
<?php

// SPDX-License-Identifier: GPL-3.0-or-later
// The console of the sites here: `lines N` prints N lines, one each 0.1 s; all else is done at once.

$words = array_slice($_SERVER['argv'], 1);
$lines = 'lines' === $words[0] ? (int) $words[1] : 0;
for ($line = 1; $line <= $lines; ++$line) {
    echo "line $line of $lines\n";
    usleep(100000);
}
echo 'ended '.$words[0]."\n";
