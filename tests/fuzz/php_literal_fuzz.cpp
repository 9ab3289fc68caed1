// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a PHP configuration file: read or refused with a Failure, and what was read keeps what php_literal.h
// promises. Built with clang's -fsanitize=fuzzer, or with standalone_main.cpp by any compiler. The first byte of an
// input that does not begin with "<" chooses how the rest is wrapped, so that values are reached from any bytes.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/failure.h"
#include "base/php_literal.h"

namespace {

using namespace base;

constexpr size_t kMostShownBytes = 256;  // of code, and of what a Failure adds to the file's name
constexpr size_t kMostLevels = 300;

void need(bool promise) {
  if (!promise) std::abort();
}

void check(const PhpValue& value, size_t bytes, size_t level);

void check(const PhpArray& array, size_t bytes, size_t level) {
  for (const auto& [key, value] : array.elements()) {
    need(array.find(key) == &value);
    if (auto* text = std::get_if<std::string>(&key)) need(php_key(*text) == key);
    check(value, bytes, level + 1);
  }
}

void check(const PhpValue& value, size_t bytes, size_t level) {
  need(level < kMostLevels);
  need(value.line <= bytes + 1);
  if (auto* text = value.as<std::string>()) need(text->size() <= 20 * bytes);  // a joined number may grow
  if (auto* array = value.as<PhpArray>()) check(*array, bytes, level);
  auto* code = value.as<PhpCode>();
  need(value.words().has_value() == !(value.as<double>() || value.as<PhpArray>() || code));
  if (!code) return;
  need(code->source.size() <= kMostShownBytes);
  need(value.element("no such key") != nullptr);
  check(code->known, bytes, level);
}

void check_message(const std::string& message, size_t bytes) {
  const std::string damaged = "F is damaged: line ", large = "F is larger than 1 MB";
  need(message.size() < kMostShownBytes);
  if (message.compare(0, large.size(), large) == 0) return need(bytes > kMostPhpBytes);
  need(message.compare(0, damaged.size(), damaged) == 0);
  unsigned long line = std::strtoul(message.c_str() + damaged.size(), nullptr, 10);
  need(line >= 1 && line <= bytes + 1);
}

std::string wrapped(std::string input) {
  if (input.empty() || input[0] == '<') return input;
  std::string rest = input.substr(1);
  switch (input[0] & 3) {
    case 0: return "<?php $x = " + rest + ";";
    case 1: return "<?php $x = ['a' => " + rest + "];";
    case 2: return "<?php $x = \"" + rest + "\";";
    default: return "<?php $x['a'] = 1; " + rest;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string text = wrapped(std::string(reinterpret_cast<const char*>(data), size));
  try {
    PhpFile file = parse_php(text, "F");
    for (const char* name : {"x", "parameters", "a", "GLOBALS"})
      if (auto* value = file.variable(name)) check(*value, text.size(), 0);
    if (auto* value = file.returned()) check(*value, text.size(), 0);
  } catch (const Failure& failure) {
    check_message(failure.what(), text.size());
  }
  return 0;
}
