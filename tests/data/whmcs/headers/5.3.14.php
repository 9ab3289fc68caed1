<?php //00e57
// *************************************************************************
// *                                                                       *
// * WHMCS - The Complete Client Management, Billing & Support Solution    *
// * Copyright (c) WHMCS Ltd. All Rights Reserved,                         *
// * Version: 5.3.14 (5.3.14-release.1)                                    *
// * BuildId: 0866bd1.62                                                   *
// * Build Date: 28 May 2015                                               *
// *                                                                       *
// *************************************************************************
?>
Tm90aGluZyBpcyBlbmNvZGVkIGhlcmU6IHRoaXMgZmlsZSB3YXMgbWFkZSBmb3IgdGVzdHMu
