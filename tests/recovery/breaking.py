# SPDX-License-Identifier: GPL-3.0-or-later
"""How sites break. Each is a function of a Patient whose site was admitted; what real sites looked like then is in its words."""
import json
import os
import shutil


def replace_in(file, old, new):
    text = file.read_text()
    assert old in text, f"{file}: {old}"
    file.write_text(text.replace(old, new))


def container(patient):
    return next(patient.site.cache.glob("Container*/*ProdContainer.php"), None) or next(patient.site.cache.glob("*ProdContainer.php"))


# ---- caches
def stale_container(patient):
    """An update by FTP: new files, and the container that the former ones built."""
    version = f"'{patient.site.version}')"
    file = next(file for file in container(patient).parent.iterdir() if version in file.read_text())
    replace_in(file, version, "'5.0.1')")


def half_container(patient):
    shutil.rmtree(container(patient).parent)


def stale_lock(patient):
    lock = patient.site.var / "cache/run/sf.mautic-segments-update.0123456789abcdef.lock"
    lock.parent.mkdir(parents=True)
    lock.write_text("4194300")
    os.utime(lock, (1, 1))


# ---- files
def no_vendor(patient):
    shutil.rmtree(patient.site.project / "vendor")


def cut_vendor(patient):
    """The extraction ended before vendor/composer was written anew: autoload.php is of one release, the rest of another."""
    replace_in(patient.site.root / "vendor/autoload.php", "ComposerAutoloaderInit", "ComposerAutoloaderInit0")


def other_vendor(patient):
    lock = patient.site.root / "composer.lock"
    packages = json.loads(lock.read_text())
    for one in packages["packages"][:20]:
        one["version"] = "v99.0.0"
    lock.write_text(json.dumps(packages))


def deleted_files_left(patient):
    """New files laid over old ones: what the release deletes is still there."""
    listed = json.loads((patient.site.root / "deleted_files.txt").read_text())
    patient.write(next(name for name in listed if name.startswith("app/bundles/")), "<?php // of the release before")


def autoloaded_file_missing(patient):
    text = (patient.site.root / "vendor/composer/autoload_files.php").read_text()
    name = next(line.split("'/")[1].split("'")[0] for line in text.splitlines() if "$vendorDir . '" in line)
    target = patient.site.root / "vendor" / name
    target.unlink()


def no_console(patient):
    patient.site.console_file.unlink()


def no_front_controller(patient):
    (patient.site.root / "index.php").unlink()


def no_release_metadata(patient):
    (patient.site.root / "app/release_metadata.json").unlink()


def web_update_hangs(patient):
    """Moving the package's contents stopped half way: app/bundles is moved, vendor/ still waits in upgrade/."""
    from fixture.site import BUILT
    new, root = BUILT / "era52", patient.site.root
    shutil.copytree(new / "app/bundles", root / "app/bundles", dirs_exist_ok=True)
    for name in ("vendor", "bin", "app/migrations", "media", "translations", "themes", "plugins"):
        shutil.copytree(new / name, root / "upgrade" / name, symlinks=True)
    for name in ("deleted_files.txt", "index.php", "autoload.php", "composer.lock", "composer.json", "app/AppKernel.php", "app/release_metadata.json",
                 "app/console-application.php"):
        if (new / name).exists():
            (root / "upgrade" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(new / name, root / "upgrade" / name)
    shutil.copytree(new / "app/config", root / "upgrade/app/config")
    cut_vendor(patient)


def unpacked_update_left(patient):
    patient.write("upgrade/app/release_metadata.json", '{"version": "5.2.1"}')
    patient.write("upgrade/vendor/autoload.php", "<?php")


def upgrade_script_left(patient):
    patient.write("upgrade.php", "<?php // drives updates")


def no_assets(patient):
    for name in ("css/app.css", "js/app.js"):
        (patient.site.root / "media" / name).unlink()


def waits_for_assets(patient):
    patient.write("media/generation_in_progress.txt", "")


# ---- configuration
def no_local_php(patient):
    patient.site.local_php.unlink()


def local_php_with_copy(patient):
    shutil.copy(patient.site.local_php, patient.site.local_php.with_name("local.php.bak.php"))
    patient.site.local_php.unlink()


def empty_local_php(patient):
    shutil.copy(patient.site.local_php, patient.site.local_php.with_name("local.php.bak.php"))
    patient.site.local_php.write_text("")


def cut_local_php(patient):
    shutil.copy(patient.site.local_php, patient.site.local_php.with_name("local.php.bak.php"))
    text = patient.site.local_php.read_text()
    patient.site.local_php.write_text(text[: len(text) // 2])


def bare_percent(patient):
    replace_in(patient.site.local_php, "user%%40example", "user%abc%example")


def root_dir_left(patient):
    replace_in(patient.site.local_php, "%kernel.project_dir%/var/cache", "%kernel.root_dir%/../var/cache")


def wrong_prefix(patient):
    replace_in(patient.site.local_php, "'mt_'", "'mautic_'")


def wrong_password(patient):
    replace_in(patient.site.local_php, f"'{patient.db['password']}'", "'not-the-password'")


def wrong_password_with_copy(patient):
    shutil.copy(patient.site.local_php, patient.site.local_php.with_name("local.php.bak.php"))
    wrong_password(patient)


def no_dotenv(patient):
    (patient.site.project / ".env").unlink()


def no_dotenv_and_a_log(patient):
    no_dotenv(patient)
    patient.log(f'Unable to read the "{patient.site.project}/.env" environment file.')


def composer_updates(patient):
    patient.site.write_local_php(composer_updates=True)


# ---- the web server's rules
def no_htaccess(patient):
    (patient.site.root / ".htaccess").unlink()


def cut_htaccess(patient):
    patient.write(".htaccess", "<IfModule mod_rewrite.c>\nRewriteEngine On\n")


def rule_for_the_domains_root(patient):
    """The release's rule names /index.php, and the site lies in /mautic."""
    patient.site.write_local_php(site_url="https://example.com/mautic")
    patient.write(".htaccess", '<FilesMatch "\\.php$">\nRequire all denied\n</FilesMatch>\n'
                  '<If "%{REQUEST_URI} =~ m#^/(index|upgrade/upgrade)\\.php#">\n  Require all granted\n</If>\n')


def old_php_handler(patient):
    patient.write(".htaccess", "AddHandler application/x-httpd-ea-php74 .php\nRewriteEngine On\n")


# ---- what strangers reach, permissions
def dump_lies_open(patient):
    patient.write("backup.sql", "-- MariaDB dump")


def open_to_everybody(patient):
    os.chmod(patient.site.root / "media/files", 0o777)


def closed_to_ourselves(patient):
    os.chmod(patient.site.root / "app/bundles", 0o600)


# ---- the database
def no_tables(patient):
    name = patient.db["name"]
    patient.site.sql(f"drop database `{name}`; create database `{name}`")


def new_server_needed(patient):
    file = patient.site.root / "app/release_metadata.json"
    facts = json.loads(file.read_text())
    file.write_text(json.dumps({**facts, "minimum_mysql_version": "99.0", "minimum_mariadb_version": "99.0"}))


def migrated_further(patient):
    patient.site.sql("insert into `mt_migrations` values ('Mautic\\\\Migrations\\\\Version20250101120000', now(), 1)")


def says(line):
    """Mautic's log holds this error."""
    return lambda patient: patient.log(line)


def needs_php(patient, least, most):
    file = patient.site.root / "app/release_metadata.json"
    facts = json.loads(file.read_text())
    file.write_text(json.dumps({**facts, "minimum_php_version": least, "maximum_php_version": most}))


def nothing_more(_patient):
    """The state of the database is what is wrong."""


def several(patient):
    stale_container(patient)
    no_dotenv(patient)
