<?php
$license = 'Owned-0123456789abcdef0123';
$db_host = 'localhost';
$db_port = '';
$db_username = 'shop_user';
$db_password = 'p$w\'d"1';
$db_name = 'shop_whmcs';
$db_tls_ca = '';
$db_tls_ca_path = '';
$db_tls_cert = '';
$db_tls_cipher = '';
$db_tls_key = '';
$db_tls_verify_cert = '';
$mysql_charset = 'utf8';
$cc_encryption_hash = 'V2hhdCBpcyBlbmNyeXB0ZWQgd2l0aCB0aGlzIGNhbiBiZSByZWFkIHdpdGggaXQ';
$templates_compiledir = 'templates_c';
