// Two forms. The older script nests braces and shows OnArrival sinks only:
//
//   Source {guid} {
//     DisplayName = smtpsvc 1
//     OnArrival Sinks {
//       Binding {guid} {
//
// The newer one draws a box around the name of every block ("| Binding |") and walks all source types and
// event types. Both scripts go on after errors, so any line may be missing.
#include "readers/sink_listing.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/guid.h"
#include "base/text.h"
#include "readers/console.h"
#include "readers/readers.h"

namespace exaudit::readers {

namespace {

using base::trim;
using facts::ListedBinding;

constexpr std::size_t kMaxBindings = 100'000;  // a server with Exchange has some 100
constexpr std::size_t kMaxTextBytes = 4096;    // of a name; the longest known has 60

enum class Block { none, source_type, event_type, source, binding };

constexpr std::array<std::pair<std::string_view, Block>, 4> kBlocks = {{
    {"Source Type", Block::source_type},
    {"Event Type", Block::event_type},
    {"Source", Block::source},
    {"Binding", Block::binding},
}};

// The block that "| Event Type |" begins.
Block boxed_block(std::string_view line) {
  line = trim(line);
  if (line.size() < 3 || !line.starts_with('|') || !line.ends_with('|')) return Block::none;
  const std::string_view name = trim(line.substr(1, line.size() - 2));
  for (const auto& [known, block] : kBlocks) {
    if (name == known) return block;
  }
  return Block::none;
}

bool is_rule(std::string_view line) {
  line = trim(line);
  return line.size() >= 3 && line.find_first_not_of('-') == std::string_view::npos;
}

// "Source {GUID} {" and "Binding {GUID} {" of the older form.
std::optional<std::string_view> braced_guid(std::string_view line, std::string_view word) {
  line = trim(line);
  if (!base::ascii_istarts_with(line, word) || !line.ends_with('{')) return std::nullopt;
  const std::string_view guid = trim(line.substr(word.size(), line.size() - word.size() - 1));
  if (!guid.starts_with('{') || !base::Guid::parse(guid)) return std::nullopt;
  return guid;
}

// The n of "smtpsvc n"; "" for the sources of other services.
std::string_view instance_of(std::string_view source) {
  constexpr std::string_view kService = "smtpsvc";
  source = trim(source);
  if (!base::ascii_istarts_with(source, kService)) return {};
  const std::string_view rest = source.substr(kService.size());
  const std::string_view number = trim(rest);
  return number.size() < rest.size() && base::is_digits(number) ? number : std::string_view();
}

// VBScript writes booleans in the language of the system; other words stay unknown.
std::optional<bool> enabled_of(std::string_view word) {
  for (const std::string_view yes : {"True", "Enabled", "-1", "1"}) {
    if (base::ascii_iequals(word, yes)) return true;
  }
  for (const std::string_view no : {"False", "Disabled", "0"}) {
    if (base::ascii_iequals(word, no)) return false;
  }
  return std::nullopt;
}

bool is_name(std::string_view field) {
  return base::ascii_iequals(field, "Name") || base::ascii_iequals(field, "DisplayName");
}

class ListingReader {
 public:
  ListingReader(facts::InputId id, facts::Input& input) : input_(input) { listing_.location.input = id; }

  facts::SinkListing read(std::string_view text) {
    base::LineCursor lines(text);
    std::string_view line;
    while (!full_ && lines.next(line)) {
      number_ = lines.number();
      line = trim(line);
      if (!line.empty()) take_line(line);
    }
    end_binding();
    if (!any_source_) skip(0, "no source of events was found");
    input_.records = listing_.bindings.size();
    return std::move(listing_);
  }

 private:
  void take_line(std::string_view line) {
    if (is_rule(line)) return;
    if (const Block block = boxed_block(line); block != Block::none) return begin(block);
    if (const auto guid = braced_guid(line, "Source ")) {
      listing_.arrival_only = true;
      return begin(Block::source);
    }
    if (const auto guid = braced_guid(line, "Binding ")) {
      begin(Block::binding);
      binding_->id = *guid;
      return;
    }
    if (in_properties_) {
      in_properties_ = line != "}";
    } else if (line.ends_with('{')) {
      // SourceProperties, SinkProperties: their names are anybody's. "OnArrival Sinks" holds the bindings.
      in_properties_ = base::ascii_istarts_with(line, "SourceProperties") ||
                       base::ascii_istarts_with(line, "SinkProperties");
    } else if (is_script_error(line)) {
      skip(number_, "the script failed here; bindings may be missing");
    } else {
      take_field(line);
    }
  }

  static bool is_script_error(std::string_view line) {
    // "C:\smtpreg.vbs(12, 3) Microsoft VBScript runtime error: ..."
    const std::size_t script = base::ascii_lowered(line.substr(0, kMaxTextBytes)).find(".vbs(");
    return script != std::string::npos;
  }

  void begin(Block block) {
    end_binding();
    block_ = block;
    in_properties_ = false;
    if (listing_.location.line == 0) listing_.location.line = number_;
    if (block == Block::source_type || block == Block::event_type) event_.clear();
    if (block != Block::binding) source_.clear();
    any_source_ = any_source_ || block == Block::source;
    if (block != Block::binding) return;
    binding_.emplace();
    binding_->event = event_;
    binding_->source = source_;
    binding_->instance = instance_of(source_);
    binding_->line = number_;
    has_enabled_ = false;
  }

  // "DisplayName = smtpsvc 1" or "Name: smtpsvc 1".
  void take_field(std::string_view line) {
    const std::size_t at = std::min(line.find_first_of("=:"), line.size());
    if (at == line.size()) return;
    const std::string_view name = trim(line.substr(0, at));
    const std::string_view value = trim(line.substr(at + 1));
    if (value.size() > kMaxTextBytes) return input_.skipped_value(number_, "a name is too long; not read");
    if (block_ == Block::binding) return take_binding_field(name, value);
    if (block_ == Block::source && is_name(name)) {
      source_ = value;
      name_instance(instance_of(value));
    } else if (block_ == Block::event_type && base::ascii_iequals(name, "ID") && base::Guid::parse(value)) {
      event_ = value;
    }
  }

  void take_binding_field(std::string_view name, std::string_view value) {
    if (base::ascii_iequals(name, "ID")) {
      if (binding_->id.empty()) binding_->id = value;
    } else if (is_name(name)) {
      binding_->display_name = value;
    } else if (base::ascii_iequals(name, "SinkClass")) {
      binding_->sink_class = value;
    } else if (base::ascii_iequals(name, "Enabled") || base::ascii_iequals(name, "Status")) {
      has_enabled_ = true;
      binding_->enabled = enabled_of(value);
      if (!binding_->enabled) {
        input_.skipped_value(number_,
                             fmt::format("\"{}\" does not tell whether the binding is enabled", value));
      }
    }
  }

  void name_instance(std::string_view instance) {
    if (instance.empty() || instances_.contains(instance)) return;
    if (instances_.size() == kMaxBindings) return too_many();
    instances_.emplace(instance);
    listing_.instances.emplace_back(instance);
  }

  void end_binding() {
    if (!binding_) return;
    ListedBinding binding = std::move(*binding_);
    binding_.reset();
    if (binding.display_name.empty() && binding.sink_class.empty()) {
      return skip(binding.line, "a binding without a name and a class");
    }
    if (!has_enabled_) {
      input_.skipped_value(binding.line, "the line that tells whether the binding is enabled is missing");
    }
    if (listing_.bindings.size() == kMaxBindings) return too_many();
    listing_.bindings.push_back(std::move(binding));
  }

  void too_many() {
    skip(number_, fmt::format("more than {} bindings; the rest was not read", kMaxBindings));
    full_ = true;
  }

  void skip(std::uint32_t line, std::string message) {
    input_.skipped_record(line, std::move(message));
    listing_.complete = false;
  }

  facts::Input& input_;
  facts::SinkListing listing_;
  Block block_ = Block::none;
  std::string event_;   // of the block at hand
  std::string source_;  // likewise
  std::optional<ListedBinding> binding_;
  std::set<std::string, std::less<>> instances_;
  bool has_enabled_ = false;
  bool in_properties_ = false;
  bool any_source_ = false;
  bool full_ = false;
  std::uint32_t number_ = 0;
};

}  // namespace

bool looks_like_sink_listing(std::string_view head) {
  base::LineCursor lines(head);
  std::string_view line;
  bool after_rule = false;
  while (lines.next(line)) {
    if (trim(line).empty() || is_console_line(line)) continue;
    if (braced_guid(line, "Source ")) return true;
    if (boxed_block(line) != Block::none && after_rule) return true;
    after_rule = is_rule(line);
    if (!after_rule) return false;
  }
  return false;
}

facts::SinkListing read_sink_listing(std::string_view bytes, facts::InputId id, facts::Input& input) {
  const base::DecodedText decoded = base::decode_text(bytes);
  return ListingReader(id, input).read(decoded.text);
}

}  // namespace exaudit::readers
