<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// Stands for install/bin/installer.php in the tests, and behaves as the documentation and public reports say of the real one: help, exit
// status 199 without the ionCube Loader, a log, an upgrade that takes a while or fails in the middle. behave.json beside it says how:
//   help: what -h prints; loader: false; exit: status at the end; steps: seconds of each; fails_at: the step in which it fails;
//   error: what fails there; prints: true, to its output, and writes no log of it; lingers: seconds until it ends then;
//   first: SQL before the first step; between: the version that it writes after each step; table: one that it makes; waits: true, with each step, while behave.wait is there
$behave = json_decode(file_get_contents(__DIR__ . '/behave.json'), true);
if (($behave['loader'] ?? true) === false) {
    echo "Script error: the ionCube Loader for PHP needs to be installed.\n";
    exit(199);
}
if (in_array('-h', $argv)) {
    echo $behave['help'] ?? "WHMCS Installer\n  -h  help\n  -i  install\n  -u  upgrade\n  -n  non-interactive\n";
    exit(0);
}
if (array_slice($argv, 1) !== ['-u', '-n']) {
    fwrite(STDERR, 'unknown words: ' . implode(' ', array_slice($argv, 1)) . "\n");
    exit(2);
}
require __DIR__ . '/../../configuration.php';
$db = new PDO("mysql:host=$db_host;port=$db_port;dbname=$db_name", $db_username, $db_password, [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
if (isset($behave['first'])) {
    $db->exec($behave['first']);
}
foreach ($behave['steps'] ?? [0, 0] as $number => $seconds) {
    echo "Applying update $number\n";
    if (($behave['fails_at'] ?? -1) === $number) {
        $error = 'PDOException: SQLSTATE' . ($behave['error'] ?? '[42S01]: Base table or view already exists');
        if ($behave['prints'] ?? false) {
            echo "$error in vendor/whmcs/whmcs-foundation/lib/Installer.php:12\n";
        } else {
            $line = '[' . gmdate('Y-m-d\TH:i:s.000000+00:00') . "][WHMCS Installer] ERROR: $error\n";
            file_put_contents(__DIR__ . '/../log/installer.log', $line, FILE_APPEND);
        }
        echo "Upgrade Failed\n";
        sleep($behave['lingers'] ?? 0);
        exit($behave['exit'] ?? 1);
    }
    $db->exec("alter table tblclients add column update_$number int not null default 0");
    if (isset($behave['table'])) {
        $db->exec("create table if not exists {$behave['table']} (id int)");
    }
    if (isset($behave['between'][$number])) {
        $db->prepare("update tblconfiguration set value = ?, updated_at = now() where setting = 'Version'")->execute([$behave['between'][$number]]);
    }
    usleep((int) ($seconds * 1000000));
    for ($i = 0; ($behave['waits'] ?? false) && file_exists(__DIR__ . '/behave.wait') && $i < 6000; ++$i) {
        usleep(50000);
        clearstatcache();
    }
}
$db->prepare("update tblconfiguration set value = ?, updated_at = now() where setting = 'Version'")->execute([$behave['version']]);
echo "Upgrade Complete\n";
exit($behave['exit'] ?? 0);
