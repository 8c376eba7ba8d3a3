// LDIF (RFC 2849) as ldifde, ldapsearch and exaudit itself write it, streamed over the bytes where they are.
//
// A record is a run of lines up to a blank one. Lines are found with memchr; values stay slices of the input,
// folded and base64 ones are decoded by whoever needs them. Surprising facts: ldapsearch ends its output with
// a pseudo record ("search: 2 / result: 4 Size limit exceeded") that tells a cut-off search, and tells in "#
// requesting:" which attributes were asked for. "# server:" names the directory server that answered;
// exaudit's own command file (report/collect_script.h) writes both.
#include <cstring>

#include <fmt/format.h>

#include "base/text.h"
#include "facts/record.h"
#include "readers/readers.h"

namespace exaudit::readers {

namespace {

// AD refuses values above 10 MB (MaxReceiveBuffer); a longer "value" is a damaged file.
constexpr std::size_t kMaxValueBytes = 16U << 20;
constexpr std::size_t kMaxCommentBytes = 64U << 10;  // all 908 attributes by name are 20 KB
// 50,000 back links in one attribute are real, two million lines in one object are not.
constexpr std::size_t kMaxLinesPerRecord = 2'000'000;

// A hostile value must not fill the report.
constexpr std::size_t kShown = 200;
constexpr std::size_t kShownReason = 2000;  // two names of a certificate, and then what is wrong with it

std::string shortened(std::string_view text, std::size_t limit = kShown) {
  return text.size() <= limit ? std::string(text) : fmt::format("{}...", text.substr(0, limit));
}

struct Line {
  std::string_view text;     // with its continuation lines, without the last line end
  std::uint32_t number = 0;  // of its first physical line
  std::uint64_t offset = 0;
  bool folded = false;
  bool ended = false;  // a line end follows
};

// Cuts logical lines: a physical line and the continuation lines (one leading blank) after it.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  bool next(Line& line) {
    if (at_ >= text_.size()) return false;
    line.offset = at_;
    line.number = number_;
    line.folded = false;
    const std::size_t begin = at_;
    std::size_t end = physical_end(line.ended);
    while (line.ended && at_ < text_.size() && text_[at_] == ' ' && end > begin) {
      line.folded = true;
      end = physical_end(line.ended);
    }
    line.text = text_.substr(begin, end - begin);
    return true;
  }

 private:
  // Moves behind the line end; returns where the text of the line ends.
  std::size_t physical_end(bool& ended) {
    const void* found = std::memchr(text_.data() + at_, '\n', text_.size() - at_);
    ++number_;
    if (found == nullptr) {
      ended = false;
      at_ = text_.size();
      return at_;
    }
    ended = true;
    std::size_t end = static_cast<std::size_t>(static_cast<const char*>(found) - text_.data());
    at_ = end + 1;
    if (end > 0 && text_[end - 1] == '\r') --end;
    return end;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t number_ = 1;
};

class LdifReader {
 public:
  LdifReader(std::string_view text, facts::InputId id, facts::Input& input, facts::ViewBuilder& builder)
      : lines_(text), id_(id), input_(input), builder_(builder) {}

  void run() {
    Line line;
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
    if (own_ == Own::open) {
      input_.skipped_record(line.number,
                            "the file was not collected to its end: \"# complete: yes\" is missing");
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

  void requesting(std::string_view names) {
    for (const std::string_view word : base::split(names, ' ')) {
      if (word.empty()) continue;
      if (word == "ALL" || word == "*") {
        requested_all_ = true;
      } else if (word != "+") {
        requested_.push_back(base::ascii_lowered(word));
      }
    }
  }

  void content(const Line& line) {
    facts::RecordValue value;
    value.line = line.number;
    value.folded = line.folded;
    const bool understood = split_line(line, value);
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

  // "name: value", "name:: base64", "name:< URL". The name of a folded line may itself be folded; that is
  // left to the damaged.
  bool split_line(const Line& line, facts::RecordValue& value) {
    const std::size_t colon = line.text.find(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    value.name = line.text.substr(0, colon);
    for (const char c : value.name) {
      const bool legal = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                         c == '-' || c == ';' || c == '.' || c == '=' || c == '*' || c == '_';
      if (!legal) {
        value.name = {};
        return false;
      }
    }
    std::string_view rest = line.text.substr(colon + 1);
    skip_folds(rest);
    if (rest.starts_with(':')) {
      value.form = facts::RecordValue::Form::base64;
      rest.remove_prefix(1);
    } else if (rest.starts_with('<')) {
      value.form = facts::RecordValue::Form::absent;
      rest.remove_prefix(1);
    }
    skip_folds(rest);
    while (rest.starts_with(' ')) {
      rest.remove_prefix(1);
      skip_folds(rest);
    }
    value.bytes = rest;
    return true;
  }

  // A line may be folded before its value begins. Inside a logical line every line end is a fold.
  static void skip_folds(std::string_view& rest) {
    while (rest.starts_with("\n ") || rest.starts_with("\r\n ")) rest.remove_prefix(rest.find(' ') + 1);
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
  bool requested_all_ = false;
  std::vector<std::string> requested_;
};

}  // namespace

void read_ldif(const base::BufferPtr& buffer, facts::InputId id, facts::Input& input,
               facts::ViewBuilder& builder) {
  std::string_view text = buffer->view();
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  // UTF-16 (ldifde -u) is converted once; everything else is read where it is.
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") ||
      text.substr(0, 64).find('\0') != std::string_view::npos) {
    base::DecodedText decoded = base::decode_text(text);
    if (decoded.encoding == base::Encoding::utf16le || decoded.encoding == base::Encoding::utf16be) {
      if (decoded.had_invalid)
        input.note(0, "the UTF-16 text contains invalid characters; they were replaced");
      base::BufferPtr converted = base::buffer_from(std::move(decoded.storage));
      builder.keep_alive(converted);
      LdifReader(converted->view(), id, input, builder).run();
      return;
    }
  }
  LdifReader(text, id, input, builder).run();
}

}  // namespace exaudit::readers
