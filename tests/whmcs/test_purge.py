# SPDX-License-Identifier: GPL-3.0-or-later
"""cache:purge of a WHMCS: compiled templates and nothing else, wherever they lie."""
NEW = "8.13.0-release.1"
COMPILED = "1a2b^header.tpl.php"


def test_compiled_templates_go_and_all_else_stays(billing):
    site = billing.admit(NEW)
    site.write("templates_c/HTML/4.13.ser", "of another library")
    site.write("templates_c/notes.txt", "ours")
    assert billing.run("cache:purge") == 0, billing.said
    folder = site.root / "templates_c"
    assert sorted(path.name for path in folder.iterdir()) == [".htaccess", "HTML", "index.php", "notes.txt"]
    assert (folder / "HTML/4.13.ser").read_text() == "of another library"
    assert "took 1 compiled templates out of" in billing.said
    assert billing.run("undo", "--yes") == 0 and "only emptied caches" in billing.said
    assert billing.doctor() == []


def test_a_moved_folder_is_emptied(billing):
    site = billing.admit(NEW)
    folder = billing.folder / "home/compiled"
    folder.mkdir(parents=True)
    for name in ("index.php", COMPILED):
        (folder / name).write_text("<?php\n")
    site.configure(more=f"$templates_compiledir = '{folder}/';\n")
    assert billing.run("cache:purge") == 0, billing.said
    assert [path.name for path in folder.iterdir()] == ["index.php"] and (site.root / "templates_c" / COMPILED).exists()


def test_a_folder_of_the_site_itself_is_not_taken_for_it(billing):
    for value in (".", "..", "includes"):
        site = billing.admit(NEW, with_database=False)
        site.configure(more=f"$templates_compiledir = '{value}';\n")
        before = sorted(site.root.rglob("*"))
        assert billing.run("cache:purge") == 0 and "nothing to do" in billing.said, billing.said
        assert sorted(site.root.rglob("*")) == before
