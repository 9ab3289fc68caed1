# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables to back up, as sites have them, made up: the contacts of a CRM, the page hits it tracked, a narrow table of any length.

The columns of the first two are Mautic's. The values depend on the row's number alone, so every run measures the same.
"""

from fixture import database
from support.mariadb import MariaDb

CONTACTS = 260000
HITS = 220000

_WORDS = {
    "first": "Ann Jürgen María Zoë Olga Ben Liam Emma Noah Mia Lucas Paul Hugo Chloé Anna Piotr Ivan Yuki Omar Fatima".split(),
    "last": "Smith Müller García O''Brien Kowalski Rossi Dubois Nguyen Jansen Novák Silva Ivanov Tanaka Haddad Berg".split(),
    "city": "Berlin Paris Madrid Łódź Wien Zürich London Boston Austin Tokyo Milano Porto Oslo Praha Lyon Genève".split(),
    "country": "Germany France Spain Poland Austria Switzerland Japan Italy Portugal Norway".split(),
    "firm": "Acme Globex Initech Umbrella Hooli Stark Wayne Wonka Cyberdyne Tyrell Soylent Aperture Vandelay Gringotts".split(),
    "page": "home pricing blog/how-to-start blog/ten-things contact download/guide webinar landing/spring landing/autumn".split(),
    "agent": ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
              "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/17.2",
              "Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0"],
}


def server():
    """A MariaDB with memory enough for all of this, so that not its disk is measured."""
    return MariaDb(options=("--innodb-buffer-pool-size=1G", "--innodb-log-file-size=512M",
                            "--innodb-flush-log-at-trx-commit=0"))


def contacts(running, name):
    running.sql(_tables("leads") + f"""
        INSERT INTO leads (is_published, points, internal, social_cache, email, firstname, lastname, company, city, country,
                           zipcode, phone, title, position, date_added, date_identified, last_active, owner_id, timezone)
        SELECT 1, seq * 7 % 500, 'a:0:{{}}', 'a:0:{{}}',
               CONCAT(LOWER({_one('first', 3)}), '.', {_chance(5)} % 100000, '@', LOWER({_one('firm', 7)}), '.example.com'),
               {_one('first', 3)}, {_one('last', 11)}, IF(seq % 3, CONCAT({_one('firm', 7)}, ' GmbH'), NULL),
               {_one('city', 13)}, {_one('country', 17)}, LPAD({_chance(19)} % 99999, 5, '0'),
               CONCAT('+49 ', {_chance(23)} % 1000, ' ', {_chance(29)} % 10000000), NULL, IF(seq % 4, NULL, 'Head of "sales"'),
               '2021-01-01' + INTERVAL seq * 311 SECOND, '2021-01-01' + INTERVAL seq * 311 + 60 SECOND,
               '2021-01-01' + INTERVAL {_chance(31)} % 90000000 SECOND, seq % 5 + 1, 'Europe/Berlin'
        FROM seq_1_to_{CONTACTS}""", name)
    return CONTACTS


def hits(running, name):
    running.sql(_tables("page_hits") + f"""
        INSERT INTO page_hits (code, date_hit, date_left, ip_id, lead_id, page_id, page_language, tracking_id, url, url_title,
                               referer, user_agent, browser_languages, query, city, country, region, source)
        SELECT 200, @hit := '2023-01-01' + INTERVAL seq * 97 SECOND, @hit + INTERVAL {_chance(3)} % 600 SECOND,
               {_chance(5)} % 40000, {_chance(7)} % 200000, {_chance(11)} % 30, 'en', MD5(seq),
               @url := CONCAT('https://www.example.com/', {_one('page', 13)}, '?utm_source=newsletter&utm_campaign=',
                              {_chance(17)} % 40, '&ct=', TO_BASE64(CONCAT('lead=', {_chance(7)} % 200000))),
               CONCAT('Example | ', {_one('page', 13)}), IF(seq % 3, 'https://www.google.com/', NULL), {_one('agent', 19)},
               'a:2:{{i:0;s:5:"en_US";i:1;s:2:"en";}}',
               CONCAT('a:2:{{s:8:"page_url";s:', LENGTH(@url), ':"', @url, '";s:10:"page_title";N;}}'),
               {_one('city', 23)}, {_one('country', 23)}, '', IF(seq % 5, NULL, 'email')
        FROM seq_1_to_{HITS}""", name)
    return HITS


def narrow(running, name, rows):
    running.sql(f"""CREATE TABLE visits (id int NOT NULL PRIMARY KEY, contact int NOT NULL, seen datetime NOT NULL);
        INSERT INTO visits SELECT seq, {_chance(3)} % 200000, '2015-01-01' + INTERVAL seq * 31 SECOND
        FROM seq_1_to_{rows}""", name)
    return rows


def one_large_value(running, name, megabytes):
    """A row with a text that does not compress away."""
    running.sql("CREATE TABLE notes (id int PRIMARY KEY, body longtext);"
                "SET SESSION group_concat_max_len = 100000000;"
                "INSERT INTO notes SELECT 1, GROUP_CONCAT(MD5(seq) ORDER BY seq SEPARATOR '''') "
                f"FROM seq_1_to_{megabytes * 1000000 // 33}", name)


def _tables(name):
    columns = database._tables(set())[name]
    return "SET sql_mode = '';" + database._create("", name, columns)


def _chance(salt):
    """An SQL number that looks thrown, the same in every run."""
    return f"CRC32(CONCAT(seq, 'x{salt}'))"


def _one(words, salt):
    choices = _WORDS[words]
    return f"ELT({_chance(salt)} % {len(choices)} + 1, " + ", ".join(f"'{word}'" for word in choices) + ")"
