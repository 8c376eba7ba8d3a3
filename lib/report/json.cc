#include "report/json.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "audit/repair_order.h"
#include "base/base64.h"
#include "report/json_parts.h"
#include "report/local_time.h"

namespace exaudit::report {

namespace {

using findings::Evidence;
using findings::Finding;
using findings::Severity;
using findings::Subject;
using findings::Verdict;
using findings::VerdictRow;

constexpr std::array kVerdicts = {Verdict::pass, Verdict::fail, Verdict::not_applicable,
                                  Verdict::not_evaluated, Verdict::error};

Json input_id(facts::InputId id) {
  return id == facts::kNoInput ? Json(nullptr) : Json(fmt::format("in{}", id + 1));
}
Json number_or_null(std::uint32_t number) { return number == 0 ? Json(nullptr) : Json(number); }

Json strings(const std::vector<std::string>& values) {
  Json out = Json::array();
  for (const std::string& value : values) out.push_back(json_text(value));
  return out;
}

Json time_json(std::optional<std::int64_t> seconds, findings::Clock clock) {
  std::string text = seconds ? local_time(*seconds, 'T') : "";
  if (!text.empty() && clock == findings::Clock::utc) text += 'Z';
  return json_text_or_null(text);
}

// One value is a string, several are an array; none of it observed is null.
Json values_json(const std::optional<std::vector<std::string>>& values) {
  if (!values) return nullptr;
  return values->size() == 1 ? json_text(values->front()) : strings(*values);
}

Json base64_json(const std::vector<std::string>& values) {
  if (values.size() == 1) return base::base64_encode(values.front());
  Json out = Json::array();
  for (const std::string& value : values) out.push_back(base::base64_encode(value));
  return out;
}

Json organizations_json(const audit::Result& result) {
  Json out = Json::array();
  for (const auto& row : result.organizations) {
    out.push_back({{"name", json_text(row.name)},
                   {"guid", json_text_or_null(row.guid)},
                   {"dn", json_text_or_null(row.dn)}});
  }
  return out;
}

Json directory_servers_json(const audit::Result& result) {
  Json out = Json::array();
  for (const auto& row : result.directory_servers) {
    out.push_back({{"server", json_text(row.server)},
                   {"view", json_text_or_null(row.view)},
                   {"host", json_text_or_null(row.host)},
                   {"source", json_text_or_null(model::directory_server_source_name(row.source))}});
  }
  return out;
}

Json input_json(const facts::Input& input, std::size_t index) {
  Json problems = Json::array();
  for (const auto& problem : input.problems) {
    problems.push_back({{"line", number_or_null(problem.line)}, {"message", json_text(problem.message)}});
  }
  if (input.more_problems != 0) {
    problems.push_back(
        {{"line", nullptr}, {"message", fmt::format("{} more problems", input.more_problems)}});
  }
  return Json{{"id", fmt::format("in{}", index + 1)},
              {"kind", facts::kind_name(input.kind)},
              {"path", json_text(input.path)},
              {"view", json_text_or_null(input.view)},
              {"machine", json_text_or_null(input.machine)},
              {"records", input.records},
              {"sha256", json_text_or_null(input.sha256)},
              {"complete", input.complete},
              {"problems", std::move(problems)}};
}

Json summary_json(const audit::Result& result) {
  const auto counts = result.headlines();
  Json by_severity = Json::object();
  for (std::size_t i = counts.size(); i-- > 0;) {
    by_severity[std::string(findings::severity_name(static_cast<Severity>(i)))] = counts[i];
  }
  Json by_verdict = Json::object();
  for (const Verdict verdict : kVerdicts) {
    by_verdict[std::string(findings::verdict_name(verdict))] = result.verdict_count(verdict);
  }
  return Json{{"findings", std::move(by_severity)},
              {"explained", result.explained()},
              {"waived", 0},
              {"verdicts", std::move(by_verdict)}};
}

Json subject_json(const Subject& subject) {
  return Json{{"kind", findings::subject_kind_name(subject.kind)},
              {"name", json_text(subject.name)},
              {"server", json_text_or_null(subject.server)},
              {"machine", json_text_or_null(subject.machine)},
              {"part", json_text_or_null(subject.part)},
              {"dn", json_text_or_null(subject.dn)},
              {"guid", json_text_or_null(subject.guid)}};
}

Json evidence_json(const Evidence& evidence) {
  Json out{
      {"input", input_id(evidence.at.input)},         {"line", number_or_null(evidence.at.line)},
      {"record", number_or_null(evidence.at.record)}, {"path", json_text_or_null(evidence.path)},
      {"dn", json_text_or_null(evidence.dn)},         {"attribute", json_text_or_null(evidence.attribute)},
      {"actual", values_json(evidence.actual)},       {"expected", values_json(evidence.expected)}};
  const auto invalid = [](const std::string& value) { return !base::is_valid_utf8(value); };
  if (evidence.actual && std::any_of(evidence.actual->begin(), evidence.actual->end(), invalid)) {
    out["actual_base64"] = base64_json(*evidence.actual);
  }
  return out;
}

Json finding_json(const Finding& finding) {
  Json evidence = Json::array();
  for (const Evidence& item : finding.evidence) evidence.push_back(evidence_json(item));
  return Json{{"rule", json_text(finding.rule)},
              {"article", json_text_or_null(finding.article)},
              {"area", json_text(finding.area)},
              {"severity", findings::severity_name(finding.severity)},
              {"reason", json_text(finding.reason)},
              {"subject", subject_json(finding.subject)},
              {"views", strings(finding.views)},
              {"message", json_text(finding.message)},
              {"evidence", std::move(evidence)},
              {"count", finding.count},
              {"first", time_json(finding.first, finding.clock)},
              {"last", time_json(finding.last, finding.clock)},
              {"fingerprint", json_text(finding.fingerprint)},
              {"explained_by", json_text_or_null(finding.explained_by)},
              {"remedy",
               {{"summary", json_text(finding.remedy.summary)},
                {"steps", strings(finding.remedy.steps)},
                {"article_url", json_text_or_null(finding.remedy.article_url)}}},
              {"waiver", nullptr}};
}

// Rows are many and short: only what exists, one row per line.
Json verdict_json(const VerdictRow& row) {
  Json subject{{"kind", findings::subject_kind_name(row.subject.kind)},
               {"name", json_text(row.subject.name)}};
  const auto add = [&subject](const char* key, const std::string& value) {
    if (!value.empty()) subject[key] = json_text(value);
  };
  add("server", row.subject.server);
  add("machine", row.subject.machine);
  add("part", row.subject.part);
  add("dn", row.subject.dn);
  Json out{{"rule", json_text(row.rule)},
           {"subject", std::move(subject)},
           {"verdict", findings::verdict_name(row.verdict)}};
  if (row.counts) {
    Json counts = Json::object();
    for (const Verdict verdict : kVerdicts) {
      counts[std::string(findings::verdict_name(verdict))] = (*row.counts)[static_cast<std::size_t>(verdict)];
    }
    out["counts"] = std::move(counts);
  }
  if (!row.needs.empty()) {
    Json needs = Json::array();
    for (const findings::Need need : row.needs) needs.push_back(findings::need_name(need));
    out["needs"] = std::move(needs);
  }
  if (!row.why.empty()) out["why"] = json_text(row.why);
  return out;
}

Json place_json(const audit::RepairPlace& place) {
  Json steps = Json::array();
  for (const audit::RepairItem& item : place.items) {
    Json fingerprints = Json::array();
    for (const Finding* finding : item.findings) fingerprints.push_back(json_text(finding->fingerprint));
    steps.push_back(
        Json{{"step", item.step->id}, {"text", item.step->text}, {"findings", std::move(fingerprints)}});
  }
  return Json{{"place", json_text_or_null(place.name)}, {"steps", std::move(steps)}};
}

// Line ends in strings are escaped, so every line end in dumped JSON is layout.
std::string indented(const std::string& json, std::string_view indent) {
  std::string out;
  out.reserve(json.size() + json.size() / 8);
  for (const char c : json) {
    out += c;
    if (c == '\n') out += indent;
  }
  return out;
}

// An array of the top level, element by element.
class ArrayWriter {
 public:
  ArrayWriter(const Sink& sink, std::string_view key) : sink_(sink) {
    sink_(fmt::format(",\n  \"{}\": [", key));
  }
  void add(const std::string& element) {
    sink_(first_ ? "\n    " : ",\n    ");
    sink_(element);
    first_ = false;
  }
  void end() { sink_(first_ ? "]" : "\n  ]"); }

 private:
  const Sink& sink_;
  bool first_ = true;
};

void write_header(const JsonOptions& options, const Sink& sink) {
  Json header{{"format", "exaudit-result"}, {"version", 1}, {"tool", json_tool()}};
  if (!options.timestamp.empty()) header["timestamp"] = options.timestamp;
  std::string text = json_dump(header, 2);
  text.resize(text.size() - 2);  // "\n}": the object goes on
  sink(text);
}

}  // namespace

void write_json(const audit::Result& result, const JsonOptions& options, const Sink& sink) {
  write_header(options, sink);
  sink(",\n  \"organizations\": " + indented(json_dump(organizations_json(result), 2), "  "));
  sink(",\n  \"directory_servers\": " + indented(json_dump(directory_servers_json(result), 2), "  "));
  ArrayWriter inputs(sink, "inputs");
  for (std::size_t i = 0; i < result.inputs.size(); ++i) {
    inputs.add(indented(json_dump(input_json(result.inputs[i], i), 2), "    "));
  }
  inputs.end();
  sink(",\n  \"summary\": " + indented(json_dump(summary_json(result), 2), "  "));
  ArrayWriter findings(sink, "findings");
  for (const Finding& finding : result.findings)
    findings.add(indented(json_dump(finding_json(finding), 2), "    "));
  findings.end();
  ArrayWriter places(sink, "repair_order");
  for (const audit::RepairPlace& place : audit::repair_order(result))
    places.add(indented(json_dump(place_json(place), 2), "    "));
  places.end();
  ArrayWriter verdicts(sink, "verdicts");
  for (const VerdictRow& row : result.verdicts) {
    if (lists(options.verdicts, row.verdict)) verdicts.add(json_dump(verdict_json(row)));
  }
  verdicts.end();
  sink("\n}\n");
}

std::string json_report(const audit::Result& result, const JsonOptions& options) {
  std::string out;
  write_json(result, options, [&out](std::string_view piece) { out += piece; });
  return out;
}

}  // namespace exaudit::report
