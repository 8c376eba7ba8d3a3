#include "readers/xml_tokens.h"

#include <algorithm>

#include <fmt/format.h>

namespace exaudit::readers {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':' ||
         c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

std::size_t skip_blanks(std::string_view text, std::size_t at, std::size_t limit) {
  while (at < limit && is_blank(text[at])) ++at;
  return at;
}

std::size_t skip_name(std::string_view text, std::size_t at, std::size_t limit) {
  while (at < limit && is_name_char(text[at])) ++at;
  return at;
}

bool is_character(std::uint64_t c) { return c != 0 && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF); }

// `reference` is what stands between "&" and ";".
bool can_decode(std::string_view reference) {
  if (!reference.starts_with('#')) {
    return reference == "lt" || reference == "gt" || reference == "amp" || reference == "quot" ||
           reference == "apos";
  }
  reference.remove_prefix(1);
  std::uint64_t c = 0;
  if (reference.starts_with('x')) return base::parse_hex(reference.substr(1), c) && is_character(c);
  return base::parse_uint(reference, c) && is_character(c);
}

// A lone "&" is read as it stands; a reference to an entity that is not defined here is not.
bool references_are_known(std::string_view raw) {
  constexpr std::size_t kLongest = 64;
  for (std::size_t at = raw.find('&'); at != std::string_view::npos; at = raw.find('&', at + 1)) {
    const std::string_view rest = raw.substr(at + 1, kLongest);
    const std::size_t hash = rest.starts_with('#') ? 1 : 0;
    const std::size_t end = skip_name(rest, hash, rest.size());
    const bool reference = end > 0 && end < rest.size() && rest[end] == ';';
    if (reference && !can_decode(rest.substr(0, end))) return false;
  }
  return true;
}

}  // namespace

bool text_is_whole(std::string_view text) {
  return base::is_valid_utf8(text) && text.find(kReplacement) == std::string_view::npos;
}

base::DecodedText decode_xml(std::string_view bytes, facts::Input& input) {
  base::DecodedText decoded = base::decode_text(bytes);
  if (decoded.encoding == base::Encoding::windows1252) {  // a guess; the format is UTF-8
    decoded.storage.clear();
    decoded.text = bytes;
    decoded.encoding = base::Encoding::utf8;
    decoded.had_invalid = true;
  }
  if (!decoded.had_invalid && text_is_whole(decoded.text)) return decoded;
  std::uint32_t number = 0;
  for (std::string_view rest = decoded.text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1);
    const std::string_view line = rest.substr(0, end + 1);
    ++number;
    if (!base::is_valid_utf8(line)) {
      input.skipped_value(number, "bytes that are not UTF-8; values on this line are not observed");
    } else if (line.find(kReplacement) != std::string_view::npos) {
      input.skipped_value(
          number, "a character was lost before or while decoding; values on this line are not observed");
    }
    rest.remove_prefix(end + 1);
  }
  return decoded;
}

bool XmlTokens::next(XmlToken& token) {
  while (at_ < text_.size()) {
    token.name = {};
    token.attributes.clear();
    token.damage = {};
    token.end_tag = false;
    token.self_closing = false;
    if (text_[at_] != '<') {
      if (skip_text(token)) return true;
      continue;
    }
    std::size_t before = at_;
    while (before > 0 && (text_[before - 1] == ' ' || text_[before - 1] == '\t')) --before;
    token.starts_line = before == 0 || text_[before - 1] == '\n' || text_[before - 1] == '\r';
    token.line = line_;
    token.damage_line = line_;
    if (skip_markup(token)) continue;
    return true;
  }
  return false;
}

// Text up to the next "<"; true when there is more than blanks.
bool XmlTokens::skip_text(XmlToken& token) {
  const std::size_t end = std::min(text_.find('<', at_), text_.size());
  advance(skip_blanks(text_, at_, end));
  if (at_ == end) return false;
  token.line = line_;
  token.starts_line = false;
  finish(token, XmlToken::Kind::text, end);
  return true;
}

// Reads what begins with "<"; true when it is a comment or an instruction and there is nothing to return.
bool XmlTokens::skip_markup(XmlToken& token) {
  const std::string_view rest = text_.substr(at_);
  if (rest.starts_with("<!--")) {
    const std::size_t end = find_once("-->", at_ + 4, no_comment_end_);
    if (end != std::string_view::npos) {
      advance(end + 3);
      return true;
    }
    token.damage = "a comment does not end";
    finish_damaged(token, at_ + 1);
  } else if (rest.starts_with("<?")) {
    const std::size_t end = find_once("?>", at_ + 2, no_instruction_end_);
    if (end != std::string_view::npos) {
      advance(end + 2);
      return true;
    }
    token.damage = "a processing instruction does not end";
    finish_damaged(token, at_ + 1);
  } else if (rest.starts_with("<![CDATA[")) {
    const std::size_t end = find_once("]]>", at_ + 9, no_cdata_end_);
    if (end != std::string_view::npos) {
      finish(token, XmlToken::Kind::text, end + 3);
    } else {
      token.damage = "a CDATA section does not end";
      finish_damaged(token, at_ + 1);
    }
  } else if (rest.starts_with("<!")) {
    read_declaration(token);
  } else {
    read_tag(token);
  }
  return false;
}

void XmlTokens::read_declaration(XmlToken& token) {
  std::size_t end = std::string_view::npos;
  if (!doctype_seen_ && base::ascii_istarts_with(text_.substr(at_), "<!DOCTYPE")) {
    doctype_seen_ =
        true;  // a document has one; looking for the end of each would read the rest of the text for each
    end = doctype_end(at_ + 9);
  } else {
    end = text_.find_first_of("<>", at_ + 1);
    if (end != std::string_view::npos && text_[end] == '<') end = std::string_view::npos;
  }
  if (end == std::string_view::npos) {
    token.damage = "a declaration does not end";
    finish_damaged(token, at_ + 1);
  } else {
    finish(token, XmlToken::Kind::declaration, end + 1);
  }
}

// The ">" that ends a document type declaration, with its internal subset in brackets.
std::size_t XmlTokens::doctype_end(std::size_t at) const {
  bool in_subset = false;
  while (at < text_.size()) {
    at = text_.find_first_of("[]>\"'<", at);
    if (at == std::string_view::npos) return at;
    const char c = text_[at];
    if (c == '>' && !in_subset) return at;
    if (c == '[') in_subset = true;
    if (c == ']') in_subset = false;
    if (c == '"' || c == '\'') at = text_.find(c, at + 1);
    if (c == '<' && text_.substr(at).starts_with("<!--")) at = text_.find("-->", at + 4);
    if (at == std::string_view::npos) return at;
    ++at;
  }
  return std::string_view::npos;
}

void XmlTokens::read_tag(XmlToken& token) {
  const std::size_t limit = std::min(text_.size(), at_ + kMaxTagBytes);
  std::size_t at = at_ + 1;
  token.end_tag = at < limit && text_[at] == '/';
  if (token.end_tag) ++at;
  const std::size_t name_end = skip_name(text_, at, limit);
  token.name = text_.substr(at, name_end - at);
  at = name_end;
  if (token.name.empty()) {
    token.damage = "a \"<\" without a name";
  } else if (token.name.size() > kMaxNameBytes) {
    token.name = {};
    token.damage = "a name is too long";
  } else {
    at = scan_attributes(token, at, limit);
  }
  if (token.damage.empty()) {
    finish(token, token.end_tag ? XmlToken::Kind::end_tag : XmlToken::Kind::tag, at);
  } else {
    finish_damaged(token, at);
  }
}

// From behind the name to behind the ">"; or sets token.damage and returns where it is.
std::size_t XmlTokens::scan_attributes(XmlToken& token, std::size_t at, std::size_t limit) {
  while (token.damage.empty()) {
    at = skip_blanks(text_, at, limit);
    if (at == limit) {
      token.damage = limit == text_.size() ? "the text ends inside a tag" : "a tag is too long";
    } else if (text_[at] == '>') {
      return at + 1;
    } else if (text_[at] == '<') {
      token.damage = "a \">\" is missing";
    } else if (text_[at] == '/' && at + 1 < limit && text_[at + 1] == '>' && !token.end_tag) {
      token.self_closing = true;
      return at + 2;
    } else if (token.end_tag || token.attributes.size() == kMaxTagAttributes) {
      token.damage = token.end_tag ? "an end tag goes on behind its name" : "a tag has too many attributes";
    } else {
      at = scan_attribute(token, at, limit);
    }
  }
  return at;
}

std::size_t XmlTokens::scan_attribute(XmlToken& token, std::size_t at, std::size_t limit) {
  constexpr std::string_view kNoAttribute = "something is not an attribute=\"value\"";
  const std::size_t name_end = skip_name(text_, at, limit);
  const std::string_view name = text_.substr(at, name_end - at);
  std::size_t p = skip_blanks(text_, name_end, limit);
  const bool assigned = p < limit && text_[p] == '=';
  if (assigned) p = skip_blanks(text_, p + 1, limit);
  const char quote = p < limit ? text_[p] : '\0';
  if (name.empty() || name.size() > kMaxNameBytes || !assigned || (quote != '"' && quote != '\'')) {
    token.damage = p == text_.size() ? "the text ends inside a tag" : kNoAttribute;
    return std::max(p, name_end);
  }
  const std::size_t begin = p + 1;
  std::size_t end = begin;
  while (end < limit && text_[end] != quote && text_[end] != '<' && text_[end] != '\0') ++end;
  if (end == limit) {
    token.damage = limit == text_.size() ? "the text ends inside a value" : "a tag is too long";
    return end;
  }
  if (text_[end] != quote) {
    token.damage = text_[end] == '<' ? "a quote is missing" : "a value has a NUL character";
    return end;
  }
  token.attributes.push_back({name, text_.substr(begin, end - begin)});
  return end + 1;
}

std::size_t XmlTokens::find_once(std::string_view end, std::size_t from, bool& absent) const {
  if (absent) return std::string_view::npos;
  const std::size_t found = text_.find(end, from);
  absent = found == std::string_view::npos;
  return found;
}

void XmlTokens::finish(XmlToken& token, XmlToken::Kind kind, std::size_t end) {
  token.kind = kind;
  token.text = text_.substr(at_, end - at_);
  token.offset = at_;
  advance(end);
}

// The damage is at `at`; the token goes on to the next "<", where reading starts again.
void XmlTokens::finish_damaged(XmlToken& token, std::size_t at) {
  const std::string_view before = text_.substr(at_, at - at_);
  token.damage_line = line_ + static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n'));
  finish(token, XmlToken::Kind::damaged, std::min(text_.find('<', std::max(at, at_ + 1)), text_.size()));
}

void XmlTokens::advance(std::size_t to) {
  const std::string_view passed = text_.substr(at_, to - at_);
  line_ += static_cast<std::uint32_t>(std::count(passed.begin(), passed.end(), '\n'));
  at_ = to;
}

void XmlRoot::begin(const XmlToken& token, bool may_be_root) {
  const bool again = open_ && base::ascii_iequals(token.name, name_);
  if (open_ && !again) return;
  if (seen_) {
    input_->skipped_record(token.line,
                           "a second root element begins here: put together from several files, or damaged");
  } else if (!may_be_root) {
    input_->skipped_record(token.line, "there is no root element around this: the beginning is missing");
  }
  if (!seen_ && may_be_root) name_ = token.name;
  seen_ = true;
  open_ = !(may_be_root && token.self_closing);
}

void XmlRoot::end(const XmlToken& token) {
  if (open_ && base::ascii_iequals(token.name, name_)) open_ = false;
}

bool XmlTag::parse(const XmlToken& token) {
  attributes_.clear();
  std::string_view body = token.text;
  body.remove_suffix(token.self_closing ? 2 : 1);
  buffer_.assign(body);
  buffer_ += "/>";
  if (document_.Parse(buffer_.data(), buffer_.size()) != tinyxml2::XML_SUCCESS) return false;
  const tinyxml2::XMLElement* element = document_.RootElement();
  if (element == nullptr) return false;
  for (const auto* a = element->FirstAttribute(); a != nullptr; a = a->Next()) {
    if (attributes_.size() == token.attributes.size()) return false;
    const XmlAttribute& scanned = token.attributes[attributes_.size()];
    Attribute attribute{a->Name(), a->Value(), token.line + static_cast<std::uint32_t>(a->GetLineNum()) - 1,
                        true};
    attribute.whole = references_are_known(scanned.raw) && text_is_whole(attribute.value);
    attributes_.push_back(attribute);
  }
  return attributes_.size() == token.attributes.size();
}

const XmlTag::Attribute* XmlTag::find(std::string_view name) const {
  const auto it = std::find_if(attributes_.begin(), attributes_.end(),
                               [&](const Attribute& a) { return base::ascii_iequals(a.name, name); });
  return it == attributes_.end() ? nullptr : &*it;
}

}  // namespace exaudit::readers
