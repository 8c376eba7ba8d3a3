// Events copied out of Event Viewer, or out of an article or a mail that shows them: labelled fields, one
// below the other or run together, with any text between the events.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "readers/event_text.h"
#include "readers/event_time.h"
#include "readers/event_words.h"
#include "readers/readers.h"

namespace exaudit::readers {

namespace {

using base::trim;

constexpr std::size_t kMaxFieldBytes = 1024;  // of anything but a description

bool is_word_byte(char c) {
  const char lower = base::ascii_lower(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
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
  std::uint32_t line = 0;
  std::uint64_t offset = 0;

  std::string& operator[](EventField field) { return fields[static_cast<std::size_t>(field)]; }
  bool has(EventField field) const { return seen[static_cast<std::size_t>(field)]; }
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
      // Marks of a quoted mail.
      while (line.starts_with('>') || line.starts_with(' ') || line.starts_with('\t')) line.remove_prefix(1);
      take_line(line);
    }
    finish();
    times_.resolve(log_, input_);
    return std::move(log_);
  }

 private:
  enum class State { outside, header, description };

  void take_line(std::string_view line) {
    if (trim(line).empty()) return take_blank_line();
    std::size_t from = 0;  // of the text not yet taken
    for (std::size_t at = 0; at < line.size(); ++at) {
      if (at > 0 && is_word_byte(line[at - 1])) continue;
      const auto label = event_label(line.substr(at));
      if (!label || !counts(*label, at == 0)) continue;
      take_text(line.substr(from, at - from));
      take_label(label->field, line.data() + at);
      from = at + label->length;
      at = from - 1;
    }
    take_text(line.substr(from));
    after_blank_ = false;
  }

  // Is this label one, or a word of the surrounding text?
  bool counts(const EventLabel& label, bool at_line_start) const {
    if (state_ == State::header) {
      // A field that comes twice is not a field of this event, unless it begins the next one.
      return !block_has(label.field) || names_event(label.field);
    }
    return label.field == EventField::type || (at_line_start && names_event(label.field));
  }
  bool block_has(EventField field) const { return block_.has(field); }

  void take_label(EventField field, const char* where) {
    if (state_ != State::header || block_.has(field)) {
      finish();
      block_.line = number_;
      block_.offset = static_cast<std::uint64_t>(where - text_.data());
      state_ = State::header;
    } else if (after_blank_) {
      double_spaced_ = true;
    }
    after_blank_ = false;
    block_.see(field);
    field_ = field;
    if (field == EventField::description) state_ = State::description;
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
    text = trim(text);
    const std::size_t end = text.find_first_of(" \t");
    block_[EventField::computer] = text.substr(0, std::min(end, kMaxFieldBytes));
    if (end != std::string_view::npos) take_text(text.substr(end));
  }

  void append(std::string& value, std::string_view text) {
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
  // Mail programs that put a blank line after every line need two.
  void take_blank_line() {
    if (state_ == State::description && !block_[EventField::description].empty()) {
      if (!double_spaced_ || after_blank_) finish();
    }
    after_blank_ = true;
  }

  void finish() {
    if (state_ != State::outside) take_block();
    block_ = {};
    state_ = State::outside;
    cut_ = double_spaced_ = false;
  }

  void take_block() {
    const std::string_view id_text = trim(block_[EventField::id]);
    const std::string_view digits = id_text.substr(0, id_text.find_first_not_of("0123456789"));
    std::uint64_t id = 0;
    if (!base::parse_uint(digits, id) || id > 0xFFFF'FFFF || block_[EventField::source].empty()) {
      // "Event ID: 5" alone is prose about an event.
      if (!block_.has(EventField::type) || !block_.has(EventField::source)) return;
      return input_.skipped_record(block_.line, "a copied event without a number or a source");
    }
    facts::Event event;
    event.id = static_cast<std::uint32_t>(id & 0xFFFF);
    event.source = std::move(block_[EventField::source]);
    event.type = event_type(block_[EventField::type]);
    event.category = std::move(block_[EventField::category]);
    event.computer = std::move(block_[EventField::computer]);
    event.description = std::move(block_[EventField::description]);
    while (event.description.ends_with(' ') || event.description.ends_with('\t'))
      event.description.pop_back();
    event.location = {.input = log_.input, .line = block_.line, .offset = block_.offset};
    times_.add(block_[EventField::date], block_[EventField::time], block_[EventField::type], block_.line);
    log_.events.push_back(std::move(event));
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
