# SPDX-License-Identifier: GPL-3.0-or-later
"""A WHMCS of an ordinary account that is broken on purpose, asked by the program on its command line.

    billing.admit("8.13.0-release.1", database="8.6.2-release.1")
    billing.doctor()                          what it found, one sentence each; the whole text is billing.said
    billing.finding("the database is behind") {"seen": [...], "means": ..., "do": ...} of that finding
"""
import json
import os
import re
import zlib

from fixture.whmcs import HASH, LICENCE, make_whmcs, sql
from recovery.patient import Patient


class Billing(Patient):
    def __init__(self, folder, program, db, owner):
        super().__init__(folder, program, db, owner)
        self.all_said = ""

    def admit(self, version, place="site", with_database=True, **options):
        self.site = make_whmcs(self.folder / place, version, self.db if with_database else None, **options)
        return self.site

    def sql(self, text):
        return sql(self.db, text)

    def run(self, *words):
        status = super().run(*words)
        self.all_said += self.said
        for secret in (HASH, LICENCE):
            assert secret not in self.said
        return status

    def finding(self, words):
        blocks = re.split(r"\n(?=\d+\. )", self.said.split("\n\nok: ")[0])
        block = next(one for one in blocks if re.match(r"\d+\. ", one) and words in one.splitlines()[0])
        found = {"seen": re.findall(r"^   seen: (.*)$", block, re.MULTILINE)}
        for key, mark in (("means", "this means: "), ("mend", "to mend it: "), ("do", "what to do: "), ("or", "or: ")):
            line = re.search(rf"^   {mark}(.*)$", block, re.MULTILINE)
            found[key] = line[1] if line else ""
        return found

    def age_jobs(self, seconds):
        """All that its jobs wrote down of themselves happened that much earlier."""
        for journal in self.state.glob("jobs/*/journal"):
            lines = []
            for line in journal.read_text().replace("\0", "").splitlines():
                event = json.loads(line.split("\t")[0])
                event["t"] -= seconds * 1000
                text = json.dumps(event, separators=(",", ":"))
                lines.append(f"{text}\t{zlib.crc32(text.encode()):08x}\n")
            journal.write_text("".join(lines))
            for file in journal.parent.glob("*"):
                facts = file.stat()
                os.utime(file, (facts.st_atime - seconds, facts.st_mtime - seconds))
        upgrades = self.state / "upgrades.json"
        if upgrades.exists():
            aged = [{**one, "began": one["began"] - seconds, "ended": one["ended"] - seconds} for one in json.loads(upgrades.read_text())]
            upgrades.write_text(json.dumps(aged))

    def in_order(self, title):
        return f"\nok: {title}" in self.said

    def not_looked(self, title):
        return f"\ncould not look: {title}: " in self.said


def damage(mariadb, database, table):
    """Cuts off the index of a table in MyISAM."""
    mariadb.sql("flush tables")
    index = mariadb.folder / "data" / database / f"{table}.MYI"
    index.write_bytes(index.read_bytes()[:100])
    mariadb.sql("flush tables")
