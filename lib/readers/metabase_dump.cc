// mdutil lists a key's properties, then the keys below it, each under its path. Only the paths of keys below
// the one that was asked for are shown; which one that was tells the command, when the console was copied
// with it, else the first path.
#include "readers/metabase_dump.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "readers/console.h"
#include "readers/metabase_dump_line.h"
#include "readers/metabase_secrets.h"
#include "readers/readers.h"

namespace exaudit::readers {

namespace {

using base::trim;
using facts::MetabaseKey;
using facts::MetabaseProperty;

constexpr std::size_t kMaxKeys = 1'000'000;               // as in MetaBase.xml
constexpr std::size_t kMaxPropertiesPerKey = 4096;        // IIsSmtpServer has 132 in the schema
constexpr std::size_t kMaxPathBytes = 2048;               // the deepest event binding has about 200
constexpr std::size_t kMaxValueBytes = 1U << 20;          // relay lists have some 10 KB
constexpr std::size_t kMaxItems = 16384;                  // of one multi-string
constexpr std::string_view kDataNotFound = "0x800cc801";  // MD_ERROR_DATA_NOT_FOUND

struct KnownProperty {
  std::uint32_t id;
  std::string_view name;
};

// Where a dump has only numbers. From MBSchema.xml of IIS 6; only what is read by name, or must not be read.
constexpr std::array<KnownProperty, 16> kKnown = {{
    {0, "MD_0"},
    {1002, "KeyType"},
    {1015, "ServerComment"},
    {1016, "ServerState"},
    {1017, "ServerAutoStart"},
    {1023, "ServerBindings"},
    {2021, "SecureBindings"},
    {6000, "AuthFlags"},
    {6027, "AdminACL"},
    {6286, "AdminACLBin"},
    {36906, "SmartHost"},
    {36907, "ConnectResponse"},
    {36908, "DefaultDomain"},
    {36931, "SmtpServiceVersion"},
    {36935, "FullyQualifiedDomainName"},
    {36998, "SmtpInboundCommandSupportOptions"},
}};

// "/LM/smtpsvc/1" from "/smtpsvc/1", "smtpsvc/1/", "/LM/smtpsvc/1".
std::string full_path(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  const std::string_view first = path.substr(0, path.find('/'));
  if (base::ascii_iequals(first, "LM")) return "/" + std::string(path);
  return path.empty() ? "/LM" : "/LM/" + std::string(path);
}

std::string_view parent_of(std::string_view path) { return path.substr(0, path.rfind('/')); }

std::string number_of(std::string_view error) { return base::ascii_lowered(trim(error)); }

class DumpReader {
 public:
  DumpReader(std::string_view text, facts::InputId id, facts::Input& input)
      : text_(text), id_(id), input_(input) {}

  facts::Metabase read() {
    base::LineCursor lines(text_);
    std::string_view line;
    while (!full_ && lines.next(line)) {
      number_ = lines.number();
      offset_ = static_cast<std::uint64_t>(line.data() - text_.data());
      take_line(line);
    }
    end_property();
    place_first_properties();
    if (keys_.empty()) input_.skipped_record(0, "no key and no property was found");
    report_missing_content();
    facts::Metabase metabase(std::move(keys_));
    metabase.input = id_;
    metabase.lost_records = input_.lost_records;
    input_.records = metabase.keys().size();
    return metabase;
  }

 private:
  // A property whose value may go on in the next lines.
  struct Open {
    MetabaseProperty property;
    bool secret = false;
    bool understood = false;
    bool may_continue = false;  // a multi-string
  };

  void take_line(std::string_view line) {
    if (trim(line).empty()) return;
    if (const auto key = parse_dump_key(line)) {
      end_property();
      begin_key(full_path(*key));
    } else if (const auto property = parse_dump_property(line)) {
      end_property();
      begin_property(*property);
    } else if (const auto command = parse_dump_command(line)) {
      end_property();
      take_command(*command);
    } else if (const auto error = parse_dump_error(line)) {
      end_property();
      take_error(number_of(*error));
    } else if (open_) {
      continue_property(trim(line));
    } else if (!is_console_line(line)) {
      input_.note(number_, "a line that is neither a key nor a property; ignored");
    }
  }

  void begin_key(std::string path) {
    current_.reset();
    if (path.size() > kMaxPathBytes) return input_.skipped_record(number_, "the path of a key is too long");
    if (keys_.size() == kMaxKeys) {
      full_ = true;
      return input_.skipped_record(number_, fmt::format("more than {} keys; the rest is not read", kMaxKeys));
    }
    current_ = keys_.size();
    MetabaseKey& key = keys_.emplace_back();
    key.path = std::move(path);
    key.key_type = "IIsConfigObject";  // as in MetaBase.xml, where no KeyType says more
    key.location = {.input = id_, .line = number_, .offset = offset_};
  }

  void take_command(const DumpCommand& command) {
    current_.reset();
    place_first_properties();
    first_key_ = keys_.size();
    command_path_.reset();
    if (!command.path.empty()) command_path_ = full_path(command.path);
    if (command.verb == "enum_all") return;
    input_.skipped_record(number_, fmt::format("\"mdutil {}\" does not list what is below the key; use "
                                               "enum_all",
                                               command.verb));
  }

  void take_error(const std::string& error) {
    if (error == kDataNotFound) {
      input_.note(number_, "mdutil found no data here");
    } else {
      input_.skipped_record(number_, "mdutil could not read a key or a property: error " + error);
    }
  }

  void begin_property(const DumpProperty& line) {
    open_ = Open();
    MetabaseProperty& property = open_->property;
    property.line = number_;
    property.type = base::ascii_uppered(line.type);
    identify(property, line.name);
    const std::string_view path = current_ ? std::string_view(keys_[*current_].path) : std::string_view();
    open_->secret = is_secret(property, path, line.value);
    if (!open_->secret) open_->understood = take_value(line.value);
  }

  static void identify(MetabaseProperty& property, std::string_view name) {
    std::uint64_t id = 0;
    const bool number = base::parse_uint(name, id) && id <= std::numeric_limits<std::uint32_t>::max();
    const auto known = std::find_if(kKnown.begin(), kKnown.end(), [&](const KnownProperty& each) {
      return number ? each.id == id : base::ascii_iequals(each.name, name);
    });
    if (number) property.id = static_cast<std::uint32_t>(id);
    if (!number && known != kKnown.end()) property.id = known->id;
    property.name = name;
    if (number)
      property.name = known != kKnown.end() ? std::string(known->name) : "UnknownName_" + property.name;
  }

  bool take_value(std::string_view value) {
    MetabaseProperty& property = open_->property;
    if (value.size() > kMaxValueBytes) return false;
    if (property.type == "DWORD") {
      if (auto number = parse_dump_number(value)) property.values = {std::move(*number)};
    } else if (property.type == "STRING" || property.type == "EXPANDSZ") {
      if (auto text = parse_dump_string(value)) property.values = {std::string(trim(*text))};
    } else if (property.type == "MULTISZ") {
      open_->may_continue = true;
      return value.empty() || add_items(value);
    }
    return !property.values.empty();
  }

  bool add_items(std::string_view value) {
    auto items = parse_dump_strings(value);
    if (!items) return false;
    for (std::string& item : *items) {
      if (!trim(item).empty()) open_->property.values.emplace_back(trim(item));
    }
    return open_->property.values.size() <= kMaxItems;
  }

  // No other type is known to take several lines, so such a value was not what it seemed.
  void continue_property(std::string_view line) {
    open_->understood = open_->understood && open_->may_continue && add_items(line);
  }

  void end_property() {
    if (!open_) return;
    Open open = std::move(*open_);
    open_.reset();
    open.property.redacted = open.secret;
    if (open.secret || !open.understood) open.property.values.clear();
    if (!open.secret && !open.understood) {
      open.property.readable = false;
      input_.skipped_value(open.property.line, fmt::format("the value of {} ({}) could not be read",
                                                           open.property.name, open.property.type));
    }
    add(std::move(open.property));
  }

  void add(MetabaseProperty property) {
    if (!current_ && first_properties_.empty()) first_location_ = {.input = id_, .line = property.line};
    if (current_ && property.name == "KeyType" && !property.values.empty())
      keys_[*current_].key_type = property.values.front();
    auto& properties = current_ ? keys_[*current_].properties : first_properties_;
    if (properties.size() == kMaxPropertiesPerKey) {
      return input_.skipped_record(
          property.line, fmt::format("more than {} properties in one key; skipped", kMaxPropertiesPerKey));
    }
    properties.push_back(std::move(property));
  }

  // The properties before the first path are those of the key that was asked for.
  void place_first_properties() {
    if (first_properties_.empty()) return;
    std::string path;
    if (command_path_) {
      path = *command_path_;
    } else if (first_key_ < keys_.size()) {
      path = parent_of(keys_[first_key_].path);
    }
    // Nobody asked for /LM, so what looks like its export may be anything.
    if (path.size() <= std::string_view("/LM").size()) {
      input_.skipped_record(first_location_.line, "nothing tells to which key the first properties belong");
    } else {
      MetabaseKey key;
      key.path = std::move(path);
      key.key_type = "IIsConfigObject";
      key.location = first_location_;
      key.properties = std::exchange(first_properties_, {});
      if (const MetabaseProperty* type = key.find("KeyType"); type != nullptr && !type->values.empty())
        key.key_type = type->values.front();
      keys_.push_back(std::move(key));
    }
    first_properties_.clear();
  }

  // "enum" lists the keys below without their content, and looks the same otherwise. Every virtual server has
  // properties of its own.
  void report_missing_content() {
    constexpr std::string_view kService = "/lm/smtpsvc/";
    std::map<std::string, bool> servers;  // with content?
    for (const MetabaseKey& key : keys_) {
      const std::string path = base::fold(key.path);
      if (!path.starts_with(kService)) continue;
      const std::string_view rest = std::string_view(path).substr(kService.size());
      const std::string_view server = rest.substr(0, rest.find('/'));
      if (!base::is_digits(server)) continue;
      bool& content = servers[std::string(server)];
      content = content || (rest == server && !key.properties.empty());
    }
    for (const auto& [server, content] : servers) {
      if (content) continue;
      input_.skipped_record(0,
                            fmt::format("the dump names the virtual server {} without its own properties, so "
                                        "other parts of it may be missing",
                                        server));
    }
  }

  std::string_view text_;
  facts::InputId id_;
  facts::Input& input_;
  std::vector<MetabaseKey> keys_;
  std::optional<std::size_t> current_;  // nothing before the first path
  std::optional<Open> open_;
  std::optional<std::string> command_path_;
  std::size_t first_key_ = 0;  // of the current command's output
  std::vector<MetabaseProperty> first_properties_;
  facts::Location first_location_;
  std::uint32_t number_ = 0;
  std::uint64_t offset_ = 0;
  bool full_ = false;
};

}  // namespace

bool looks_like_metabase_dump(std::string_view head) {
  base::LineCursor lines(head);
  std::string_view line;
  bool keys = false;
  while (lines.next(line)) {
    if (trim(line).empty()) continue;
    if (parse_dump_property(line)) return true;
    if (parse_dump_key(line)) {
      keys = true;
    } else if (!parse_dump_command(line) && !parse_dump_error(line) && !is_console_line(line)) {
      return false;
    }
  }
  return keys;
}

facts::Metabase read_metabase_dump(std::string_view bytes, facts::InputId id, facts::Input& input) {
  const base::DecodedText decoded = base::decode_text(bytes);
  return DumpReader(decoded.text, id, input).read();
}

}  // namespace exaudit::readers
