<?php //00e57
// *************************************************************************
// *                                                                       *
// * WHMCS - The Complete Client Management, Billing & Support Solution    *
// * Copyright (c) WHMCS Ltd. All Rights Reserved,                         *
// * Version: 5.3.11                                                       *
// * BuildId: 6a4fd1e.41                                                   *
// * Build Date: 13 Nov 2014                                               *
// *                                                                       *
// *************************************************************************
?>
Tm90aGluZyBpcyBlbmNvZGVkIGhlcmU6IHRoaXMgZmlsZSB3YXMgbWFkZSBmb3IgdGVzdHMu
