;<?php exit; ?>
; Settings of Unstick. Lines that begin with ; are comments.
;
; The key: 16 or more letters and digits that nobody can guess. Open the program without a key, and it
; suggests one. Afterwards the address is  .../unstick/unstick.cgi?YOUR_KEY
key =

; The lines below are only needed when something cannot be found. Take the ; away and write your own value.
; The folder of Mautic or WHMCS:
;root = /home/account/public_html
; The address of the site:
;url = https://www.example.org
; The PHP command line:
;php = /usr/bin/php8.2
; Where jobs, logs and backups are kept (in a folder unstick-state inside of it, if it holds other things):
;state = /home/account/unstick-data

; Who may ask: addresses and networks, separated by blanks.
;allow_ip = 192.0.2.7 2001:db8::/32
; Proxies in front of the site whose X-Forwarded-For and X-Forwarded-Proto count.
;trusted_proxy = 192.0.2.1
; After so many days without the key the program opens nothing until a new key stands here. 0: never.
;sleep_days = 30

; One more console line that may be run, exactly as written; the line may be repeated.
;command = mautic:segments:update --batch-limit=300
