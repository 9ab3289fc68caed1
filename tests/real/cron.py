# SPDX-License-Identifier: GPL-3.0-or-later
"""What a panel's cron page fetches, and every other command that only reads: each ends as the bare console ends it."""
import time
from urllib.parse import quote

from .catalogue import case, note
from .commands import CRON, definitions, table
from .visitor import expect, plain

DEFAULTS = ("--no-interaction", "--env=prod", "--no-debug")
# These ask the internet, or need an argument that only the owner knows.
NOT_RUN = ("mautic:iplookup:download", "mautic:donotsell:download", "mautic:integrations:sync", "mautic:integration:fetchleads",
           "mautic:integration:pushleadactivity")
SHORTER = {"messenger:consume": ("email", "--time-limit=1")}
READING = ("about", "debug:router", "debug:event-dispatcher", "doctrine:mapping:info", "doctrine:schema:validate",
           "doctrine:schema:update --dump-sql", "mautic:fields:analyse", "mautic:segments:stat")
OLD_NAMES = {
    "mautic:leadlists:update": "mautic:segments:update", "mautic:segments:rebuild": "mautic:segments:update",
    "mautic:campaigns:rebuild": "mautic:campaigns:update", "mautic:fetch:email": "mautic:email:fetch",
    "mautic:email:process": "messenger:consume email", "mautic:emails:send": "messenger:consume email",
    "doctrine:migration:status": "doctrine:migrations:status", "doctrine:migration:migrate": "doctrine:migrations:migrate",
}


def ends_as_the_bare_console(release, visitor, line, bare=None):
    """Runs the line by us and by the console alone; the exits must be equal. Returns (our Ran, the console's process)."""
    began = time.monotonic()
    alone = release.console(*(bare or line).split(), *DEFAULTS, check=False)
    seconds = time.monotonic() - began
    ran = visitor.run(line)
    expect(ran.exit == alone.returncode, f"{line}: exit {ran.exit}, the bare console's is {alone.returncode}",
           f"ours:\n{ran.output[-2000:]}\nbare:\n{alone.stdout[-1000:]}\n{alone.stderr[-1000:]}")
    note(f"{line}: exit {ran.exit}, {len(ran.lines)} lines, {ran.seconds:.1f} s (bare {seconds:.1f} s)")
    return ran, alone


@case
def every_line_of_the_cron_page_tells_its_result_by_its_status(release, visitor):
    for name, (_, defaults) in table(release).items():
        if name not in CRON or name in NOT_RUN or name not in definitions(release):
            continue
        words = [name, *SHORTER.get(name, defaults)]
        alone = release.console(*words, *DEFAULTS, check=False)
        answer = visitor.ask(f"task={quote(' '.join(words))}&quiet&wait=120")
        wanted = (200, "-- done: exit 0 in ") if alone.returncode == 0 else (500, f"-- failed: exit {alone.returncode} in ")
        expect(answer.status == wanted[0] and answer.text.startswith(wanted[1]), f"{' '.join(words)} should be {wanted}",
               f"{answer!r}\nbare: {plain(alone.stdout)[-1500:]}\n{alone.stderr[-1500:]}")
        why = "" if alone.returncode == 0 else "  " + " ".join((alone.stdout + alone.stderr).split())[:300]
        note(f"{' '.join(words)}: {answer.status} {answer.text.strip()}{why}")


@case
def commands_that_read_end_as_the_bare_console(release, visitor):
    for line in READING:
        if line.split()[0] in definitions(release):
            ends_as_the_bare_console(release, visitor, line)


@case
def options_in_every_spelling_reach_the_console_as_the_bare_one_takes_them(release, visitor):
    for line in ("mautic:segments:update -b 10 -m5", "mautic:segments:update --batch-limit 10 --list-id=999",
                 "mautic:campaigns:update --max-contacts=5 -l 10 -f",
                 "mautic:contacts:deduplicate --newer-into-older --batch=10",
                 "mautic:maintenance:cleanup -d 365 -r", "debug:router mautic_core_ajax", "messenger:consume email -t 1",
                 "mautic:import -l 1 -v"):
        ran, alone = ends_as_the_bare_console(release, visitor, line)
        expect("option does not exist" not in ran.output + alone.stderr, f"{line}: an option is unknown", ran.output)


@case
def bookmarks_with_old_names_run_what_they_became(release, visitor):
    for old, now in OLD_NAMES.items():
        ran = visitor.console(f"{old} --help", runs_as=f"{now} --help")
        expect("Usage:" in ran.output and now.split()[0] in ran.output, f"{old} shows no help", ran.output)
