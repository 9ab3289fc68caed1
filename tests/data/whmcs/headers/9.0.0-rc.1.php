<?php //ICB0 82:0 83:24c                    ?><?php //00cba
// *************************************************************************
// *                                                                       *
// * WHMCS - The Complete Client Management, Billing & Support Solution    *
// * Copyright (c) WHMCS Ltd. All Rights Reserved,                         *
// * Version:9.0.0 (9.0.0-rc.1)                                            *
// * BuildId:77b21c0.12                                                    *
// * Build Date:02 Oct 2025                                                *
// *                                                                       *
// *************************************************************************
?>
Tm90aGluZyBpcyBlbmNvZGVkIGhlcmU6IHRoaXMgZmlsZSB3YXMgbWFkZSBmb3IgdGVzdHMu
