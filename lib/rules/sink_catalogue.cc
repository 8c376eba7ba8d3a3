#include "rules/sink_catalogue.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

#include "base/embedded.h"
#include "base/text.h"

namespace exaudit::rules {

namespace {

constexpr std::array<std::string_view, 3> kColumns = {"display_name", "family",
                                                      "absence_is_fault_confidence"};
constexpr std::array<std::string_view, 6> kEssentialFamilies = {"X-EXPS",      "X-LINK2STATE", "XEXCH50",
                                                                "categorizer", "router",       "storedriver"};

base::Error syntax(unsigned long line, std::string message) {
  return {base::ErrorCode::syntax, std::move(message), line};
}

bool is_header(const std::vector<std::string_view>& fields) {
  return std::equal(fields.begin(), fields.end(), kColumns.begin(), kColumns.end(),
                    [](auto field, auto column) { return base::ascii_iequals(base::trim(field), column); });
}

std::optional<Confidence> parse_confidence(std::string_view text) {
  if (base::ascii_iequals(text, "low")) return Confidence::low;
  if (base::ascii_iequals(text, "medium")) return Confidence::medium;
  if (base::ascii_iequals(text, "high")) return Confidence::high;
  return std::nullopt;
}

base::Result<Sink> parse_sink(const std::vector<std::string_view>& fields, unsigned long line) {
  if (fields.size() != kColumns.size()) {
    return syntax(
        line, fmt::format("expected {} columns separated by tabs, found {}", kColumns.size(), fields.size()));
  }
  Sink sink;
  sink.display_name = base::trim(fields[0]);
  sink.family = base::trim(fields[1]);
  const std::string_view confidence_text = base::trim(fields[2]);
  const auto confidence = parse_confidence(confidence_text);
  if (sink.display_name.empty()) return syntax(line, "the sink has no display name");
  if (sink.family.empty()) return syntax(line, "the sink has no family");
  if (!confidence) {
    return syntax(
        line, fmt::format("confidence \"{}\" is not low, medium or high", base::visible(confidence_text)));
  }
  sink.confidence = *confidence;
  return sink;
}

}  // namespace

base::Result<std::vector<Sink>> parse_sink_catalogue(std::string_view tsv) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (tsv.starts_with(kByteOrderMark)) tsv.remove_prefix(kByteOrderMark.size());
  std::vector<Sink> sinks;
  std::set<std::string> names;
  bool header = false;
  base::LineCursor lines(tsv);
  for (std::string_view line; lines.next(line);) {
    if (base::trim(line).empty() || line.starts_with('#')) continue;
    const auto fields = base::split(line, '\t');
    if (!header) {
      if (!is_header(fields)) {
        return syntax(
            lines.number(),
            "the first line must be the header \"display_name<TAB>family<TAB>absence_is_fault_confidence\"");
      }
      header = true;
      continue;
    }
    auto sink = parse_sink(fields, lines.number());
    if (!sink) return sink.error();
    if (!names.insert(base::fold(sink->display_name)).second) {
      return syntax(lines.number(),
                    fmt::format("sink \"{}\" is listed twice", base::visible(sink->display_name)));
    }
    if (sinks.size() == kMaxSinks) {
      return base::Error{base::ErrorCode::too_large, fmt::format("more than {} sinks", kMaxSinks),
                         lines.number()};
    }
    sinks.push_back(*std::move(sink));
  }
  if (sinks.empty()) return syntax(0, "the catalogue lists no sinks");
  return sinks;
}

const std::vector<Sink>& built_in_sinks() {
  static const std::vector<Sink> sinks = [] {
    const auto files = base::rule_files();
    const auto file =
        std::find_if(files.begin(), files.end(), [](const auto& f) { return f.name == "sinks.tsv"; });
    if (file == files.end()) throw std::logic_error("sinks.tsv was not embedded");
    auto parsed = parse_sink_catalogue(file->bytes);
    if (!parsed) throw std::logic_error("sinks.tsv: " + parsed.error().message);
    return *std::move(parsed);
  }();
  return sinks;
}

bool family_is_essential(std::string_view family) {
  return std::any_of(kEssentialFamilies.begin(), kEssentialFamilies.end(),
                     [&](std::string_view essential) { return base::ascii_iequals(essential, family); });
}

}  // namespace exaudit::rules
