#include "report/symptoms_report.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "report/advice.h"
#include "report/json_parts.h"
#include "rules/attributes.h"

namespace exaudit::report {

namespace {

using findings::Need;
using rules::Symptom;
using rules::SymptomKind;

std::set<Need> needs_of(const Symptom& symptom) {
  std::set<Need> out;
  for (const rules::Rule* rule : symptom.rules) {
    out.insert(rule->needs.begin(), rule->needs.end());
    if (rules::reads(*rule, Need::directory)) out.insert(Need::directory);
  }
  return out;
}

// "  label:  text", wrapped, with the text below the text.
std::string paragraph(std::string_view label, std::string_view text, std::size_t width) {
  constexpr std::size_t kColumn = 15;
  std::string out = fmt::format("    {:<{}}", label, kColumn - 4);
  std::size_t column = kColumn;
  bool first = true;
  for (const std::string_view word : base::split(text, ' ')) {
    if (!first && column + 1 + word.size() > width) {
      out += '\n' + std::string(kColumn, ' ');
      column = kColumn;
      first = true;
    }
    out += (first ? "" : " ") + std::string(word);
    column += word.size() + (first ? 0 : 1);
    first = false;
  }
  return out + '\n';
}

std::string heading(const Symptom& symptom) {
  if (symptom.kind == SymptomKind::event) return "Event " + symptom.value;
  if (symptom.kind == SymptomKind::phrase) return "\"" + symptom.value + "\"";
  const std::uint32_t value = rules::code_values(symptom.value).front();
  const auto number = static_cast<std::int32_t>(value);
  return fmt::format("Error 0x{:08x} ({})", value, number);
}

std::string symptom_text(const Symptom& symptom, std::size_t width) {
  std::string out = heading(symptom) + '\n';
  out += paragraph("meaning:", symptom.meaning, width);
  if (!symptom.look_alikes.empty()) out += paragraph("look-alikes:", symptom.look_alikes, width);
  out += paragraph("articles:", fmt::format("KB {}", fmt::join(symptom.articles, ", KB ")), width);
  if (symptom.rules.empty()) return out;
  std::string ids;
  for (const rules::Rule* rule : symptom.rules) ids += fmt::format("{}{}", ids.empty() ? "" : ", ", rule->id);
  out += paragraph("rules:", ids, width);
  std::string needs;
  for (const Need need : needs_of(symptom))
    needs += fmt::format("{}{} ({})", needs.empty() ? "" : ", ", advice_for(need).title,
                         findings::need_name(need));
  if (!needs.empty()) out += paragraph("evidence:", needs, width);
  return out;
}

Json texts_json(const std::vector<std::string>& texts) {
  Json out = Json::array();
  for (const std::string& text : texts) out.push_back(json_text(text));
  return out;
}

Json symptom_json(const Symptom& symptom) {
  Json rules = Json::array();
  for (const rules::Rule* rule : symptom.rules) rules.push_back(json_text(rule->id));
  Json needs = Json::array();
  for (const Need need : needs_of(symptom)) needs.push_back(findings::need_name(need));
  return Json{{"kind", rules::symptom_kind_name(symptom.kind)},
              {"value", json_text(symptom.value)},
              {"articles", texts_json(symptom.articles)},
              {"rules", std::move(rules)},
              {"meaning", json_text(symptom.meaning)},
              {"look_alikes", json_text_or_null(symptom.look_alikes)},
              {"needs", std::move(needs)}};
}

}  // namespace

std::string symptoms_text(const std::vector<const Symptom*>& symptoms, std::size_t width) {
  std::string out;
  std::string example;
  for (const Symptom* symptom : symptoms) {
    out += (out.empty() ? "" : "\n") + symptom_text(*symptom, width);
    for (const rules::Rule* rule : symptom->rules) {
      if (example.empty()) example = rule->id;
    }
  }
  if (!example.empty()) {
    const std::string group = example.substr(0, example.find('.'));
    out += fmt::format(
        "\n`exaudit explain {}` tells more about a rule. To collect the evidence: `exaudit collect "
        "--print-commands "
        "--rules '{}.*' --server NAME`\n",
        example, group);
  }
  return out;
}

std::string symptoms_json(std::string_view query, const std::vector<const Symptom*>& symptoms) {
  Json list = Json::array();
  for (const Symptom* symptom : symptoms) list.push_back(symptom_json(*symptom));
  return json_dump(Json{{"format", "exaudit-symptoms"},
                        {"version", 1},
                        {"tool", json_tool()},
                        {"query", json_text(query)},
                        {"symptoms", std::move(list)}},
                   2) +
         "\n";
}

std::string symptoms_hint() {
  std::set<std::uint32_t> events;
  std::vector<std::string> codes;
  for (const Symptom& symptom : rules::built_in_symptoms()) {
    if (symptom.kind == SymptomKind::code) codes.push_back(symptom.value);
    if (symptom.kind != SymptomKind::event) continue;
    for (const std::string_view word : base::split(symptom.value, ' ')) {
      if (base::is_digits(word)) events.insert(rules::code_values(word).front());
    }
  }
  return fmt::format(
      "known are events ({}), error codes ({}) and complaints (outbox, local delivery queue, not "
      "delivered, could not start, unroutable, ...)",
      fmt::join(events, ", "), fmt::join(codes, ", "));
}

std::string page_json(std::string_view name, std::string_view markdown) {
  return json_dump(Json{{"format", "exaudit-page"},
                        {"version", 1},
                        {"tool", json_tool()},
                        {"name", json_text(name)},
                        {"markdown", json_text(markdown)}},
                   2) +
         "\n";
}

}  // namespace exaudit::report
