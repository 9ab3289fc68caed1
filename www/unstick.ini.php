;<?php exit; ?>
; Settings of Unstick. Lines that begin with ; are comments.
;
; The key: 16 or more letters and digits that nobody can guess. Open the program without a key, and it
; suggests one. Afterwards the address is  .../unstick/unstick.cgi?YOUR_KEY
key =

; Only needed when they cannot be found:
; root = /home/account/public_html         the folder of Mautic or WHMCS
; url = https://www.example.org            the address of the site
; php = /usr/bin/php8.2                    the PHP command line
; state = /home/account/unstick-data       where jobs, logs and backups are kept

; Who may ask: addresses and networks, separated by blanks.
; allow_ip = 192.0.2.7 2001:db8::/32
; Proxies in front of the site whose X-Forwarded-For counts.
; trusted_proxy = 192.0.2.1

; One more console line that may be run, exactly as written; the line may be repeated.
; command = mautic:segments:update --batch-limit=300
