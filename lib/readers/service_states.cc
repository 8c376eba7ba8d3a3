// Three kinds of lists: blocks of labelled lines (sc), indented display names (net start), and a csv.
#include "readers/service_states.h"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "readers/console.h"
#include "readers/csv_table.h"
#include "readers/readers.h"

namespace exaudit::readers {

namespace {

using base::trim;
using facts::Service;
using facts::ServiceState;
using facts::ServiceTable;
using facts::StartMode;

constexpr std::size_t kMaxServices = 100'000;  // a server has some 200
// A list of all services, or of all that run, is longer than this on every Windows: a shorter one was asked
// for by name.
constexpr std::size_t kFewServices = 5;
constexpr std::uint64_t kWin32 =
    0x30;  // SERVICE_WIN32_OWN_PROCESS, SERVICE_WIN32_SHARE_PROCESS; others are drivers

// The numbers of the service control manager; the words behind them may be in any language.
ServiceState state_of(std::uint64_t number) {
  if (number == 1) return ServiceState::stopped;
  if (number == 4) return ServiceState::running;
  return number >= 2 && number <= 7 ? ServiceState::other : ServiceState::not_observed;
}

StartMode start_of(std::uint64_t number) {
  if (number == 2) return StartMode::automatic;
  if (number == 3) return StartMode::manual;
  if (number == 4) return StartMode::disabled;
  return number < 2 ? StartMode::other : StartMode::not_observed;
}

// Win32_Service and Get-Service; not translated.
ServiceState state_of(std::string_view word) {
  if (base::ascii_iequals(word, "Running")) return ServiceState::running;
  if (base::ascii_iequals(word, "Stopped")) return ServiceState::stopped;
  for (const std::string_view other :
       {"Start Pending", "Stop Pending", "Continue Pending", "Pause Pending", "Paused", "StartPending",
        "StopPending", "ContinuePending", "PausePending"}) {
    if (base::ascii_iequals(word, other)) return ServiceState::other;
  }
  return ServiceState::not_observed;
}

StartMode start_of(std::string_view word) {
  if (base::ascii_iequals(word, "Auto") || base::ascii_iequals(word, "Automatic"))
    return StartMode::automatic;
  if (base::ascii_iequals(word, "Manual")) return StartMode::manual;
  if (base::ascii_iequals(word, "Disabled")) return StartMode::disabled;
  if (base::ascii_iequals(word, "Boot") || base::ascii_iequals(word, "System")) return StartMode::other;
  return StartMode::not_observed;
}

// What the table says about services that are not in it, by those that are. "state= inactive" lists no
// running service, and then says nothing.
ServiceTable::Covers covered(const ServiceTable& table) {
  const auto has = [&](ServiceState state) {
    return std::any_of(table.services.begin(), table.services.end(),
                       [&](const Service& service) { return service.state == state; });
  };
  if (table.services.size() <= kFewServices || !has(ServiceState::running)) return ServiceTable::Covers::some;
  return has(ServiceState::stopped) ? ServiceTable::Covers::all : ServiceTable::Covers::running;
}

// ---- sc

struct Field {
  std::string_view label;
  std::string_view value;
};

std::optional<Field> labelled(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return Field{trim(line.substr(0, colon)), trim(line.substr(colon + 1))};
}

// The number that begins "4  RUNNING".
std::optional<std::uint64_t> leading_number(std::string_view value, bool hexadecimal = false) {
  std::uint64_t number = 0;
  const std::string_view word = value.substr(0, value.find_first_of(" \t"));
  if (!(hexadecimal ? base::parse_hex(word, number) : base::parse_uint(word, number))) return std::nullopt;
  return number;
}

class ScReader {
 public:
  ScReader(facts::InputId id, facts::Input& input) : input_(input) { table_.location.input = id; }

  ServiceTable read(std::string_view text) {
    base::LineCursor lines(text);
    std::string_view line;
    while (lines.next(line)) {
      number_ = lines.number();
      line = trim(line);
      // "Enum: more data, need 1822 bytes start resume at index 79"
      if (base::ascii_istarts_with(line, "Enum: more data")) {
        cut("sc did not list all services; repeat it with bufsize= 65536");
      } else if (const auto field = labelled(line)) {
        if (!take(*field)) break;
      }
    }
    finish_block();
    table_.covers = listing_ && win32_ > kFewServices ? covered(table_) : ServiceTable::Covers::some;
    return std::move(table_);
  }

 private:
  bool take(const Field& field) {
    if (base::ascii_iequals(field.label, "SERVICE_NAME")) return begin(field.value);
    if (current_ == nullptr) return true;
    if (base::ascii_iequals(field.label, "DISPLAY_NAME")) {
      displayed_ = true;
      if (current_->display_name.empty()) current_->display_name = field.value;
    } else if (base::ascii_iequals(field.label, "TYPE")) {
      if ((leading_number(field.value, true).value_or(0) & kWin32) != 0) ++win32_;
    } else if (base::ascii_iequals(field.label, "STATE")) {
      has_state_ = true;
      take_number(field.value, current_->state);
    } else if (base::ascii_iequals(field.label, "START_TYPE")) {
      has_start_ = true;
      take_number(field.value, current_->start);
    }
    return true;
  }

  bool begin(std::string_view name) {
    finish_block();
    if (name.empty()) {
      cut("a service without a name");
      return true;
    }
    if (table_.location.line == 0) table_.location.line = number_;
    const auto [known, added] = by_name_.try_emplace(base::fold(name), table_.services.size());
    if (added && table_.services.size() == kMaxServices) {
      cut(fmt::format("more than {} services; the rest was not read", kMaxServices));
      return false;
    }
    if (added) {
      Service& service = table_.services.emplace_back();
      service.name = name;
      service.line = number_;
    }
    current_ = &table_.services[known->second];
    block_line_ = number_;
    return true;
  }

  // "sc query" and "sc qc" of one service may both be there; of two states the first one counts.
  template <typename T>
  void take_number(std::string_view value, T& target) {
    const auto number = leading_number(value);
    const T found = number ? decode(*number, target) : T::not_observed;
    if (found == T::not_observed) {
      input_.skipped_value(number_, fmt::format("\"{}\" does not begin with a known number", value));
    } else if (target == T::not_observed) {
      target = found;
    }
  }
  static ServiceState decode(std::uint64_t number, ServiceState) { return state_of(number); }
  static StartMode decode(std::uint64_t number, StartMode) { return start_of(number); }

  // A list of many services shows display names in front of the states; "sc query NAME" and "sc qc NAME" do
  // not.
  void finish_block() {
    if (current_ == nullptr) return;
    if (!has_state_ && !has_start_) {
      input_.skipped_value(block_line_, "the service has neither a state nor a start type");
      table_.complete = false;
    }
    if (has_state_ && !displayed_) listing_ = false;
    current_ = nullptr;
    displayed_ = has_state_ = has_start_ = false;
  }

  void cut(std::string message) {
    input_.skipped_record(number_, std::move(message));
    table_.complete = false;
  }

  facts::Input& input_;
  ServiceTable table_;
  std::unordered_map<std::string, std::size_t> by_name_;  // folded
  Service* current_ = nullptr;
  std::uint32_t number_ = 0;
  std::uint32_t block_line_ = 0;
  std::size_t win32_ = 0;
  bool displayed_ = false;  // of the block at hand, as the two below
  bool has_state_ = false;
  bool has_start_ = false;
  bool listing_ = true;
};

// What begins like a block must show a numbered state somewhere; text of any kind may hold the labels.
bool looks_like_sc(std::string_view head) {
  base::LineCursor lines(head);
  std::string_view line;
  bool name = false;
  while (lines.next(line)) {
    if (trim(line).empty() || is_console_line(line) || trim(line).starts_with("[SC]")) continue;
    const auto field = labelled(line);
    if (!name) {
      name = field && base::ascii_iequals(field->label, "SERVICE_NAME") && !field->value.empty();
      if (!name) return false;
    } else if (field && (base::ascii_iequals(field->label, "STATE") ||
                         base::ascii_iequals(field->label, "START_TYPE"))) {
      if (leading_number(field->value)) return true;
    }
  }
  return false;
}

// ---- net start

constexpr std::string_view kIndent = "   ";

bool is_listed(std::string_view line) { return line.starts_with(kIndent) && !trim(line).empty(); }

// Beginnings, ends or wholes of display names that no edition of Windows translates.
bool is_untranslated(std::string_view name) {
  return base::ascii_istarts_with(name, "Microsoft Exchange ") ||
         base::ascii_iequals(name, "Plug and Play") || base::ascii_iequals(name, "Plug & Play") ||
         name.ends_with(" (RPC)") || name.ends_with(" (SMTP)");
}

bool is_net_start_header(std::string_view line) {
  return base::ascii_istarts_with(line, "These Windows ") && trim(line).ends_with("services are started:");
}

bool looks_like_net_start(std::string_view head) {
  base::LineCursor lines(head);
  std::string_view line;
  bool header = false;
  std::size_t names = 0;
  bool untranslated = false;
  while (lines.next(line)) {
    if (trim(line).empty() || (!header && is_console_line(line))) continue;
    if (!header) {
      if (is_net_start_header(line)) return true;
      header = line.front() != ' ' && trim(line).ends_with(':');
      if (!header) return false;
    } else if (is_listed(line)) {
      ++names;
      untranslated = untranslated || is_untranslated(trim(line));
    } else {
      break;
    }
  }
  return names > kFewServices && untranslated;
}

ServiceTable read_net_start(std::string_view text, facts::InputId id, facts::Input& input) {
  ServiceTable table;
  table.location.input = id;
  table.covers = ServiceTable::Covers::running;
  base::LineCursor lines(text);
  std::string_view line;
  bool ended = false;
  while (!ended && lines.next(line)) {
    if (trim(line).empty()) continue;
    if (!is_listed(line)) {
      ended = !table.services.empty();  // "The command completed successfully."
      continue;
    }
    if (table.location.line == 0) table.location.line = lines.number();
    if (table.services.size() == kMaxServices) break;
    Service service;
    service.display_name = trim(line);
    service.state = ServiceState::running;
    service.line = lines.number();
    table.services.push_back(std::move(service));
  }
  if (!ended) {
    input.skipped_record(lines.number(), "the line behind the list is missing: services may be missing");
    table.complete = false;
  }
  return table;
}

// ---- csv

struct Columns {
  std::optional<std::size_t> name, display_name, state, start;

  explicit Columns(const CsvTable& csv)
      : name(csv.column({"name", "servicename"})),
        display_name(csv.column({"displayname"})),
        state(csv.column({"state", "status"})),
        start(csv.column({"startmode", "starttype"})) {}

  bool known() const { return name && (state || start); }
  bool fit(const std::vector<std::string>& row) const {
    const bool state_fits = !state || state_of(row[*state]) != ServiceState::not_observed;
    const bool start_fits = !start || start_of(row[*start]) != StartMode::not_observed;
    return !row[*name].empty() && state_fits && start_fits;
  }
};

// Display names hold commas; so do descriptions and paths, and then nobody can tell which column it was.
std::optional<std::size_t> free_text(const CsvTable& csv) {
  std::optional<std::size_t> found;
  for (const std::string_view name : {"displayname", "caption", "description", "pathname"}) {
    const auto column = csv.column({name});
    if (column && found) return std::nullopt;
    if (column) found = column;
  }
  return found;
}

bool looks_like_service_csv(std::string_view head) {
  CsvTable csv(head);
  const Columns columns(csv);
  if (!columns.known()) return false;
  csv.set_free_text_column(free_text(csv));
  facts::Input ignored;
  std::vector<std::string> row;
  return csv.next(row, ignored) && columns.fit(row);
}

ServiceTable read_service_csv(std::string_view text, facts::InputId id, facts::Input& input) {
  CsvTable csv(text);
  const Columns columns(csv);
  csv.set_free_text_column(free_text(csv));
  ServiceTable table;
  table.location = {.input = id, .line = csv.header_line(), .offset = csv.header_offset()};
  if (!columns.known()) {
    input.skipped_record(csv.header_line(), "no columns hold names and states of services");
    table.complete = false;
    return table;
  }
  std::vector<std::string> row;
  while (csv.next(row, input)) {
    if (!columns.fit(row)) {
      input.skipped_record(csv.line(), "the row is not one of a service");
      continue;
    }
    if (table.services.size() == kMaxServices) {
      input.skipped_record(csv.line(),
                           fmt::format("more than {} services; the rest was not read", kMaxServices));
      break;
    }
    Service& service = table.services.emplace_back();
    service.name = row[*columns.name];
    if (columns.display_name) service.display_name = row[*columns.display_name];
    if (columns.state) service.state = state_of(row[*columns.state]);
    if (columns.start) service.start = start_of(row[*columns.start]);
    service.line = csv.line();
  }
  table.machine_hint = csv.node();
  table.complete = !input.lost_records;
  table.covers = covered(table);
  return table;
}

}  // namespace

bool looks_like_service_states(std::string_view head) {
  return looks_like_sc(head) || looks_like_service_csv(head) || looks_like_net_start(head);
}

ServiceTable read_service_states(std::string_view bytes, facts::InputId id, facts::Input& input) {
  const base::DecodedText decoded = base::decode_text(bytes);
  const std::string_view text = decoded.text;
  ServiceTable table = looks_like_sc(text)          ? ScReader(id, input).read(text)
                       : looks_like_net_start(text) ? read_net_start(text, id, input)
                                                    : read_service_csv(text, id, input);
  input.records = table.services.size();
  if (table.services.empty() && !input.lost_records) input.note(0, "the list names no service");
  return table;
}

}  // namespace exaudit::readers
