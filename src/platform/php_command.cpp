// SPDX-License-Identifier: GPL-3.0-or-later
// How each kind of PHP is made to behave as a command line: no time limit, the memory asked for, errors as
// plain text, output as it is written, arguments for the script, the working folder kept.
#include "platform/php.h"

namespace platform {

namespace {

void set(std::vector<std::string>& argv, std::string setting) {
  argv.push_back("-d");
  argv.push_back(std::move(setting));
}

}  // namespace

std::vector<std::string> php_argv(const PhpCandidate& php, const std::string& memory_limit,
                                  const Path& shim) {
  std::vector<std::string> argv = {php.path.native()};
  if (php.sapi == Sapi::litespeed) {  // takes no -d: the shim starts the script and sets what it can
    argv.push_back(shim.native());
    argv.push_back("memory_limit=" + memory_limit);
    return argv;
  }
  if (php.sapi == Sapi::cgi) argv.insert(argv.end(), {"-q", "-C"});  // no headers; stay in the working folder
  if (!memory_limit.empty()) set(argv, "memory_limit=" + memory_limit);
  set(argv, "max_execution_time=0");
  if (php.sapi == Sapi::cgi) {
    for (const char* setting : {"register_argc_argv=1", "html_errors=0", "display_errors=1",
                                "output_buffering=0", "implicit_flush=1"})
      set(argv, setting);
    set(argv, "auto_prepend_file=" + shim.native());
  } else {
    set(argv, "display_errors=stderr");  // hosts switch it off, and then a fatal error leaves no word
  }
  return argv;
}

std::string_view shim_source() {
  // As prepended file it gives the constants that only the command line defines. As the script itself,
  // followed by memory_limit=... and the real script, it starts that; `#!` lines are printed by an include
  // and so taken away.
  return R"php(<?php
defined('STDIN') || define('STDIN', fopen('php://stdin', 'r'));
defined('STDOUT') || define('STDOUT', fopen('php://stdout', 'w'));
defined('STDERR') || define('STDERR', fopen('php://stderr', 'w'));
if (isset($_SERVER['argv'][2]) && realpath($_SERVER['argv'][0]) === __FILE__) {
    $limit = substr($_SERVER['argv'][1], strlen('memory_limit='));
    if ($limit !== '' && $limit !== false) {
        ini_set('memory_limit', $limit);
    }
    unset($limit);
    array_splice($_SERVER['argv'], 0, 2);
    $argv = $_SERVER['argv'];
    $argc = $_SERVER['argc'] = count($argv);
    $_SERVER['SCRIPT_FILENAME'] = $_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = $argv[0];
    ob_start(function ($text) {
        static $begun = false;
        if (!$begun && strncmp($text, '#!', 2) === 0) {
            $end = strpos($text, "\n");
            $text = $end === false ? '' : (string) substr($text, $end + 1);
        }
        $begun = true;
        return $text;
    }, 1);
    require $argv[0];
}
)php";
}

}  // namespace platform
