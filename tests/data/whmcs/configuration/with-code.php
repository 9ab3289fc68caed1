<?php
require_once __DIR__ . '/../secrets.php';

if (!defined('WHMCS')) {
    define('WHMCS', true);
}
$license = trim(file_get_contents('/run/secrets/license'));
$db_host = getenv('DB_HOST') ?: 'localhost';
$db_username = 'shop_user';
$db_password = getenv('DB_PASSWORD');
$db_name = $tenants['shop']['database'];
$db_port = '';
if ($_SERVER['HTTP_HOST'] === 'test.example.com') {
    $db_username = 'shop_test';
}
$cc_encryption_hash = 'V2hhdCBpcyBlbmNyeXB0ZWQgd2l0aCB0aGlz';
$templates_compiledir = 'templates_c/';
$display_errors = false;
$trusted = array('10.0.0.1', "10.0.0.2");
$customadminpath = SECRET_ADMIN;
