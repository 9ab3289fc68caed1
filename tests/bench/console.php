#!/usr/bin/env php
<?php

// SPDX-License-Identifier: GPL-3.0-or-later
// Stands before the site's own console (console.real.php): two reading commands are answered here, so that what is measured
// is the way from a PHP that prints to the client, and nothing of Symfony. Everything else is the real console.

switch ($argv[1] ?? '') {
    case 'doctrine:migrations:status': // the clock: lines that tell when they were written
        for ($i = 0; $i < 5; ++$i) {
            usleep(100000);
            fwrite(STDOUT, sprintf("written at %.6f\n", hrtime(true) / 1e9)); // CLOCK_MONOTONIC, as Python's time.monotonic()
        }
        exit(0);
    case 'doctrine:schema:validate': // the flood: 1 GiB in lines of 129 bytes
        $piece = str_repeat(str_repeat('0123456789abcdef', 8)."\n", 8128);
        for ($i = 0; $i < 1024; ++$i) {
            fwrite(STDOUT, $piece);
        }
        exit(0);
}

require __DIR__.'/console.real.php';
