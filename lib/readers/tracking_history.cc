// A history copied out of the Message Tracking Center, or out of an article or mail that shows one (KB
// 828938): a time and a text for each step, as columns or with blanks between, at times several steps run
// together on one line or one is wrapped to the next, at times without the times.
#include "readers/tracking_history.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "base/words.h"
#include "readers/readers.h"

namespace exaudit::readers {

namespace {

using base::trim;
using facts::TrackingLine;
using facts::TrackingStep;

constexpr std::size_t kMaxLines = 100'000;   // one message; retries every five minutes for a year are as many
constexpr std::size_t kMinWords = 5;         // "SMTP:", what is left of a step on a wrapped line
constexpr std::size_t kMaxTextBytes = 1024;  // of a step; the longest known is 60 and an address

struct KnownStep {
  std::string_view text;
  TrackingStep step;
};

constexpr std::array<KnownStep, 6> kSteps = {{
    {"SMTP: Message Delivered Locally to", TrackingStep::delivered_locally},
    {"SMTP: Message Scheduled to Retry Local Delivery", TrackingStep::retry_scheduled},
    {"Report generated internally", TrackingStep::report_generated},
    {"SMTP Store Driver: Message Submitted from Store", TrackingStep::submitted_from_store},
    {"SMTP Store Driver: Submitted Message to MTA", TrackingStep::submitted_to_mta},
    {"Unroutable report discarded", TrackingStep::unroutable_report_discarded},
}};

// Around and between columns, and the marks of quoted mails and lists.
constexpr std::string_view kFiller = " \t,;\"'>|*`";
constexpr std::string_view kBullet = "\xE2\x80\xA2";

std::string_view skip_filler(std::string_view text) {
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(kFiller), text.size()));
    if (!text.starts_with(kBullet)) return text;
    text.remove_prefix(kBullet.size());
  }
}

std::string_view strip(std::string_view text) {
  text = skip_filler(text);
  const std::size_t last = text.find_last_not_of(kFiller);
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes numbers with `separators` between them; false leaves `text` anywhere.
bool take_group(std::string_view& text, std::string_view separators, std::size_t at_least,
                std::size_t at_most) {
  char separator = '\0';
  for (std::size_t count = 0;; ++count) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0 || digits > 4) return false;
    text.remove_prefix(digits);
    const bool more = !text.empty() && separators.find(text.front()) != std::string_view::npos &&
                      (separator == '\0' || separator == text.front()) && text.size() > 1 &&
                      is_digit(text[1]);
    if (!more || count + 1 == at_most) return count + 1 >= at_least;
    separator = text.front();
    text.remove_prefix(1);
  }
}

// The length of "2003-9-12 22:53:18" or "9/12/2003 10:53 PM" at the beginning of `text`; 0 when there is
// none.
std::size_t time_length(std::string_view text) {
  std::string_view rest = text;
  if (!take_group(rest, "-/.", 3, 3)) return 0;
  const std::size_t gap = std::min(rest.find_first_not_of(" \t,;\"T"), rest.size());
  if (gap == 0 || gap > 8) return 0;
  rest.remove_prefix(gap);
  if (!take_group(rest, ":", 2, 3)) return 0;
  std::string_view half = rest;
  half.remove_prefix(std::min(half.find_first_not_of(' '), half.size()));
  const bool word = base::ascii_istarts_with(half, "AM") || base::ascii_istarts_with(half, "PM");
  if (word && (half.size() == 2 || kFiller.find(half[2]) != std::string_view::npos)) rest = half.substr(2);
  return text.size() - rest.size();
}

const KnownStep* step_at(std::string_view text) {
  const auto it = std::find_if(kSteps.begin(), kSteps.end(), [&](const KnownStep& step) {
    return base::ascii_istarts_with(text, step.text);
  });
  return it == kSteps.end() ? nullptr : &*it;
}

// "2003-9-12", and nothing else.
bool is_date(std::string_view text) { return take_group(text, "-/.", 3, 3) && text.empty(); }

// Does a line of a history end within a step, so that the next line goes on with it: behind a date, a time,
// "to", or some words of a known step?
bool is_cut(std::string_view line) {
  constexpr std::size_t kTail = 80;  // longer than any step
  line = strip(line);
  if (is_date(line)) return true;
  if (time_length(line) == 0 && step_at(line) == nullptr) return false;
  for (std::size_t at = line.size() - std::min(line.size(), kTail); at < line.size(); ++at) {
    if (at > 0 && kFiller.find(line[at - 1]) == std::string_view::npos) continue;
    const std::string_view tail = line.substr(at);
    if (is_date(tail) || (!tail.empty() && time_length(tail) == tail.size())) return true;
    for (const KnownStep& step : kSteps) {
      const bool all = tail.size() == step.text.size() && step.step != TrackingStep::delivered_locally;
      if (tail.size() >= kMinWords && !all && base::ascii_istarts_with(step.text, tail)) return true;
    }
  }
  return false;
}

class HistoryReader {
 public:
  HistoryReader(facts::InputId id, facts::Input& input) : input_(input) { history_.location.input = id; }

  facts::TrackingHistory read(std::string_view text) {
    base::LineCursor lines(text);
    std::string_view line;
    std::string joined;
    while (!full_ && lines.next(line)) {
      const std::string plain = base::with_plain_blanks(line);
      const std::string_view written = skip_filler(plain);
      if (!joined.empty() && is_date(joined) && time_length(joined + ' ' + std::string(written)) == 0)
        joined.clear();  // a number with two dots in other text
      if (joined.empty()) {
        number_ = lines.number();
      } else if (!written.empty()) {
        joined += ' ';
      }
      joined += written;
      if (!written.empty() && joined.size() < kMaxTextBytes && is_cut(joined)) continue;
      take_line(joined);
      joined.clear();
    }
    take_line(joined);
    // Lines with a time occur everywhere; without one known step they are no history.
    if (!any_known_) history_.lines.clear();
    if (!history_.lines.empty()) history_.location.line = history_.lines.front().line;
    return std::move(history_);
  }

 private:
  // From the left: steps follow each other without anything else between them. Prose that mentions a step
  // begins with something else.
  void take_line(std::string_view line) {
    line = skip_filler(line);
    while (!line.empty() && !full_) {
      const std::size_t time = time_length(line);
      line = skip_filler(line.substr(time));
      const KnownStep* known = step_at(line);
      if (known == nullptr && time == 0) return;
      const std::size_t end = entry_end(line, known);
      if (!add(line.substr(0, end), known, time > 0)) return;
      line = skip_filler(line.substr(end));
    }
  }

  // Where the next entry begins: at a time, or at a known step.
  static std::size_t entry_end(std::string_view line, const KnownStep* known) {
    std::size_t at = known == nullptr ? 1 : known->text.size();
    for (; at < line.size(); ++at) {
      if (kFiller.find(line[at - 1]) == std::string_view::npos) continue;
      if (is_digit(line[at]) ? time_length(line.substr(at)) > 0 : step_at(line.substr(at)) != nullptr) break;
    }
    return std::min(at, line.size());
  }

  // False when the rest of the line is prose.
  bool add(std::string_view text, const KnownStep* known, bool timed) {
    text = strip(text);
    if (text.empty()) return true;
    TrackingLine line;
    line.line = number_;
    line.text = text.substr(0, kMaxTextBytes);
    if (text.size() > kMaxTextBytes) input_.skipped_value(number_, "the text of a step is too long; cut");
    if (known != nullptr) {
      line.step = known->step;
      const std::string_view rest = strip(text.substr(known->text.size()));
      const bool address = line.step == TrackingStep::delivered_locally;
      if (!timed && !rest.empty() && (!address || rest.find(' ') != std::string_view::npos)) return false;
      if (address) line.recipient = rest.substr(0, std::min(rest.find_first_of(" \t"), kMaxTextBytes));
      any_known_ = true;
    }
    if (history_.lines.size() == kMaxLines) {
      input_.skipped_record(number_, fmt::format("more than {} steps; the rest was not read", kMaxLines));
      full_ = true;
      return false;
    }
    history_.lines.push_back(std::move(line));
    return true;
  }

  facts::Input& input_;
  facts::TrackingHistory history_;
  std::uint32_t number_ = 0;
  bool any_known_ = false;
  bool full_ = false;
};

}  // namespace

bool looks_like_tracking_history(std::string_view head) {
  facts::Input ignored;
  return !HistoryReader(facts::kNoInput, ignored).read(head).lines.empty();
}

facts::TrackingHistory read_tracking_history(std::string_view bytes, facts::InputId id, facts::Input& input) {
  const base::DecodedText decoded = base::decode_text(bytes);
  facts::TrackingHistory history = HistoryReader(id, input).read(decoded.text);
  input.records = history.lines.size();
  if (history.lines.empty()) input.note(0, "no step of a message's history was found");
  return history;
}

}  // namespace exaudit::readers
