# SPDX-License-Identifier: GPL-3.0-or-later
"""Our table of commands against the release's own definitions: `list --format=json` of the real console."""
import difflib
import json
import subprocess
from functools import lru_cache

from support import tools

from .catalogue import case, note
from .release import TOP, numbers
from .visitor import expect, plain

# What the documentation's page on cron jobs names, and since which release.
CRON = {
    "mautic:segments:update": "5.0", "mautic:campaigns:update": "5.0", "mautic:campaigns:trigger": "5.0",
    "mautic:messages:send": "5.0", "messenger:consume": "5.0", "mautic:email:fetch": "5.0", "mautic:broadcasts:send": "5.0",
    "mautic:import": "5.0", "mautic:contacts:scheduled_export": "5.0", "mautic:webhooks:process": "5.0",
    "mautic:reports:scheduler": "5.0", "mautic:social:monitoring": "5.0", "mautic:integration:fetchleads": "5.0",
    "mautic:integration:pushleadactivity": "5.0", "mautic:integrations:sync": "5.0", "mautic:maintenance:cleanup": "5.0",
    "mautic:unusedip:delete": "5.0", "mautic:campaigns:summarize": "5.0", "mautic:iplookup:download": "5.0",
    "mautic:donotsell:download": "5.0", "mautic:max-mind:purge": "5.0", "mautic:fields:analyse": "5.1",
    "mautic:segments:stat": "6.0", "mautic:plugins:reload": "5.0",
}
# Lines as that page has them.
DOCUMENTED = (
    "mautic:segments:update --batch-limit=300 --max-contacts=1000", "mautic:segments:update --no-interaction --no-ansi",
    "mautic:campaigns:update --batch-limit=300 --max-contacts=1000", "mautic:campaigns:trigger --batch-limit=100",
    "mautic:maintenance:cleanup --days-old=365 --dry-run", "mautic:maintenance:cleanup --gdpr",
    "mautic:reports:scheduler --report=1",
    "mautic:broadcasts:send --id=1 --channel=email --limit=100 --batch=50 --min-contact-id=1 --max-contact-id=9",
    "mautic:integration:fetchleads --integration=Hubspot", "mautic:integration:pushleadactivity --integration=Hubspot",
    "messenger:consume email --time-limit=50",
)
# Every command takes these (command_line.h), so the table does not repeat them.
OF_EVERY_COMMAND = "--help --quiet --verbose --version --ansi --no-ansi --no-interaction --env --no-debug".split()


class Definition:
    """One command as the console describes it. options: {"--name" or "-x": (may take a value, must take one)}; needed: the
    names of required arguments."""

    def __init__(self, described):
        self.name = described["name"]
        self.second_names = [usage for usage in described["usage"][1:] if ":" in usage and " " not in usage]
        definition = described["definition"]
        self.arguments = list(definition["arguments"].values()) if definition["arguments"] else []
        self.needed = [argument["name"] for argument in self.arguments if argument["is_required"]]
        self.options = {}
        for option in definition["options"].values():
            for name in (option["name"], *option["shortcut"].split("|")):
                self.options[name] = (option["accept_value"], option["is_value_required"])
        self.long_names = [option["name"] for option in definition["options"].values()]


@lru_cache
def definitions(release):
    """{name or second name: Definition} of the release's own console."""
    text = release.console("list", "--format=json", "--env=prod", "--no-debug").stdout
    found = {}
    for one in map(Definition, json.loads(text[text.index("{"):])["commands"]):
        found |= {name: one for name in (one.name, *one.second_names)}
    return found


@lru_cache
def table(release):
    """{name: [(options, default options)]} of our own table for this version, as the compiler reads it."""
    program = tools.need_file(TOP / "build/unit/amd64/command_table")  # make command-table
    rows = subprocess.run([program, release.version], capture_output=True, text=True, check=True).stdout.splitlines()
    return {name: (options.split(), defaults.split()) for name, options, defaults in (row.split("\t") for row in rows)}


@case
def every_command_that_the_list_offers_exists_in_this_release(release, visitor):
    offered = {offer["task"].split()[0] for offer in visitor.offers()}
    ours, real = set(table(release)), definitions(release)
    expect(ours <= offered, "the list lacks a row of the table", sorted(ours - offered))
    unknown = sorted(ours - real.keys() - {"--version"})
    expect(not unknown, "the list offers what this release does not have", unknown)
    left = sorted({one.name for name, one in real.items() if not ours & {one.name, *one.second_names}})
    note(f"{len(ours)} commands are offered, {len(left)} are not, of Mautic's own these: "
         + " ".join(name for name in left if name.startswith("mautic:")))


@case
def every_command_of_the_documented_cron_list_is_offered(release, visitor):
    offered = {offer["task"].split()[0]: offer for offer in visitor.offers()}
    wanted = [name for name, since in CRON.items() if numbers(since) <= release.facts["numbers"]]
    missing = [name for name in wanted if name not in offered]
    expect(not missing, "the list lacks commands of the cron page", missing)
    absent = [name for name in wanted if name not in definitions(release)]
    expect(not absent, "the cron page's commands are not those of this release", absent)


@case
def the_lines_of_the_cron_page_are_taken_as_they_stand(_release, visitor):
    for line in DOCUMENTED:
        ran = visitor.console(f"{line} --help")
        expect("Usage:" in ran.output, f"{line} shows no help", ran.output)


@case
def options_that_we_take_have_the_releases_form(release, _visitor):
    wrong, lacking, more = [], [], []
    for name, (options, _) in table(release).items():
        real = definitions(release).get(name)
        if real is None:
            continue
        wrong += [f"{name} {problem}" for problem in _problems(real, options)]
        taken = {option.rstrip("!").split("=")[0] for option in options}
        lacking += [f"{name} {option}" for option in taken if option[0] == "-" and option not in real.options]
        if name.startswith("mautic:"):
            more += [f"{name} {option}" for option in real.long_names if option not in taken and option not in OF_EVERY_COMMAND]
    note("options that we take and this console refuses: " + ", ".join(sorted(lacking)))
    note("options of Mautic's own commands that we refuse: " + (", ".join(more) or "none"))
    expect(not wrong, "the release knows these otherwise", "\n".join(wrong))


def _problems(real, options):
    positional = 0
    for word in options:
        name, _, value = word.rstrip("!").partition("=")
        if name.startswith("["):
            positional += 1
        elif name in real.options:
            may, must = real.options[name]
            if bool(value) > may or must > bool(value):
                yield f"{name} {'takes a value' if must else 'takes none'}"
    if positional > len(real.arguments):
        yield f"takes {len(real.arguments)} arguments, not {positional}"


@case
def what_needs_an_argument_is_offered_with_its_form_and_without_a_link(release, visitor):
    """Beside those whose definition says so, the ones whose code does."""
    needing = {name for name in table(release) if name in definitions(release) and definitions(release)[name].needed}
    needing |= {"doctrine:migrations:version", "mautic:integrations:sync", "mautic:integration:fetchleads",
                "mautic:integration:pushleadactivity"}
    for offer in visitor.offers():
        words = offer["task"].split()
        if words[0] in needing and not any(not word.startswith("-") for word in words[1:]):
            expect(offer["needs"] and not offer["link"], f"{offer['task']} is a link that cannot work", offer)
            note(f"{offer['task']} {offer['needs']}")


@case
def every_second_name_of_an_offered_command_leads_to_it(release, visitor):
    names = [(second, name) for name in table(release) if name in definitions(release)
             for second in {definitions(release)[name].name, *definitions(release)[name].second_names} - {name}]
    for second, name in names:
        visitor.console(f"{second} --help", runs_as=f"{name} --help")
    note(" ".join(second for second, _ in names))


@case
def the_output_of_list_is_that_of_the_bare_console(release, visitor):
    ran = visitor.console("list")
    bare = release.console("list", "--no-interaction", "--env=prod", "--no-debug")
    ours, theirs = (plain(text).splitlines() for text in (ran.output, bare.stdout))
    expect(ours == theirs, "the two differ", "\n".join(difflib.unified_diff(theirs, ours, "bare", "ours", lineterm="", n=1)))
    note(f"{len(ran.lines)} lines in {ran.seconds:.1f} s, {ran.parts} parts")


@case
def the_console_tells_its_version(release, visitor):
    ran = visitor.console("--version")
    expect(f"Mautic {release.version}" in ran.output, "another version", ran.output)
    note(plain(ran.output))
