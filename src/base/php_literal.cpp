// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/php_literal.h"

#include "base/failure.h"
#include "base/php_code.h"
#include "base/php_tokens.h"

namespace base {

namespace {

using Kind = PhpToken::Kind;

constexpr size_t kMostValues = 50'000;

bool ends_value(const PhpToken& token) {
  return token.kind == Kind::end || token.is(",") || token.is(";") || token.is("=>") || token.is(")") ||
         token.is("]") || token.is("}");
}

// As PHP casts keys; nullopt where it refuses, and for fractions.
std::optional<PhpKey> key_of(const PhpValue& value) {
  if (auto* text = value.as<std::string>()) return php_key(*text);
  if (auto* number = value.as<int64_t>()) return *number;
  if (auto* boolean = value.as<bool>()) return PhpKey(int64_t{*boolean});
  if (value.is_null()) return PhpKey(std::string());
  return std::nullopt;
}

}  // namespace

class PhpParser {
 public:
  PhpParser(std::string_view text, const std::string& name) : name_(name), text_(text), tokens_(php_tokens(text, name)) {}

  PhpFile parse() {
    while (!ended_ && here().kind != Kind::end) parse_statement();
    if (may_return_before_) file_.returned_ = may_return_before_;
    file_.variables_.settle();
    return std::move(file_);
  }

 private:
  const PhpToken& here() const { return tokens_[at_]; }
  const PhpToken& following() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }
  PhpTokens from(size_t first) const { return PhpTokens(tokens_).subspan(first, at_ - first); }
  size_t place_of(const char* in_text) const { return static_cast<size_t>(in_text - text_.data()); }
  bool take(std::string_view symbol) { return here().is(symbol) ? (++at_, true) : false; }

  [[noreturn]] void fail(const std::string& what) const { throw damaged_php(name_, here().line, what); }
  [[noreturn]] void fail_expected(const std::string& what) const {
    fail("expected " + what + ", but found " + describe(here()));
  }
  void need(std::string_view symbol) {
    if (!take(symbol)) fail_expected(std::string(symbol));
  }
  void count_value() {
    if (++values_ > kMostValues) fail("it holds too many values for a configuration file");
  }
  void check_nesting(size_t levels) const {
    if (levels > kMostPhpNesting) fail("brackets are nested too deeply");
  }

  // ---- statements

  void parse_statement() {
    size_t first = at_;
    if (take(";")) return;
    if (here().is_word("return")) return parse_return();
    if (here().kind == Kind::variable && here().source != "GLOBALS") {
      if (auto place = parse_place(); place && here().is("=") && !following().is("&")) {
        ++at_;
        PhpValue value = parse_value();
        need(";");
        return file_.variables_.assign(*place, std::move(value));
      }
      at_ = first;
    }
    skip_statement();
  }

  void parse_return() {
    ended_ = true;
    ++at_;
    if (take(";")) return;
    file_.returned_ = parse_value();
    need(";");
  }

  // `$name['key'][]`; nullopt when it is something else.
  std::optional<PhpPlace> parse_place() {
    PhpPlace place{std::string(here().source), {}};
    ++at_;
    while (take("[")) {
      check_nesting(place.keys.size() + 1);
      std::optional<PhpKey> key;
      if (!here().is("]") && !(key = key_of(parse_value()))) return std::nullopt;
      need("]");
      place.keys.push_back(std::move(key));
    }
    return place;
  }

  // One that is not carried out, up to its ; or }.
  void skip_statement() {
    ended_ = here().is_word("exit") || here().is_word("die");
    size_t first = at_;
    PhpBrackets brackets;
    PhpBlocks blocks;
    bool returns = false;
    for (bool last = false; !last; ++at_) {
      if (brackets.empty()) blocks.follow(tokens_[at_ - (at_ > first)], here());
      follow(brackets, first);
      returns |= here().is_word("return");
      last = brackets.empty() && !blocks.open() && (here().is(";") || here().is("}"));
    }
    mark_changed(first, PhpMention::any);
    if (returns) may_return_before_ = code_from(first);
  }

  // ---- code

  void follow(PhpBrackets& brackets, size_t first) const {
    if (here().kind == Kind::end) fail_expected(brackets.closing());
    const PhpToken& before = tokens_[at_ - (at_ > first)];
    if (at_ > first && !may_follow(before, here())) fail_expected("an operator or " + brackets.closing());
    if (!brackets.follow(before, here())) fail_expected(brackets.closing());
    if (brackets.too_deep()) fail("brackets are nested too deeply");
  }

  // The rest of a value that began at `first` and turned out to be code.
  PhpValue skip_code(size_t first) {
    PhpBrackets brackets;
    int arrows = 0;  // of `fn () =>` to come
    for (;; ++at_) {
      bool arrow = brackets.empty() && arrows > 0 && here().is("=>");
      if (brackets.empty() && ends_value(here()) && !arrow) break;
      arrows += brackets.empty() && here().is_word("fn");
      arrows -= arrow;
      follow(brackets, first);
    }
    if (at_ == first) fail_expected("a value");
    mark_changed(first, PhpMention::suspicious);
    return code_from(first);
  }

  PhpValue code_from(size_t first) const {
    return {PhpCode{show_php(from(first)), {}}, tokens_[first].line};
  }

  // What the code from `first` on may change holds that code from now on.
  void mark_changed(size_t first, PhpMention counts) {
    PhpChanges changes = php_changes(from(first), counts);
    if (changes.places.empty() && !changes.any) return;
    const PhpValue code = code_from(first);
    for (const PhpPlace& place : changes.places) {
      count_value();
      if (changes.aliases) file_.variables_.alias(place.name, code);
      else file_.variables_.assign(place, code);
    }
    if (changes.any) file_.variables_.doubt_all(code);
  }

  // ---- values

  PhpValue parse_value() {
    count_value();
    size_t first = at_;
    PhpValue value;
    bool literal = parse_joined(value);
    if (!literal || !ends_value(here())) return skip_code(first);
    value.line = tokens_[first].line;
    value.begin = place_of(tokens_[first].source.data());
    value.end = place_of(tokens_[at_ - 1].source.data()) + tokens_[at_ - 1].source.size();
    return value;
  }

  // False where it is none; then at_ stands between words on the level of brackets on which it began.
  bool parse_joined(PhpValue& value) {
    if (!parse_operand(value)) return false;
    if (!here().is(".")) return true;
    auto text = value.words();
    while (text && take(".")) {
      PhpValue more;
      if (!parse_operand(more)) return false;
      auto words = more.words();
      if (!words) return false;
      *text += *words;
    }
    if (!text) return false;
    value.is = std::move(*text);
    return true;
  }

  // False, and nothing taken, where it is none.
  bool parse_operand(PhpValue& value) {
    if (here().is("[")) return parse_array(value, "]");
    if (here().is_word("array") && following().is("(")) return ++at_, parse_array(value, ")");
    if (here().kind == Kind::text) {
      auto text = php_text(here());
      if (!text) fail("expected a Unicode number in the \\u{...} of a string");
      value.is = std::move(*text);
    } else if (here().kind == Kind::number) {
      value.is = number();
    } else if ((here().is("-") || here().is("+")) && following().kind == Kind::number) {
      bool minus = here().is("-");
      ++at_;
      value.is = number(minus);
    } else if (here().is_word("true") || here().is_word("false")) {
      value.is = here().is_word("true");
    } else if (here().is_word("null")) {
      value.is = nullptr;
    } else {
      return false;
    }
    ++at_;
    return true;
  }

  decltype(PhpValue::is) number(bool minus = false) const {
    auto value = php_number(here());
    if (!value) fail("expected digits up to 7 in a number that begins with 0");
    if (auto* whole = std::get_if<int64_t>(&*value)) return minus ? -*whole : *whole;
    return minus ? -std::get<double>(*value) : std::get<double>(*value);
  }

  // ---- arrays

  bool parse_array(PhpValue& array, std::string_view closing) {
    check_nesting(++nesting_);
    array.is = PhpArray();
    ++at_;
    while (!take(closing)) {
      parse_element(array);
      if (!take(",") && !here().is(closing)) fail_expected(", or " + std::string(closing));
    }
    --nesting_;
    return true;
  }

  void parse_element(PhpValue& array) {
    size_t first = at_;
    bool spread = take("...");
    PhpValue value = parse_value();
    std::optional<PhpKey> key;
    bool unknown = spread;
    if (!spread && take("=>")) {
      key = key_of(value);
      unknown = !key;
      value = parse_value();
    }
    PhpValue* element = unknown ? nullptr : php_element(array, key);
    if (element) *element = std::move(value);
    else array = code_from(first);  // it may have replaced any element before it
  }

  std::string name_;
  std::string_view text_;
  std::vector<PhpToken> tokens_;
  size_t at_ = 0;
  size_t values_ = 0;
  size_t nesting_ = 0;
  bool ended_ = false;
  std::optional<PhpValue> may_return_before_;
  PhpFile file_;
};

PhpFile parse_php(std::string_view text, const std::string& name) {
  if (text.size() > kMostPhpBytes) throw Failure(name + " is larger than 1 MB: no configuration file is");
  return PhpParser(text, name).parse();
}

}  // namespace base
