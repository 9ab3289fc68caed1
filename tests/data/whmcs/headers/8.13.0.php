<?php //ICB0 72:0 81:1c 82:2a4                    ?><?php //00cba
// *************************************************************************
// *                                                                       *
// * WHMCS - The Complete Client Management, Billing & Support Solution    *
// * Copyright (c) WHMCS Ltd. All Rights Reserved,                         *
// * Version:8.13.0 (8.13.0-release.1)                                     *
// * BuildId:5a99322.433                                                   *
// * Build Date:07 May 2025                                                *
// *                                                                       *
// *************************************************************************
?>
Tm90aGluZyBpcyBlbmNvZGVkIGhlcmU6IHRoaXMgZmlsZSB3YXMgbWFkZSBmb3IgdGVzdHMu
