// LDIF (RFC 2849) as ldifde, ldapsearch and exaudit itself write it, streamed over the bytes where they are.
//
// A record is a run of lines up to a blank one. Lines are found with memchr; values stay slices of the input,
// folded and base64 ones are decoded by whoever needs them. Surprising facts: ldapsearch ends its output with
// a pseudo record ("search: 2 / result: 4 Size limit exceeded") that tells a cut-off search, and tells in "#
// requesting:" which attributes were asked for. "# server:" names the directory server that answered;
// exaudit's own command file (report/collect_script.h) writes both.
#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "facts/record.h"
#include "readers/ldif_lines.h"
#include "readers/ldif_scan.h"
#include "readers/readers.h"

namespace exaudit::readers {

namespace {

using ldif::kMaxLinesPerRecord;
using ldif::kMaxValueBytes;
using ldif::Line;
using ldif::Lines;

constexpr std::size_t kMaxCommentBytes = 64U << 10;  // all 908 attributes by name are 20 KB

// A hostile value must not fill the report.
constexpr std::size_t kShown = 200;
constexpr std::size_t kShownReason = 2000;  // two names of a certificate, and then what is wrong with it

std::string shortened(std::string_view text, std::size_t limit = kShown) {
  return text.size() <= limit ? std::string(text) : fmt::format("{}...", text.substr(0, limit));
}

class LdifReader {
 public:
  LdifReader(std::string_view text, facts::InputId id, facts::Input& input, facts::ViewBuilder& builder)
      : lines_(text), id_(id), input_(input), builder_(builder) {}

  // The lines of [offset, end), which begin and end between paragraphs; `number` is that of the first one.
  void run(std::uint64_t offset, std::uint64_t end, std::uint32_t number) {
    Line line;
    lines_.restrict_to(offset, end, number);
    while (lines_.next(line)) {
      if (line.text.empty()) {
        end_record();
      } else if (line.text.front() == '#') {
        comment(line);
      } else {
        content(line);
      }
      if (!line.ended && line.text.front() != '#') cut_short(line);
    }
    end_record();
  }

  void finish() {
    if (own_ == Own::open) {
      input_.skipped_record(0, "the file was not collected to its end: \"# complete: yes\" is missing");
    }
    builder_.end_input(input_, requested_all_, std::move(requested_));
  }

 private:
  enum class State { between, in_record, skipping, search_result };
  // A view that exaudit collected (collectors/directory.h) says whether it is whole.
  enum class Own { no, open, ended };

  // "# name: value". The name is what ldapsearch or a collector writes.
  void comment(const Line& line) {
    if (line.text.size() > kMaxCommentBytes) return;
    const std::string text = facts::unfold(line.text);
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos) return;
    const std::string_view name = base::trim(std::string_view(text).substr(1, colon - 1));
    const std::string_view value = base::trim(std::string_view(text).substr(colon + 1));
    if (base::ascii_iequals(name, "requesting")) {
      requesting(value);
    } else if (base::ascii_iequals(name, "server")) {
      builder_.from_server(value);
    } else if (base::ascii_iequals(name, "exaudit directory view")) {
      own_ = Own::open;
    } else if (own_ == Own::open && name == "complete") {
      own_ = Own::ended;
    } else if (own_ != Own::no && name == "incomplete") {
      input_.skipped_record(line.number, shortened(value, kShownReason));
      own_ = Own::ended;
    } else if (own_ != Own::no && name == "searched recipients") {
      builder_.domain_searched(value);
    } else if (own_ != Own::no && name == "global catalog") {
      builder_.from_global_catalog(value == "yes");
    }
  }

  // Of several searches in one file, only what all of them asked for was asked for of any object.
  void requesting(std::string_view names) {
    std::set<std::string> asked;
    bool all = false;
    for (const std::string_view word : base::split(names, ' ')) {
      all = all || word == "ALL" || word == "*";
      if (!word.empty() && word != "+") asked.insert(base::ascii_lowered(word));
    }
    if (!all && (!asked_before_ || requested_all_)) {
      requested_.assign(asked.begin(), asked.end());
    } else if (!all) {
      std::erase_if(requested_, [&asked](const std::string& name) { return !asked.contains(name); });
    }
    requested_all_ = all && (!asked_before_ || requested_all_);
    asked_before_ = true;
  }

  void content(const Line& line) {
    facts::RecordValue value;
    value.line = line.number;
    value.folded = line.folded;
    const bool understood = ldif::split_line(line, value);
    switch (state_) {
      case State::between:
        begin_record(line, value, understood);
        return;
      case State::in_record:
        add_value(line, value, understood);
        return;
      case State::search_result:
        search_result(line, value);
        return;
      case State::skipping:
        return;
    }
  }

  void begin_record(const Line& line, facts::RecordValue& value, bool understood) {
    if (understood && base::ascii_iequals(value.name, "dn")) {
      start(line, value);
    } else if (understood && base::ascii_iequals(value.name, "version")) {
      // the state stays: a record may follow without a blank line
    } else if (understood &&
               (base::ascii_iequals(value.name, "search") || base::ascii_iequals(value.name, "result"))) {
      state_ = State::search_result;
      search_result(line, value);
    } else if (understood && base::ascii_iequals(value.name, "ref")) {
      state_ = State::skipping;  // a continuation reference: where more data may be, not data
    } else {
      input_.skipped_record(line.number, "these lines belong to no record: a \"dn:\" line is expected here");
      state_ = State::skipping;
    }
  }

  void start(const Line& line, facts::RecordValue& value) {
    state_ = State::in_record;
    record_.values.clear();
    record_.location = {id_, line.number, 0, line.offset};
    std::string_view dn;
    if (value.form == facts::RecordValue::Form::absent || !facts::decode_value(value, dn_storage_, dn)) {
      input_.skipped_record(
          line.number,
          value.form == facts::RecordValue::Form::absent
              ? "the record's DN is given as a URL, which is never fetched; the record is skipped"
              : "the record's DN is no valid base64; the record is skipped");
      state_ = State::skipping;
      return;
    }
    record_.dn = dn;
  }

  void add_value(const Line& line, facts::RecordValue& value, bool understood) {
    if (!understood) {
      input_.skipped_value(line.number, "this line is no \"attribute: value\" line; it is skipped");
      record_.values.push_back(value);
      record_.values.back().form = facts::RecordValue::Form::absent;
      return;
    }
    if (base::ascii_iequals(value.name,
                            "dn")) {  // a blank line is missing, as after a bad merge of two files
      input_.note(line.number, "a new record begins without a blank line before it");
      end_record();
      start(line, value);
      return;
    }
    if (base::ascii_iequals(value.name, "changetype")) {
      std::string storage;
      std::string_view kind;
      const bool readable = facts::decode_value(value, storage, kind);
      if (readable && base::ascii_iequals(base::trim(kind), "add")) return;
      input_.note(line.number,
                  fmt::format("the record is a change (changetype: {}), not directory content; it is skipped",
                              shortened(kind)));
      state_ = State::skipping;
      return;
    }
    if (base::ascii_iequals(value.name, "control")) return;
    if (value.form == facts::RecordValue::Form::absent) {
      input_.skipped_value(line.number, fmt::format("the value of {} is given as a URL, which is never "
                                                    "fetched; the attribute counts as not observed",
                                                    shortened(value.name)));
    } else if (value.bytes.size() > kMaxValueBytes) {
      input_.skipped_value(line.number, fmt::format("the value of {} is longer than {} bytes and is skipped",
                                                    shortened(value.name), kMaxValueBytes));
      value.form = facts::RecordValue::Form::absent;
    }
    if (record_.values.size() >= kMaxLinesPerRecord) {
      if (record_.values.size() == kMaxLinesPerRecord) {
        input_.skipped_value(
            line.number,
            fmt::format("the record has more than {} lines; the rest of it is skipped", kMaxLinesPerRecord));
        value.name = {};
        value.form = facts::RecordValue::Form::absent;
        record_.values.push_back(value);
      }
      return;
    }
    record_.values.push_back(value);
  }

  void search_result(const Line& line, const facts::RecordValue& value) {
    if (!base::ascii_iequals(value.name, "result")) return;
    const std::string_view code = value.bytes.substr(0, value.bytes.find(' '));
    if (code == "0") return;
    input_.skipped_record(line.number,
                          fmt::format("the search was cut off: result {}", shortened(value.bytes)));
  }

  // Nothing tells whether the last line is whole, so it does not count, and whatever might have followed is
  // unknown.
  void cut_short(const Line& line) {
    if (state_ == State::search_result) return;
    if (state_ == State::in_record && !record_.values.empty()) {
      record_.values.back().form = facts::RecordValue::Form::absent;
    } else if (state_ == State::in_record) {
      state_ = State::skipping;  // even the DN may be cut
    }
    input_.skipped_record(
        line.number, "the file ends in the middle of a line: that line is skipped, and more may be missing");
  }

  void end_record() {
    if (state_ == State::in_record) {
      if (builder_.add(record_)) {
        ++input_.records;
      } else {
        input_.skipped_record(
            record_.location.line,
            fmt::format("\"{}\" is no distinguished name; the record is skipped", shortened(record_.dn)));
      }
      for (const facts::RecordValue& value : record_.values) {
        if (value.failed) {
          input_.skipped_value(
              value.line,
              fmt::format("the value of {} is no valid base64; the attribute counts as not observed",
                          shortened(value.name)));
        }
      }
    }
    state_ = State::between;
    record_.values.clear();
  }

  Lines lines_;
  facts::InputId id_;
  facts::Input& input_;
  facts::ViewBuilder& builder_;
  State state_ = State::between;
  facts::Record record_;
  std::string dn_storage_;
  Own own_ = Own::no;
  bool asked_before_ = false;
  bool requested_all_ = false;
  std::vector<std::string> requested_;
};

// UTF-16 (ldifde -u) is converted once, piece by piece: the text may be larger than memory.
base::Result<base::BufferPtr> converted(std::string_view text, bool big_endian, bool& had_invalid) {
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  base::Spool spool;
  while (!text.empty()) {
    std::size_t size = std::min(kPiece, text.size());
    if (size < text.size()) {
      const auto last = static_cast<unsigned char>(text[size - (big_endian ? 2 : 1)]);
      if (last >= 0xD8 && last <= 0xDB) size -= 2;  // half of a character
    }
    bool invalid = false;
    const std::string piece = base::utf16_to_utf8(text.substr(0, size), big_endian, &invalid);
    had_invalid = had_invalid || invalid;
    if (!spool.append(piece)) break;
    text.remove_prefix(size);
  }
  return spool.finish();
}

std::optional<base::Encoding> utf16_of(std::string_view text) {
  if (!text.starts_with("\xFF\xFE") && !text.starts_with("\xFE\xFF") &&
      text.substr(0, 64).find('\0') == std::string_view::npos)
    return std::nullopt;
  const base::Encoding encoding = base::decode_text(text.substr(0, kRecogniseBytes)).encoding;
  const bool wide = encoding == base::Encoding::utf16le || encoding == base::Encoding::utf16be;
  return wide ? std::optional(encoding) : std::nullopt;
}

void read_text(std::string_view text, facts::InputId id, facts::Input& input, facts::ViewBuilder& builder,
               const LdifOptions& options) {
  builder.readable_again(text, ldif::read_again);
  LdifReader reader(text, id, input, builder);
  ldif::Scanned scanned;
  if (options.careful) {
    scanned.leftovers.push_back({0, text.size(), 1});
  } else {
    scanned = ldif::scan(text, id, builder, options);
  }
  input.records += scanned.records;
  for (const ldif::Leftover& each : scanned.leftovers) {
    if (scanned.stopped) break;
    reader.run(each.offset, each.end, each.line);
    scanned.stopped = options.stop && options.stop();
  }
  if (scanned.stopped) input.skipped_record(0, "reading was stopped before the end");
  reader.finish();
}

}  // namespace

bool ldif::read_again(std::string_view text, const facts::Location& at, facts::Record& record,
                      std::string& storage) {
  Lines lines(text);
  lines.restrict_to(at.offset, text.size(), at.line);
  Line line;
  facts::RecordValue value;
  if (!lines.next(line) || !split_line(line, value) || !base::ascii_iequals(value.name, "dn")) return false;
  value.folded = line.folded;
  record.values.clear();
  record.location = at;
  if (!facts::decode_value(value, storage, record.dn)) return false;
  while (lines.next(line) && !line.text.empty() && record.values.size() < kMaxLinesPerRecord) {
    if (line.text.front() == '#') continue;
    value = {};
    value.line = line.number;
    value.folded = line.folded;
    const bool understood = split_line(line, value);
    if (understood && base::ascii_iequals(value.name, "dn")) break;
    if (understood &&
        (base::ascii_iequals(value.name, "changetype") || base::ascii_iequals(value.name, "control")))
      continue;
    if (!understood || !line.ended || value.bytes.size() > kMaxValueBytes)
      value.form = facts::RecordValue::Form::absent;
    record.values.push_back(value);
  }
  return true;
}

void read_ldif(const base::BufferPtr& buffer, facts::InputId id, facts::Input& input,
               facts::ViewBuilder& builder, const LdifOptions& options) {
  std::string_view text = buffer->view();
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const auto utf16 = utf16_of(text);
  if (!utf16) return read_text(text, id, input, builder, options);
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) text.remove_prefix(2);
  bool had_invalid = false;
  const auto utf8 = converted(text, *utf16 == base::Encoding::utf16be, had_invalid);
  if (had_invalid) input.note(0, "the UTF-16 text contains invalid characters; they were replaced");
  if (!utf8) input.skipped_record(0, "cannot be converted from UTF-16: it " + utf8.error().message);
  if (utf8) builder.keep_alive(*utf8);
  read_text(utf8 ? (*utf8)->view() : std::string_view(), id, input, builder, options);
}

}  // namespace exaudit::readers
