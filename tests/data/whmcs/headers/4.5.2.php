<?php //00d4b
// *************************************************************************
// *                                                                       *
// * WHMCS - The Complete Client Management, Billing & Support Solution    *
// * Copyright (c) WHMCS Ltd. All Rights Reserved,                         *
// * Release Date: 17th June 2011                                          *
// * Version 4.5.2                                                         *
// *                                                                       *
// *************************************************************************
?>
Tm90aGluZyBpcyBlbmNvZGVkIGhlcmU6IHRoaXMgZmlsZSB3YXMgbWFkZSBmb3IgdGVzdHMu
