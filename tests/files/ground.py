# SPDX-License-Identifier: GPL-3.0-or-later
"""A small Mautic in its layout, with something of every kind in it, and packages to exchange it for; no PHP is needed.

    ground.run("files:replace", "--file=5.2.0.zip", "--yes")     (exit status, what was printed), the program on a command line
    ground.tree()                                                 every file, folder and link of the site, with modes
"""
import json
import os
import stat
import subprocess
import zipfile

from support import process

STUB = "Unstick has closed this site"

AUTOLOAD = "<?php\n$vendorDir = dirname(__DIR__);\n$baseDir = dirname($vendorDir);\nreturn array(\n    {},\n);\n"

OLD = {
    "index.php": "<?php // front 5.1.0",
    ".htaccess": "RewriteEngine On\n# rules of 5.1.0\nAddHandler application/x-httpd-php82 .php\n",
    "app/.htaccess": "deny from all\n",
    "app/AppKernel.php": "<?php // kernel 5.1.0",
    "app/console-application.php": "<?php // console 5.1.0",
    "app/config/config.php": "<?php // 5.1.0",
    "app/config/config_old.php": "<?php // only in 5.1.0",
    "app/bundles/CoreBundle/a.php": "<?php // a 5.1.0",
    "app/bundles/CoreBundle/deep/er/b.php": "<?php // b 5.1.0",
    "app/bundles/GoneBundle/c.php": "<?php // only in 5.1.0",
    "bin/console": "#!/usr/bin/env php\n<?php // console 5.1.0",
    "plugins/MauticFocusBundle/focus.php": "<?php // focus 5.1.0",
    "plugins/MauticCitrixBundle/citrix.php": "<?php // citrix, gone since",
    "themes/blank/config.json": '{"name": "blank 5.1.0"}',
    "media/css/app.css": "/* 5.1.0 */",
    "media/images/flags/at.png": "flag 5.1.0",
    "translations/.htaccess": "deny from all\n",
    "vendor/autoload.php": "<?php // vendor 5.1.0\nreturn ComposerAutoloaderInit19f9b5::getLoader();\n",
    "vendor/composer/autoload_real.php": "<?php\nclass ComposerAutoloaderInit19f9b5\n{ ComposerStaticInit19f9b5 }\n",
    "vendor/composer/autoload_static.php": "<?php\nclass ComposerStaticInit19f9b5\n{\n}\n",
    "vendor/composer/autoload_files.php": AUTOLOAD.format("'0e6d' => $vendorDir . '/a/b/c.php'"),
    "vendor/composer/autoload_classmap.php": AUTOLOAD.format("'AppKernel' => $baseDir . '/app/AppKernel.php'"),
    "vendor/composer/installed.json": '{"packages": [{"name": "a/b", "version": "v1", "install-path": "../a/b"}], "dev": false}',
    "composer.lock": '{"packages": [{"name": "a/b", "version": "v1"}], "packages-dev": []}',
    "vendor/a/b/c.php": "<?php // 5.1.0",
    "favicon.ico": "icon",
    "robots.txt": "User-agent: *\n",
    "upgrade.php": "<?php // drives an update, should not be there",
    ".env": "APP_ENV=prod\n",
}
# The user's own; it must come out of everything byte for byte.
OWN = {
    "config/local.php": "<?php\n$parameters = array(\n\t'db_driver' => 'pdo_mysql',\n\t'site_url' => 'http://127.0.0.1:1',\n);\n",
    "app/config/local.php": "<?php // forgotten",
    "plugins/OwnBundle/own.php": "<?php // my plugin",
    "themes/mine/config.json": '{"name": "mine"}',
    "media/files/upload.pdf": "a file",
    "media/images/mine.png": "my picture",
    "media/css/mine.css": "/* mine */",
    "translations/de_AT/x.ini": "x=y",
    "var/logs/mautic_prod.php": "log",
    "shop/index.php": "<?php // another program",
    "notes ü.txt": "umlaut in a name",
}
RELEASE = {name: text.replace("5.1.0", "5.2.0") for name, text in OLD.items()
           if name not in ("app/bundles/GoneBundle/c.php", "app/config/config_old.php", "plugins/MauticCitrixBundle/citrix.php",
                           "upgrade.php")}
RELEASE |= {
    ".htaccess": "RewriteEngine On\n# rules of 5.2.0\n",
    "app/bundles/NewBundle/d.php": "<?php // new in 5.2.0",
    "plugins/MauticNewBundle/new.php": "<?php // new in 5.2.0",
    "vendor/new/pack/age.php": "<?php // new in 5.2.0",
    "vendor/composer/installed.json": OLD["vendor/composer/installed.json"].replace(
        '],', ', {"name": "new/pack", "version": "v1", "install-path": "../new/pack"}],'),
    "composer.lock": OLD["composer.lock"].replace('"}], "', '"}, {"name": "new/pack", "version": "v1"}], "'),
    "config/.gitkeep": "",
    "media/files/.htaccess": "deny from all\n",
    "robots.txt": "User-agent: nobody\n",
    ".env": "APP_ENV=prod\n# 5.2.0\n",
    "deleted_files.txt": json.dumps(["plugins/MauticCitrixBundle/citrix.php", "config/local.php", "../outside.txt",
                                     "media/files/upload.pdf", "app/bundles/GoneBundle/c.php", "app/config/config_old.php"]),
}


NO_PHP = {"least": "9.8.0", "most": "9.9.99"}  # no PHP fits: the files alone are exchanged


def metadata(version, least="8.1.0", most="8.3.99"):
    return json.dumps({"version": version, "minimum_php_version": least, "maximum_php_version": most,
                       "minimum_mautic_version": "5.0.0"})


# 5.2.0, of which the files say 5.1.0: no database step is planned. Its PHP range, when that matters, is the caller's.
def release(version="5.2.0", **php):
    return {**RELEASE, "app/release_metadata.json": metadata(version, **php)}


def pack(archive, files):
    """A zip as releases are: files, folders not named, 0755 for the console."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in files.items():
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.external_attr = (0o755 if name == "bin/console" else 0o644) << 16
            out.writestr(info, text, zipfile.ZIP_DEFLATED)
    return archive


class Ground:
    def __init__(self, folder, program):
        self.folder, self.program, self.root, self.state = folder, program, folder / "site", folder / "state"
        self.wrapper = ()
        self.write({**OLD, **OWN, "app/release_metadata.json": metadata("5.1.0"),
                    "var/cache/prod/AppKernelProdContainer.php": "<?php // 5.1.0", "var/tmp/twig/aa/x.php": "<?php"})
        (self.root / "bin/console").chmod(0o755)
        (self.folder / "elsewhere").mkdir()
        (self.folder / "elsewhere/big.mp4").write_text("a film")
        (self.root / "media/files/films").symlink_to(self.folder / "elsewhere")
        os.chmod(self.root / "media/files/upload.pdf", 0o600)

    def write(self, files):
        for name, text in files.items():
            file = self.root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    def package(self, name="5.2.0.zip", files=None):
        return pack(self.root / name, release() if files is None else files)

    def start(self, *words):
        argv = [*self.wrapper, self.program, *words, "--root", self.root, "--state", self.state]
        return subprocess.Popen([str(word) for word in argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, env=process.plain_environment(), cwd=self.folder)

    def run(self, *words):
        """(exit status, everything that was printed)."""
        child = self.start(*words)
        text, _ = child.communicate(timeout=120)
        return child.returncode, text

    def good(self, *words):
        status, text = self.run(*words)
        assert status == 0, text
        return text

    def tree(self):
        """{path: (mode, content or target)}: of the caches only whether there is one."""
        found = {}
        for parent, folders, files in os.walk(self.root):
            for name in folders + files:
                path = os.path.join(parent, name)
                place = os.path.relpath(path, self.root)
                if place.startswith(("var/cache/", "var/tmp/")):
                    continue
                facts = os.lstat(path)
                if stat.S_ISLNK(facts.st_mode):
                    found[place] = ("link", os.readlink(path))
                elif stat.S_ISDIR(facts.st_mode):
                    found[place] = ("folder", stat.S_IMODE(facts.st_mode))
                else:
                    with open(path, "rb") as file:
                        found[place] = (stat.S_IMODE(facts.st_mode), file.read())
        return found

    def text(self, name):
        return (self.root / name).read_text()


def leave_half_moved(ground):
    """The web update of 2 to 6 died while it moved upgrade/ into the site."""
    left = {name: text for name, text in release(**NO_PHP).items() if name.startswith(("app/", "vendor/")) or name == "index.php"}
    ground.write({f"upgrade/{name}": text for name, text in left.items() if "CoreBundle" not in name})
    ground.write({name: text for name, text in left.items() if "CoreBundle" in name})
    half = "vendor/composer/autoload_real.php"  # moved, and vendor/autoload.php comes last
    ground.write({half: left[half].replace("19f9b5", "20ab77")})
    (ground.root / "upgrade" / half).unlink()
    ground.write({"upgrade/upgrade.php": "<?php // the updater", "upgrade/deleted_files.txt": RELEASE["deleted_files.txt"]})
