#!/usr/bin/env php
<?php

// SPDX-License-Identifier: GPL-3.0-or-later
// The console of the sites that the cases use: runs as long as a test wants and remembers what it was asked.
//   var/ran      one JSON line a run: pid, argv
//   var/hold     while this file is there, the command goes on; with var/silent it prints nothing meanwhile
//   var/flood    is deleted, and 240 kB printed
//   var/exit     its exit status, if there
// Where a command must really do something the cases use the fixture's Symfony sites instead.

$words = array_slice($_SERVER['argv'], 1);
file_put_contents('var/ran', json_encode(['pid' => getmypid(), 'argv' => $words])."\n", FILE_APPEND | LOCK_EX);
echo 'begun '.implode(' ', $words)."\n";  // in one write: who waits for "begun" finds the whole line
for ($turn = 0; file_exists('var/hold'); ++$turn) {
    if (0 === $turn % 50 && !file_exists('var/silent')) {
        echo "still held $turn\n";
    }
    if (file_exists('var/flood')) {
        echo str_repeat(str_repeat('flood ', 20)."\n", 2000);
        unlink('var/flood');
    }
    usleep(10000);
    clearstatcache();
}
echo "ended\n";
exit((int) @file_get_contents('var/exit'));
