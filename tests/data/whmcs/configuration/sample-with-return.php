<?php
/**
 * Rename this file to configuration.php and fill it in.
 */
return;

$license = 'Owned-0123456789abcdef0123';
$db_host = 'localhost';
$db_username = 'shop_user';
$db_password = 'secret-of-the-shop';
$db_name = 'shop_whmcs';
$cc_encryption_hash = 'V2hhdCBpcyBlbmNyeXB0ZWQgd2l0aCB0aGlz';
$templates_compiledir = 'templates_c';
