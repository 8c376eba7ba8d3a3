// Events copied out of Event Viewer, or out of an article or a mail that shows them: labelled fields, one
// below the other or run together, with any text between the events. Some articles print a heading instead
// of labels, with the text of the event below it (readers/event_headings.h).
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "base/words.h"
#include "facts/event_catalogue.h"
#include "facts/event_numbers.h"
#include "facts/event_shape.h"
#include "readers/event_headings.h"
#include "readers/event_text.h"
#include "readers/event_time.h"
#include "readers/event_words.h"
#include "readers/readers.h"
#include "readers/unrendered_event.h"

namespace exaudit::readers {

namespace {

using base::trim;

constexpr std::size_t kMaxFieldBytes = 1024;  // of anything but a description
constexpr std::size_t kMaxParagraphs = 4;     // of a description that is no message, before its strings

// Titles that Knowledge Base articles give their sections: no event goes on behind one.
constexpr std::array<std::string_view, 8> kSections = {"symptoms",   "cause",     "resolution",
                                                       "workaround", "status",    "more information",
                                                       "references", "applies to"};

bool is_section(std::string_view line) {
  line = trim(line);
  return std::any_of(kSections.begin(), kSections.end(),
                     [&](std::string_view title) { return base::ascii_iequals(line, title); });
}

// Marks of a quoted mail, and blanks.
std::string_view without_quote_marks(std::string_view line) {
  while (!line.empty()) {
    const std::size_t length = line.front() == '>' ? 1 : base::blank_length(line);
    if (length == 0) break;
    line.remove_prefix(length);
  }
  return line;
}

// "Date:", "User:" and so on occur in ordinary text; these do not.
bool names_event(EventField field) {
  return field == EventField::type || field == EventField::source || field == EventField::id;
}

// The event being put together.
struct Block {
  static constexpr std::size_t kFields = static_cast<std::size_t>(EventField::other) + 1;
  std::array<std::string, kFields> fields;
  std::array<bool, kFields> seen{};
  bool bare = false;           // has a heading instead of labels
  std::size_t paragraphs = 0;  // of the description, that have ended
  std::uint32_t line = 0;
  std::uint64_t offset = 0;

  std::string& operator[](EventField field) { return fields[static_cast<std::size_t>(field)]; }
  bool has(EventField field) const { return seen[static_cast<std::size_t>(field)]; }
  // As Event Viewer shows it: "1194 (0x4aa)" is 1194, the upper half of a status code is left out.
  std::optional<std::uint32_t> id() {
    const std::string_view text = trim((*this)[EventField::id]);
    std::uint64_t value = 0;
    if (!base::parse_uint(text.substr(0, text.find_first_not_of("0123456789")), value) || value > 0xFFFF'FFFF)
      return std::nullopt;
    return static_cast<std::uint32_t>(value & 0xFFFF);
  }
  void see(EventField field) { seen[static_cast<std::size_t>(field)] = true; }
};

class BlockReader {
 public:
  BlockReader(std::string_view text, facts::InputId id, facts::Input& input) : text_(text), input_(input) {
    log_.input = id;
    log_.pasted = true;
  }

  facts::EventLog read() {
    base::LineCursor lines(text_);
    std::string_view line;
    while (lines.next(line)) {
      number_ = lines.number();
      take_line(without_quote_marks(line));
    }
    finish();
    times_.resolve(log_, input_);
    return std::move(log_);
  }

 private:
  enum class State { outside, header, description };

  void take_line(std::string_view line) {
    if (line.empty()) return take_blank_line();
    if (state_ == State::description && is_section(line)) return finish();
    std::size_t from = take_heading(line);  // of the text not yet taken
    for (std::size_t at = from; at < line.size(); ++at) {
      if (base::is_word_before(line, at)) continue;
      const auto label = event_label(line.substr(at));
      if (!label || !counts(*label, line, at)) continue;
      take_text(line.substr(from, at - from));
      take_label(label->field, line.data() + at);
      from = at + label->length;
      at = from - 1;
    }
    take_text(line.substr(from));
    after_blank_ = false;
  }

  // Begins an event when the line begins like one. Returns the length of its heading, 0 when it has none.
  std::size_t take_heading(std::string_view line) {
    if (state_ == State::header || event_label(line)) return 0;
    if (begins_start_message(line)) {
      begin_bare(line.data(), facts::kServicesConsole, 0);
      return 0;
    }
    const auto heading = event_heading(line);
    if (!heading || (heading->source.empty() && !may_end_here())) return 0;
    begin_bare(line.data(), heading->source, heading->id);
    return heading->length;
  }

  void begin_bare(const char* where, std::string_view source, std::uint32_t id) {
    begin_block(where);
    block_.bare = true;
    block_[EventField::source] = source;
    block_[EventField::id] = std::to_string(id);
    field_ = EventField::description;
    state_ = State::description;
  }

  // A number at the beginning of a line may belong to the sentence of the line before.
  bool may_end_here() {
    const std::string& text = block_[EventField::description];
    return state_ == State::outside || after_blank_ || text.empty() || text.back() == '.' ||
           text.back() == ')';
  }

  // Is this label one, or a word of the surrounding text?
  bool counts(const EventLabel& label, std::string_view line, std::size_t at) const {
    const bool begins_event = label.common ? label.field == EventField::source &&
                                                 begins_with_event_source(line.substr(at + label.length))
                                           : names_event(label.field);
    if (state_ == State::header) {
      // A field that comes twice is not a field of this event, unless it begins the next one.
      return (at == 0 || !label.common) && (!block_has(label.field) || begins_event);
    }
    return begins_event && (at == 0 || label.field == EventField::type);
  }
  bool block_has(EventField field) const { return block_.has(field); }

  void take_label(EventField field, const char* where) {
    if (state_ != State::header || block_.has(field)) {
      begin_block(where);
      state_ = State::header;
    } else if (after_blank_) {
      double_spaced_ = true;
    }
    after_blank_ = false;
    block_.see(field);
    field_ = field;
    if (field == EventField::description) state_ = State::description;
  }

  void begin_block(const char* where) {
    finish();
    block_.line = number_;
    block_.offset = static_cast<std::uint64_t>(where - text_.data());
    after_blank_ = false;
  }

  void take_text(std::string_view text) {
    if (state_ == State::outside || trim(text).empty()) return;
    if (state_ == State::header && !block_[field_].empty() && text_begins_description()) {
      if (after_blank_) return finish();  // prose behind an event that has no description
      block_.see(EventField::description);
      field_ = EventField::description;
      state_ = State::description;
    }
    if (state_ == State::header && field_ == EventField::computer && block_[field_].empty())
      return take_computer(text);
    append(block_[field_], text);
  }

  // A line without a label after a complete header; sources and categories may be wrapped, the other fields
  // are short.
  bool text_begins_description() const {
    const bool wraps = field_ == EventField::source || field_ == EventField::category;
    return !wraps || (block_.has(EventField::source) && block_.has(EventField::id));
  }

  // A computer name has no blanks; what stands behind it is a description whose label is missing.
  void take_computer(std::string_view text) {
    text = without_quote_marks(text);
    const std::size_t end = text.find_first_of(" \t");
    block_[EventField::computer] = text.substr(0, std::min(end, kMaxFieldBytes));
    if (end != std::string_view::npos) take_text(text.substr(end));
  }

  void append(std::string& value, std::string_view written) {
    const std::string plain = base::with_plain_blanks(written);
    std::string_view text = plain;
    if (block_.bare && value.empty() && after_blank_) double_spaced_ = true;
    const bool description = field_ == EventField::description;
    const std::size_t limit = description ? kMaxEventDescriptionBytes : kMaxFieldBytes;
    if (!value.empty()) value.push_back(description ? '\n' : ' ');
    if (value.size() + text.size() > limit) {
      if (!cut_) input_.skipped_value(number_, "a field of the event is too long; its end was not read");
      cut_ = true;
      text = text.substr(0, value.size() < limit ? limit - value.size() : 0);
    }
    if (!description) text = trim(text);
    if (value.empty()) text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    value.append(text);
  }

  // In copied text a description ends at a blank line: what follows is "For more information" or other prose.
  // Mail programs that put a blank line after every line need two; a colon announces what follows.
  void take_blank_line() {
    const std::string& text = block_[EventField::description];
    if (state_ == State::description && !text.empty() && text.back() != ':' && !awaits_error()) {
      if ((!double_spaced_ || after_blank_) && !awaits_more()) finish();
    }
    after_blank_ = true;
  }

  // A description that only says that there is none has several paragraphs before its strings.
  bool awaits_more() {
    const std::string_view text = block_[EventField::description];
    const auto id = block_.id();
    return ++block_.paragraphs <= kMaxParagraphs && text.size() <= kMaxFieldBytes && id &&
           awaits_strings(trim(block_[EventField::source]), *id, text);
  }

  // The Services console puts a blank line before the error.
  bool awaits_error() {
    return block_[EventField::source] == facts::kServicesConsole && !after_blank_ &&
           !facts::has_word(block_[EventField::description], "error");
  }

  void finish() {
    if (state_ != State::outside) take_block();
    block_ = {};
    state_ = State::outside;
    cut_ = double_spaced_ = false;
  }

  void take_block() {
    const auto id = block_.id();
    if (id && (block_.bare || block_[EventField::source].empty())) complete(*id);
    if (!id || block_[EventField::source].empty()) {
      // "Event ID: 5" alone is prose about an event.
      if (!block_.has(EventField::type) || !block_.has(EventField::source)) return;
      return input_.skipped_record(block_.line, "a copied event without a number or a source");
    }
    facts::Event event;
    event.id = *id;
    event.source = std::move(block_[EventField::source]);
    event.type = event_type(block_[EventField::type]);
    event.category = std::move(block_[EventField::category]);
    event.computer = std::move(block_[EventField::computer]);
    event.description = description_of(event.source);
    if (block_.bare && event.source == facts::kServicesConsole) {
      const std::string message = facts::unwrap(event.description);
      event.computer = start_message_computer(message).substr(0, kMaxFieldBytes);
    }
    event.strings = unrendered_strings(event);
    event.location = {.input = log_.input, .line = block_.line, .offset = block_.offset};
    times_.add(block_[EventField::date], block_[EventField::time], block_[EventField::type], block_.line);
    log_.events.push_back(std::move(event));
  }

  // The source that the text proves; none when the text is not that of the event.
  void complete(std::uint32_t id) {
    std::string& source = block_[EventField::source];
    const facts::CataloguedEvent* known =
        source.empty() ? facts::find_catalogued_id(id) : facts::find_catalogued(source, id);
    const bool proven = known != nullptr && facts::has_shape(*known, block_[EventField::description]);
    source = proven ? known->source : std::string_view();
  }

  // Without the prose that follows it.
  std::string description_of(std::string_view source) {
    std::string text = std::move(block_[EventField::description]);
    if (base::ascii_iequals(source, facts::kMtaSource))
      text.resize(std::min(facts::locator_end(text), text.size()));
    while (text.ends_with(' ') || text.ends_with('\t')) text.pop_back();
    return text;
  }

  std::string_view text_;
  facts::Input& input_;
  facts::EventLog log_;
  EventTimes times_;
  Block block_;
  State state_ = State::outside;
  EventField field_ = EventField::other;
  std::uint32_t number_ = 0;
  bool after_blank_ = false;
  bool double_spaced_ = false;
  bool cut_ = false;
};

}  // namespace

bool looks_like_event_blocks(std::string_view head) {
  facts::Input ignored;
  return !BlockReader(head, facts::kNoInput, ignored).read().events.empty();
}

facts::EventLog read_event_blocks(std::string_view bytes, facts::InputId id, facts::Input& input) {
  const base::DecodedText decoded = base::decode_text(bytes);
  facts::EventLog log = BlockReader(decoded.text, id, input).read();
  input.records = log.events.size();
  if (log.events.empty()) input.note(0, "no copied event was found");
  return log;
}

}  // namespace exaudit::readers
