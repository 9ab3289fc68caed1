#!/usr/bin/env php
<?php

// SPDX-License-Identifier: GPL-3.0-or-later
// SCRIPTED: no Symfony, no Doctrine. The console of a Mautic 2 or 3 whose migrations really change the database. What it is stands in
// scripted.json beside it: version, migrations ({version: [statements]}), commands. Reads local.php as Mautic does. A file
// fail-COMMAND or fail-VERSION in the site's root makes that command or migration fail with its text; with fail-record 3 does none and says all
// is done; slow-COMMAND holds it up.

$site = json_decode((string) file_get_contents(__DIR__.'/scripted.json'), true);
$root = dirname(__DIR__);
$old  = version_compare($site['version'], '3.0', '<');
if ($old) {
    $root = dirname(__DIR__);
}
$name = current(array_filter(array_slice($_SERVER['argv'], 1), static fn ($word) => '-' !== $word[0])) ?: 'list';

require $root.'/app/config/local.php';
if (!$old && (isset($parameters['track_by_fingerprint']) || 'mail' === ($parameters['mailer_transport'] ?? ''))) {
    fwrite(STDERR, "  local.php was not rewritten for Mautic 3\n");
    exit(1);
}
if (is_file("$root/slow-$name")) {
    usleep(1000000 * (float) file_get_contents("$root/slow-$name"));
}
if (is_file("$root/fail-$name")) {
    fwrite(STDERR, file_get_contents("$root/fail-$name")."\n");
    exit(1);
}

function database(array $parameters): PDO
{
    return new PDO("mysql:host={$parameters['db_host']};port={$parameters['db_port']};dbname={$parameters['db_name']}",
        $parameters['db_user'], str_replace('%%', '%', $parameters['db_password']), [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
}

switch ($name) {
    case 'list':
        echo "Mautic {$site['version']}\n";
        exit(0);
    case 'doctrine:migrations:migrate':
        $database = database($parameters);
        $table    = $parameters['db_table_prefix'].'migrations';
        $done     = $database->query("SELECT version FROM `$table`")->fetchAll(PDO::FETCH_COLUMN);
        $left     = array_diff(array_keys($site['migrations']), $done);
        echo "                    Mautic Migrations\n\n";
        if (!$left) {
            echo "No migrations to execute.\n";
            exit(0);
        }
        echo 'Migrating up to '.end($left)." from ".(end($done) ?: 0)."\n\n";
        foreach ($left as $version) {
            echo "  ++ migrating $version\n\n";
            if (!$old && is_file("$root/fail-record")) {
                continue;
            }
            if (is_file("$root/fail-$version")) {
                fwrite(STDERR, "Migration $version failed during Execution. Error ".file_get_contents("$root/fail-$version")."\n");
                exit(1);
            }
            foreach ($site['migrations'][$version] as $statement) {
                $statement = str_replace('#', $parameters['db_table_prefix'], $statement);
                echo "     -> $statement\n";
                $database->exec($statement);
                if (is_file("$root/slow-migration")) {
                    usleep(1000000 * (float) file_get_contents("$root/slow-migration"));
                }
            }
            $database->exec("INSERT INTO `$table` (version) VALUES ('$version')");
            echo "\n  ++ migrated (0.01s)\n\n";
        }
        echo "  ------------------------\n\n  ++ finished in 0.1s\n  ++ ".count($left)." migrations executed\n";
        exit(0);
    case 'cache:clear':
    case 'cache:warmup':
        @mkdir("$root/var/cache/prod", 0777, true);
        file_put_contents("$root/var/cache/prod/appProdProjectContainer.php", "<?php\n");
        echo "// Warming up the cache for the prod environment with debug false\n";
        exit(0);
}
fwrite(STDERR, "\n  There are no commands defined for \"$name\".\n\n");
exit(1);
