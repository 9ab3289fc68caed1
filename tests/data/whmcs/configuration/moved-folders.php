<?php
$license = "Leased-0123456789abcdef0123";
$db_host = "db.example.com:3307";
$db_username = "shop_user";
$db_password = "se\"cret";
$db_name = "shop_whmcs";
$cc_encryption_hash = "V2hhdCBpcyBlbmNyeXB0ZWQgd2l0aCB0aGlz";
$templates_compiledir = "/home/shop/compiled/";
$attachments_dir = "/home/shop/attachments/";
$downloads_dir = "/home/shop/downloads";
$crons_dir = '/home/shop/crons/';
$customadminpath = 'office';
$mysql_charset = 'utf8';
$api_access_key = 'key-of-the-shop';
