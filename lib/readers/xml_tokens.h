// Splits the raw text of MetaBase.xml and MBSchema.xml into tags, so that damage in one of them does not
// reach the next.
//
// Both files are flat lists of small elements. A "<" is legal nowhere inside a tag (XML 1.0, 3.1), so a tag
// ends before the next "<" at the latest, whatever is wrong with its quotes. Each whole tag is then handed to
// tinyxml2 (XmlTag), which decodes its attributes. Comments and processing instructions are skipped here.
// Nothing is ever expanded, fetched or nested. One pass: every byte is looked at a bounded number of times.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tinyxml2.h>

#include "base/text.h"
#include "facts/input.h"

namespace exaudit::readers {

inline constexpr std::size_t kMaxTagBytes =
    8U << 20;  // a real one has a few KB, a value at most 1 MB (metabase_xml.cc)
inline constexpr std::size_t kMaxTagAttributes =
    1024;  // IIsSmtpServer has 132 schema properties; tinyxml2 compares each with each
inline constexpr std::size_t kMaxNameBytes = 256;  // METADATA_MAX_NAME_LEN

// The text as UTF-8. Without a byte order mark it is UTF-8 as well, even where the bytes are not: lines with
// bytes that are not UTF-8, or with U+FFFD, are reported, and text_is_whole() is false for the values on
// them.
base::DecodedText decode_xml(std::string_view bytes, facts::Input& input);
bool text_is_whole(std::string_view text);

struct XmlAttribute {
  std::string_view name;
  std::string_view raw;  // between the quotes, entities not decoded
};

struct XmlToken {
  enum class Kind {
    tag,
    end_tag,
    text,         // other than blanks; CDATA too
    declaration,  // <!DOCTYPE and its like
    damaged,      // begins like a tag, comment or declaration, and does not end like one
  };
  Kind kind = Kind::text;
  std::string_view text;   // all of it, from "<" to ">"
  std::string_view name;   // of a tag, end tag or damaged tag; "" when there is none
  std::size_t offset = 0;  // of its first character, in the decoded text
  std::uint32_t line = 0;
  bool end_tag = false;  // also when damaged
  bool self_closing = false;
  bool starts_line = false;              // only blanks stand before it
  std::vector<XmlAttribute> attributes;  // of a damaged tag: those before the damage
  std::string_view damage;               // what is wrong, a clause for a message
  std::uint32_t damage_line = 0;
};

class XmlTokens {
 public:
  explicit XmlTokens(std::string_view text) : text_(text) {}
  // False at the end. `token` is reused.
  bool next(XmlToken& token);
  std::uint32_t line() const { return line_; }  // of the place up to which the text was read

 private:
  bool skip_text(XmlToken& token);
  bool skip_markup(XmlToken& token);
  void read_declaration(XmlToken& token);
  void read_tag(XmlToken& token);
  std::size_t scan_attributes(XmlToken& token, std::size_t at, std::size_t limit);
  std::size_t scan_attribute(XmlToken& token, std::size_t at, std::size_t limit);
  std::size_t doctype_end(std::size_t at) const;
  std::size_t find_once(std::string_view end, std::size_t from, bool& absent) const;
  void finish(XmlToken& token, XmlToken::Kind kind, std::size_t end);
  void finish_damaged(XmlToken& token, std::size_t at);
  void advance(std::size_t to);

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  // A terminator that was not found once is not searched again.
  bool no_comment_end_ = false;
  bool no_instruction_end_ = false;
  bool no_cdata_end_ = false;
  bool doctype_seen_ = false;
};

// Watches the root element: there is one, it begins before everything else and ends after it. Reports what is
// not so.
class XmlRoot {
 public:
  explicit XmlRoot(facts::Input& input) : input_(&input) {}
  // For every tag, in order; `may_be_root` is false for one that can only stand inside.
  void begin(const XmlToken& token, bool may_be_root);
  void end(const XmlToken& token);
  bool open() const { return open_; }
  bool closed() const { return seen_ && !open_; }

 private:
  facts::Input* input_;
  std::string name_;
  bool seen_ = false;
  bool open_ = false;
};

// The attributes of one tag, decoded by tinyxml2.
class XmlTag {
 public:
  struct Attribute {
    std::string_view name;
    std::string_view value;  // entities decoded; line ends are LF and kept. Valid until the next parse()
    std::uint32_t line = 0;
    // False: a character is damaged, or it refers to an entity other than the five of XML and the numeric
    // ones.
    bool whole = true;
  };
  // False when tinyxml2 refuses the tag.
  bool parse(const XmlToken& token);
  const std::vector<Attribute>& attributes() const { return attributes_; }
  const Attribute* find(std::string_view name) const;  // case-insensitive

 private:
  tinyxml2::XMLDocument document_;
  std::string buffer_;
  std::vector<Attribute> attributes_;
};

}  // namespace exaudit::readers
