#include "facts/event_match.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "base/words.h"
#include "facts/event_catalogue.h"
#include "facts/event_numbers.h"

namespace exaudit::facts {

namespace {

constexpr std::size_t kMaxNameBytes = 1024;  // legacyExchangeDN is a few hundred bytes at most
constexpr std::uint32_t kServiceNotInExecutable = 1083;
constexpr std::string_view kInitRoutingApi = "Init Routing API";

// The insertion string at `position` (from 1); without it, all there is to read.
std::string part(const Event& event, std::uint32_t position) {
  if (position > 0 && position <= event.strings.size()) return event.strings[position - 1];
  std::string text = event.description;
  for (const std::string& string : event.strings) text.append("\n").append(string);
  return text;
}

bool has_string(const Event& event, std::uint32_t position) {
  return position > 0 && position <= event.strings.size();
}

// Null when the event is of another kind.
const CataloguedEvent* catalogued_as(const Event& event, EventKind kind) {
  const CataloguedEvent* found = find_catalogued(event.source, event.id);
  return found != nullptr && found->kind == kind ? found : nullptr;
}

// The error of an event whose text holds it as a 0x number, whatever else stands there.
std::optional<std::uint32_t> error_of(const Event& event, const CataloguedEvent& known) {
  const std::string text = part(event, known.code);
  return has_string(event, known.code) ? error_number(text) : find_hex(text);
}

// A legacy DN copied from a wrapped text: no blank stands beside '/', '=' or inside brackets, and none at all
// in a GUID.
std::string unwrap_name(std::string_view text) {
  constexpr std::string_view kNoBlankAfter = "/=({";
  constexpr std::string_view kNoBlankBefore = "/=)}";
  std::string out;
  bool braces = false;
  for (const char c : unwrap(text)) {
    if (c == '{') braces = true;
    if (c == '}') braces = false;
    if (c == ' ' && (braces || out.empty() || kNoBlankAfter.find(out.back()) != std::string_view::npos))
      continue;
    if (out.ends_with(' ') && kNoBlankBefore.find(c) != std::string_view::npos) out.pop_back();
    out.push_back(c);
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

// End of the name that begins `text`: its GUID, else the full stop of the sentence, else the line before the
// code.
std::size_t name_length(std::string_view text) {
  const std::string_view head = text.substr(0, std::min(kMaxNameBytes, find_ignoring_case(text, "0x")));
  const std::size_t brace = head.rfind('}');
  if (brace != std::string_view::npos) return brace + 1;
  return std::min({head.find(". "), head.find(".\n"), head.find_last_not_of(" \n") + 1});
}

std::string server_of(std::string_view name) {
  constexpr std::string_view kComponent = "/cn=SMTP (";
  const std::size_t at = find_ignoring_case(name, kComponent);
  if (at == std::string_view::npos) return {};
  name.remove_prefix(at + kComponent.size());
  const std::size_t end = name.find(')');
  return end == std::string_view::npos ? std::string() : std::string(name.substr(0, end));
}

std::optional<base::Guid> store_of(std::string_view name) {
  const std::size_t brace = name.rfind('{');
  return brace == std::string_view::npos ? std::nullopt : base::Guid::parse(name.substr(brace));
}

std::optional<std::uint32_t> start_error(std::string_view text) {
  if (const auto inserted = find_inserted_error(text)) return inserted;
  // The article writes "the service", Windows "this service".
  constexpr std::array<std::string_view, 2> kSentences = {
      "configured to run in does not implement the service",
      "configured to run in does not implement this service"};
  for (const std::string_view sentence : kSentences) {
    if (find_ignoring_case(text, sentence) != std::string_view::npos) return kServiceNotInExecutable;
  }
  if (has_word(text, "1083")) return kServiceNotInExecutable;
  return std::nullopt;
}

// Of the English sentence, or what other languages put in quotes.
std::string service_in(std::string_view text) {
  constexpr std::string_view kThe = "The ";
  const std::size_t begin = text.starts_with(kThe) ? 0 : text.find(" The ");
  const std::size_t end = find_ignoring_case(text, " service failed to start");
  if (begin != std::string_view::npos && end != std::string_view::npos) {
    const std::size_t from = begin + (begin == 0 ? kThe.size() : kThe.size() + 1);
    if (from < end) return std::string(text.substr(from, end - from));
  }
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kQuotes = {
      {{"\"", "\""}, {"„", "“"}, {"“", "”"}, {"«", "»"}}};
  for (const auto& [open, close] : kQuotes) {
    const std::size_t from = text.find(open);
    if (from == std::string_view::npos) continue;
    const std::size_t to = text.find(close, from + open.size());
    if (to == std::string_view::npos) continue;
    // French puts blanks, often of its own kind, inside the quotes.
    const std::string inside =
        base::with_plain_blanks(text.substr(from + open.size(), to - from - open.size()));
    return std::string(base::trim(inside));
  }
  return {};
}

// "Could not start the X service on Local Computer. Error 1083: ..."
std::optional<ServiceStartFailure> start_message(std::string_view text) {
  constexpr std::string_view kBegin = "Could not start the ";
  constexpr std::string_view kEnd = " service on ";
  constexpr std::string_view kError = "Error ";
  const std::size_t begin = find_ignoring_case(text, kBegin);
  const std::size_t end = find_ignoring_case(text, kEnd, begin);
  const std::size_t error = find_ignoring_case(text, kError, end);
  if (error == std::string_view::npos) return std::nullopt;
  std::string_view digits = text.substr(error + kError.size());
  digits = digits.substr(0, digits.find_first_not_of("0123456789"));
  std::uint64_t number = 0;
  if (!base::parse_uint(digits, number) || number > 0xFFFF'FFFFU) return std::nullopt;
  const std::size_t from = begin + kBegin.size();
  return ServiceStartFailure{std::string(text.substr(from, std::max(from, end) - from)),
                             static_cast<std::uint32_t>(number)};
}

// The first of them: a text that was copied with what follows it may go on about SMTP.
std::string_view interface_in(std::string_view text) {
  constexpr std::array<std::string_view, 4> kInterfaces = {"SMTP", "POP3", "NNTP", "MAPIRPC"};
  std::string_view first;
  std::size_t first_at = std::string_view::npos;
  for (const std::string_view name : kInterfaces) {
    const std::size_t at = find_word(text, name);
    if (at >= first_at) continue;
    first_at = at;
    first = name;
  }
  return first;
}

// A number that was wrapped behind its minus sign is one again.
std::string join_minus(std::string text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t dash = base::dash_length(std::string_view(text).substr(at));
    if (dash > 0 && text.compare(at + dash, 1, " ") == 0) {
      text.erase(at + dash, 1);
      break;
    }
  }
  return text;
}

}  // namespace

std::optional<StoreLogonFailure> store_logon_failure(const Event& event) {
  const CataloguedEvent* known = catalogued_as(event, EventKind::store_logon_failure);
  if (known == nullptr) return std::nullopt;
  const std::string text = part(event, known->subject);
  const std::size_t begin = find_ignoring_case(text, "/o=");
  if (begin == std::string::npos) return std::nullopt;
  const std::string_view rest = std::string_view(text).substr(begin);
  const bool alone = has_string(event, known->subject);
  const std::size_t length = alone ? std::min(rest.size(), kMaxNameBytes) : name_length(rest);
  auto error = has_string(event, known->code) ? error_of(event, *known) : find_hex(rest.substr(length));
  if (!error) error = find_hex(text.substr(0, begin));  // languages order their sentences differently
  if (!error) return std::nullopt;
  StoreLogonFailure out;
  out.legacy_dn = unwrap_name(rest.substr(0, length));
  out.server = server_of(out.legacy_dn);
  out.store = store_of(out.legacy_dn);
  out.error = *error;
  return out;
}

std::optional<InstanceFailure> instance_failure(const Event& event) {
  const CataloguedEvent* known = catalogued_as(event, EventKind::instance_failure);
  if (known == nullptr) return std::nullopt;
  const auto error = error_of(event, *known);
  if (!error) return std::nullopt;
  InstanceFailure out;
  out.error = *error;
  const std::string text = part(event, known->subject);
  if (has_string(event, known->subject)) {
    out.instance = text;
  } else if (const auto number = first_number(text.substr(0, find_ignoring_case(text, "0x")))) {
    out.instance = std::to_string(*number);
  }
  return out;
}

std::optional<InterfaceFailure> interface_failure(const Event& event) {
  const CataloguedEvent* known = catalogued_as(event, EventKind::interface_failure);
  if (known == nullptr) return std::nullopt;
  const auto error = error_of(event, *known);
  if (!error) return std::nullopt;
  const std::string text = part(event, known->subject);
  const std::string_view name = has_string(event, known->subject) ? text : interface_in(text);
  return InterfaceFailure{std::string(name), *error};
}

std::optional<MtaUnexpectedError> mta_unexpected_error(const Event& event) {
  const CataloguedEvent* known = catalogued_as(event, EventKind::mta_unexpected_error);
  if (known == nullptr) return std::nullopt;
  const std::string text = unwrap(part(event, known->subject));
  MtaUnexpectedError out;
  const std::size_t at = find_ignoring_case(text, kInitRoutingApi);
  if (at == std::string::npos) return out;
  out.is_init_routing_api = true;
  std::string rest = text.substr(at + kInitRoutingApi.size());
  rest.resize(std::min(rest.find('['), rest.size()));
  out.error = first_number(join_minus(std::move(rest)));
  return out;
}

std::optional<RpcListenFailure> rpc_listen_failure(const Event& event) {
  const CataloguedEvent* known = catalogued_as(event, EventKind::rpc_listen_failure);
  if (known == nullptr) return std::nullopt;
  const std::string text = part(event, known->code);
  const auto error =
      has_string(event, known->code) ? error_number(text) : last_number(text.substr(0, text.find('[')));
  if (!error) return std::nullopt;
  return RpcListenFailure{*error};
}

std::optional<EventSinksFailure> event_sinks_failure(const Event& event) {
  const CataloguedEvent* known = catalogued_as(event, EventKind::event_sinks_failure);
  if (known == nullptr) return std::nullopt;
  const auto error = error_of(event, *known);
  if (!error) return std::nullopt;
  return EventSinksFailure{*error};
}

std::optional<ServiceStartFailure> service_start_failure(const Event& event) {
  if (is_kind(event, EventKind::service_start_message)) return start_message(unwrap(event.description));
  const CataloguedEvent* known = catalogued_as(event, EventKind::service_start_failure);
  if (known == nullptr) return std::nullopt;
  const bool coded = has_string(event, known->code);
  auto error = coded ? error_number(part(event, known->code)) : std::nullopt;
  if (!error) error = start_error(unwrap(part(event, known->code)));
  if (!error) return std::nullopt;
  ServiceStartFailure out;
  out.error = *error;
  const std::string subject = part(event, known->subject);
  out.service = has_string(event, known->subject) ? subject : service_in(unwrap(subject));
  return out;
}

bool is_untold_start_failure(const Event& event) {
  const CataloguedEvent* known = catalogued_as(event, EventKind::service_start_failure);
  return known != nullptr && !service_start_failure(event) &&
         find_ignoring_case(unwrap(event.description), known->words) == std::string::npos;
}

std::optional<ServiceStartFailure> service_end_failure(const Event& event) {
  const CataloguedEvent* known = catalogued_as(event, EventKind::service_error);
  if (known == nullptr) return std::nullopt;
  const std::string text = part(event, known->code);
  const auto error = has_string(event, known->code) ? error_number(text) : find_inserted_error(text);
  if (!error) return std::nullopt;
  const std::string subject = part(event, known->subject);
  return ServiceStartFailure{has_string(event, known->subject) ? subject : std::string(), *error};
}

bool is_internal_service_error(const Event& event) {
  constexpr std::uint32_t kInternalError = 2140;
  constexpr std::string_view kSentence = "internal Windows NT error occurred";
  const auto start = service_start_failure(event);
  const auto end = service_end_failure(event);
  if ((start && start->error == kInternalError) || (end && end->error == kInternalError)) return true;
  if (!is_kind(event, EventKind::service_start_failure) && !is_kind(event, EventKind::service_error))
    return false;
  const std::string text = unwrap(event.description);
  return has_word(text, "2140") || find_ignoring_case(text, kSentence) != std::string::npos;
}

}  // namespace exaudit::facts
