// MBSchema.xml: <MetaData> with collections of <Property InternalName= ID= Type= Attributes= .../>; <Flag
// .../> and the rest do not matter here.
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/text.h"
#include "readers/metabase_secrets.h"
#include "readers/readers.h"
#include "readers/xml_tokens.h"

namespace exaudit::readers {

namespace {

using Property = MetabaseSchema::Property;

constexpr std::size_t kMaxSchemaProperties =
    16384;  // IIS 6 has fewer than 1000; bounds MetabaseSchema::find(id)

bool name_less(std::string_view a, std::string_view b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return static_cast<unsigned char>(base::ascii_lower(x)) <
           static_cast<unsigned char>(base::ascii_lower(y));
  });
}

class SchemaReader {
 public:
  SchemaReader(std::string_view text, facts::Input& input) : tokens_(text), input_(input), root_(input) {}
  MetabaseSchema read();

 private:
  void read_tag();
  void read_property();

  XmlTokens tokens_;
  facts::Input& input_;
  XmlRoot root_;
  XmlToken token_;
  XmlTag tag_;
  std::vector<Property> properties_;
};

// Classes repeat properties: the first description wins, but a secret stays a secret.
std::vector<Property> sorted_unique(std::vector<Property> all) {
  std::stable_sort(all.begin(), all.end(),
                   [](const Property& a, const Property& b) { return name_less(a.name, b.name); });
  std::vector<Property> out;
  for (Property& property : all) {
    if (!out.empty() && base::ascii_iequals(out.back().name, property.name)) {
      out.back().secure = out.back().secure || property.secure;
    } else {
      out.push_back(std::move(property));
    }
  }
  return out;
}

MetabaseSchema SchemaReader::read() {
  while (tokens_.next(token_)) {
    switch (token_.kind) {
      case XmlToken::Kind::tag:
        read_tag();
        break;
      case XmlToken::Kind::end_tag:
        root_.end(token_);
        break;
      case XmlToken::Kind::declaration:
        input_.note(token_.line, "document type declaration ignored; entities it declares are not expanded");
        break;
      case XmlToken::Kind::text:
        if (root_.open())
          input_.skipped_record(token_.line, "text between elements: something is damaged here");
        break;
      case XmlToken::Kind::damaged:
        input_.skipped_record(token_.line,
                              fmt::format("{} (line {}); skipped", token_.damage, token_.damage_line));
        break;
    }
    if (properties_.size() == kMaxSchemaProperties) {
      input_.skipped_record(
          token_.line, fmt::format("more than {} properties; the rest is not read", kMaxSchemaProperties));
      break;
    }
  }
  if (!root_.closed() && properties_.size() < kMaxSchemaProperties) {
    input_.skipped_record(tokens_.line(), "the end of the file is missing");
  }
  MetabaseSchema schema{sorted_unique(std::move(properties_))};
  input_.records = schema.properties.size();
  return schema;
}

void SchemaReader::read_tag() {
  const bool property = base::ascii_iequals(token_.name, "Property");
  root_.begin(token_, !property);
  if (!property) return;
  if (tag_.parse(token_)) {
    read_property();
  } else {
    input_.skipped_record(token_.line, "a property element cannot be parsed; skipped");
  }
}

void SchemaReader::read_property() {
  const XmlTag::Attribute* name = tag_.find("InternalName");
  if (name == nullptr) name = tag_.find("Name");
  const XmlTag::Attribute* id = tag_.find("ID");
  if (name == nullptr || id == nullptr) return;  // a reference to a property of another class
  std::uint64_t number = 0;
  if (!name->whole || name->value.empty() || !base::parse_uint(base::trim(id->value), number) ||
      number > std::numeric_limits<std::uint32_t>::max()) {
    input_.skipped_record(token_.line, "a property without a readable name and number; skipped");
    return;
  }
  Property property{std::string(name->value), static_cast<std::uint32_t>(number), {}, false};
  if (const auto* type = tag_.find("Type"); type != nullptr && type->whole)
    property.type = base::trim(type->value);
  if (const auto* flags = tag_.find("Attributes"); flags != nullptr)
    property.secure = says_secure(flags->value);
  properties_.push_back(std::move(property));
}

}  // namespace

const MetabaseSchema::Property* MetabaseSchema::find(std::string_view name) const {
  const auto it = std::partition_point(properties.begin(), properties.end(),
                                       [&](const Property& p) { return name_less(p.name, name); });
  return it != properties.end() && base::ascii_iequals(it->name, name) ? &*it : nullptr;
}

const MetabaseSchema::Property* MetabaseSchema::find(std::uint32_t id) const {
  const auto it =
      std::find_if(properties.begin(), properties.end(), [&](const Property& p) { return p.id == id; });
  return it == properties.end() ? nullptr : &*it;
}

MetabaseSchema read_mbschema_xml(std::string_view bytes, facts::Input& input) {
  const base::DecodedText decoded = decode_xml(bytes, input);
  return SchemaReader(decoded.text, input).read();
}

}  // namespace exaudit::readers
