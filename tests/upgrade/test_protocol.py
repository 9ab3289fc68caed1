# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON of ?apiTask=, asked as the page of upgrade_v3.php asks it."""
import base64
import json
import re

from .test_upgrade import STAGES
from .two import KEY


def once_each(codes):
    return [code for at, code in enumerate(codes) if at == 0 or codes[at - 1] != code]


def test_a_client_that_follows_next_task_code_reaches_the_end(two):
    checks = two.task("preUpgradeChecks")
    assert (checks["status"], checks["nextTaskCode"], checks["nextTaskLabel"]) == ("success", None, None)
    assert 'id="startUpgradeButton"' in checks["message"] and "OwnBundle" in checks["message"]
    codes, last = two.follow()
    assert once_each(codes) == list(STAGES), codes
    assert last["status"] == "success" and last["nextTaskCode"] is None and "bin/console" in last["message"], last
    assert (two.root / "bin/console").exists() and not (two.root / "app/console").exists()
    for code in STAGES[1:-1]:  # a stage that is done succeeds again
        again = two.task(code)
        assert (again["status"], again["message"]) == ("success", "OK")
    kept, = (path for path in (two.state / "kept").iterdir())
    answer = two.task("confirmDeleteBackup")
    assert answer["status"] == "success", answer
    assert not kept.exists() and list((two.state / "backups").iterdir())


def test_a_stage_is_no_beginning(two):
    before = two.tree()
    answer = two.task("moveMautic2and3Files")
    assert answer == {"status": "error", "message": "No upgrade was started.", "nextTaskCode": "preUpgradeChecks",
                      "nextTaskLabel": "Looking whether the site is ready"}
    answer = two.task("<script>x")
    assert answer["status"] == "error" and "<script" not in answer["message"]
    assert two.task("confirmDeleteBackup")["status"] == "error"
    assert two.tree() == before


def test_without_key_or_from_elsewhere_it_answers_nothing(two):
    assert two.ask("apiTask=preUpgradeChecks", key="")[0] == 403
    assert two.ask("apiTask=preUpgradeChecks", key="wrong-key-0123456789-0123456789")[0] == 403
    status, _ = two.ask("", accept="text/html")
    assert status == 200
    basic = {"authorization": "Basic " + base64.b64encode(f"x:{KEY}".encode()).decode()}
    assert two.ask("apiTask=preUpgradeChecks", key="", **basic)[0] == 403  # a browser sends it by itself
    assert two.ask("apiTask=preUpgradeChecks", key="", sec_fetch_site="cross-site", **basic)[0] == 403
    status, body = two.ask("apiTask=preUpgradeChecks", key="", sec_fetch_site="same-origin", **basic)
    assert status == 200 and json.loads(body)["status"] == "success"


def test_over_plain_http_the_token_of_a_page_of_ours_serves(two):
    """Browsers do not say there where a request comes from."""
    basic = {"authorization": "Basic " + base64.b64encode(f"x:{KEY}".encode()).decode()}
    status, page = two.ask("format=html", accept="text/html", sec_fetch_mode="navigate")
    assert status == 200
    token = re.search(r'data-page="([^"]+)"', page)[1]
    assert two.ask(f"apiTask=preUpgradeChecks&page={token}", key="")[0] == 403  # it is no key
    assert two.ask(f"apiTask=preUpgradeChecks&page={token[:-1]}", key="", **basic)[0] == 403
    status, body = two.ask(f"apiTask=preUpgradeChecks&page={token}", key="", **basic)
    assert status == 200 and json.loads(body)["status"] == "success"


def test_a_consent_code_opens_no_other_door(two):
    """It authorises its own action without a key, and nothing else, whatever the headers say."""
    status, plan = two.ask("task=kept:delete&format=json")
    assert status == 200
    status, plan = two.ask("task=permissions:fix&format=json")
    (two.root / "media/files").chmod(0o000)
    status, plan = two.ask("task=permissions:fix&format=json")
    code = json.loads(plan.splitlines()[-1]).get("confirm")
    assert code, plan
    status, body = two.ask(f"task=permissions:fix&confirm={code}&apiTask=startUpgrade", key="", sec_fetch_site="same-origin")
    (two.root / "media/files").chmod(0o755)
    assert "nextTaskCode" not in body
    assert not any(b"upgrade:v3" in path.read_bytes() for path in (two.state / "jobs").glob("*/plan.json"))


def test_a_forgotten_tab_begins_nothing(two):
    """The stage failed and was told, all was undone: the tab's question is no consent."""
    (two.root / "fail-20200422144300").write_text("no")
    codes, answer = two.follow()
    assert codes[-1] == "applyMigrations" and answer["status"] == "error"
    assert two.run("undo", "--yes") == 0, two.said
    (two.root / "fail-20200422144300").unlink()
    before, jobs = two.tree(), len(list((two.state / "jobs").iterdir()))
    answer = two.task("applyMigrations")
    assert answer["status"] == "error" and answer["nextTaskCode"] == "preUpgradeChecks", answer
    assert two.tree() == before and len(list((two.state / "jobs").iterdir())) == jobs
    assert two.run("upgrade:v3", "--yes", "--ignore-warnings") == 0
    assert two.run("undo", "--yes") == 0, two.said
    answer = two.task("finished")
    assert answer["status"] == "error" and "taken back" in answer["message"], answer


def test_a_job_that_the_owner_stopped_stays_stopped(two):
    (two.root / "slow-doctrine:migrations:migrate").write_text("6")
    two.task("startUpgrade")
    two.task("backupDatabase")
    assert two.run("job:stop", "--yes") == 0
    answer = two.task("applyV2Migrations")
    assert answer["status"] == "error" and "job:resume" in answer["message"], answer


def test_what_blocks_is_told_before_anything_begins(two):
    local = two.root / "app/config/local.php"
    local.write_text(local.read_text().replace("'pdo_mysql'", "'pdo_pgsql<b>'"))
    (two.root / "app/version.txt").write_text("2.16.2\n")
    checks = two.task("preUpgradeChecks")
    assert "startUpgradeButton" not in checks["message"]
    assert "2.16.3" in checks["message"] and "pdo_pgsql&lt;b&gt;" in checks["message"]
    codes, answer = two.follow()
    assert codes == ["startUpgrade"] and answer["status"] == "error" and answer["nextTaskCode"] == "preUpgradeChecks"
    assert not (two.state / "kept").exists()


def test_a_stage_that_takes_long_answers_its_own_code(two):
    slow = two.root / "slow-doctrine:migrations:migrate"
    slow.write_text("23")
    codes, answer = two.follow(most=3)
    assert codes[-1] == answer["nextTaskCode"] == "applyV2Migrations" and answer["status"] == "success", (codes, answer)
    slow.unlink()
    more, last = two.follow(answer["nextTaskCode"])
    assert last["status"] == "success", last
    assert once_each(codes + more) == list(STAGES), (codes, more)


def test_a_failure_behind_the_migrations_is_told_once_and_then_gone_on_with(two):
    (two.root / "fail-20200422144300").write_text("SQLSTATE[42S21]: <i>duplicate</i>")
    codes, answer = two.follow()
    assert codes[-1] == "applyMigrations" and answer["status"] == "error", (codes, answer)
    assert answer["message"].startswith("ERR_MAUTIC_3_MIGRATIONS_FAILED: "), answer
    assert "#err_mautic_3_migrations_failed" in answer["message"] and "forum.mautic.org" in answer["message"]
    assert answer["nextTaskCode"] == "applyMigrations"
    (two.root / "fail-20200422144300").unlink()
    codes, last = two.follow("applyMigrations")
    assert last["status"] == "success" and once_each(codes) == list(STAGES[7:]), (codes, last)
    log, = (two.state / "logs").glob("*")
    assert re.search(r"ERR_MAUTIC_3_MIGRATIONS_FAILED", log.read_text())
