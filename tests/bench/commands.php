<?php

// SPDX-License-Identifier: GPL-3.0-or-later
// What people use today, for comparison: one PHP file that checks a secret phrase in the query and prints its tasks as
// links, as the well-known script for Mautic does. That one boots the application only when a task runs; its list page
// loads nothing, and so does this. Written anew for the benchmark, about as long as the original; runs no task.

date_default_timezone_set('UTC');

$secretPhrase = 'put-the-key-here';

if (!isset($_GET[$secretPhrase])) {
    http_response_code(403);
    echo 'The secret phrase is wrong.';
    exit;
}

$allowedTasks = [
    'list',
    'cache:clear',
    'cache:clear --no-interaction --no-warmup',
    'cache:warmup',
    'mautic:segments:update',
    'mautic:campaigns:update',
    'mautic:campaigns:rebuild --max-contacts=300 --batch-limit=300',
    'mautic:campaigns:trigger',
    'mautic:emails:send',
    'mautic:email:fetch',
    'mautic:broadcasts:send',
    'mautic:messages:send',
    'mautic:webhooks:process',
    'mautic:reports:scheduler',
    'mautic:plugins:update',
    'mautic:plugins:reload',
    'mautic:iplookup:download',
    'mautic:assets:generate',
    'mautic:social:monitoring',
    'mautic:import',
    'mautic:maintenance:cleanup --days-old=365 --dry-run',
    'mautic:maintenance:cleanup --days-old=365',
    'doctrine:migrations:status',
    'doctrine:migrations:migrate --allow-no-migration --no-interaction',
    'doctrine:schema:update --dump-sql',
    'doctrine:schema:validate',
    'mautic:contacts:deduplicate',
    'mautic:unusedip:delete',
    'mautic:update:find',
    'mautic:update:apply --no-interaction --force',
];

if (!isset($_GET['task'])) {
    $link = explode('?', $_SERVER['REQUEST_URI'] ?? '')[0].'?'.$secretPhrase;
    echo 'Specify what task to run. You can run these:';
    foreach ($allowedTasks as $task) {
        $href = $link.'&task='.urlencode($task);
        echo '<br><a href="'.$href.'">'.$href.'</a>';
    }
    echo '<br><b style="color:red">Please, back up your database before executing the doctrine commands!</b>';
    exit;
}

$task = urldecode($_GET['task']);
echo 'Task '.htmlspecialchars($task).' is not allowed.';
